"""Tests of what is held back from a browser: whole answers, streams, fields, and what nobody can look through."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncGenerator, Iterable

import pytest

from getty_emulator.exchange import Answer, Headers, Incoming, Streamed
from getty_emulator.watch import OVERLAP, Watch
from getty_token.errors import GettyTokenError
from getty_token.redaction import Secrets

SECRET = b"test-secret"
WATCH = Watch(Secrets([SECRET.decode()]))
GZIP: Headers = ((b"content-encoding", b"gzip"),)


def packed(data: bytes) -> bytes:
    """gzip, without the time in it."""
    return gzip.compress(data, mtime=0)


class Stream:
    """What it is made of, what of it got out, and whether it was let go of."""

    def __init__(self, chunks: Iterable[bytes], headers: Headers = ()) -> None:
        self.out: list[bytes] = []
        self.error = ""
        self.closed = 0
        self._chunks = chunks
        self._headers = headers

    async def _each(self) -> AsyncGenerator[bytes, None]:
        for chunk in self._chunks:
            yield chunk

    async def _close(self) -> None:
        self.closed += 1

    def through(self, watch: Watch = WATCH) -> Answer | Streamed:
        async def run() -> Answer | Streamed:
            answer = Streamed(200, self._headers, self._each(), "site", close=self._close)
            passed = await watch.passed(answer, "the site")
            if isinstance(passed, Streamed):
                try:
                    async for chunk in passed.chunks:
                        self.out.append(chunk)
                except GettyTokenError as error:
                    self.error = error.sentence
                await passed.drop()
            return passed

        return asyncio.run(run())


def test_a_harmless_stream_passes_as_it_came() -> None:
    stream = Stream([b"one", b"", b"two"])
    stream.through()

    assert (stream.out, stream.error, stream.closed) == ([b"one", b"two"], "", 1)


@pytest.mark.parametrize("cut", range(1, len(SECRET)))
def test_a_stream_is_cut_before_the_chunk_that_completes_a_secret(cut: int) -> None:
    before = b"x" * (OVERLAP - 3)
    stream = Stream([before + SECRET[:cut], SECRET[cut:] + b"y", b"z"])
    stream.through()

    # Fewer than half of it are not held back: anything begins like that.
    assert stream.out == [before + (SECRET[:cut] if cut < len(SECRET) // 2 else b"")]
    assert stream.error == "the site sent a secret of yours; it was cut off. `getty-token scan` finds it in files."
    assert stream.closed == 1


def test_what_began_like_a_secret_and_is_none_passes() -> None:
    stream = Stream([b"it is test-", b"sec", b"tion; test-sec", b"", b"re-te", b"st-secre"])
    stream.through()

    assert stream.out == [b"it is ", b"test-section; ", b"test-secre-te", b"st-secre"]
    assert stream.error == ""


def test_the_end_of_a_stream_waits_for_nothing() -> None:
    stream = Stream([b"it is test-secre"])
    stream.through()

    assert stream.out == [b"it is ", b"test-secre"]


def test_a_secret_in_a_field_of_a_stream_is_seen_before_anything_is_sent() -> None:
    stream = Stream([b"harmless"], ((b"x-echo", b"it is test-secret"),))
    answer = stream.through()

    assert isinstance(answer, Answer) and answer.status == 502
    assert (stream.out, stream.closed) == ([], 1)


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (packed(b"it is test-secret"), b"gzip"),
        (packed(b"it is test-") + packed(b"secret"), b"x-gzip"),
        (zlib.compress(b"it is test-secret"), b"Deflate"),
    ],
    ids=["gzip", "two members", "deflate"],
)
def test_a_packed_stream_is_looked_through_as_it_passes(content: bytes, encoding: bytes, size: int) -> None:
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    stream = Stream(pieces, ((b"content-encoding", encoding),))
    stream.through()

    assert "sent a secret of yours" in stream.error
    assert SECRET not in zlib.decompressobj(47).decompress(b"".join(stream.out))


def test_a_harmless_packed_stream_passes_as_it_came() -> None:
    content = packed(b"it is nothing")
    stream = Stream([content[:9], content[9:]], GZIP)
    stream.through()

    assert (b"".join(stream.out), stream.error) == (content, "")


def test_a_stream_that_is_not_packed_as_it_says_is_cut() -> None:
    stream = Stream([b"not gzip at all"], GZIP)
    stream.through()

    assert (stream.out, stream.error) == ([], "the site sent what cannot be looked through; it was cut off.")


@pytest.mark.parametrize("encoding", [b"br", b"zstd", b"gzip, br"])
def test_a_stream_packed_as_nobody_can_read_is_refused_before_anything_is_sent(encoding: bytes) -> None:
    stream = Stream([b"anything"], ((b"content-encoding", encoding),))
    answer = stream.through()

    assert isinstance(answer, Answer) and answer.status == 502
    assert (stream.out, stream.closed) == ([], 1)


def test_a_bomb_in_a_stream_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getty_emulator.replay.content.MAX_DECODED", 1000)
    stream = Stream([packed(bytes(100_000))], GZIP)
    stream.through()

    assert (stream.out, stream.error) == ([], "the site sent what cannot be looked through; it was cut off.")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ((), SECRET),
        (((b"x-test-secret", b"1"),), b""),
        (GZIP, packed(SECRET)),
        (((b"content-encoding", b"gzip, gzip"),), packed(packed(SECRET))),
        (GZIP, b"not gzip at all"),
        (((b"content-encoding", b"br"),), b"anything"),
    ],
    ids=["body", "field", "gzip", "twice gzip", "no gzip", "brotli"],
)
def test_a_whole_answer_with_a_secret_in_it_or_that_cannot_be_read_is_held_back(headers: Headers, body: bytes) -> None:
    held = WATCH.whole(Answer(200, headers, body, "site"), "the site")

    assert (held.status, held.origin) == (502, "alarm")
    assert SECRET not in held.body


@pytest.mark.parametrize(
    ("headers", "body"), [((), b"x"), (GZIP, packed(b"x")), (GZIP, b"")], ids=["plain", "gzip", "none"]
)
def test_a_harmless_answer_passes(headers: Headers, body: bytes) -> None:
    answer = Answer(200, headers, body, "site")

    assert WATCH.whole(answer, "the site") is answer


def test_of_an_answer_that_is_known_the_fields_are_looked_through() -> None:
    echoing = Answer(200, ((b"x-echo", SECRET),), b"", "function")
    known = Answer(200, (), b"looked through elsewhere: test-secret", "function")

    async def passed(answer: Answer) -> int:
        return (await WATCH.passed(answer, "the site", is_known=True)).status

    assert [asyncio.run(passed(each)) for each in (echoing, known)] == [502, 200]


def test_whoever_is_looked_through_is_asked_not_to_pack() -> None:
    asked = Incoming("GET", "/", "", [(b"accept-encoding", b"gzip, br"), (b"accept", b"*/*")], b"")

    assert WATCH.readable(asked).fields == [(b"accept", b"*/*"), (b"accept-encoding", b"identity")]


def test_where_there_is_no_secret_nothing_is_looked_through() -> None:
    opaque = Answer(200, ((b"content-encoding", b"br"),), b"anything", "site")
    stream = Stream([b"test-secret"], GZIP)
    stream.through(Watch())

    assert Watch().whole(opaque, "the site") is opaque
    assert stream.out == [b"test-secret"]
