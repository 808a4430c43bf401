"""
One HTTP/1.1 connection to a server that may do anything, and the one exchange that is on it.

Framing is llhttp's, in its strict form. What llhttp leaves open is closed here: sizes, times, interim answers, lengths
that contradict each other, and bytes that nobody asked for. Whatever is wrong ends as an httpx error and a closed
connection.
"""

import asyncio
import select
from typing import NamedTuple, cast

import httptools
import httpx

from getty_token.errors import GettyTokenError
from getty_token.transport import too_large

LARGEST_HEAD = 64 * 1024
"""Bytes of status line and header fields, interim answers and trailers included."""

KEPT = 30.0
"""Seconds after which a connection that nobody uses is closed."""


class Reply(NamedTuple):
    """An answer as it came: names of `headers` in lower case, `body` still compressed if it was."""

    status_code: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Limits(NamedTuple):
    """Seconds: until a connection stands; without a whole head, or later without a byte; for everything together."""

    connect: float = 5.0
    read: float = 30.0
    whole: float = 120.0


class Connection(asyncio.Protocol):
    """
    One exchange at a time: `ask` gives the reply to come; after it, `keep` says whether another may follow.

    `heard` counts the bytes of the answer so far; `lost` is done when the connection is.
    """

    def __init__(self, limits: Limits) -> None:
        self._loop = asyncio.get_running_loop()
        self._limits = limits
        self._waiting: asyncio.Future[Reply] | None = None
        self._quiet_since = self._loop.time()
        self.lost: asyncio.Future[None] = self._loop.create_future()
        self.keep = False
        self.heard = 0

    def ask(self, request: bytes, largest: int, head_only: bool) -> "asyncio.Future[Reply]":
        """
        Send `request`. The reply's body may have `largest` bytes; `head_only` says that it has none (HEAD).

        The future raises httpx.TransportError, or GettyUnavailable for a larger body. Who stops waiting must `abort`.
        """
        self._waiting = waiting = self._loop.create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._largest = largest
        self._head_only = head_only
        self._fields: list[tuple[bytes, bytes]] = []
        self._chunks: list[bytes] = []
        self._head_size = self._body_size = self.heard = 0
        self._has_head = self._complete = self._interim = self.keep = False
        self._began = self._quiet_since = self._loop.time()
        if self.lost.done():
            self._end(httpx.ReadError("The connection was closed."))
        else:
            self._transport.write(request)
        return waiting

    def reusable(self) -> bool:
        """Whether nothing came since the last reply: neither its end, nor what the next request would be given."""
        return self.keep and not self.lost.done() and not self._readable.poll(0)

    def abort(self) -> None:
        """Close at once."""
        self.keep = False
        self._transport.abort()

    # What the event loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but its class
        self._readable = select.poll()
        self._readable.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
        self._alarm = self._loop.call_later(min(KEPT, *self._limits), self._look_at_the_clock)

    def data_received(self, data: bytes) -> None:
        if self._waiting is None:
            self.abort()  # nobody has asked for anything
            return
        self.heard += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            if not self._complete:
                raised = error.__context__  # by one of the callbacks below
                bad = httpx.RemoteProtocolError(f"That is not HTTP/1.1: {error}.")
                self._end(raised if isinstance(raised, (httpx.TransportError, GettyTokenError)) else bad)
                return
            self.keep = False  # there is more than was asked for
        if self._complete:
            self._end()
        elif self._has_head:
            self._quiet_since = self._loop.time()
        elif self.heard > LARGEST_HEAD:
            self._end(_head_too_large())

    def connection_lost(self, error: Exception | None) -> None:
        self._alarm.cancel()
        self.keep = False
        self.lost.set_result(None)
        if self._waiting and error is None and self._has_head and not self._framed:
            self._end()  # an answer without a length ends with its connection
        elif self._waiting:
            self._end(httpx.ReadError(f"The connection was closed {'in mid-' if self.heard else 'without an '}answer."))

    def _look_at_the_clock(self) -> None:
        # One timer for all its exchanges, which looks when it could be time: setting one for each costs more.
        due = self._quiet_since + KEPT
        if self._waiting:
            due = min(self._quiet_since + self._limits.read, self._began + self._limits.whole)
        if self._loop.time() < due:
            self._alarm = self._loop.call_at(due, self._look_at_the_clock)
        elif self._waiting:
            self._end(httpx.ReadTimeout(""))
        else:
            self.abort()

    def _end(self, error: Exception | None = None) -> None:
        waiting, self._waiting = self._waiting, None
        self._quiet_since = self._loop.time()
        if error or self._transport.get_write_buffer_size():  # answered before all of the request was out
            self.keep = False
        if waiting is None or waiting.done():  # cancelled
            return
        if error:
            waiting.set_exception(error)
        else:
            waiting.set_result(Reply(self._status, tuple(self._fields), b"".join(self._chunks)))

    # What the parser tells; an error raised here becomes the context of one that feed_data raises

    def on_message_begin(self) -> None:
        if self._complete:
            raise httpx.RemoteProtocolError("There is more than one answer.")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_size += len(name) + len(value)
        if self._head_size > LARGEST_HEAD:
            raise _head_too_large()
        if not self._has_head:  # else it is a trailer, which nobody needs
            self._fields.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._status = self._parser.get_status_code()
        self._interim = 100 <= self._status < 200 and self._status != 101
        if self._interim:
            self._fields.clear()
            return
        version = self._parser.get_http_version()
        if not 200 <= self._status <= 599 or version not in ("1.0", "1.1"):
            raise httpx.RemoteProtocolError(f"There is no status {self._status} in HTTP/{version}.")
        codings = [value.lower() for name, value in self._fields if name == b"transfer-encoding"]
        lengths = [value for name, value in self._fields if name == b"content-length"]
        # RFC 9112 section 6.3. With two of them, or a coding we cannot read, its end would be a guess.
        if len(codings) + len(lengths) > 1 or codings not in ([], [b"chunked"]):
            raise httpx.RemoteProtocolError("It is not certain where the answer ends.")
        self._framed = bool(codings or lengths)
        self._has_head = True
        self._complete = self._head_only
        self.keep = self._parser.should_keep_alive() and not self._head_only

    def on_body(self, data: bytes) -> None:
        self._body_size += len(data)
        if self._body_size > self._largest:
            raise too_large(self._largest)
        self._chunks.append(data)

    def on_message_complete(self) -> None:
        self._complete = self._complete or not self._interim


def _head_too_large() -> httpx.RemoteProtocolError:
    return httpx.RemoteProtocolError(f"The header fields are larger than {LARGEST_HEAD:,} bytes.")
