"""Getty itself behind a function: what goes out to it, and what of its answers reaches a browser."""

import asyncio
import gzip
import json
import socket
import threading
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest

from fakes import KEY, PATIENCE, Clock, MemoryStore, keep, token
from getty_emulator import live
from getty_emulator.events import Event, Recorded, Warned
from getty_emulator.exchange import Answer, Call
from getty_emulator.live import Live
from getty_emulator.replay.recording import Recording
from getty_token.auth import GettyAuth
from getty_token.direct import Direct
from getty_token.errors import CassetteError, GettyUnavailable
from getty_token.source import TokenSource
from getty_token.stores.record import Record
from getty_token.upstream import Proxied, Upstream, Way

API = "https://api.test"
SEARCH = Call("GET", "/v3/search/images/creative", "phrase=sunset")
SECRETS = (b"test-key", b"test-secret", b"test-token")
FOUND = b'{"result_count": 2}'

Handler = Callable[[httpx.Request], httpx.Response]


def leaks(data: bytes) -> bool:
    return any(secret in data for secret in SECRETS)


def answered(upstream: Handler | str, call: Call = SEARCH) -> Answer:
    """The answer to `call` by a Getty that is a function, or a real server at an address."""

    store = MemoryStore()
    keep(store, Record(token("test-token")))
    auth = GettyAuth(KEY, TokenSource(store, lambda: token("test-token"), who="a test", clock=Clock()))

    async def exchange() -> Answer:
        way: Way
        if isinstance(upstream, str):
            way = Direct(upstream)
        else:
            way = Proxied(API, httpx.AsyncClient(transport=httpx.MockTransport(upstream)))
        try:
            return await Live(Upstream(API, auth, way), leaks).answer(call)
        finally:
            await way.aclose()

    return asyncio.run(exchange())


def answering(status: int = 200, content: bytes = FOUND, headers: Iterable[tuple[str, str]] = ()) -> Handler:
    # A stream, so that the answer is as it is on the wire: httpx decodes `content` at once.
    return lambda _request: httpx.Response(status, stream=httpx.ByteStream(content), headers=list(headers))


def gzipped(content: bytes, headers: Iterable[tuple[str, str]] = ()) -> Handler:
    return answering(content=content, headers=[("content-encoding", "gzip"), *headers])


@contextmanager
def sending(raw: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that reads one request's head, sends `raw` and closes; gives its address, and the heads."""
    heads: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(PATIENCE)

    def serve() -> None:
        with suppress(OSError), listener.accept()[0] as connection:
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65536)
            heads.append(head)
            connection.sendall(raw)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heads
    finally:
        thread.join()
        listener.close()


def head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()


def test_an_answer_of_gettys_is_handed_on_as_live() -> None:
    answer = answered(answering(headers=[("content-type", "application/json")]))

    assert answer == Answer(200, ((b"content-type", b"application/json"),), FOUND, "live")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_an_error_of_gettys_passes_and_its_own_words_are_the_reason(status: int) -> None:
    for member in ("ErrorMessage", "message"):
        body = json.dumps({member: "That is not for you"}).encode()

        answer = answered(answering(status, body))

        assert (answer.status, answer.body) == (status, body)
        assert answer.reason.startswith("That is not for you")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>Bad gateway</html>", "24 bytes without an explanation"),
        (b"", "0 bytes without an explanation"),
        (b"\xff\xfe\x00", "3 bytes without an explanation"),
        (b"[]", "2 bytes without an explanation"),
        (b"{}", "2 bytes without an explanation"),
        (b'{"message": null}', "17 bytes without an explanation"),
        (b'{"message": 5}', "5"),
        (json.dumps({"message": "x" * 1000}).encode(), "x" * 200),
        (b"[" * 100_000, "100,000 bytes without an explanation"),
    ],
)
def test_whatever_an_error_looks_like_it_passes_with_a_short_reason(body: bytes, reason: str) -> None:
    answer = answered(answering(500, body))

    assert (answer.status, answer.body, answer.reason) == (500, body, reason)


def test_path_query_and_fields_reach_getty_byte_for_byte() -> None:
    query = "phrase=caf%C3%A9+noir%2C+%22hot%22&x=%e9%zz&y=a,b;c:d/e@f!g$h'(i)*~&&z="
    call = Call("GET", "/v3/images/a%20b%3Fc,d", query, {"accept-language": "de;q=\xe9", "gi-country-code": "AUT"})

    with sending(head("Content-Length: 2") + b"{}") as (address, heads):
        answered(address, call)

    request_line, *fields = heads[0].split(b"\r\n")
    assert request_line == f"GET {call.target} HTTP/1.1".encode()
    sent = dict(field.lower().split(b": ", 1) for field in fields if field)
    assert sent[b"accept-language"] == b"de;q=\xe9"
    assert sent[b"gi-country-code"] == b"aut"
    assert sent[b"accept-encoding"] == b"gzip"
    assert sent[b"accept"] == b"application/json"
    assert b"content-length" not in sent


