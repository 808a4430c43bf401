"""
A whole answer in one write.

uvicorn writes head and body one after the other: a system call more, which takes as long as all that we do for a
recorded answer. ASGI leaves room for such a thing: a server offers it in the scope's `extensions`.
"""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import HEADER_RE, HEADER_VALUE_RE, STATUS_LINE, RequestResponseCycle

from getty_emulator.asgi import WHOLE, send_in_two
from getty_emulator.exchange import Fields

_LENGTH = b"content-length: "
_OF_THE_CONNECTION = frozenset({b"connection", b"transfer-encoding"})


async def send_whole(send: Callable[[Any], Awaitable[None]], status: int, headers: Fields, body: bytes) -> None:
    """
    Send an answer of `headers`, its length among them, and `body`. `send` is uvicorn's for this request.

    What is out of the ordinary goes uvicorn's own way, and is refused there if it must be.
    """
    cycle = getattr(send, "__self__", None)
    names = [_begun(name) for name, _ in headers]
    values = b"".join([value for _, value in headers])
    framed = names.count(_LENGTH) == 1 or (status in (204, 304) and not body and _LENGTH not in names)
    ordinary = framed and all(names) and not HEADER_VALUE_RE.search(values)
    if not ordinary or not isinstance(cycle, RequestResponseCycle):
        await send_in_two(send, status, headers, body)
        return
    if cycle.flow.write_paused and not cycle.disconnected:
        await cycle.flow.drain()
    if cycle.disconnected:
        return
    lines = [b"%b: %b\r\n" % field for field in cycle.default_headers]
    lines += [b"%b%b\r\n" % (name, value) for name, (_, value) in zip(names, headers, strict=True)]
    closing = b"" if cycle.keep_alive else b"connection: close\r\n"
    shown = b"" if cycle.scope["method"] == "HEAD" else body
    head = b"%b%b%b\r\n" % (STATUS_LINE[status], b"".join(lines), closing)
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.transport.write(head + shown)
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()


EXTENSIONS: dict[str, Any] = {WHOLE: send_whole}


@lru_cache(maxsize=1024)
def _begun(name: bytes) -> bytes:
    """The beginning of a field's line; empty where uvicorn has something to say about it."""
    lower = name.lower()
    return b"" if not name or HEADER_RE.search(name) or lower in _OF_THE_CONNECTION else lower + b": "
