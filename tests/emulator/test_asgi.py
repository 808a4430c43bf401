"""One request through the application: guarded, read within a bound, answered whole, told."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from getty_emulator.asgi import Application
from getty_emulator.events import Answered, Event
from getty_emulator.exchange import Answer, Incoming, Streamed
from getty_emulator.limits import LARGEST_BODY
from getty_token import errors

FOUND = Answer(200, ((b"content-type", b"application/json"),), b'{"title": "caf\xc3\xa9"}', "live")
HOST = (b"host", b"localhost:8000")


@dataclass
class Asked:
    """A Getty that remembers what it was asked, and answers with `answer` or fails with `failure`."""

    answer: Answer = FOUND
    failure: Exception | None = None
    incoming: list[Incoming] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    async def __call__(self, incoming: Incoming) -> Answer:
        self.incoming.append(incoming)
        if self.failure:
            raise self.failure
        return self.answer

    @property
    def application(self) -> Application:
        return Application(self, self.events.append)

    @property
    def told(self) -> Answered:
        """The one event of the one request."""
        [event] = self.events
        assert isinstance(event, Answered)
        return event


def requested(
    asked: Asked, method: str = "GET", target: str = "/x", content: bytes | None = None, **headers: str
) -> httpx.Response:
    """The answer to one request from a page on this machine."""

    async def exchange() -> httpx.Response:
        transport = httpx.ASGITransport(asked.application)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
            return await client.request(method, target, content=content, headers=headers)

    return asyncio.run(exchange())


def messages(
    asked: Asked,
    method: str = "GET",
    target: bytes = b"/x",
    fields: Iterable[tuple[bytes, bytes]] = (HOST,),
    arriving: Iterable[MutableMapping[str, Any]] = (),
) -> list[MutableMapping[str, Any]]:
    """What the application sends, message by message, to a server that hands it `arriving`."""
    path, _, query = target.partition(b"?")
    scope = {"type": "http", "method": method, "raw_path": path, "query_string": query, "headers": list(fields)}
    waiting, sent = iter(arriving), []

    async def receive() -> MutableMapping[str, Any]:
        return next(waiting)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(asked.application(scope, receive, send))
    return sent


def part(body: bytes, more: bool) -> MutableMapping[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_an_answer_is_sent_in_one_piece_with_its_length_and_told_once() -> None:
    asked = Asked()

    sent = messages(asked, target=b"/x?phrase=a%2Cb")

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 200
    assert list(sent[0]["headers"]) == [*FOUND.headers, (b"content-length", b"%d" % len(FOUND.body))]
    assert sent[1] == {"type": "http.response.body", "body": FOUND.body}
    told = asked.told
    assert (told.method, told.target, told.status, told.origin) == ("GET", "/x?phrase=a%2Cb", 200, "live")
    assert told.seconds >= 0


def test_a_request_is_handed_on_as_it_arrived() -> None:
    asked = Asked()
    fields = [HOST, (b"accept-language", b"de"), (b"content-length", b"4"), (b"accept-language", b"fr\xe9")]

    messages(asked, "POST", b"/%2e//\xc3\xa9?q=%2C+\xe9&&", fields, [part(b"ab", True), part(b"cd", False)])

    [incoming] = asked.incoming
    assert (incoming.method, incoming.body) == ("POST", b"abcd")
    assert incoming.target == "/%2e//\xc3\xa9?q=%2C+\xe9&&"
    assert incoming.headers()["accept-language"] == "fr\xe9"


@pytest.mark.parametrize("status", [200, 201, 302, 400, 404, 500, 502])
@pytest.mark.parametrize("body", [b"", b"x", "é".encode() * 1000])
def test_the_length_that_is_announced_is_the_length_of_the_body(status: int, body: bytes) -> None:
    sent = messages(Asked(Answer(status, (), body, "live")))

    assert dict(sent[0]["headers"])[b"content-length"] == str(len(sent[1]["body"])).encode()


def test_head_has_the_length_of_get_and_no_body() -> None:
    asked = Asked()

    response = requested(asked, "HEAD")

    assert response.content == b""
    assert response.headers["content-length"] == str(len(FOUND.body))
    assert asked.told.method == "HEAD"


def test_without_a_length_no_body_is_waited_for() -> None:
    asked = Asked()

    messages(asked, arriving=[])

    assert asked.incoming[0].body == b""


def test_a_body_of_six_megabytes_passes() -> None:
    asked = Asked()

    response = requested(asked, "POST", content=b"x" * LARGEST_BODY)

    assert response.status_code == 200
    assert len(asked.incoming[0].body) == LARGEST_BODY == 6_291_456


def test_a_body_one_byte_larger_is_413_and_nobody_is_asked() -> None:
    asked = Asked()

    response = requested(asked, "POST", content=b"x" * (LARGEST_BODY + 1))

    assert response.status_code == 413
    assert asked.incoming == []
    assert "6,291,456 bytes" in asked.told.reason


def test_a_body_without_an_announced_length_is_bounded_too() -> None:
    asked = Asked()
    endless = iter(lambda: part(b"x" * 1024 * 1024, True), None)

    sent = messages(asked, "POST", fields=[HOST, (b"transfer-encoding", b"chunked")], arriving=endless)

    assert sent[0]["status"] == 413
    assert asked.incoming == []


def test_a_body_that_breaks_off_never_counts_as_a_whole_one() -> None:
    asked = Asked()
    arriving: list[MutableMapping[str, Any]] = [part(b'{"half":', True), {"type": "http.disconnect"}]

    sent = messages(asked, "POST", fields=[HOST, (b"content-length", b"99")], arriving=arriving)

    assert asked.incoming == []
    assert sent[0]["status"] == 400
    assert "went away" in asked.told.reason


def test_a_large_browser_head_is_fine() -> None:
    assert messages(Asked(), fields=[HOST, (b"cookie", b"c" * 12_000)])[0]["status"] == 200


@pytest.mark.parametrize(
    "fields",
    [[], [HOST, HOST], [(b"host", b"evil.test")], [HOST, (b"origin", b"null")], [HOST, (b"referer", b"http://e.test")]],
)
def test_whoever_may_not_ask_gets_403_and_asks_nothing(fields: list[tuple[bytes, bytes]]) -> None:
    asked = Asked()

    sent = messages(asked, fields=fields)

    assert sent[0]["status"] == asked.told.status == 403
    assert asked.incoming == []
    assert json.loads(sent[1]["body"])["detail"] == asked.told.reason != ""


def every_error(kind: type[errors.GettyTokenError] = errors.GettyTokenError) -> list[type[errors.GettyTokenError]]:
    """Those of errors.py: commands have kinds of their own, which no request meets."""
    below = [each for each in kind.__subclasses__() if each.__module__ == errors.__name__]
    return [kind, *(each for one in below for each in every_error(one))]


STATUS = {"RateLimited": 429, "WrongUsage": 500}  # every other one: 502
PUBLIC = ("RateLimited", "GettyUnavailable", "GettyRefused", "NoRecording")


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_has_its_status_and_the_terminal_hears_all_of_it(kind: type[errors.GettyTokenError]) -> None:
    error = kind("cannot use /home/ada/.cache.", "It is full.", "Free it.")
    asked = Asked(failure=error)

    response = requested(asked)

    assert response.status_code == asked.told.status == STATUS.get(kind.__name__, 502)
    assert asked.told.reason == "cannot use /home/ada/.cache. It is full. Free it."
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["title"].replace(" ", "").lower() == kind.__name__.lower()
    assert response.json()["status"] == response.status_code


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_the_browser_learns_nothing_of_this_machines_folders(kind: type[errors.GettyTokenError]) -> None:
    error = kind("cannot use /home/ada/.cache.", "/home/ada is full.", "Run `chmod 700 '/home/ada'`.")

    response = requested(Asked(failure=error))

    if any(each.__name__ in PUBLIC for each in kind.__mro__):
        assert response.json()["detail"] == error.sentence
    else:
        assert "ada" not in response.text
        assert "terminal" in response.json()["detail"]


def test_an_error_that_nobody_foresaw_is_500_and_only_its_name_is_told() -> None:
    asked = Asked(failure=KeyError("test-secret"))

    response = requested(asked)

    assert response.status_code == asked.told.status == 500
    assert "KeyError" in asked.told.reason
    assert "test-secret" not in response.text + asked.told.reason


@pytest.mark.parametrize("status", [300, 304, 400, 401, 403, 404, 429, 500, 503])
def test_the_reason_of_an_answer_is_told_with_it(status: int) -> None:
    asked = Asked(Answer(status, (), b"{}", "live", "Getty said so"))

    requested(asked)

    assert (asked.told.status, asked.told.reason) == (status, "Getty said so")


@dataclass
class Source:
    """Chunks that are handed out one by one, and whether whoever made them was told to stop."""

    chunks: Iterable[bytes]
    failure: Exception | None = None
    waits: bool = False
    closed: bool = False

    async def __call__(self, incoming: Incoming) -> Streamed:
        return Streamed(200, ((b"content-type", b"text/plain"),), self._come(), "function")

    async def _come(self) -> AsyncGenerator[bytes, None]:
        try:
            for chunk in self.chunks:
                yield chunk
            if self.waits:
                await asyncio.Event().wait()
            if self.failure:
                raise self.failure
        finally:
            self.closed = True


def streamed(source: Source, browser_leaves: bool = False) -> tuple[list[MutableMapping[str, Any]], Answered]:
    """What the application sends of a stream to a browser that stays or leaves, and what is told of it."""
    sent: list[MutableMapping[str, Any]] = []
    events: list[Event] = []

    async def exchange() -> None:
        has_seen_some = asyncio.Event()

        async def receive() -> MutableMapping[str, Any]:
            await has_seen_some.wait()
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)
            if browser_leaves and message.get("body"):
                has_seen_some.set()

        scope = {"type": "http", "method": "GET", "raw_path": b"/x", "query_string": b"", "headers": [HOST]}
        await Application(source, events.append)(scope, receive, send)

    asyncio.run(exchange())
    [event] = events
    assert isinstance(event, Answered)
    return sent, event


def test_a_stream_goes_out_chunk_by_chunk() -> None:
    source = Source([b"one", b"two"])

    sent, told = streamed(source)

    assert [message.get("body") for message in sent] == [None, b"one", b"two", b""]
    assert [message.get("more_body", False) for message in sent] == [False, True, True, False]
    assert (told.status, told.reason) == (200, "")
    assert source.closed


def test_a_stream_ends_when_the_browser_goes() -> None:
    source = Source([b"one"], waits=True)

    sent, told = streamed(source, browser_leaves=True)

    assert [message.get("body") for message in sent] == [None, b"one"]
    assert told.reason == ""
    assert source.closed


def test_a_stream_that_breaks_off_is_not_ended_as_if_it_were_whole() -> None:
    source = Source([b"one"], failure=RuntimeError("test-secret"))

    sent, told = streamed(source)

    assert [message.get("body") for message in sent] == [None, b"one"]
    assert told.reason == "It broke off: RuntimeError"
