"""
Sending a request on: to another address that a rule names, or to the site's own server that we stand in front of.

Only to this machine and to hosts that `getty-token.toml` names, never with anything of ours. Redirects are passed on.
"""

import re
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

from getty_emulator.exchange import Answer, Fields, Headers, Incoming, Streamed, joined, problem
from getty_emulator.netlify.web_urls import Address
from getty_token.loopback import is_loopback

if TYPE_CHECKING:
    import httpx  # a third of the time that `serve --offline` takes to start; few sites ask for it

CONNECTING = 5.0
"""Seconds until a server has to be reached."""
PATIENCE = 300.0
"""Seconds without a byte after which it is given up. Gatsby's events have a heart that beats every few seconds."""
WHOLE = 1024 * 1024
"""Bytes up to which an answer of known length is read whole."""

HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding "
    b"upgrade host content-length expect".split()
)
_ALLOWED = frozenset(
    b"accept accept-charset accept-encoding accept-language authorization cache-control content-encoding "
    b"content-language content-type if-match if-modified-since if-none-match if-range if-unmodified-since pragma range "
    b"user-agent".split()
)
"""
What a host that is not this machine gets of a browser's fields, beside those that begin with `x-`. No cookies: those of
`localhost` belong to every port on it.
"""


class Elsewhere:
    """
    Where requests may go beside this machine: `hosts`, as in `api.example.com` or `example.com:8443`.

    `transport` is the network, or what stands for it.
    """

    def __init__(self, hosts: Iterable[str] = (), transport: "httpx.AsyncBaseTransport | None" = None) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Let go of connections."""
        if self._client:
            await self._client.aclose()

    def objection(self, target: Address) -> str:
        """Why nothing is sent to `target`, or an empty string."""
        name = target.host.removeprefix("[").partition("]")[0] if "[" in target.host else target.host.partition(":")[0]
        if is_loopback(name) or target.host in self._hosts or name in self._hosts:
            return ""
        allow = f'add "{name}" to allow-hosts under [serve] in getty-token.toml'
        return f"Rules may not lead to {name} here. To allow it, {allow}."

    async def proxied(
        self, incoming: Incoming, target: Address, more: Iterable[tuple[str, str]], whole: int = WHOLE
    ) -> Answer | Streamed:
        """
        The answer of `target` as it is, with the fields `more` in the request. 504 if nobody answers there.

        Up to `whole` bytes are read before the first one is sent on.
        """
        import httpx

        if why := self.objection(target):
            return problem(502, "Not allowed here", why)
        given = {name.lower().encode("latin-1", "replace"): value.encode("latin-1", "replace") for name, value in more}
        kept = [
            (name, value)
            for name, value in passed_on(incoming.fields)
            if name not in given and (is_here(target) or name in _ALLOWED or name.startswith(b"x-"))
        ]
        # Two slashes in a row become one on the way, as in netlify-cli.
        target = replace(target, path=re.sub("/+", "/", target.path))
        try:
            return await self.sent(incoming, target.whole, [*kept, *given.items()], target.origin, whole)
        except httpx.HTTPError as error:
            host = incoming.headers().get("host", "localhost")
            text = f"Error occurred while trying to proxy: {host}{target.local}"
            reason = f"{target.origin} does not answer ({type(error).__name__})."
            return Answer(504, (), text.encode(), "getty-token", reason)

    async def sent(
        self, incoming: Incoming, url: str, fields: Fields, origin: str, whole: int = WHOLE
    ) -> Answer | Streamed:
        """What `url` answers, `whole` as above. Raises httpx.HTTPError when it does not."""
        import httpx

        client = self._client = self._client or _client(self._transport)
        try:
            request = client.build_request(incoming.method, url, headers=list(fields), content=incoming.body or None)
        except (httpx.InvalidURL, ValueError) as error:
            raise httpx.UnsupportedProtocol(str(error)) from None
        # httpx would add fields of its own; whoever is asked shall see the browser's.
        for name in ("accept", "accept-encoding", "user-agent"):
            if not any(key == name.encode() for key, _ in fields):
                request.headers.pop(name, None)
        request.headers["connection"] = "close"
        response = await client.send(request, stream=True)
        headers = joined(tuple((name.lower(), value) for name, value in passed_on(response.headers.raw)))
        length = response.headers.get("content-length", "")
        if incoming.method == "HEAD" or (length.isdecimal() and int(length) <= whole):
            try:
                body = b"".join([chunk async for chunk in response.aiter_raw()])
            finally:
                await response.aclose()
            return Answer(response.status_code, headers, body, origin)
        return Streamed(response.status_code, headers, _chunks(response), origin, close=partial(_closed, response))


async def _chunks(response: "httpx.Response") -> AsyncGenerator[bytes, None]:
    try:
        async for chunk in response.aiter_raw():
            yield chunk
    finally:
        await _closed(response)


async def _closed(response: "httpx.Response") -> None:
    import httpx

    with suppress(httpx.HTTPError):
        await response.aclose()


def passed_on(fields: Fields) -> Headers:
    """`fields` without those that concern one connection only, by their name or because Connection names them."""
    named = {
        name.strip().lower() for key, value in fields if key.lower() == b"connection" for name in value.split(b",")
    }
    return tuple((key, value) for key, value in fields if key.lower() not in HOP_BY_HOP and key.lower() not in named)


def is_here(target: Address) -> bool:
    """Whether `target` is on this machine."""
    return not Elsewhere().objection(target)


def _client(transport: "httpx.AsyncBaseTransport | None") -> "httpx.AsyncClient":
    import httpx

    # No proxy variables: what a rule names is asked itself, and nothing of this machine's goes through another.
    return httpx.AsyncClient(
        timeout=httpx.Timeout(PATIENCE, connect=CONNECTING, pool=CONNECTING),
        # httpx would keep the cookies of one visitor and send them along with the next one's request.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        follow_redirects=False,
        trust_env=False,
        transport=transport,
        # A connection that the other side closes at that very moment would be a request that fails for nothing.
        limits=httpx.Limits(max_connections=200, max_keepalive_connections=0),
    )
