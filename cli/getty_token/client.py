"""
Getty's API, typed: a search with its pages, and the details of images, with the token that this machine shares.

    from getty_token import Getty

    with Getty() as getty:
        for image in getty.search("paper boats", orientations="horizontal", limit=200):
            print(image["id"], image["title"])

`AsyncGetty` is the same for asyncio. httpx is imported when the first client is made, not before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from getty_token.addresses import API_URL
from getty_token.answers import Details, Page, read_details, read_object, read_page
from getty_token.errors import ImagesNotFound
from getty_token.paging import Search, pages
from getty_token.queries import Family, FamilyName, batches, query

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self, Unpack

    import httpx

    from getty_token.filters import Filters
    from getty_token.images import Image

IMAGES = "/v3/images"


class Getty:
    """
    Getty's API for one account, with one connection that stays open. Safe to share between threads, as httpx.Client is.

    Without arguments: the account and the token that the command line uses here (environment, `.env`, what `login`
    saved). `http` is an httpx.Client of your own, which signs (`GettyAuth`) or answers in a test; then `api_url` is the
    server to ask. Every method raises GettyTokenError of the kind that fits what went wrong (errors.py).
    """

    def __init__(self, http: httpx.Client | None = None, api_url: str | None = None) -> None:
        if http is None:
            from getty_token import transport
            from getty_token.auth import GettyAuth

            auth = GettyAuth.shared()
            http, api_url = transport.client(auth), auth.api_url
        self._http = http
        self._api_url = api_url or API_URL

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def search(
        self,
        phrase: str,
        family: Family | FamilyName = Family.CREATIVE,
        *,
        limit: int | None = None,
        fields: Iterable[str] | str = (),
        page_size: int | None = None,
        **filters: Unpack[Filters],
    ) -> Iterator[Image]:
        """
        The images of a search, page after page, each page asked for when its first image is wanted.

        `limit` None means all of them; `fields` are Getty's, by default `summary_set`; `filters` are Getty's, by its
        names. Raises WrongUsage for a filter or a value that this family does not take, before anything is asked.
        """
        found = self.pages(phrase, family, limit=limit, fields=fields, page_size=page_size, **filters)
        return (image for page in found for image in page.images)

    def pages(
        self,
        phrase: str,
        family: Family | FamilyName = Family.CREATIVE,
        *,
        limit: int | None = None,
        fields: Iterable[str] | str = (),
        page_size: int | None = None,
        **filters: Unpack[Filters],
    ) -> Iterator[Page]:
        """As `search`, page by page: each says how many results there are in all. The last is cut to fit `limit`."""
        search = Search.of(phrase, family, limit=limit, fields=fields, page_size=page_size, **filters)
        return pages(self.page, search)

    def images(self, ids: Iterable[str], fields: Iterable[str] | str = ()) -> Iterator[Image]:
        """The details of images, a hundred in one request. An id that Getty does not know is left out."""
        return (image for batch in batches(ids) for image in self.details(batch, fields).images)

    def page(self, family: Family, parameters: Mapping[str, str]) -> Page:
        """One page of a search; `parameters` go to Getty as they are."""
        return read_page(self.get(family.path, parameters))

    def details(self, ids: Iterable[str], fields: Iterable[str] | str = ()) -> Details:
        """The details of at most a hundred images, and which of `ids` Getty does not know."""
        asked = query(IMAGES, {"ids": (ids := list(ids)), "fields": fields or None}, spelled="")
        try:
            return read_details(self.get(IMAGES, asked))
        except ImagesNotFound:
            return Details([], ids)

    def get(self, path: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        """The JSON object at `path`."""
        from getty_token.transport import reaching

        with reaching(self._api_url):
            response = self._http.get(self._api_url + path, params=dict(parameters))
        return read_object(response)
