"""
A search as Getty takes it: checked against what Getty documents, before anything is asked. No I/O.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Literal

from getty_token.errors import WrongUsage
from getty_token.parameters import PARAMETERS, complaint

LARGEST_PAGE = 100
"""Images in one answer, at the most; ids in one question, too."""


class Family(Enum):
    """Which images to search."""

    CREATIVE = "creative"
    EDITORIAL = "editorial"
    BOTH = "both"

    @property
    def path(self) -> str:
        """The path of the search."""
        return "/v3/search/images" + ("" if self is Family.BOTH else f"/{self.value}")


FamilyName = Literal["creative", "editorial", "both"]


def family_named(name: str) -> Family:
    """The family called `name`. Raises WrongUsage."""
    try:
        return Family(name)
    except ValueError:
        raise WrongUsage(f"the family {name} is unknown.", mend="It is creative, editorial or both.") from None


def query(path: str, given: Mapping[str, object], spelled: str = "--") -> dict[str, str]:
    """
    The query parameters for the operation at `path` (a template of parameters.PARAMETERS); None counts as not given.

    Lists are joined with commas, booleans and dates written as Getty wants them. Raises WrongUsage that names the
    parameter, as an option (`spelled` with two dashes) or as an argument in Python (with nothing).
    """
    known = PARAMETERS[path]
    written: dict[str, str] = {}
    for name, value in given.items():
        if value is None:
            continue
        shown = spelled + name.replace("_", "-") if spelled else name
        if name not in known:
            from difflib import get_close_matches  # here: whoever makes no mistake does not pay for it

            close = get_close_matches(name, known, 1)
            mend = f"Perhaps {close[0]} is meant." if close else ""
            takers = " and ".join(each.value for each in Family if name in PARAMETERS[each.path])
            raise WrongUsage(
                f"{shown} is no parameter of {path}.", f"It is for {takers} searches." if takers else "", mend
            )
        written[name] = text(value)
        if wrong := complaint(known[name], written[name]):
            raise WrongUsage(f"{shown}: {wrong}.")
    return written


def text(value: Any) -> str:
    """`value` as it stands in a query."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return ",".join(text(each) for each in value) if isinstance(value, Iterable) else str(value)


def who_takes(name: str, family: Family | None = None) -> str:
    """Which searches take the parameter, in a sentence; nothing if none does, or if `family` does."""
    takers = [each for each in Family if name in PARAMETERS[each.path]]
    if family in takers:
        return ""
    return f"Use --family {' or '.join(each.value for each in takers)}, or leave it out." if takers else ""


def batches(ids: Iterable[str], size: int = LARGEST_PAGE) -> Iterator[list[str]]:
    """`ids` in lists of at most `size`."""
    batch: list[str] = []
    for each in ids:
        batch.append(each)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
