"""From what a function replied, or how it failed, to the answer for the browser. Nothing leaves with a secret in it."""

import contextlib
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from getty_emulator.events import Listener, Said, Warned
from getty_emulator.exchange import Answer, Headers, Streamed, joined, problem
from getty_emulator.netlify.javascript import failures, scheduled
from getty_emulator.netlify.javascript.declared import Declared
from getty_emulator.netlify.javascript.failures import Failed, Thrown
from getty_emulator.netlify.javascript.worker import Reply
from getty_emulator.replay.content import TooLarge, UnknownEncoding, decoded

ORIGIN = "function"
COLD = "function cold"
"""The origin of the first answer of an instance."""
OVERLAP = 4096
"""Bytes of a stream that are kept to be looked through again with what follows: a secret may lie across two chunks."""

NOT_FOUND = Answer(404, (), b"Function not found...", "getty-token", "There is no such function.")
_NAMES = "Function name should consist only of alphanumeric characters, hyphen & underscores."
BAD_NAME = Answer(400, (), _NAMES.encode(), "getty-token", _NAMES)

_NO_BUILDER = (
    b'{"message":"Function is not an on-demand builder. See https://ntl.fyi/create-builder for how to convert '
    b'a function to a builder."}'
)
_HOP_BY_HOP = frozenset(
    b"connection content-length keep-alive proxy-connection te trailer transfer-encoding upgrade".split()
)


class Wording:
    """
    Makes answers. `leaks` is asked of every byte; `joins` repeated fields into one, as `netlify dev` passes them on.

    `root` is the site's folder, which no answer names.
    """

    def __init__(self, root: Path, leaks: Callable[[bytes], bool] | None, joins: bool, listener: Listener) -> None:
        self._root = root
        self._looks = leaks is not None
        self._is_secret = leaks or (lambda _: False)
        self._joins = joins
        self._listener = listener

    def of(self, name: str, reply: Reply) -> Answer | Streamed:
        """The answer that `reply` of the function `name` makes."""
        origin = COLD if reply.is_first else ORIGIN
        if reply.said.get("notBuilder"):
            kind = ((b"content-type", b"application/json; charset=utf-8"), (b"etag", scheduled.etag(_NO_BUILDER)))
            return Answer(400, kind, _NO_BUILDER, origin, f"{name} is no on-demand builder.")
        if reply.said.get("kind") == "refused":
            return Answer(reply.status, (), reply.body, origin, reply.body.decode())
        headers = tuple(pair for pair in reply.headers if pair[0] not in _HOP_BY_HOP)
        if self._joins:
            headers = joined(headers)
        encodings = _encodings(headers)
        if reply.chunks:
            return Streamed(reply.status, headers, self._watched(name, reply.chunks, headers), origin)
        try:
            plain = decoded(reply.body, encodings) if self._looks and encodings else b""
        except (UnknownEncoding, TooLarge):
            plain = reply.body
        if self._looks and encodings and reply.body and plain == reply.body:  # unknown, broken off, or not what it says
            return _held_back(f"The answer of {name} is encoded in a way that cannot be looked through.")
        if self._leaks(headers, reply.body) or self._leaks((), plain):
            return _held_back(f"The answer of {name} contained a secret of yours and was not passed on.")
        return Answer(reply.status, headers, reply.body, origin)

    def failed(self, name: str, failed: Failed, accept: str, path: str, is_scheduled: bool) -> Answer:
        """The answer where the function failed; where it was thrown is for the terminal."""
        if failed.thrown.stack:
            self._listener(Said(name, failed.thrown.trace(), True))
        answer = failures.answer(failed, name, "" if is_scheduled else accept, self._root)
        if is_scheduled:
            answer = scheduled.answer(path, accept, error=answer.body.decode())
        if self._leaks(answer.headers, answer.body):
            return _held_back(f"The error of {name} contained a secret of yours.")
        return answer

    def _leaks(self, headers: Headers, body: bytes) -> bool:
        return self._is_secret(body) or any(self._is_secret(part) for pair in headers for part in pair)

    async def _watched(
        self, name: str, chunks: AsyncGenerator[bytes, None], headers: Headers
    ) -> AsyncGenerator[bytes, None]:
        before = b""
        async with contextlib.aclosing(chunks):
            if self._looks and _encodings(headers):
                self._listener(Warned(f"the stream of {name} is encoded, cannot be looked through and was cut off"))
                raise Failed(Thrown("Error", "it is encoded and cannot be looked through", plain=True))
            async for chunk in chunks:
                if self._leaks(headers, before + chunk):
                    self._listener(Warned(f"the stream of {name} contained a secret of yours and was cut off"))
                    raise Failed(Thrown("Error", "it contained a secret of yours", plain=True))
                yield chunk
                before, headers = (before + chunk)[-OVERLAP:], ()


def _encodings(headers: Headers) -> str:
    values = [value.decode("latin-1") for name, value in headers if name == b"content-encoding"]
    return ",".join(value for value in values if value.strip().lower() not in ("", "identity"))


def without_node(name: str, why: str) -> Answer:
    """The answer where there is no Node that could run the function."""
    mend = "Install Node 20 or newer (https://nodejs.org), or put it on the PATH."
    return problem(501, "No Node", f"The function {name} is JavaScript, and {why}. {mend}")


def elsewhere(name: str, declared: Declared) -> Answer:
    """The answer at the usual address of a function that chose others."""
    paths = ", ".join(pattern.text for pattern in declared.paths)
    return Answer(
        404, (), NOT_FOUND.body, "getty-token", f"The function {name} answers at the paths it names: {paths}."
    )


def _held_back(detail: str) -> Answer:
    return problem(502, "Held back", detail, "alarm")
