"""Getty as `serve` asks it: signed, each reply whole, each failure a GettyTokenError."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.request import getproxies

import httpx

from getty_token import transport
from getty_token.auth import GettyAuth
from getty_token.connection import Reply
from getty_token.direct import Direct


class Way(Protocol):
    """A way to one server."""

    async def fetch(self, method: str, target: str, headers: Mapping[str, str], body: bytes, largest: int) -> Reply:
        """The reply to one request, its body `largest` bytes at most. Raises httpx.HTTPError, GettyUnavailable."""

    async def aclose(self) -> None:
        """Close every connection."""


def way(url: str) -> Way:
    """The way to the server of `url`. Raises WrongUsage for settings that make no sense."""
    with transport.settings():
        proxies = getproxies()
        if proxies.get(url.partition(":")[0]) or proxies.get("all"):
            return Proxied(url, transport.async_client())
        return Direct(url)


class Upstream:
    """The Getty at `url`, reached on `way`, its requests signed by `auth`."""

    def __init__(self, url: str, auth: GettyAuth, way: Way) -> None:
        self._url = httpx.URL(url)
        self._host = url.partition("//")[2]
        self._auth = auth
        self._way = way
        self.aclose = way.aclose

    async def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes, largest: int) -> Reply:
        """
        The reply to a request, signed; the last one if there were two (see GettyAuth).

        Raises what the token request raises; GettyUnavailable if there is no reply, or one with a larger body.
        """
        request = _Outgoing(method, self._url, {"User-Agent": transport.USER_AGENT, **headers})
        flow = self._auth.async_auth_flow(request)
        try:
            await anext(flow)
            while True:
                reply = await self._way.fetch(method, target, request.headers, body, largest)
                try:
                    await flow.asend(reply)
                except StopAsyncIteration:
                    return reply
        except httpx.HTTPError as error:
            raise transport.unreachable(self._host, error) from error
        finally:
            await flow.aclose()


@dataclass(frozen=True, slots=True)
class _Outgoing:
    """What there is to sign."""

    method: str
    url: httpx.URL
    headers: dict[str, str]


class Proxied:
    """The way through a proxy, or whatever else httpx makes of the proxy variables. Slower than Direct by far."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self._client = client
        self._base = httpx.URL(url)
        self.aclose = client.aclose

    async def fetch(self, method: str, target: str, headers: Mapping[str, str], body: bytes, largest: int) -> Reply:
        """As Direct does it, but for the repetition. Raises httpx.HTTPError."""
        # As bytes: httpx takes text in ASCII only, and a browser may send others.
        fields = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
        url = self._base.copy_with(raw_path=target.encode("ascii"))
        request = self._client.build_request(method, url, headers=fields, content=body or None)
        response = await self._client.send(request, stream=True)
        chunks, size = [], 0
        try:
            async for chunk in response.aiter_raw():
                size += len(chunk)
                if size > largest:
                    raise transport.too_large(largest)
                chunks.append(chunk)
        finally:
            await response.aclose()
        lower = tuple((name.lower(), value) for name, value in response.headers.raw)
        return Reply(response.status_code, lower, b"".join(chunks))
