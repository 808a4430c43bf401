"""
The peer of the benchmarks: our own server socket, with the least that can answer behind it.

    python tests/benchmarks/constant.py FILE

Answers everything with what is in FILE, as JSON. A token request takes 0.3 s, as Getty's may, and gives a token;
`/token-requests` tells when there were some. Prints its address first.
"""

import asyncio
import base64
import hashlib
import json
import sys
import time
from pathlib import Path

from getty_emulator import server
from getty_emulator.asgi import Application, Receive, Scope, Send
from getty_emulator.exchange import Answer, Incoming

Message = dict[str, object]

# As long and as mixed as a real one: how long it takes to look for it in every answer depends on that.
SECRET = base64.urlsafe_b64encode(
    b"".join(hashlib.sha512(b"test-token-%d" % part).digest() for part in range(4))
).decode()
TOKEN = {"access_token": SECRET, "token_type": "Bearer", "expires_in": 1800}


class Constant(Application):
    """Everything of an application but what it is for."""

    def __init__(self, body: bytes) -> None:
        super().__init__(_never, lambda _event: None)
        self._constant = _messages(body)
        self._token_requests: list[float] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head, body = self._constant
        if len(scope["path"]) < 20:
            head, body = _messages(await self._other(scope["path"]))
        await send(head)
        await send(body)

    async def _other(self, path: str) -> bytes:
        if path == "/token-requests":
            return json.dumps(self._token_requests).encode()
        self._token_requests.append(time.time())
        await asyncio.sleep(0.3)
        return json.dumps(TOKEN).encode()


async def _never(_: Incoming) -> Answer:
    raise AssertionError("the constant answers by itself: the application behind it is asked nothing")


def _messages(body: bytes) -> tuple[Message, Message]:
    fields = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    head: Message = {"type": "http.response.start", "status": 200, "headers": fields}
    return head, {"type": "http.response.body", "body": body}


if __name__ == "__main__":
    with server.bound(0) as (sockets, address):
        app = Constant(Path(sys.argv[1]).read_bytes())
        server.run(app, sockets, lambda: print(address, flush=True), lambda: None)
