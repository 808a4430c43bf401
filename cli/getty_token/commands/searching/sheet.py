"""
The contact sheet: one HTML page that holds its pictures, so that it can be looked at, sent and printed without network.

It runs no script and loads nothing, and its policy says so to the browser; everything that Getty or a person wrote is
escaped. Browsers show SVG inside `<img>` without running what is in it.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import NamedTuple

from getty_token.commands.searching.formats import Batch, Found
from getty_token.images import Image

FIELDS = "id,title,caption,artist,collection_name,asset_family,max_dimensions,referral_destinations,thumb"
"""What a sheet asks Getty for. Credit lines come with the details: searches do not tell them."""


class Picture(NamedTuple):
    """The bytes of a thumbnail, and what kind they are: `image/jpeg`."""

    kind: str
    content: bytes

    @property
    def url(self) -> str:
        """The picture itself, as an address."""
        return f"data:{self.kind};base64,{base64.b64encode(self.content).decode()}"


class Sheet:
    """
    `title` and `about` stand at its head. `pictures` gives the thumbnails at addresses, without those that cannot be
    had; `credits` the credit lines of ids.
    """

    def __init__(
        self,
        title: str,
        about: str,
        pictures: Callable[[Sequence[str]], Mapping[str, Picture]],
        credit_lines: Callable[[Sequence[str]], Mapping[str, str]],
    ) -> None:
        self._title = title
        self._about = about
        self._pictures = pictures
        self._credit_lines = credit_lines

    def begin(self) -> str:
        style = files(__package__).joinpath("sheet.css").read_text(encoding="utf-8")
        known = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = f"default-src 'none'; img-src data:; style-src 'sha256-{known}'; base-uri 'none'; form-action 'none'"
        return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{escape(self._title)}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{escape(self._title)}</h1>
<p>{escape(self._about)}</p>
</header>
<main>
"""

    def batch(self, batch: Batch) -> str:
        thumbs = {image["id"]: _thumb(image) for image in batch.images}
        pictures = self._pictures([uri for uri in thumbs.values() if uri])
        credit_lines = self._credit_lines(list(thumbs))
        begins = batch.phrase is not None and not batch.seen
        return (f"<h2>{escape(batch.phrase or '')}</h2>\n" if begins else "") + "".join(
            _figure(image, pictures.get(thumbs[image["id"]]), credit_lines.get(image["id"], ""))
            for image in batch.images
        )

    def end(self, found: Sequence[Found]) -> str:
        shown, total = sum(each.images for each in found), sum(each.result_count for each in found)
        count = f"{shown:,} of {total:,} images. " if total else "No image was found. "
        return f"""</main>
<footer>{count}Thumbnails are for choosing: what is published takes a licence, and carries its credit line.</footer>
</body>
</html>
"""


def _figure(image: Image, picture: Picture | None, credit_line: str) -> str:
    title = image.get("title") or image.get("caption") or "Untitled"
    shown = (
        f'<img src="{picture.url}" alt="{escape(image.get("caption") or title)}" loading="lazy">'
        if picture
        else "<span>no thumbnail</span>"
    )
    link = _link(image)
    mat = (
        f'<a class="mat" href="{escape(link)}" target="_blank" rel="noopener noreferrer">{shown}</a>'
        if link
        else f'<div class="mat">{shown}</div>'
    )
    size = image.get("max_dimensions")
    pixels = f"{size.get('width')} × {size.get('height')}" if isinstance(size, dict) else ""
    credit_line = credit_line or "/".join(
        str(part) for part in (image.get("artist"), image.get("collection_name")) if part
    )
    return (
        f'<figure>{mat}<figcaption><b title="{escape(title)}">{escape(title)}</b>'
        f'<span class="credit">{escape(credit_line).replace("/", "/<wbr>")}</span>'
        f'<span class="about"><code>{escape(str(image["id"]))}</code><span>{escape(pixels)}</span></span>'
        "</figcaption></figure>\n"
    )


def _thumb(image: Image) -> str:
    """The address of the smallest picture, or an empty string."""
    sizes = image.get("display_sizes")
    named = {each.get("name"): each.get("uri") for each in sizes or [] if isinstance(each, dict)}
    found = named.get("thumb") or next(iter(named.values()), "")
    return found if isinstance(found, str) else ""


def _link(image: Image) -> str:
    """Where a person can see the image at Getty. Nothing but https goes into a link: not `javascript:`."""
    places = [each for each in image.get("referral_destinations") or [] if isinstance(each, dict)]
    links = [str(each.get("uri")) for each in places if str(each.get("uri")).startswith("https://")]
    return next(iter(links), "")
