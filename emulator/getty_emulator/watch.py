"""What goes to a browser, looked through for secrets: an answer before its first byte, a stream while it passes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from getty_emulator.exchange import Answer, Headers, Incoming, Streamed, problem
from getty_emulator.replay.content import TooLarge, UnknownEncoding, Unpacking, decoded
from getty_token.errors import GettyTokenError

OVERLAP = 4096
"""Bytes of a stream that are kept to be looked through again with what follows: a secret may lie across two chunks."""

_SCAN = "`getty-token scan` finds it in files."


class Secrets(Protocol):
    """Whoever knows the secrets; we never see one."""

    def found_in(self, data: bytes) -> bool:
        """Whether one is in `data`, in any form."""

    def begun_in(self, data: bytes) -> int:
        """How many bytes at the end of `data` may be the beginning of one."""


class Watch:
    """
    Holds back what has a secret in it.

    Without `secrets` there is none that could get out, such as offline, and nothing is looked through.
    """

    def __init__(self, secrets: Secrets | None = None) -> None:
        self._secrets = secrets

    async def passed(self, answer: Answer | Streamed, whose: str, is_known: bool = False) -> Answer | Streamed:
        """
        `answer` if it may pass, else what is sent in its place. `whose` it is, for the words.

        `is_known` if its body has been looked through already, and only fields have been added to it.
        """
        if isinstance(answer, Answer):
            return self.whole(answer, whose, is_known)
        if self._in_fields(answer.headers):
            await answer.drop()
            return _held_back(whose)
        if is_known or not self._secrets:
            return answer
        try:
            unpacked = Unpacking(_encodings(answer.headers))
        except UnknownEncoding:
            await answer.drop()
            return _opaque(whose)
        return replace(answer, chunks=self._passing(answer, unpacked, self._secrets, whose), close=answer.drop)

    def whole(self, answer: Answer, whose: str, is_known: bool = False) -> Answer:
        """The same for one that is no stream."""
        if self._in_fields(answer.headers):
            return _held_back(whose)
        if is_known or not self._secrets:
            return answer
        if self.found_in(answer.body):
            return _held_back(whose)
        encodings = _encodings(answer.headers)
        if not encodings or not answer.body:
            return answer
        try:
            plain = decoded(answer.body, encodings)
        except (UnknownEncoding, TooLarge):
            plain = answer.body
        if plain == answer.body:  # unknown, broken off, or not what it says
            return _opaque(whose)
        return _held_back(whose) if self.found_in(plain) else answer

    def found_in(self, data: bytes) -> bool:
        """Whether a secret is in `data`."""
        return self._secrets is not None and self._secrets.found_in(data)

    def _in_fields(self, headers: Headers) -> bool:
        return self._secrets is not None and self.found_in(b"\n".join([part for pair in headers for part in pair]))

    def readable(self, incoming: Incoming) -> Incoming:
        """`incoming` for somebody whose answer will be looked through: it is asked for as it is, not compressed."""
        if not self._secrets:
            return incoming
        fields = [field for field in incoming.fields if field[0] != b"accept-encoding"]
        return incoming._replace(fields=[*fields, (b"accept-encoding", b"identity")])

    async def _passing(
        self, answer: Streamed, unpacked: Unpacking, secrets: Secrets, whose: str
    ) -> AsyncGenerator[bytes, None]:
        before = held = b""
        async with aclosing(answer.chunks) as chunks:
            async for chunk in chunks:
                try:
                    seen = before + unpacked(chunk)
                except (UnknownEncoding, TooLarge):
                    raise GettyTokenError(f"{whose} sent what cannot be looked through; it was cut off.") from None
                if secrets.found_in(seen):
                    raise GettyTokenError(f"{whose} sent a secret of yours; it was cut off.", "", _SCAN)
                # What may become a secret waits for what follows. Nobody can say which packed bytes that would be.
                begun = 0 if unpacked.changes else secrets.begun_in(seen)
                waiting, before = held + chunk, seen[-max(OVERLAP, begun) :]
                end = max(0, len(waiting) - begun)
                passing, held = waiting[:end], waiting[end:]
                if passing:
                    yield passing
        if held:
            yield held


def _held_back(whose: str) -> Answer:
    detail = f"The answer of {whose} contained a secret of yours and was not passed on. {_SCAN}"
    return problem(502, "Held back", detail, "alarm")


def _opaque(whose: str) -> Answer:
    detail = f"The answer of {whose} is encoded in a way that cannot be looked through."
    return problem(502, "Held back", detail, "alarm")


def _encodings(headers: Headers) -> str:
    values = [value.decode("latin-1") for name, value in headers if name == b"content-encoding"]
    return ",".join(value for value in values if value.strip().lower() not in ("", "identity"))
