"""
The emulator as an ASGI application: guard, read, ask, send, tell. In that order, once per request.

What answers is handed in: a site with its functions, or the sandbox on its own.
"""

import asyncio
import re
import socket
import struct
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import aclosing
from typing import Any

from getty_emulator.control import PREFIX, Control
from getty_emulator.events import Answered, Listener
from getty_emulator.exchange import Answer, Fields, Incoming, Streamed, problem
from getty_emulator.guards import Guard, control_objection
from getty_emulator.limits import LARGEST_BODY
from getty_token import errors

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

Whole = Callable[[Send, int, Fields, bytes], Awaitable[None]]

WHOLE = "getty_token.whole"
"""The name of the extension of ASGI that sends an answer at once."""

_NONE: dict[str, Any] = {}
_FRAMING = frozenset((b"content-length", b"transfer-encoding"))
_BODILESS = frozenset((204, 304))
_STATUS: dict[type[errors.GettyTokenError], int] = {errors.RateLimited: 429, errors.WrongUsage: 500}
_FOR_THE_BROWSER = (errors.NoRecording, errors.GettyUnavailable, errors.GettyRefused, errors.RateLimited)


class Application:
    """
    Answers with `ask`, tells every request to `listener`; what is below `/_getty-token/` goes to `control`.

    `sockets` serves WebSockets; without it there are none.

    An Answer is whole before its first byte is sent: one that breaks off in mid-body would end `gatsby develop`. A
    Streamed one goes out as it comes.
    """

    def __init__(
        self,
        ask: Callable[[Incoming], Awaitable[Answer | Streamed]],
        listener: Listener,
        control: Control | None = None,
        guard: Guard = Guard(),  # noqa: B008 - a value
        sockets: Callable[[Scope, Receive, Send], Awaitable[None]] | None = None,
    ) -> None:
        self._ask = ask
        self.sockets = sockets
        self._control = control
        self.listener = listener
        self.guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.sockets and scope["type"] == "websocket":
            await self.sockets(scope, receive, send)
            return
        started = time.perf_counter()
        path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        answer = await self._answer(scope, path, query, receive)
        reason = answer.reason
        if isinstance(answer, Streamed):
            reason = await _stream(answer, receive, send) or reason
        elif not answer.status:
            await _reset(receive, send)
        else:
            whole = scope.get("extensions", _NONE).get(WHOLE, send_in_two)
            reason = await _send(answer, send, whole) or reason
        target = f"{path}?{query}" if query else path
        seconds = time.perf_counter() - started
        self.listener(Answered(scope["method"], target, answer.status, seconds, answer.origin, reason))

    async def _answer(self, scope: Scope, path: str, query: str, receive: Receive) -> Answer | Streamed:
        fields: Fields = scope["headers"]
        if reason := self.guard.objection(fields, scope.get("client")):
            return problem(403, "Refused", reason)
        body = await _body(scope, receive)
        if isinstance(body, Answer):
            return body
        incoming = Incoming(scope["method"], path, query, self.guard.without_key(fields), body)
        if self._control and path.startswith(PREFIX):
            reason = control_objection(fields, scope.get("client"))
            return problem(403, "Refused", reason) if reason else self._control.answer(incoming)
        try:
            return await self._ask(incoming)
        except errors.GettyTokenError as error:
            return _failure(error)
        except Exception as error:
            # The message of an error we did not foresee could hold anything, a secret too: only its name is told.
            detail = f"An unexpected {type(error).__name__}. This is a mistake in getty-token."
            return problem(500, "Mistake", detail)


async def _send(answer: Answer, send: Send, whole: Whole) -> str:
    """Send all of `answer`; gives why it could not be, if so."""
    status, headers, body = answer.status, answer.headers, answer.body
    if not 200 <= status <= 999:  # a function may answer with any of these, as on Netlify; server.py has lines for them
        answer = problem(502, "Bad status", f"The status of the answer is {status}, which none can be.")
        status, headers, body = answer.status, answer.headers, answer.body
    if status in _BODILESS:
        body = b""  # else the bytes of it would be taken for the beginning of the next answer
    else:
        headers = (*headers, (b"content-length", b"%d" % len(body)))
    try:
        await whole(send, status, headers, body)
    except RuntimeError as error:  # uvicorn's word for a field that would split the answer in two; it hangs up
        return f"It could not be sent: {error}"
    return ""


async def send_in_two(send: Send, status: int, headers: Fields, body: bytes) -> None:
    """A whole answer as any ASGI server takes it. Ours offers to write it at once (whole.py)."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _stream(answer: Streamed, receive: Receive, send: Send) -> str:
    """Hand `answer` on until it ends or whoever asked has gone; gives why it broke off, if it did."""

    async def hand_on() -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        async with aclosing(answer.chunks) as chunks:
            async for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def left() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    handing_on, leaving = asyncio.ensure_future(hand_on()), asyncio.ensure_future(left())
    try:
        await asyncio.wait((handing_on, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not handing_on.done():
            return ""  # whoever asked went away: that is how streams without an end are ended
        if error := handing_on.exception():
            # Without the end of the body the server cuts the connection: nobody takes what came for the whole.
            return (
                f"It broke off: {error.sentence if isinstance(error, errors.GettyTokenError) else type(error).__name__}"
            )
        await send({"type": "http.response.body", "body": b""})
        return ""
    finally:
        handing_on.cancel()
        leaving.cancel()
        await asyncio.gather(handing_on, leaving, return_exceptions=True)
        await answer.drop()


async def _reset(receive: Receive, send: Send) -> None:
    """Let the client see its connection reset. ASGI has no word for it: this takes uvicorn's own connection."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError
    # Closed with nothing lingering, TCP says RST instead of a polite end.
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(scope: Scope, receive: Receive) -> bytes | Answer:
    """The request's body, or the refusal of one that is too large or breaks off. Without a length there is none."""
    framing = [field for field in scope["headers"] if field[0] in _FRAMING]
    if not framing:
        return b""
    codings = [value.lower() for name, value in framing if name == b"transfer-encoding"]
    if codings and (codings != [b"chunked"] or scope.get("http_version") == "1.0"):
        return problem(501, "Not implemented", "The only transfer coding understood here is chunked, in HTTP/1.1.")
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return problem(400, "Body broke off", "Whoever asked went away in mid-body.")
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > LARGEST_BODY:
            return problem(413, "Body too large", f"A body may have {LARGEST_BODY:,} bytes at most, as on Netlify.")
        chunks.append(chunk)
        if not message.get("more_body"):
            # What was wrong with the body, or with its pace, is known where its bytes arrive (wire.py).
            refusal: Answer | None = scope.get("refusal")
            return refusal or b"".join(chunks)


def _failure(error: errors.GettyTokenError) -> Answer:
    # What is wrong on this machine, down to the folders on it, is for its terminal; the page learns only that much.
    public = isinstance(error, _FOR_THE_BROWSER)
    detail = error.sentence if public else "The terminal of getty-token says what is wrong."
    answer = problem(_STATUS.get(type(error), 502), _title(error), detail)
    return Answer(answer.status, answer.headers, answer.body, answer.origin, error.sentence)


def _title(error: errors.GettyTokenError) -> str:
    """`No recording` for NoRecording: RFC 9457 wants one short title for each kind of problem."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).capitalize()
