"""The query of a call, checked as Getty checks it."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from getty_emulator.exchange import Answer
from getty_emulator.sandbox.answers import application_error
from getty_emulator.switches import Switches
from getty_token.parameters import PARAMETERS, Kind, Parameter, complaint

DEFAULT_PAGE_SIZE = 30
LARGEST_PAGE_SIZE = 100
PAGE_SIZES = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 25, 30, 50, 60, 75, 100)
"""Those that Getty lists."""
_INT32 = 2**31
_COLOUR = re.compile(r"#?[0-9a-fA-F]{6}")

_TYPES = {Kind.INTEGER: "Int32", Kind.BOOLEAN: "Boolean", Kind.DATE: "DateTime"}
"""What Getty calls them in its messages."""


class Refused(Exception):
    """The query cannot be answered; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.reason)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Query:
    """Checked parameters. One that was sent empty counts as not sent."""

    values: dict[str, str] = field(default_factory=dict)
    listed_sizes: bool = False
    """Whether only the page sizes that Getty documents are taken."""

    def one(self, name: str, default: str = "") -> str:
        """The value of `name`."""
        return self.values.get(name, default)

    def many(self, name: str) -> tuple[str, ...]:
        """The values in the comma-separated list `name`."""
        return tuple(part for part in (part.strip() for part in self.one(name).split(",")) if part)

    def flag(self, name: str) -> bool:
        """Whether `name` is true; false when it was not sent."""
        return self.one(name).lower() == "true"

    def number(self, name: str, default: int) -> int:
        """The value of `name` as a whole number."""
        return int(self.one(name) or default)

    def page(self, count: int, largest: int | None = None, usual: int = DEFAULT_PAGE_SIZE) -> slice:
        """
        Where the page asked for lies in `count` results; of `usual` size if nobody says.

        Raises Refused past the last page, or past page `largest`, in Getty's words.
        """
        page, size = self.number("page", 1), self.number("page_size", usual)
        if not 1 <= size <= LARGEST_PAGE_SIZE:
            raise bad_request("InvalidPageSize", f"page_size must be between 1 and {LARGEST_PAGE_SIZE}")
        # Getty documents a list of legal sizes, and not what happens to others up to 100.
        if self.listed_sizes and size not in PAGE_SIZES:
            raise bad_request("InvalidPageSize", f"page_size must be one of {', '.join(map(str, PAGE_SIZES))}")
        if page < 1:
            raise bad_request("InvalidPage", "page must be greater than or equal to 1")
        last = max(1, -(-count // size))
        last = min(last, largest) if largest else last
        if page > last:
            raise bad_request("InvalidPage", f"page must be less than or equal to {last}, results count {count}")
        return slice((page - 1) * size, page * size)


def read_query(template: str, query: str, switches: Switches = Switches()) -> Query:  # noqa: B008 - frozen
    """
    The query of a call to the operation at `template`.

    A list sent in several pieces is joined; of anything else sent twice the first counts. Raises Refused for a
    parameter the operation does not have and for a value that it does not take.
    """
    known = PARAMETERS[template]
    values: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameter = known.get(name)
        if parameter is None:
            raise bad_request("InvalidParameterValue", f"Unknown parameter: {name}")
        value = ",".join(part for part in value.split(",") if part.strip()) if parameter.many else value.strip()
        if not value:
            continue
        if wrong := _wrong(parameter, value):
            code = switches.wrong_type if parameter.kind in _TYPES else "InvalidParameterValue"
            raise bad_request(code, f"Field: {name}, Message: {wrong}")
        if name not in values:
            values[name] = value
        elif parameter.many:
            values[name] += f",{value}"
    return Query(values, switches.page_size == "listed")


def _wrong(parameter: Parameter, value: str) -> str:
    if parameter.kind is Kind.INTEGER:
        for part in value.split(",") if parameter.many else [value]:
            # The length first: Python refuses to read numbers of thousands of digits.
            if complaint(parameter, part) or len(part) > 12 or not -_INT32 <= int(part) < _INT32:
                return f"The value '{part}' is not valid for Int32."
        return ""
    if parameter.name == "color":
        return "" if _COLOUR.fullmatch(value) else f"{value!r} is not a colour such as #002244"
    objection = complaint(parameter, value)
    if objection and parameter.kind in _TYPES:
        return f"The value '{value}' is not valid for {_TYPES[parameter.kind]}."
    return objection


def bad_request(code: str, message: str) -> Refused:
    """The 400 for a query, to be raised."""
    return Refused(application_error(400, code, message))
