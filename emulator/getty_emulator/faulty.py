"""What a fault does to an answer: on the sandbox's own port, and in what `serve` has of Getty."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace

from getty_emulator.exchange import RESET, Answer, Call, Getty, Streamed, problem
from getty_emulator.faults import Fault, Faults

_DROPS = 20
"""Pieces of a slow body."""

_PAGE = b"<!doctype html><title>Sign in</title><h1>Sign in to this network</h1>"

_UNUSABLE = {
    "html": "Getty's answer is a web page, not data.",
    "truncated": "Getty's answer is not JSON.",
    "broken": "Getty's answer broke off.",
    "reset": "Getty cut the connection.",
}
"""What `serve` says when the real Getty does this."""


class FaultyGetty:
    """
    `getty`, with the faults of `faults` in front: what a page sees of `serve` when Getty fails.

    A request that meets a fault other than a slow one never reaches `getty`: nothing is signed, sent, or recorded.
    """

    def __init__(self, getty: Getty, faults: Faults, mode: str) -> None:
        self._getty = getty
        self._faults = faults
        self._mode = mode

    async def answer(self, call: Call) -> Answer:
        """As the emulator asks. Raises what `getty` raises."""
        if not self._faults.active or (fault := self._faults.take(call.path)) is None:
            return await self._getty.answer(call)
        if fault.status:
            return _refusal(fault, self._mode)
        if fault.kind in _UNUSABLE:
            return problem(502, "Getty unavailable", _UNUSABLE[fault.kind], _marked(self._mode, fault))
        # `serve` reads an answer whole before it passes anything on: slow is slow, wherever it comes from.
        await asyncio.sleep(fault.seconds)
        answer = await self._getty.answer(call)
        return replace(answer, origin=_marked(answer.origin, fault))


async def on_the_wire(fault: Fault, ask: Callable[[], Awaitable[Answer]]) -> Answer | Streamed:
    """What `fault` makes of the answer that `ask` would give, for a client that is connected to us as if to Getty."""
    if fault.status:
        return _refusal(fault, "sandbox")
    origin = _marked("sandbox", fault)
    if fault.kind == "reset":
        return replace(RESET, origin=origin)
    if fault.kind == "html":
        return Answer(200, ((b"content-type", b"text/html; charset=utf-8"),), _PAGE, origin)
    if fault.kind == "slow-headers":
        await asyncio.sleep(fault.seconds)
    answer = replace(await ask(), origin=origin)
    body = answer.body
    half = body[: len(body) // 2]
    if fault.kind == "truncated":
        return replace(answer, body=half)
    if fault.kind not in ("broken", "slow-body"):
        return answer
    chunks = _breaking(half) if fault.kind == "broken" else _dripping(body, fault.seconds)
    headers = (*answer.headers, (b"content-length", b"%d" % len(body)))
    return Streamed(answer.status, headers, chunks, origin, answer.reason)


async def _breaking(half: bytes) -> AsyncGenerator[bytes, None]:
    yield half
    raise ConnectionAbortedError


async def _dripping(body: bytes, seconds: float) -> AsyncGenerator[bytes, None]:
    size = max(1, -(-len(body) // _DROPS))
    for start in range(0, len(body), size):
        await asyncio.sleep(seconds / _DROPS)
        yield body[start : start + size]


def _refusal(fault: Fault, origin: str) -> Answer:
    # Imported here: a live `serve` needs nothing of the sandbox until somebody asks for a fault.
    from http import HTTPStatus

    from getty_emulator.sandbox.answers import TOKEN_INVALID, forbidden, gateway_error, too_many, unauthorized

    reason = "A fault that was asked for: getty-token faults"
    match fault.status:
        case 401:
            answer = unauthorized(reason, TOKEN_INVALID)
        case 403:
            answer = forbidden(reason)
        case 429:
            answer = too_many(reason)
        case status:
            known = status in HTTPStatus.__members__.values()
            answer = gateway_error(status, HTTPStatus(status).phrase if known else "Error", reason)
    return replace(answer, origin=_marked(origin, fault))


def _marked(origin: str, fault: Fault) -> str:
    return f"{origin} (fault: {fault.kind})"