def test_a_body_reaches_getty_with_its_content_type() -> None:
    seen: list[httpx.Request] = []

    def getty(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(b""))

    answered(getty, Call("POST", "/v3/boards", "", {"content-type": "application/json"}, b'{"name": 1}'))

    assert (seen[0].method, seen[0].content) == ("POST", b'{"name": 1}')
    assert seen[0].headers["content-type"] == "application/json"


STAYS_HERE = """set-cookie www-authenticate proxy-authenticate via server date connection keep-alive
    transfer-encoding content-encoding content-length location alt-svc strict-transport-security x-amzn-requestid
    x-amzn-errortype x-amz-cf-id x-amz-apigw-id x-cache x-powered-by access-control-allow-origin gi-request-id link
    refresh clear-site-data content-disposition authorization api-key""".split()
PASSES = """cache-control content-language content-type etag last-modified retry-after vary
    x-error-detail""".split()


def test_only_the_header_fields_of_the_list_reach_a_browser() -> None:
    names = [*PASSES, *(name for name in STAYS_HERE if name not in ("content-encoding", "transfer-encoding"))]

    answer = answered(answering(headers=[(name.title(), "1") for name in names]))

    assert sorted(name.decode().lower() for name, _ in answer.headers) == sorted(PASSES)


def test_a_compressed_answer_is_handed_on_plain() -> None:
    answer = answered(gzipped(gzip.compress(FOUND), [("vary", "accept-encoding")]))

    assert (answer.body, answer.headers) == (FOUND, ((b"vary", b"accept-encoding"),))


@pytest.mark.parametrize("status", [204, 304, 404])
def test_an_answer_without_content_may_call_itself_compressed(status: int) -> None:
    answer = answered(answering(status, b"", [("content-encoding", "gzip")]))

    assert (answer.status, answer.body) == (status, b"")


def test_an_error_that_is_compressed_has_its_reason_too() -> None:
    body = gzip.compress(b'{"message": "Too many requests"}')

    answer = answered(answering(429, body, [("content-encoding", "gzip"), ("retry-after", "7")]))

    assert answer.reason == "Too many requests. Wait a moment; the token is not what is wrong."
    assert answer.headers == ((b"retry-after", b"7"),)


@pytest.mark.parametrize("body", [b"\x00\xff garbage", b'{"images": [', b"not found"])
def test_a_success_that_is_no_json_is_not_passed_on(body: bytes) -> None:
    with pytest.raises(GettyUnavailable, match="not JSON"):
        answered(answering(200, body))


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "br, gzip"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(GettyUnavailable, match="not asked for") as refused:
        answered(answering(headers=[("content-encoding", encoding)]))

    assert encoding in refused.value.what


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (FOUND, "not the gzip it says it is"),
        (b"\x1f\x8b", "broke off"),
        (gzip.compress(FOUND)[:-9], "broke off"),
        (gzip.compress(FOUND)[:-1], "broke off"),
        (gzip.compress(FOUND)[:-8] + b"\0" * 8, "not the gzip it says it is"),
        (gzip.compress(FOUND) + b"garbage", "not the gzip it says it is"),
        (gzip.compress(FOUND) + gzip.compress(FOUND), "not the gzip it says it is"),
        (zlib.compress(FOUND), "not the gzip it says it is"),
    ],
    ids=["plain", "two bytes", "short", "one short", "checksum", "garbage behind", "a second gzip behind", "zlib"],
)
def test_a_broken_gzip_is_refused_whole(content: bytes, says: str) -> None:
    with pytest.raises(GettyUnavailable, match=says):
        answered(gzipped(content))


def test_an_answer_of_the_largest_size_passes_compressed_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LARGEST", 1024 * 1024)
    content = b'"' + b"x" * (live.LARGEST - 2) + b'"'

    assert answered(answering(content=content)).body == content
    assert answered(gzipped(gzip.compress(content))).body == content


def test_a_larger_answer_is_refused_compressed_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LARGEST", 1024 * 1024)
    content = b"x" * (live.LARGEST + 1)

    for upstream in (answering(content=content), gzipped(gzip.compress(content))):
        with pytest.raises(GettyUnavailable, match="larger than 1 MiB"):
            answered(upstream)


def test_a_gzip_bomb_is_never_inflated_beyond_the_bound() -> None:
    # 256 MiB of zeros in 255 KiB.
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join([*(packer.compress(b"\0" * 2**20) for _ in range(256)), packer.flush()])

    tracemalloc.start()
    with pytest.raises(GettyUnavailable, match="larger than 32 MiB"):
        answered(gzipped(bomb))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 3 * live.LARGEST


