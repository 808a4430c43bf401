"""
The peer of the benchmarks: our own server socket, with the least that can answer behind it.

    python tests/benchmarks/constant.py FILE

Answers everything with what is in FILE, as JSON, and token requests with a token. Prints its address first.
"""

import sys
from pathlib import Path

from getty_emulator import server
from getty_emulator.asgi import Receive, Scope, Send

_TOKEN = b'{"access_token": "test-token-of-the-benchmark", "token_type": "Bearer", "expires_in": 1800}'


def constant(body: bytes) -> object:
    """An ASGI application of one answer."""

    def message(content: bytes) -> dict[str, object]:
        length = str(len(content)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        return {"type": "http.response.start", "status": 200, "headers": headers}

    heads = {content: message(content) for content in (body, _TOKEN)}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        content = _TOKEN if scope["path"] == "/oauth2/token" else body
        await send(heads[content])
        await send({"type": "http.response.body", "body": content})

    return app


if __name__ == "__main__":
    with server.bound(0) as (sockets, address):
        server.run(constant(Path(sys.argv[1]).read_bytes()), sockets, lambda: print(address, flush=True), lambda: None)
