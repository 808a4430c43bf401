"""What is asked: phrases, each a search of many pages, or ids, a hundred in one request."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from getty_token.answers import Page
from getty_token.client import Getty
from getty_token.commands.searching.ahead import pages_ahead
from getty_token.commands.searching.output import Point
from getty_token.commands.searching.pace import Pace
from getty_token.errors import WrongUsage
from getty_token.paging import Search, pages
from getty_token.queries import Family, batches

MOST_IN_A_PHRASE = 4_000
"""Characters. A longer line is no phrase: somebody has named the wrong file."""


class Question(Protocol):
    """Something to ask, in as many requests as it takes."""

    @property
    def asked(self) -> str:
        """The phrase, or which ids."""

    def pages(self, getty: Getty, pace: Pace, begun: Point | None) -> Iterator[Page]:
        """The pages after those that `begun` says are written."""

    def wanted(self, result_count: int) -> int:
        """How many images it will give, if Getty has that many."""


class Phrase(NamedTuple):
    """A search, whose pages are asked for one after another or, behind the first, `at_once` at a time."""

    search: Search
    at_once: int = 1

    @property
    def asked(self) -> str:
        return self.search.parameters["phrase"]

    def pages(self, getty: Getty, pace: Pace, begun: Point | None) -> Iterator[Page]:
        search = self.search
        if begun:
            size = int(search.parameters["page_size"])
            limit = None if search.limit is None else search.limit - begun.seen
            if (begun.page - 1) * size >= begun.result_count or limit == 0:
                return iter(())
            search = Search(search.family, {**search.parameters, "page": str(begun.page)}, limit)

        def ask(family: Family, parameters: Mapping[str, str]) -> Page:
            return pace.ask(lambda: getty.page(family, parameters))

        return pages(ask, search) if self.at_once == 1 else pages_ahead(ask, search, self.at_once)

    def wanted(self, result_count: int) -> int:
        return result_count if self.search.limit is None else min(self.search.limit, result_count)


class Ids(NamedTuple):
    """The details of at most a hundred images. `on_missing` hears of ids that Getty does not know."""

    ids: Sequence[str]
    fields: str
    on_missing: Callable[[Sequence[str]], None]

    @property
    def asked(self) -> str:
        return f"{self.ids[0]} and {len(self.ids) - 1} more" if len(self.ids) > 1 else self.ids[0]

    def pages(self, getty: Getty, pace: Pace, begun: Point | None) -> Iterator[Page]:
        found = pace.ask(lambda: getty.details(self.ids, self.fields))
        if found.not_found:
            self.on_missing(found.not_found)
        yield Page(len(self.ids), found.images)

    def wanted(self, result_count: int) -> int:
        return result_count


def lines(given: Sequence[str], source: str | None, what: str) -> list[str]:
    """
    The phrases or ids (`what`) from the command line, and those in the file `source` (`-` for standard input), one a
    line. Raises WrongUsage if there are none, or if the file cannot be read.
    """
    found = [each.strip() for each in given]
    if any(not each for each in found):
        raise WrongUsage(f"the {what} is empty.", mend=_EXAMPLES[what])
    if source is not None:
        found += [line for each in _read(source).splitlines() if (line := each.strip())]
    if not found:
        raise WrongUsage(f"no {what} is given.", mend=_EXAMPLES[what])
    if any(len(each) > MOST_IN_A_PHRASE for each in found):
        raise WrongUsage(f"one {what} has more than {MOST_IN_A_PHRASE:,} characters.", mend="Is it the right file?")
    return found


_EXAMPLES = {
    "phrase": 'Give one: getty-token search "paper boats"',
    "id": "Give one: getty-token images 1900000001",
}


def _read(source: str) -> str:
    try:
        if source == "-":
            return sys.stdin.read()
        return Path(source).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUsage(f"--from {source}: it is not UTF-8 text.") from None
    except OSError as error:
        raise WrongUsage(f"--from {source}: {error.strerror}.") from None


def in_batches(ids: Sequence[str], fields: str, on_missing: Callable[[Sequence[str]], None]) -> list[Ids]:
    """`ids` in questions of a hundred. Raises WrongUsage for what can be no id."""
    for each in ids:
        if not all(one.isalnum() or one in "-_" for one in each) or not each.isascii():
            raise WrongUsage(f"{each!r} is no id of an image.", "An id has digits, sometimes letters or a dash.")
    return [Ids(batch, fields, on_missing) for batch in batches(dict.fromkeys(ids))]
