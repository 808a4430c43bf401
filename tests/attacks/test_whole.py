"""An answer that is sent at once is on the wire what uvicorn would have made of it, byte for byte."""

import re
from collections.abc import Iterator

import pytest
from listening import Listening, listening

from getty_emulator import whole
from getty_emulator.asgi import WHOLE, send_in_two
from getty_emulator.exchange import Answer, Headers, Incoming

PLAIN: Headers = ((b"content-type", b"text/plain"),)
ANSWERS: dict[str, tuple[int, Headers, bytes]] = {
    "plain": (200, PLAIN, b"hello"),
    "empty": (200, PLAIN, b""),
    "no fields": (404, (), b"Function not found..."),
    "large": (200, PLAIN, b"x" * 1_000_000),
    "no content": (204, (), b""),
    "not modified": (304, ((b"ETag", b'"1"'),), b""),
    "a status of nobody's": (799, PLAIN, b"{}"),
    "no content but a body": (204, PLAIN, b"evil"),
    "fields twice, and in Latin-1": (200, ((b"vary", b"a"), (b"Vary", b"\xe9\tb")), b"{}"),
    "it wants to close": (200, ((b"connection", b"close"),), b"{}"),
    "a length of its own": (200, ((b"Content-Length", b"2"),), b"{}"),
    "chunks": (200, ((b"transfer-encoding", b"chunked"),), b"{}"),
    "a line break in a value": (200, ((b"etag", b"1\r\nset-cookie: evil=1"),), b"{}"),
    "a bare line break in a value": (200, ((b"etag", b"1\nset-cookie: evil=1"),), b"{}"),
    "NUL in a value": (200, ((b"etag", b"1\0"),), b"{}"),
    "a line break in a name": (200, ((b"etag: 1\r\nset-cookie", b"evil=1"),), b"{}"),
    "a space in a name": (200, ((b"etag ", b"1"),), b"{}"),
}
REFUSED = ["a line break in a value", "a bare line break in a value", "NUL in a value"]
REFUSED += ["a line break in a name", "a space in a name"]
REQUESTS = {
    "GET": b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "HEAD": b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "GET in HTTP/1.0": b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n",
    "two, one behind the other": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Listening]:
    async def ask(incoming: Incoming) -> Answer:
        return Answer(*list(ANSWERS.values())[int(incoming.path[1:])], "test")

    with listening(ask) as running:
        yield running


def exchanged(server: Listening, request: bytes) -> bytes:
    return re.sub(rb"(?m)^date: .*\r\n", b"", server.exchanged(request))


@pytest.mark.parametrize("template", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_sent_at_once_is_uvicorns_byte_for_byte(
    server: Listening, name: str, template: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = template.replace(b" / ", b" /%d " % list(ANSWERS).index(name))
    at_once = exchanged(server, asking)

    monkeypatch.setitem(whole.EXTENSIONS, WHOLE, send_in_two)
    in_two = exchanged(server, asking)

    assert at_once == in_two
    assert b"\r\nset-cookie" not in at_once
    assert bool(at_once) == (name not in REFUSED)
