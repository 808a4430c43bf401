"""The way through a search, page by page. No I/O: whoever asks for a page hands it in."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from getty_token.answers import Page
from getty_token.errors import WrongUsage
from getty_token.queries import LARGEST_PAGE, Family, FamilyName, family_named, query

if TYPE_CHECKING:
    from typing import Unpack

    from getty_token.filters import Filters


class Search(NamedTuple):
    """A search that Getty will understand. `limit` counts images; None means all of them."""

    family: Family
    parameters: Mapping[str, str]
    limit: int | None = None

    @classmethod
    def of(
        cls,
        phrase: str,
        family: Family | FamilyName = Family.CREATIVE,
        *,
        limit: int | None = None,
        fields: Iterable[str] | str = (),
        page_size: int | None = None,
        **filters: Unpack[Filters],
    ) -> Search:
        """Raises WrongUsage for what this search does not take."""
        family = family if isinstance(family, Family) else family_named(family)
        size = page_size or min(LARGEST_PAGE, limit or LARGEST_PAGE)
        if not 1 <= size <= LARGEST_PAGE:
            raise WrongUsage(f"page_size is {size}.", f"A page has from 1 to {LARGEST_PAGE} images.")
        given = {"phrase": phrase, "fields": fields or None, **filters, "page_size": size}
        return cls(family, query(family.path, given, spelled=""), limit)


def walk(search: Search) -> Generator[dict[str, str], Page, None]:
    """
    The way through a search: gives the parameters of each page to ask for, and is sent the page.

    Ends at `limit` images, at the last page, or at an empty one.
    """
    size = int(search.parameters.get("page_size") or min(LARGEST_PAGE, search.limit or LARGEST_PAGE))
    number, seen = int(search.parameters.get("page") or 1), 0
    while search.limit is None or seen < search.limit:
        page = yield {**search.parameters, "page": str(number), "page_size": str(size)}
        seen += len(page.images)
        if not page.images or number * size >= page.result_count:
            return
        number += 1


def pages(ask: Callable[[Family, Mapping[str, str]], Page], search: Search) -> Iterator[Page]:
    """The pages of `search`, each asked for with `ask` when it is wanted; the last one is cut to fit the limit."""
    way, left = walk(search), search.limit
    try:
        parameters = next(way)
        while True:
            page = ask(search.family, parameters)
            yield cut(page, left)
            left = None if left is None else left - len(page.images)
            parameters = way.send(page)
    except StopIteration:
        return


def cut(page: Page, left: int | None) -> Page:
    """`page` with at most `left` images."""
    return page if left is None or left >= len(page.images) else page._replace(images=page.images[:left])