def test_reading_stops_when_an_answer_turns_out_too_large() -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 1024 * 1024

    with pytest.raises(GettyUnavailable, match="larger than 32 MiB"):
        answered(lambda _: httpx.Response(200, content=endless()))

    assert taken == 33


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_becomes_502(status: int) -> None:
    asked: list[str] = []

    def getty(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return answering(status, headers=[("location", "https://evil.test/?test-secret")])(request)

    answer = answered(getty)

    assert len(asked) == 1
    assert (answer.status, answer.origin) == (502, "getty-token")
    assert str(status) in answer.reason
    assert b"evil.test" not in answer.body
    assert all(name == b"content-type" for name, _ in answer.headers)


@pytest.mark.parametrize("secret", [secret.decode() for secret in SECRETS])
@pytest.mark.parametrize("status", [200, 403, 500])
def test_an_answer_with_a_secret_in_it_is_held_back_and_alarms(status: int, secret: str) -> None:
    body = json.dumps({"message": f"Who is {secret}?", "request": "private-detail"}).encode()

    for upstream in (
        answering(status, body),
        answering(status, gzip.compress(body), [("content-encoding", "gzip")]),
        answering(status, b"private-detail", [("etag", f'"{secret}"')]),
    ):
        answer = answered(upstream)
        everything = answer.body + repr((answer.headers, answer.reason)).encode()
        assert (answer.status, answer.origin) == (502, "alarm")
        assert not leaks(everything)
        assert b"private-detail" not in everything


def test_a_secret_in_a_field_that_stays_here_is_no_alarm() -> None:
    answer = answered(answering(headers=[("set-cookie", "a=test-token")]))

    assert answer == Answer(200, (), FOUND, "live")


@pytest.mark.parametrize(
    "raw",
    [
        head("Content-Length: 100") + b'{"half": ',
        head("Transfer-Encoding: chunked") + b"5\r\nhello\r\n",
        head("Transfer-Encoding: chunked") + b"zz\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nContent-",
        b"",
        b"\x16\x03\x01\x00\xff garbage\r\n\r\n",
        b"<html>Who are you?</html>",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
    ids=["short body", "no last chunk", "bad chunk", "half a head", "nothing", "TLS", "HTML without a head", "SSH"],
)
def test_an_answer_that_breaks_off_or_is_none_is_an_error_and_no_half_answer(raw: bytes) -> None:
    with sending(raw) as (address, _), pytest.raises(GettyUnavailable, match=r"broke off"):
        answered(address)


@pytest.mark.parametrize("failure", [httpx.ConnectTimeout, httpx.ReadTimeout, httpx.ConnectError, httpx.ProxyError])
def test_a_failure_to_reach_getty_is_explained(failure: type[httpx.HTTPError]) -> None:
    def getty(request: httpx.Request) -> httpx.Response:
        raise failure("no")

    with pytest.raises(GettyUnavailable, match=r"api\.test") as raised:
        answered(getty)

    assert isinstance(raised.value.__cause__, failure)


LIVE = Answer(200, (), FOUND, "live")


def recorded(answer: Answer, record: Callable[[Call, Answer], Recorded | None]) -> tuple[Answer, list[Event]]:
    """What comes through a Recording of a Getty that gives `answer`, and what is told."""
    events: list[Event] = []

    class Getty:
        async def answer(self, call: Call) -> Answer:
            return answer

    return asyncio.run(Recording(Getty(), record, events.append).answer(SEARCH)), events


def test_what_is_recorded_passes_on_and_says_where_it_was_kept() -> None:
    kept: list[tuple[Call, Answer]] = []

    def record(call: Call, answer: Answer) -> Recorded:
        kept.append((call, answer))
        return Recorded("search.yaml", 3)

    passed, events = recorded(LIVE, record)

    assert passed == Answer(200, (), FOUND, "live > search.yaml#3")
    assert kept == [(SEARCH, LIVE)]
    assert events == []


def test_what_is_not_worth_keeping_passes_on_as_it_is() -> None:
    assert recorded(LIVE, lambda _call, _answer: None) == (LIVE, [])


def test_what_cannot_be_kept_is_a_warning_and_passes_on() -> None:
    def record(call: Call, answer: Answer) -> Recorded:
        raise CassetteError("nothing was recorded.", "The disk is full.", "Free some space.")

    passed, events = recorded(LIVE, record)

    assert passed == LIVE
    assert events == [Warned("not recorded: nothing was recorded. The disk is full. Free some space.")]


@pytest.mark.parametrize("origin", ["alarm", "getty-token", "sandbox"])
def test_what_getty_did_not_say_is_not_recorded(origin: str) -> None:
    def record(call: Call, answer: Answer) -> Recorded:
        raise AssertionError("recorded")

    answer = Answer(502, (), b"", origin)

    assert recorded(answer, record) == (answer, [])
