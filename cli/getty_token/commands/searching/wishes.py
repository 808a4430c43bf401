"""What a person asks of `search` and `images` with options, checked before anything is asked of Getty."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from getty_token.commands import terminal
from getty_token.commands.searching.formats import FORMATS
from getty_token.commands.searching.picks import Picks
from getty_token.commands.searching.sheet import FIELDS as SHEET_FIELDS
from getty_token.errors import WrongUsage
from getty_token.paging import Search
from getty_token.queries import LARGEST_PAGE, Family, query, who_takes

USUAL_LIMIT = 30
_COLUMNS = "id,title,artist,collection_name,license_model,max_dimensions.width,max_dimensions.height"
USUAL_FIELDS = {
    "table": "id,title,artist,collection_name,max_dimensions",
    "csv": _COLUMNS,
    "tsv": _COLUMNS,
    "html": SHEET_FIELDS,
}
"""What is shown to those who name no fields; JSON gets Getty's `summary_set`."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How results are to come, for both commands. `patience` is in seconds; `form` is a name or empty."""

    form: str = ""
    fields: str = ""
    output: str = ""
    resume: bool = False
    open: bool = False
    qps: float | None = None
    patience: float = 120.0
    offline: bool = False

    def checked(self) -> "Wishes":
        """The same, with a format. Raises WrongUsage for wishes that contradict each other."""
        output = "" if self.output == "-" else self.output
        if self.form and self.form not in FORMATS:
            raise WrongUsage(f"--format is {self.form}.", mend=f"It is one of {', '.join(FORMATS)}.")
        if self.open and self.form not in ("", "html"):
            raise WrongUsage(f"--open shows a contact sheet, not {self.form}.", mend="Leave out --format.")
        if self.resume and not output:
            raise WrongUsage("--resume goes on writing a file.", mend="Name it: -o FILE")
        by_name = os.path.splitext(output)[1].removeprefix(".")
        usual = "table" if not output and terminal.out().is_terminal else "ndjson"
        form = "html" if self.open else self.form or (by_name if by_name in FORMATS else usual)
        if form == "html" and self.fields:
            raise WrongUsage("--fields is for data.", "A contact sheet shows what it always shows.", "Leave it out.")
        return replace(self, form=form, output=output)

    def picks(self, template: str) -> Picks:
        """Which members of the images of `template` are asked for and written. Raises WrongUsage."""
        return Picks.read(self.fields or USUAL_FIELDS.get(self.form, "summary_set"), template)


class Terms(NamedTuple):
    """Which images to look for. `filters` are by Getty's names; `limit` is for each phrase."""

    family: str
    filters: Mapping[str, str]
    limit: int | None = None
    everything: bool = False
    page_size: int | None = None
    at_once: int = 1
    """Requests under way at the same time."""

    @property
    def path(self) -> str:
        """Where these images are searched for. Raises WrongUsage."""
        if self.family not in [each.value for each in Family]:
            raise WrongUsage(f"--family is {self.family}.", mend="It is creative, editorial or both.")
        return Family(self.family).path

    def searches(self, phrases: Sequence[str], fields: str) -> list[Search]:
        """A search for each phrase. Raises WrongUsage that names the option and what it takes."""
        if self.everything and self.limit is not None:
            raise WrongUsage("--all and --limit exclude each other.", mend="Leave one of them out.")
        limit = None if self.everything else self.limit or USUAL_LIMIT
        if (when := self.filters.get("color")) in terminal.COLOURS:
            raise WrongUsage(
                f"--color: {when!r} is not a colour such as #002244.",
                "In a search, --color is the dominant colour of the images.",
                f"For colour on the terminal: getty-token --color {when} search ...",
            )
        family, path = Family(self.family), self.path
        for name in self.filters:
            if takers := who_takes(name, family):
                raise WrongUsage(f"--{name.replace('_', '-')} is no filter of a {self.family} search.", mend=takers)
        size = self.page_size or min(LARGEST_PAGE, limit or LARGEST_PAGE)
        given = query(path, {"fields": fields, "page_size": size, **self.filters})
        return [Search(family, {"phrase": each, **given}, limit) for each in phrases]
