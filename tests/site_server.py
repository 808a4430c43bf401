"""A site's own server, as a framework runs one: pages, an echo, events, a WebSocket. Real, on this machine."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn


@dataclass
class SiteServer:
    """`asked` are the requests, method and target. `beat` lets the next event out."""

    port: int
    asked: list[str] = field(default_factory=list)
    beats: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    loop: asyncio.AbstractEventLoop | None = None
    left: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def beat(self, text: str) -> None:
        assert self.loop
        self.loop.call_soon_threadsafe(self.beats.put_nowait, text)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.loop = asyncio.get_running_loop()
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        target = scope["raw_path"].decode() + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
        self.asked.append(f"{scope['method']} {target}")
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        if scope["path"] == "/events":
            await self._events(receive, send)
        elif scope["path"] in ("/", "/page", "/index.html"):
            await _answer(send, 200, b"text/html", b"the site's own " + scope["path"].encode())
        elif scope["path"] == "/echo":
            fields = [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]]
            told = {"method": scope["method"], "target": target, "fields": fields, "body": body.decode()}
            await _answer(send, 200, b"application/json", json.dumps(told).encode())
        elif scope["path"] in ("/leaks", "/drips"):
            await _leaking(send, scope["path"])
        elif scope["path"] == "/large":
            await _answer(send, 200, b"application/octet-stream", bytes(8 * 1024 * 1024))
        else:
            await _answer(send, 404, b"text/plain", b"the site has no such page")

    async def _events(self, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        gone = asyncio.ensure_future(receive())
        while not gone.done():
            beat = asyncio.ensure_future(self.beats.get())
            await asyncio.wait((beat, gone), return_when=asyncio.FIRST_COMPLETED)
            if beat.done():
                data = f"data: {beat.result()}\n\n".encode()
                await send({"type": "http.response.body", "body": data, "more_body": True})
            beat.cancel()
        self.left.set()

    async def _socket(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        if scope["path"] != "/socket":
            await send({"type": "websocket.close"})
            return
        fields = {name.decode(): value.decode() for name, value in scope["headers"]}
        subprotocol = next(iter(scope["subprotocols"]), None)
        await send({"type": "websocket.accept", "subprotocol": subprotocol})
        about = {"query": scope["query_string"].decode(), "cookie": fields.get("cookie"), "host": fields["host"]}
        await send({"type": "websocket.send", "text": json.dumps(about)})
        while (message := await receive())["type"] != "websocket.disconnect":
            if message.get("text") == "bye":
                await send({"type": "websocket.close", "code": 4001})
                return
            await send({"type": "websocket.send", "text": message.get("text"), "bytes": message.get("bytes")})
        self.left.set()


async def _answer(send: Any, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"set-cookie", b"a=1")]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"set-cookie", b"b=2")]})
    await send({"type": "http.response.body", "body": body})


async def _leaking(send: Any, path: str) -> None:
    """A secret: whole, or in a stream whose second piece ends it."""
    if path == "/leaks":
        await _answer(send, 200, b"text/plain", b"it is test-secret")
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    for piece in (b"harmless, and then test-", b"secret", b" and more"):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def site_server() -> Iterator[SiteServer]:
    """A server that listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        site = SiteServer(listener.getsockname()[1])
        config = uvicorn.Config(site, lifespan="off", log_config=None, access_log=False, ws="websockets-sansio")
        config.timeout_graceful_shutdown = 1
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        try:
            yield site
        finally:
            server.should_exit = True
            thread.join()
