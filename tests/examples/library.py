"""
getty_token as a library: run by the tests, and checked by mypy as a stranger's program would be.

    python tests/examples/library.py "paper boats"
"""

import sys

from getty_token import Getty, GettyTokenError, Image


def credit(image: Image) -> str:
    """What has to stand beside a picture."""
    return image.get("credit_line") or f"{image.get('artist')}/{image.get('collection_name')}"


def main(phrase: str) -> int:
    """Print what is found, with credit lines."""
    try:
        with Getty() as getty:  # key and token: those of `getty-token status`
            found = getty.search(phrase, orientations=["horizontal", "square"], sort_order="newest", limit=150)
            ids = [image["id"] for image in found]  # two requests: a page has a hundred images at the most
            for image in getty.images(ids, fields=["title", "credit_line", "max_dimensions"]):
                size = image["max_dimensions"]
                print(f"{image['id']}  {size['width']} x {size['height']}  {image['title']}  ({credit(image)})")
    except GettyTokenError as error:  # no key, refused, rate limited, unreachable: errors.py has the tree
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
