"""
WebSockets of the site's own server, such as those by which `gatsby develop` reloads a page.

Who may open one was judged before, by the guard: browsers let any page open one anywhere.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from getty_emulator.events import Answered, Listener, Warned
from getty_emulator.netlify.web_urls import Address, ascii_path
from getty_emulator.watch import Watch

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

CONNECTING = 5.0
"""Seconds until the site's server has to have agreed."""
LARGEST = 16 * 1024 * 1024
"""Bytes of one message."""

_PASSED = ("cookie", "user-agent", "accept-language")
_BAD_GATEWAY = 502
_GONE = 1001
"""Going away, RFC 6455 7.4.1: for codes that say how a connection ended and must not be sent."""
_POLICY = 1008
"""Policy violation, RFC 6455 7.4.1."""
_NOBODY = 0
"""No code: there is nobody any more who could be told."""

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Tunnels:
    """Hands every WebSocket on to the server at `site`, message by message."""

    def __init__(self, site: Address, watch: Watch, listener: Listener) -> None:
        self._site = site
        self._watch = watch
        self._listener = listener

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one `websocket` scope of ASGI."""
        from websockets.asyncio.client import connect
        from websockets.exceptions import WebSocketException

        started = time.perf_counter()
        path, query = ascii_path(scope["raw_path"].decode("latin-1")), scope["query_string"].decode("latin-1")
        target = f"{path}?{query}" if query else path
        fields = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        await receive()  # websocket.connect
        try:
            connection = await connect(
                f"ws://{self._site.host}{target}",
                origin=fields.get("origin"),
                subprotocols=scope["subprotocols"] or None,
                additional_headers={name: fields[name] for name in _PASSED if name in fields},
                user_agent_header=None,
                compression=None,
                open_timeout=CONNECTING,
                ping_interval=None,  # whoever sends pings gets them answered at either end
                max_size=LARGEST,
                proxy=None,
            )
        except (WebSocketException, OSError, ValueError) as error:
            reason = f"The site at {self._site.origin} opens no WebSocket there ({type(error).__name__})."
            self._tell(target, _BAD_GATEWAY, started, reason)
            await _refuse(scope, send, reason)
            return
        self._tell(target, 101, started)
        async with connection:
            await send({"type": "websocket.accept", "subprotocol": connection.subprotocol})
            await self._join(connection, receive, send)

    async def _join(self, connection: "ClientConnection", receive: Receive, send: Send) -> None:
        """Hand messages on, both ways, until one side ends."""

        async def to_the_site() -> int:
            while (message := await receive())["type"] != "websocket.disconnect":
                text = message.get("text")
                await connection.send(message["bytes"] if text is None else text)
            return _NOBODY

        async def to_the_browser() -> int:
            async for message in connection:
                if self._watch.found_in(message.encode() if isinstance(message, str) else message):
                    self._listener(
                        Warned("a WebSocket message of the site contained a secret of yours, and the socket was closed")
                    )
                    return _POLICY
                kind = "text" if isinstance(message, str) else "bytes"
                await send({"type": "websocket.send", kind: message})
            return _sendable(connection.close_code)

        ways = [asyncio.ensure_future(to_the_site()), asyncio.ensure_future(to_the_browser())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            codes = [way.result() for way in ways if way.done() and not way.exception()]
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        code = codes[0] if codes else _sendable(connection.close_code)
        if code != _NOBODY:
            await send({"type": "websocket.close", "code": code})

    def _tell(self, target: str, status: int, started: float, reason: str = "") -> None:
        self._listener(Answered("GET", target, status, time.perf_counter() - started, "site, websocket", reason))


def _sendable(code: int | None) -> int:
    return code if code and (code not in (1005, 1006, 1015) and 1000 <= code < 5000) else _GONE


async def _refuse(scope: MutableMapping[str, Any], send: Send, reason: str) -> None:
    """Answer the request for a WebSocket with a status, where the server can; else it becomes a 403."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "websocket.http.response.start", "status": _BAD_GATEWAY, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": reason.encode()})
