"""Tests of getty_token.direct and .connection: what good servers say, what bad ones try, and what becomes of it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import PATIENCE
from getty_token import connection, direct
from getty_token.connection import LARGEST_HEAD, Limits, Reply
from getty_token.direct import Direct, written
from getty_token.errors import GettyTokenError, GettyUnavailable

T = TypeVar("T")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
EVIL = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
LARGEST = 1000
PATIENT = Limits()


class Server:
    """
    A server that says what it is told to.

    `scripts` has an entry for each connection: what to send after each request on it, and then it closes. What is not
    in it, connections and requests, is answered with OK. `heard` is every request, connection by connection.
    """

    def __init__(self, *scripts: Sequence[bytes]) -> None:
        self._scripts = list(scripts)
        self.heard: list[list[bytes]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests: list[bytes] = []
        self.heard.append(requests)
        script = self._scripts[len(self.heard) - 1] if len(self.heard) <= len(self._scripts) else None
        while script is None or len(requests) < len(script):
            requests.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(OK if script is None else script[len(requests) - 1])
            await writer.drain()

    @property
    def requests(self) -> int:
        return sum(len(requests) for requests in self.heard)


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def talking(
    server: Serve,
    talk: Callable[[Direct], Coroutine[Any, Any, T]],
    limits: Limits = PATIENT,
) -> T:
    """What `talk` gives, with a way to `server`; afterwards no connection is open."""

    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            tasks.add(task)
        try:
            await server(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def conversation() -> T:
        listening = await asyncio.start_server(serve, "127.0.0.1", 0)
        way = Direct(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", limits)
        try:
            return await talk(way)
        finally:
            await way.aclose()
            listening.close()
            while pending := [task for task in tasks if not task.done()]:
                await asyncio.wait(pending)

    return asyncio.run(conversation())


async def get(way: Direct, method: str = "GET", largest: int = LARGEST) -> Reply:
    return await way.fetch(method, "/v3/search?phrase=a%2Cb", {}, b"", largest)


def answer(*lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode("latin-1") + body


CHUNKED = answer("Transfer-Encoding: chunked", body=b"1\r\n{\r\n1;x=y\r\n}\r\n0\r\nEtag: trailer\r\n\r\n")
GOOD = {
    "a length": (OK, 200, b"{}", True),
    "chunks, an extension and a trailer": (CHUNKED, 200, b"{}", True),
    "Chunked in capitals": (answer("TRANSFER-ENCODING: Chunked", body=b"2\r\n{}\r\n0\r\n\r\n"), 200, b"{}", True),
    "no length: until it closes": (answer("Etag: 1", body=b"{}"), 200, b"{}", False),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    "304 with the length of what it does not send": (b"HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n", 304, b"", True),
    "a length of nothing": (answer("Content-Length: 0"), 200, b"", True),
    "no reason phrase": (b"HTTP/1.1 404 \r\nContent-Length: 2\r\n\r\n{}", 404, b"{}", True),
    "it wants to close": (answer("Connection: close", "Content-Length: 2", body=b"{}"), 200, b"{}", False),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", False),
    "interim answers first": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nEtag: interim\r\nContent-Length: 7\r\n\r\n" + OK,
        200,
        b"{}",
        True,
    ),
}


@pytest.mark.parametrize(("raw", "status", "body", "kept"), GOOD.values(), ids=GOOD)
def test_a_good_answer_is_read_whole_and_its_connection_kept_where_it_can_be(
    raw: bytes, status: int, body: bytes, kept: bool
) -> None:
    server = Server([raw, OK] if kept else [raw])

    async def twice(way: Direct) -> list[Reply]:
        return [await get(way), await get(way)]

    first, second = talking(server, twice)

    assert (first.status_code, first.body) == (status, body)
    assert (second.status_code, second.body) == (200, b"{}")
    assert len(server.heard) == (1 if kept else 2)
    assert all(value not in (b"interim", b"trailer") for _, value in first.headers)


@pytest.mark.parametrize("raw", [raw for raw, *_ in GOOD.values()], ids=GOOD)
def test_an_answer_may_come_byte_by_byte(raw: bytes) -> None:
    async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for byte in raw:
            writer.write(bytes([byte]))
            await asyncio.sleep(0)

    reply = talking(dripping, get)

    assert reply == talking(Server([raw]), get)


def test_what_goes_out_is_what_was_said_byte_for_byte() -> None:
    server = Server()

    async def ask(way: Direct) -> None:
        await way.fetch("GET", "/a%2fb?x=%e9&y=%zz+~", {"Accept-Language": "de;q=\xe9", "Api-Key": "test-key"}, b"", 9)

    talking(server, ask)

    request_line, host, *fields = server.heard[0][0].split(b"\r\n")
    assert request_line == b"GET /a%2fb?x=%e9&y=%zz+~ HTTP/1.1"
    assert host.startswith(b"Host: 127.0.0.1:")
    assert fields == [b"Accept-Language: de;q=\xe9", b"Api-Key: test-key", b"", b""]


def test_a_body_goes_out_with_its_length_and_a_post_without_one_says_so() -> None:
    assert written("POST", "/", {}, b"{}") == b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"
    assert written("POST", "/", {}, b"") == b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"


def test_the_answer_to_head_has_no_body_whatever_its_length() -> None:
    server = Server([answer("Content-Length: 20000")])

    async def ask(way: Direct) -> tuple[Reply, Reply]:
        return await get(way, "HEAD"), await get(way)

    first, second = talking(server, ask)

    assert (first.status_code, first.body, second.body) == (200, b"", b"{}")
    assert (b"content-length", b"20000") in first.headers


LONG = "x" * LARGEST_HEAD
BROKEN_OFF = {
    "nothing": b"",
    "half a status line": b"HTTP/1.1 20",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-",
    "half a body": answer("Content-Length: 9", body=b"{"),
    "half a chunk": answer("Transfer-Encoding: chunked", body=b"5\r\nhe"),
    "no last chunk": answer("Transfer-Encoding: chunked", body=b"5\r\nhello\r\n"),
    "half a trailer": answer("Transfer-Encoding: chunked", body=b"0\r\nEta"),
    "an interim answer only": b"HTTP/1.1 100 Continue\r\n\r\n",
}
BAD = {
    "a length and chunks": answer("Content-Length: 2", "Transfer-Encoding: chunked", body=b"0\r\n\r\n" + EVIL),
    "chunks and a length": answer("Transfer-Encoding: chunked", "Content-Length: 5", body=b"0\r\n\r\n" + EVIL),
    "two lengths": answer("Content-Length: 2", "Content-Length: 42", body=b"{}" + EVIL),
    "the same length twice": answer("Content-Length: 2", "Content-Length: 2", body=b"{}" + EVIL),
    "a list of lengths": answer("Content-Length: 2, 2", body=b"{}" + EVIL),
    "a negative length": answer("Content-Length: -1", body=b"{}" + EVIL),
    "a length with a sign": answer("Content-Length: +2", body=b"{}" + EVIL),
    "a hexadecimal length": answer("Content-Length: 0x2", body=b"{}" + EVIL),
    "a length beyond 64 bits": answer("Content-Length: 18446744073709551618", body=b"{}" + EVIL),
    "an empty length": answer("Content-Length: ", body=b"{}" + EVIL),
    "a coding nobody asked for": answer("Transfer-Encoding: gzip", body=b"{}"),
    "a coding before chunks": answer("Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n" + EVIL),
    "chunks before a coding": answer("Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n" + EVIL),
    "chunks twice": answer("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body=b"0\r\n\r\n" + EVIL),
    "a hidden coding": answer("Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n" + EVIL),
    "a bad chunk size": answer("Transfer-Encoding: chunked", body=b"zz\r\n{}\r\n0\r\n\r\n"),
    "a negative chunk size": answer("Transfer-Encoding: chunked", body=b"-2\r\n{}\r\n0\r\n\r\n"),
    "a chunk size beyond 64 bits": answer("Transfer-Encoding: chunked", body=b"10000000000000002\r\n{}\r\n0\r\n\r\n"),
    "a chunk longer than it says": answer("Transfer-Encoding: chunked", body=b"1\r\n{}\r\n0\r\n\r\n"),
    "a bare LF after a chunk": answer("Transfer-Encoding: chunked", body=b"2\n{}\n0\n\n"),
    "bare LF in the head": b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}",
    "a bare CR in a field": answer("Etag: a\rContent-Length: 4", body=b"{}"),
    "NUL in a field": answer("Etag: a\0b", "Content-Length: 2", body=b"{}"),
    "a space before the colon": answer("Content-Length : 2", body=b"{}"),
    "a field without a colon": answer("Content-Length", "Etag: 1", body=b"{}"),
    "a field that goes on in the next line": answer("Etag: a", " b", "Content-Length: 2", body=b"{}"),
    "a space before the first field": answer(" Etag: a", "Content-Length: 2", body=b"{}"),
    "a status of two digits": b"HTTP/1.1 99 Hm\r\nContent-Length: 2\r\n\r\n{}",
    "a status of four digits": b"HTTP/1.1 2000 Hm\r\nContent-Length: 2\r\n\r\n{}",
    "a status that is none": b"HTTP/1.1 600 Hm\r\nContent-Length: 2\r\n\r\n{}",
    "a status of zero": b"HTTP/1.1 000 Hm\r\nContent-Length: 2\r\n\r\n{}",
    "another protocol": b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n" + EVIL,
    "another protocol, unnamed": b"HTTP/1.1 101 Switching\r\n\r\n" + EVIL,
    "HTTP/2": b"HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/0.9": b"HTTP/0.9 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "a page without a head": b"<html>Who are you?</html>",
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
    "TLS": b"\x16\x03\x01\x00\xff\r\n\r\n",
    "a large field": answer(f"Etag: {LONG}", "Content-Length: 2", body=b"{}"),
    "many fields": answer(*["A: b"] * LARGEST_HEAD, "Content-Length: 2", body=b"{}"),
    "a field without end": answer(f"Etag: {LONG}")[:-4],
    "a name without end": answer(LONG)[:-4],
    "a long reason phrase": f"HTTP/1.1 200 {LONG}".encode(),
    "large trailers": answer("Transfer-Encoding: chunked", body=b"0\r\n" + f"A: {LONG}\r\n\r\n".encode()),
    "interim answers without end": b"HTTP/1.1 103 Early\r\nA: b\r\n\r\n" * LARGEST_HEAD,
}


@pytest.mark.parametrize("raw", BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_an_answer_that_breaks_off_is_an_error_and_no_half_answer(raw: bytes) -> None:
    with pytest.raises(httpx.ReadError):
        talking(Server([raw]), get)


@pytest.mark.parametrize("raw", BAD.values(), ids=BAD)
def test_a_bad_answer_is_an_error_and_its_connection_is_not_used_again(raw: bytes) -> None:
    server = Server([raw, EVIL])

    async def ask(way: Direct) -> Reply:
        with pytest.raises(httpx.RemoteProtocolError):
            await get(way)
        return await get(way)

    after = talking(server, ask)

    assert after.body == b"{}"
    assert [len(requests) for requests in server.heard] == [1, 1]


@pytest.mark.parametrize(
    "raw",
    [
        answer("Content-Length: 1001", body=b"x" * 1001),
        answer("Transfer-Encoding: chunked", body=b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n"),
        answer(body=b"x" * 1001),
    ],
    ids=["with a length", "in chunks", "until it closes"],
)
def test_an_answer_larger_than_the_bound_is_refused(raw: bytes) -> None:
    with pytest.raises(GettyUnavailable, match="larger"):
        talking(Server([raw]), get)


def test_an_answer_of_just_the_largest_size_is_not() -> None:
    assert len(talking(Server([answer("Content-Length: 1000", body=b"x" * 1000)]), get).body) == 1000


def test_an_answer_without_end_is_left_as_soon_as_it_is_too_large() -> None:
    sent = 0

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(answer())
        while True:
            writer.write(b"x" * 1024)
            await writer.drain()
            sent += 1024

    with pytest.raises(GettyUnavailable, match="larger"):
        talking(endless, get)

    assert sent < 50 * 1024 * 1024  # what fits into the buffers on the way


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "raw",
    [answer("Connection: close", "Content-Length: 0"), answer("Content-Length: x"), answer("Content-Length: 0") + EVIL],
    ids=["said to close", "bad", "too much"],
)
def test_a_connection_that_is_not_used_again_is_closed_at_once(raw: bytes, method: str) -> None:
    closed = asyncio.Event()

    async def patient(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        with suppress(ConnectionError):
            assert await reader.read() == b""
        closed.set()

    async def ask(way: Direct) -> None:
        with suppress(httpx.RemoteProtocolError):
            await get(way, method)
        await asyncio.wait_for(closed.wait(), PATIENCE)

    talking(patient, ask)


def test_a_connection_on_which_a_request_is_still_going_out_is_not_used_again() -> None:
    begun, over = [], asyncio.Event()

    async def hasty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(OK)
        await over.wait()  # and reads no further

    async def ask(way: Direct) -> Reply:
        await way.fetch("POST", "/", {}, b"x" * 20_000_000, LARGEST)
        try:
            return await asyncio.wait_for(get(way), PATIENCE)
        finally:
            over.set()

    assert talking(hasty, ask).body == b"{}"
    assert [request.split()[0] for request in begun] == [b"POST", b"GET"]


SURPLUS = {
    "a second answer": OK + EVIL,
    "a byte": OK + b"x",
    "a line": OK + b"\r\n" + EVIL,
    "an answer after 204": b"HTTP/1.1 204 No\r\n\r\n" + EVIL,
    "a body after 304": b"HTTP/1.1 304 Same\r\nContent-Length: 4\r\n\r\nevil",
    "an answer after chunks": CHUNKED + EVIL,
    "an interim answer afterwards": OK + b"HTTP/1.1 100 Continue\r\n\r\n",
    "an answer after a closing one": answer("Connection: close", "Content-Length: 2", body=b"{}") + EVIL,
}


@pytest.mark.parametrize("raw", SURPLUS.values(), ids=SURPLUS)
def test_what_comes_behind_an_answer_never_answers_the_next_request(raw: bytes) -> None:
    server = Server([raw, OK])

    async def twice(way: Direct) -> list[Reply]:
        return [await get(way), await get(way)]

    replies = talking(server, twice)

    assert all(reply.body != b"evil" for reply in replies)
    assert replies[1].body == b"{}"
    assert [len(requests) for requests in server.heard] == [1, 1]


@pytest.mark.parametrize("turns", [0, 10], ids=["still in the socket", "read already"])
def test_what_comes_while_nobody_asks_never_answers_the_next_request(turns: int) -> None:
    asked, said = asyncio.Event(), asyncio.Event()

    async def talkative(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await asked.wait()
        writer.write(EVIL)
        said.set()
        await reader.readuntil(b"\r\n\r\n")
        writer.write(EVIL)

    async def ask(way: Direct) -> list[Reply]:
        first = await get(way)
        asked.set()
        await said.wait()
        for _ in range(turns):
            await asyncio.sleep(0)
        return [first, await get(way)]

    replies = talking(talkative, ask)

    assert [reply.body for reply in replies] == [b"{}", b"{}"]


# Connections that have gone


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_safe_request_that_met_a_closed_connection_goes_out_once_more(method: str) -> None:
    server = Server([OK, b""])

    async def ask(way: Direct) -> Reply:
        await get(way)
        return await get(way, method)

    assert talking(server, ask).status_code == 200
    assert [len(requests) for requests in server.heard] == [2, 1]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_request_that_changes_something_never_goes_out_twice(method: str) -> None:
    server = Server([OK, b""])

    async def ask(way: Direct) -> None:
        await get(way)
        with pytest.raises(httpx.ReadError):
            await get(way, method)

    talking(server, ask)

    assert [len(requests) for requests in server.heard] == [2]


def test_a_request_is_repeated_once_only() -> None:
    server = Server([OK, b""], [b""])

    async def ask(way: Direct) -> None:
        await get(way)
        with pytest.raises(httpx.ReadError):
            await get(way)

    talking(server, ask)

    assert [len(requests) for requests in server.heard] == [2, 1]


def test_a_new_connection_that_closes_without_an_answer_is_an_error_at_once() -> None:
    server = Server([b""])

    with pytest.raises(httpx.ReadError, match=r"^The connection was closed without an answer\.$"):
        talking(server, get)

    assert server.requests == 1


def test_an_answer_that_has_begun_is_not_asked_for_again() -> None:
    server = Server([OK, b"HTTP/1.1 200"])

    async def ask(way: Direct) -> None:
        await get(way)
        with pytest.raises(httpx.ReadError, match=r"^The connection was closed in mid-answer\.$"):
            await get(way)

    talking(server, ask)

    assert [len(requests) for requests in server.heard] == [2]


def test_a_server_that_comes_back_is_asked_again() -> None:
    server = Server([OK], [OK], [OK])

    async def ask(way: Direct) -> list[Reply]:
        return [await get(way) for _ in range(3)]

    assert [reply.body for reply in talking(server, ask)] == [b"{}"] * 3


# Times


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


def drip(first: bytes, again: bytes) -> Serve:
    """A server that goes on for ever."""

    async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while True:
            writer.write(again)
            await writer.drain()
            await asyncio.sleep(0.001)

    return dripping


def test_a_server_that_says_nothing_is_given_up() -> None:
    with pytest.raises(httpx.ReadTimeout):
        talking(silent, get, Limits(read=0.02))


@pytest.mark.parametrize("again", [b"x", b"HTTP/1.1 100 Continue\r\n\r\n"], ids=["bytes", "interim answers"])
def test_a_head_that_never_ends_is_given_up_though_it_goes_on(again: bytes) -> None:
    first = b"HTTP/1.1 200 OK\r\nEtag: " if again == b"x" else b""

    with pytest.raises(httpx.ReadTimeout):
        talking(drip(first, again), get, Limits(read=0.05))


def test_a_body_that_goes_on_for_too_long_is_given_up() -> None:
    with pytest.raises(httpx.ReadTimeout):
        talking(drip(answer("Content-Length: 1000000"), b"x"), lambda way: get(way, largest=10**6), Limits(5, 5, 0.05))


def test_a_connection_nobody_uses_is_closed_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "KEPT", 0.02)
    closed = asyncio.Event()

    async def patient(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        assert await reader.read() == b""
        closed.set()

    async def ask(way: Direct) -> None:
        await get(way)
        await asyncio.wait_for(closed.wait(), PATIENCE)

    talking(patient, ask)


# Many at once


def test_there_are_never_more_connections_than_the_limit_and_everybody_gets_an_answer() -> None:
    server = Server()

    async def ask(way: Direct) -> list[Reply]:
        return await asyncio.gather(*(get(way) for _ in range(500)))

    replies = talking(server, ask)

    assert {reply.body for reply in replies} == {b"{}"}
    assert 1 <= len(server.heard) <= direct.CONNECTIONS


def test_who_waits_too_long_for_a_connection_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "CONNECTIONS", 1)

    async def ask(way: Direct) -> None:
        first = asyncio.create_task(get(way, largest=10**6))
        await asyncio.sleep(0)
        with pytest.raises(httpx.PoolTimeout):
            await get(way)
        first.cancel()
        await asyncio.wait([first])

    talking(drip(answer(), b"x"), ask, Limits(read=0.1))


def test_who_is_cancelled_leaves_no_answer_for_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "CONNECTIONS", 1)
    asked, answered = asyncio.Event(), asyncio.Event()
    bodies: Iterator[bytes] = iter([b"evil", b"mine"])

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = next(bodies)
        asked.set()
        if body == b"evil":
            await answered.wait()
        writer.write(answer("Content-Length: 4", body=body))

    async def ask(way: Direct) -> Reply:
        first = asyncio.create_task(get(way))
        await asked.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        answered.set()
        return await get(way)

    assert talking(slow, ask).body == b"mine"


# What goes out


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("GET", "/a b", {}),
        ("GET", "/a\r\nX: y", {}),
        ("GET", "/a\nX: y", {}),
        ("GET\r\n", "/", {}),
        ("GET /evil", "/", {}),
        ("GET", "/", {"Etag": "a\r\nX: y"}),
        ("GET", "/", {"Etag": "a\nX: y"}),
        ("GET", "/", {"Etag": "a\rX: y"}),
        ("GET", "/", {"Etag": "a\0b"}),
        ("GET", "/", {"Etag\r\nX": "y"}),
    ],
)
def test_nothing_can_slip_a_field_or_a_request_of_its_own_in(method: str, target: str, headers: dict[str, str]) -> None:
    with pytest.raises(httpx.LocalProtocolError):
        written(method, target, headers, b"")


# Anything at all


@given(st.binary(max_size=200), st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", answer("Transfer-Encoding: chunked")]))
def test_whatever_a_server_says_ends_as_an_answer_or_as_an_error_of_ours(noise: bytes, begun: bytes) -> None:
    async def ask(way: Direct) -> Reply | Exception:
        try:
            return await get(way)
        except (httpx.TransportError, GettyTokenError) as error:
            return error

    assert talking(Server([begun + noise]), ask)
