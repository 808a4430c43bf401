"""
`--fields a,b.c`: which members of an image go into the output, and what has to be asked of Getty for them.

A point leads into a member. In a list it leads to the item of that number, to the item of that name
(`display_sizes.thumb.uri`), or else into every item (`keywords.text`).
"""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from getty_token.errors import WrongUsage
from getty_token.images import Image
from getty_token.parameters import PARAMETERS, SUMMARY_FIELDS

SETS: Mapping[str, tuple[str, ...]] = {
    "summary_set": ("id", *SUMMARY_FIELDS, "display_sizes"),
    "display_set": ("id", "display_sizes"),
    "detail_set": (
        "id",
        *SUMMARY_FIELDS,
        *"""display_sizes allowed_use artist call_for_image copyright date_created graphical_style orientation
        quality_rank referral_destinations""".split(),
    ),
}
"""What Getty's sets hold, for formats with columns."""

DISPLAYS = ("thumb", "comp", "preview", "comp_webp")
"""Names of display sizes that can be asked for one by one."""


class Picks(NamedTuple):
    """`asked` goes to Getty as `fields`; `paths` are the columns; `whole` says that images stay as Getty gives them."""

    asked: str
    paths: tuple[str, ...]
    whole: bool = False

    @classmethod
    def read(cls, text: str, template: str) -> "Picks":
        """
        What `text` picks from the images of the operation at `template`.

        Raises WrongUsage for a member that those images do not have.
        """
        known = PARAMETERS[template]["fields"].choices
        asked: list[str] = []
        paths: list[str] = []
        whole = False
        for path in (each.strip() for each in text.split(",")):
            root, _, rest = path.partition(".")
            if root in SETS and not rest:
                whole = True
                paths += SETS[root]
                asked.append(root)
                continue
            paths.append(path)
            asked.append(_asked_for(root, rest, known, template))
        return cls(",".join(dict.fromkeys(asked)), tuple(dict.fromkeys(paths)), whole)

    def of(self, image: Image) -> Mapping[str, Any]:
        """The members of `image` that are picked, under the names they were picked by."""
        return image if self.whole else {path: reach(image, path) for path in self.paths}


def _asked_for(root: str, rest: str, known: tuple[str, ...], template: str) -> str:
    if root == "display_sizes":
        size = rest.partition(".")[0]
        return size if size in DISPLAYS else "display_set"
    if root in known and (root not in DISPLAYS or not rest):
        return root
    if root in PARAMETERS["/v3/images"]["fields"].choices and root not in DISPLAYS:
        why = f"A search does not tell {root}; the details of an image do."
        raise WrongUsage(
            f"--fields: {root!r} is not one of a search's.", why, "Use `getty-token images ID --fields ...`."
        )
    close = get_close_matches(root, [*known, "display_sizes"], 3)
    why = f"Perhaps {' or '.join(close)} is meant." if close else ""
    raise WrongUsage(
        f"--fields: {root!r} is not one of the members of {template}.", why, f"They are {', '.join(known)}."
    )


def reach(image: Any, path: str) -> Any:
    """What `path` leads to; None if it leads nowhere."""
    value = image
    parts = path.split(".")
    for at, part in enumerate(parts):
        if isinstance(value, list):
            named = [each for each in value if isinstance(each, dict) and each.get("name") == part]
            if part.isdecimal():
                value = value[int(part)] if int(part) < len(value) else None
            elif named:
                value = named[0]
            else:
                return [reach(each, ".".join(parts[at:])) for each in value]
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


def as_text(value: Any) -> str:
    """`value` in one cell: text as it is, nothing for None, JSON for what has parts."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
