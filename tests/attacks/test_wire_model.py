"""
Any bytes at all, cut anywhere: nothing falls over, and what reaches the application is what another parser reads, too.

Two readers who disagree about where a request ends are what request smuggling lives on. The other reader is h11.
"""

import asyncio
from typing import Any

import h11
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from uvicorn.config import Config
from uvicorn.server import ServerState

from getty_emulator.asgi import Application
from getty_emulator.exchange import Answer, Incoming
from getty_emulator.limits import Limits
from getty_emulator.wire import Wire

HOST = b"Host: localhost\r\n"
SEEDS = (
    b"GET /x?a=b HTTP/1.1\r\n" + HOST + b"\r\n",
    b"POST /y HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello",
    b"POST /z HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
    b"PUT /t HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Trailer: v\r\n\r\n",
    b"GET /k HTTP/1.0\r\n" + HOST + b"Connection: keep-alive\r\n\r\n",
    b"DELETE /c HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
)
FIELDS = """Content-Length: 5|Content-Length: 0|Transfer-Encoding: chunked|Transfer-Encoding: x|Content-Length : 3
 Transfer-Encoding: chunked|Transfer-Encoding:\tchunked|X: y\r\n z|Connection: close|Connection: keep-alive|Expect: x
Connection: upgrade\r\nUpgrade: h2c|Host: localhost"""
PIECES = (
    *(b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b";", b",", b"0", b"1", b"5", b"-", b"+", b"0x", b"\xff"),
    *(b"0\r\n\r\n", b"\r\n\r\n", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0"),
    b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
    *(field.encode() + b"\r\n" for line in FIELDS.split("\n") for field in line.split("|")),
)


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """A few requests, one behind the other, with something put in, taken out or written over here and there."""
    data = b"".join(draw(st.lists(st.sampled_from(SEEDS), min_size=1, max_size=3)))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(data)))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.binary(min_size=1, max_size=3)))
        taken = draw(st.sampled_from([0, 0, 1, len(piece)]))
        data = data[:place] + piece + data[place + taken :]
    return data


class Transport(asyncio.Transport):
    """Takes what is written. `closed` once somebody has hung up."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.closed = b"", False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("127.0.0.1", 4000) if name in ("peername", "sockname") else default

    def write(self, data: Any) -> None:
        if not self.closed:
            self.written += data

    def write_eof(self) -> None:
        pass

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    abort = close

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        pass

    resume_reading = pause_reading


def received(data: bytes, cuts: list[int]) -> tuple[list[Incoming], bytes]:
    """The requests that reach the application when `data` arrives in pieces, and all that is sent back."""
    asked: list[Incoming] = []

    async def ask(incoming: Incoming) -> Answer:
        asked.append(incoming)
        return Answer(200, (), b"answer", "test")

    async def run() -> bytes:
        app = Application(ask, lambda event: None)
        config = Config(app, lifespan="off", log_config=None, log_level="critical", access_log=False, ws="none")
        config.load()
        transport = Transport()
        wire = Wire(Limits(), app.guard, app.listener, config=config, server_state=ServerState(), app_state={})
        wire.connection_made(transport)
        ends = sorted({min(cut, len(data)) for cut in cuts} | {len(data)})
        for start, end in zip([0, *ends], ends, strict=False):
            if transport.closed:
                break
            wire.data_received(data[start:end])
            for _ in range(4):
                await asyncio.sleep(0)
        for _ in range(12):
            await asyncio.sleep(0)
        wire.connection_lost(ConnectionResetError())
        await asyncio.sleep(0)
        return transport.written

    return asked, asyncio.run(run())


def as_h11_reads(data: bytes) -> list[tuple[str, str, bytes]]:
    """Method, target and body of the requests in `data`, as far as h11 takes them for requests."""
    found = []
    while True:
        reader = h11.Connection(h11.SERVER, max_incomplete_event_size=100_000)
        reader.receive_data(data.lstrip(b"\r\n"))  # RFC 9112 section 2.2: empty lines before a request are skipped
        body = b""
        try:
            request = reader.next_event()
            if not isinstance(request, h11.Request):
                return found
            while isinstance(event := reader.next_event(), h11.Data):
                body += bytes(event.data)
        except h11.RemoteProtocolError as error:
            assume("Host" not in str(error))  # h11 ends the connection there; we answer 403 and go on
            return found
        if not isinstance(event, h11.EndOfMessage):
            return found
        found.append((request.method.decode(), request.target.decode("latin-1"), body))
        data, _ = reader.trailing_data


SMUGGLED = b"GET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n"


@settings(max_examples=300)
@example(
    b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, []
)
@example(b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n", [])
@example(b"GET / HTTP/1.1\r\n" + HOST + b"Connection: upgrade\r\nUpgrade: h2c\r\n\r\n" + SMUGGLED, [])
@given(data=streams(), cuts=st.lists(st.integers(0, 200), max_size=4))
def test_what_reaches_the_application_is_what_another_reader_reads(data: bytes, cuts: list[int]) -> None:
    asked, sent = received(data, cuts)

    theirs = iter(as_h11_reads(data))
    # In the same order; some were refused, since h11 takes any Host and more than one length.
    assert all((each.method, each.target, each.body) in theirs for each in asked)
    assert sent == b"" or sent.startswith(b"HTTP/1.1 ")


@settings(max_examples=100)
@given(data=streams(), cuts=st.lists(st.integers(0, 200), max_size=4))
def test_it_makes_no_difference_where_the_bytes_are_cut(data: bytes, cuts: list[int]) -> None:
    whole, _ = received(data, [])
    in_pieces, _ = received(data, cuts)

    # In one piece a refusal may come before requests in front of it are asked; never are others asked.
    assert whole == in_pieces[: len(whole)] or in_pieces == whole[: len(in_pieces)]


@settings(max_examples=100)
@given(data=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300), max_size=4))
def test_any_bytes_are_survived(data: bytes, cuts: list[int]) -> None:
    asked, sent = received(data, cuts)

    assert asked == []
    assert sent == b"" or sent.startswith(b"HTTP/1.1 4")
