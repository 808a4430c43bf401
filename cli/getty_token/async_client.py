"""Getty's API for asyncio: `client.Getty` once more, where awaiting makes a difference."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from getty_token.addresses import API_URL
from getty_token.answers import read_details, read_object, read_page
from getty_token.client import IMAGES
from getty_token.errors import ImagesNotFound
from getty_token.paging import Search, cut, walk
from getty_token.queries import Family, FamilyName, batches, query

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self, Unpack

    import httpx

    from getty_token.filters import Filters
    from getty_token.images import Image


class AsyncGetty:
    """As `Getty`, for asyncio: `async with AsyncGetty() as getty`, `async for image in getty.search(...)`."""

    def __init__(self, http: httpx.AsyncClient | None = None, api_url: str | None = None) -> None:
        if http is None:
            from getty_token import transport
            from getty_token.auth import GettyAuth

            auth = GettyAuth.shared()
            http, api_url = transport.async_client(auth), auth.api_url
        self._http = http
        self._api_url = api_url or API_URL

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def search(
        self,
        phrase: str,
        family: Family | FamilyName = Family.CREATIVE,
        *,
        limit: int | None = None,
        fields: Iterable[str] | str = (),
        page_size: int | None = None,
        **filters: Unpack[Filters],
    ) -> AsyncIterator[Image]:
        """As `Getty.search`; what is wrong with it is raised at the first image."""
        search = Search.of(phrase, family, limit=limit, fields=fields, page_size=page_size, **filters)
        way, left = walk(search), limit
        try:
            parameters = next(way)
            while True:
                page = read_page(await self.get(search.family.path, parameters))
                for image in cut(page, left).images:
                    yield image
                left = None if left is None else left - len(page.images)
                parameters = way.send(page)
        except StopIteration:
            return

    async def images(self, ids: Iterable[str], fields: Iterable[str] | str = ()) -> AsyncIterator[Image]:
        """As `Getty.images`."""
        for batch in batches(ids):
            asked = query(IMAGES, {"ids": batch, "fields": fields or None}, spelled="")
            try:
                found = read_details(await self.get(IMAGES, asked)).images
            except ImagesNotFound:
                continue
            for image in found:
                yield image

    async def get(self, path: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        """The JSON object at `path`."""
        from getty_token.transport import reaching

        with reaching(self._api_url):
            response = await self._http.get(self._api_url + path, params=dict(parameters))
        return read_object(response)
