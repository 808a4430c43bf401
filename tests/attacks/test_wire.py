"""Malformed requests, byte by byte: each is answered with a 4xx or 5xx, told with a reason, and reaches nobody."""

import asyncio
import json
import socket
from collections.abc import Iterator

import pytest
from listening import Listening, everything, listening, statuses

from getty_emulator.exchange import Answer, Incoming
from getty_emulator.limits import LARGEST_HEAD

HOST = b"Host: localhost:8000\r\n"
CLOSE = b"Connection: close\r\n"
GET = b"GET /x HTTP/1.1\r\n" + HOST
POST = b"POST /x HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
GOOD = GET + b"\r\n"
LAST = GET + CLOSE + b"\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Listening]:
    with listening() as running:
        yield running


MALFORMED = {
    # Framing: where one body ends and the next request begins must not be a matter of opinion
    "length and coding": (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "coding and length": (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
    "two lengths, the same": (POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400),
    "two lengths that differ": (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\na", 400),
    "a list of lengths": (POST + b"Content-Length: 1, 1\r\n\r\na", 400),
    "length with a plus": (POST + b"Content-Length: +1\r\n\r\na", 400),
    "negative length": (POST + b"Content-Length: -1\r\n\r\na", 400),
    "hexadecimal length": (POST + b"Content-Length: 0x1\r\n\r\na", 400),
    "empty length": (POST + b"Content-Length:\r\n\r\na", 400),
    "length without end": (POST + b"Content-Length: 99999999999999999999999\r\n\r\na", 400),
    "coding identity": (POST + b"Transfer-Encoding: identity\r\n\r\n", 501),
    "coding xchunked": (POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    "coding gzip, chunked": (POST + CLOSE + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    "coding chunked, gzip": (POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400),
    "coding twice": (POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "coding with a vertical tab": (POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", 400),
    "coding in HTTP/1.0": (b"POST /x HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
    "chunk size no number": (CHUNKED + b"xyz\r\n", 400),
    "chunk size 0x1": (CHUNKED + b"0x1\r\na\r\n0\r\n\r\n", 400),
    "chunk size negative": (CHUNKED + b"-1\r\na\r\n0\r\n\r\n", 400),
    "chunk size and space": (CHUNKED + b"1 \r\na\r\n0\r\n\r\n", 400),
    "chunk size without end": (CHUNKED + b"fffffffffffffffff\r\na\r\n0\r\n\r\n", 400),
    "chunk longer than its size": (CHUNKED + b"1\r\nabc\r\n0\r\n\r\n", 400),
    "chunk without line end": (CHUNKED + b"1\r\na0\r\n\r\n", 400),
    "chunks with bare LF": (CHUNKED + b"1\na\n0\n\n", 400),
    "chunk extension with bare LF": (CHUNKED + b"1;x\nX\r\na\r\n0\r\n\r\n", 400),
    "chunk extension with bare CR": (CHUNKED + b"1;x\rX\r\na\r\n0\r\n\r\n", 400),
    # Header fields
    "obs-fold": (GET + b"X: a\r\n b\r\n\r\n", 400),
    "obs-fold with a tab": (GET + b"X: a\r\n\tb\r\n\r\n", 400),
    "obs-fold of an empty value": (GET + b"X:\r\n b\r\n\r\n", 400),
    "fold before the first field": (b"GET /x HTTP/1.1\r\n X: b\r\n" + HOST + b"\r\n", 400),
    "bare LF everywhere": (b"GET /x HTTP/1.1\nHost: localhost\n\n", 400),
    "bare LF after the request line": (b"GET /x HTTP/1.1\nHost: localhost\r\n\r\n", 400),
    "bare LF after a field": (GET + b"X: a\nY: b\r\n\r\n", 400),
    "bare LF at the end": (GET + b"\n", 400),
    "bare CR in a field": (GET + b"X: a\rY: b\r\n\r\n", 400),
    "NUL in a value": (GET + b"X: a\0b\r\n\r\n", 400),
    "NUL in a name": (GET + b"X\0: a\r\n\r\n", 400),
    "control character in a value": (GET + b"X: a\x01b\r\n\r\n", 400),
    "space before the colon": (b"GET /x HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
    "tab before the colon": (b"GET /x HTTP/1.1\r\nHost\t: localhost\r\n\r\n", 400),
    "space before the colon of a length": (POST + b"Content-Length : 1\r\n\r\na", 400),
    "no colon": (GET + b"nonsense\r\n\r\n", 400),
    "no name": (GET + b": a\r\n\r\n", 400),
    "space in a name": (GET + b"X Y: a\r\n\r\n", 400),
    "parentheses in a name": (GET + b"X(Y): a\r\n\r\n", 400),
    "a name that is not ASCII": (GET + b"X\xe9: a\r\n\r\n", 400),
    "a megabyte in one field": (GET + b"Cookie: " + b"c" * 1_000_000 + b"\r\n\r\n", 431),
    "a megabyte in many fields": (GET + b"X: y\r\n" * 170_000 + b"\r\n", 431),
    "a megabyte of address": (b"GET /" + b"x" * 1_000_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 431),
    "a little more than the limit": (GET + b"Cookie: " + b"c" * LARGEST_HEAD + b"\r\n\r\n", 431),
    "no Host": (b"GET /x HTTP/1.1\r\n" + CLOSE + b"\r\n", 403),
    "no Host in HTTP/1.0": (b"GET /x HTTP/1.0\r\n\r\n", 403),
    "two Hosts": (GET + HOST + CLOSE + b"\r\n", 403),
    "two Hosts that differ": (GET + b"Host: evil.test\r\n" + CLOSE + b"\r\n", 403),
    # The request line
    "NUL in the address": (b"GET /\0 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "escape in the address": (b"GET /\x1b[31m HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "tab in the address": (b"GET /a\tb HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "tab in the query": (b"GET /?a\tb HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "an address that is not ASCII": (b"GET /\xe9 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "backslash": (b"GET /a\\..\\b HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "fragment": (b"GET /x#y HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "fragment behind a query": (b"GET /x?a#y HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "address without a slash": (b"GET x HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "absolute form": (b"GET http://localhost/x HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "absolute form of another host": (b"GET http://evil.test/x HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "absolute form with userinfo": (b"GET http://me@evil.test/x HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "asterisk": (b"GET * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "CONNECT": (b"CONNECT evil.test:443 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "CONNECT to a path": (b"CONNECT /x HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    "method in small letters": (b"get /x HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "no method there is": (b"BREW /x HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "space before the method": (b" GET /x HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "tabs for spaces": (b"GET\t/x\tHTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "space behind the version": (b"GET /x HTTP/1.1 \r\n" + HOST + b"\r\n", 400),
    "two spaces before the address": (b"GET  /x HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "two spaces behind the address": (b"GET /x  HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "another protocol": (b"GET /x RTSP/1.0\r\n" + HOST + b"\r\n", 400),
    "no version": (b"GET /x\r\n\r\n", 505),
    "HTTP/0.9": (b"GET /x HTTP/0.9\r\n" + HOST + b"\r\n", 505),
    "HTTP/1.2": (b"GET /x HTTP/1.2\r\n" + HOST + b"\r\n", 400),
    "HTTP/2.0": (b"GET /x HTTP/2.0\r\n" + HOST + b"\r\n", 505),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "not HTTP": (b"hello\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
    "only line ends": (b"\r\n" * LARGEST_HEAD, 431),
    "bytes without end": (b"\xff" * 100_000, 400),
    # A WebSocket of another site: no browser asks before it opens one
    "WebSocket of another site": (
        GET + b"Origin: https://evil.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        403,
    ),
    "WebSocket by another name": (
        b"GET /x HTTP/1.1\r\nHost: evil.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        403,
    ),
}


@pytest.mark.parametrize(("raw", "status"), MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_is_refused_told_and_reaches_nobody(server: Listening, raw: bytes, status: int) -> None:
    told, asked = len(server.told), len(server.asked)

    received = server.exchanged(raw, b"")
    head, _, body = received.partition(b"\r\n\r\n")

    assert statuses(received) == [status], received[:300]
    assert json.loads(body)["status"] == status
    event = server.answered(told + 1)[told]
    assert event.status == status
    assert event.reason == json.loads(body)["detail"]
    assert len(server.told) == told + 1
    assert len(server.asked) == asked
    assert b"\r\ncontent-type: application/problem+json" in head


@pytest.mark.parametrize("cut", [1, 7, 40])
@pytest.mark.parametrize(
    "name",
    ["length and coding", "obs-fold", "bare LF after a field", "absolute form", "two Hosts", "CONNECT to a path"],
)
def test_it_makes_no_difference_how_the_bytes_arrive(server: Listening, name: str, cut: int) -> None:
    raw, status = MALFORMED[name]

    received = server.exchanged(*(raw[start : start + cut] for start in range(0, len(raw), cut)))

    assert statuses(received) == [status]


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n\r\n" + LAST,  # RFC 9112 section 2.2 asks for as much patience
        b"POST /x HTTP/1.1\r\n" + HOST + b"Connection: close\r\nContent-Length: 2\r\n\r\nab",
        b"GET /x?a=\\ HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
        b"GET /x HTTP/1.0\r\n" + HOST + b"\r\n",
        GET + b"Cookie: " + b"c" * (LARGEST_HEAD - 100) + b"\r\nConnection: close\r\n\r\n",
        GET + b"Connection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n",
        POST + b"Connection: close\r\nTransfer-Encoding: Chunked\r\n\r\n1;x=y\r\na\r\n0\r\n\r\n",
    ],
)
def test_what_is_only_unusual_is_answered(server: Listening, raw: bytes) -> None:
    assert statuses(server.exchanged(raw)) == [200]


def test_a_request_may_arrive_byte_by_byte(server: Listening) -> None:
    assert statuses(server.exchanged(*(bytes([byte]) for byte in LAST))) == [200]


def test_requests_may_follow_each_other_without_waiting(server: Listening) -> None:
    assert statuses(server.exchanged(GOOD + GOOD + LAST)) == [200, 200, 200]


def test_a_request_that_begins_in_the_packet_of_a_large_body_is_answered(server: Listening) -> None:
    large = POST + b"Content-Length: 50000\r\n\r\n" + b"x" * 50_000

    received = server.exchanged(large + LAST[:20], LAST[20:])

    assert statuses(received) == [200, 200]


def test_a_bad_request_behind_good_ones_is_answered_in_its_turn(server: Listening) -> None:
    received = server.exchanged(GOOD + GOOD + b"nonsense\r\n\r\n")

    assert statuses(received) == [200, 200, 400]


def test_who_has_hung_up_half_way_still_gets_the_answer() -> None:
    go_on = asyncio.Event()

    async def slow(incoming: Incoming) -> Answer:
        await go_on.wait()
        return Answer(200, (), b"late", "test")

    with listening(slow) as server, server.connect() as connection:
        connection.sendall(GOOD)
        server.wait_until(lambda: len(server.asked) == 1)
        connection.shutdown(socket.SHUT_WR)
        server.exchanged(b"nonsense\r\n\r\n")  # by then the other's end has been seen
        server.loop.call_soon_threadsafe(go_on.set)
        received = everything(connection)

    assert statuses(received) == [200]
    assert received.endswith(b"late")


def test_what_follows_a_bad_request_is_not_read(server: Listening) -> None:
    asked = len(server.asked)

    received = server.exchanged(GET + b"X : y\r\n\r\n" + GOOD)

    assert statuses(received) == [400]
    assert len(server.asked) == asked


def test_what_follows_an_upgrade_that_is_not_made_is_not_read(server: Listening) -> None:
    asked = len(server.asked)

    received = server.exchanged(GET + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + GOOD)

    assert statuses(received) == [200]
    assert len(server.asked) == asked + 1


def test_what_follows_connection_close_is_not_answered(server: Listening) -> None:
    assert statuses(server.exchanged(LAST + GOOD)) == [200]


def test_trailers_do_not_join_the_header_fields(server: Listening) -> None:
    body = b"1\r\na\r\n0\r\nAccept-Language: xx\r\nHost: evil.test\r\n\r\n"
    received = server.exchanged(POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + body)

    assert statuses(received) == [200]
    assert {name for name, _ in server.asked[-1].fields} == {b"host", b"connection", b"transfer-encoding"}


def test_trailers_without_end_are_refused(server: Listening) -> None:
    received = server.exchanged(CHUNKED + b"0\r\n", b"X: y\r\n" * 1000)

    assert statuses(received) == [400]


def test_tls_is_told_what_this_is(server: Listening) -> None:
    assert b"speaks http, not https" in server.exchanged(MALFORMED["TLS"][0])


def test_a_refusal_repeats_nothing_of_the_request(server: Listening) -> None:
    received = server.exchanged(GET + b"X: secret\x01\r\n\r\n")

    assert b"secret" not in received


def test_a_bad_chunk_is_refused_while_the_body_is_awaited() -> None:
    async def never(incoming: Incoming) -> Answer:
        raise AssertionError("half a body is no body")

    with listening(never) as server, server.connect() as connection:
        connection.sendall(CHUNKED + b"3\r\nabc\r\n")
        connection.sendall(b"zz\r\n")
        received = everything(connection)
        [event] = server.answered(1)

    assert statuses(received) == [400]
    assert event.status == 400
    assert "Invalid character in chunk size" in event.reason


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(204, (), b"HTTP/1.1 200 OK", "test"), b"HTTP/1.1 204 No Content"),
        (Answer(304, (), b"HTTP/1.1 200 OK", "test"), b"HTTP/1.1 304 Not Modified"),
        (Answer(999, (), b"", "test"), b"HTTP/1.1 999 "),  # a function may say so, as on Netlify
        (Answer(1000, (), b"", "test"), b"HTTP/1.1 502 Bad Gateway"),
        (Answer(100, (), b"", "test"), b"HTTP/1.1 502 Bad Gateway"),
    ],
)
def test_no_answer_can_be_taken_for_two(answer: Answer, expected: bytes) -> None:
    async def odd(incoming: Incoming) -> Answer:
        return answer if incoming.path == "/x" else Answer(200, (), b"next", "test")

    with listening(odd) as server:
        received = server.exchanged(GOOD + LAST.replace(b"/x", b"/next"))

    first, second = received.split(b"HTTP/1.1 200 OK")
    assert first.startswith(expected)
    assert second.endswith(b"next")
    assert b"content-length: 1" not in first.partition(b"\r\n\r\n")[0] or expected.endswith(b"Gateway")


@pytest.mark.parametrize("value", [b"a\r\nSet-Cookie: b", b"a\nb", b"a\0b", b"a\x01b"])
def test_a_field_that_would_split_an_answer_is_not_sent_but_told(value: bytes) -> None:
    async def odd(incoming: Incoming) -> Answer:
        return Answer(200, ((b"x-odd", value),), b"{}", "test")

    with listening(odd) as server:
        received = server.exchanged(GOOD)
        [event] = server.answered(1)

    assert b"cookie" not in received.lower()
    assert b"x-odd" not in received
    assert "could not be sent" in event.reason
