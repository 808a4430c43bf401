"""
The bytes on the wire: uvicorn's protocol made strict, with a limit to every size and an end to every wait.

llhttp, below uvicorn, refuses most of what is malformed (tests/attacks/test_wire.py has the list). What it lets pass
is refused here, and every refusal is an answer with a reason and an event, as anything else that is answered.
"""

from collections.abc import Iterable
from dataclasses import replace
from heapq import nsmallest
from http import HTTPStatus
from itertools import count
from typing import Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from getty_emulator.events import Answered, Listener, Warned
from getty_emulator.exchange import Answer, problem
from getty_emulator.guards import Guard
from getty_emulator.limits import LARGEST_HEAD, MOST_TRAILERS, Limits
from getty_emulator.whole import EXTENSIONS

HEAD: Final = 1
BODY: Final = 2
NOTHING: Final = 0
"""What is awaited of the client: nothing when a request has ended where its last bytes ended."""


_NUMBERS = count()
"""Of connections, in the order in which they came."""


class Wire(HttpToolsProtocol):
    """One connection. `sweep` has to be called now and then: it is what ends the waiting."""

    def __init__(self, limits: Limits, guard: Guard, listener: Listener, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self._limits = limits
        self._guard = guard
        self._listener = listener
        self.url = b""
        self._awaited = HEAD
        self._timed = HEAD  # what `_since` belongs to
        self._since = self.loop.time()
        self._number = next(_NUMBERS)
        self._arriving = b""
        self._before = b""  # what came of an unfinished head before that
        self._first = 0  # bytes that arrived together with its first one
        self._refusal: Answer | None = None
        self._deaf = False  # after a refusal nothing is read any more
        self._parted = 0.0  # when we hung up
        self._unread = 0.0  # since when something waits to be read by the other side
        self._left = 0  # bytes of it at the last sweep

    # What the transport calls. These run for every request: a microsecond here is one in thirty of an offline answer.

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.connections) > self._limits.connections:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self._unset_keepalive_if_required()
        self._arriving = data
        if self._awaited == NOTHING:
            self._awaited = HEAD  # llhttp skips empty lines before a request without a word
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
            elif self.cycle:
                self._deaf, self.cycle.keep_alive = True, False  # answered as if nothing had been said of upgrades
            return
        except httptools.HttpParserError as error:
            self._refuse(self._refusal or _malformed(error, data))
            return
        if self._awaited != NOTHING:
            self._unfinished()

    def eof_received(self) -> bool | None:  # type: ignore[override]
        # Who has nothing more to ask may still wait for the answer, as `nc` does, and others that half-close.
        if self._awaited != NOTHING or not self._answering or self.cycle.response_started:
            return None
        self.cycle.keep_alive = False
        return True

    def resume_writing(self) -> None:
        self._unread = 0.0
        super().resume_writing()

    # What the parser calls

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._awaited, self._timed, self._before, self._first = HEAD, NOTHING, b"", len(self._arriving)

    def on_headers_complete(self) -> None:
        came = self._before + self._arriving
        if len(came) > LARGEST_HEAD and self._head_size() > LARGEST_HEAD:
            self._object(_too_large())
        if self.parser.get_http_version() not in ("1.1", "1.0"):
            self._object(problem(505, "Not HTTP/1.1", "HTTP/1.1 is spoken here, and HTTP/1.0."))
        # llhttp skips spaces in the request line, and others do not: one each, and no more.
        if b"%b %b HTTP/1." % (self.parser.get_method(), self.url) not in came:
            self._object(_bad_request("The request line has more than one space between its parts."))
        if self.url[:1] != b"/" or b"#" in self.url or b"\\" in self.url:
            self._check_target()
        upgrading = self.parser.should_upgrade()
        if upgrading:
            self._check_upgrade()
        self.scope["extensions"] = EXTENSIONS
        super().on_headers_complete()
        if not upgrading:
            self.headers = []  # trailers would join the header fields, behind the guard's back
        self._awaited = BODY

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._awaited, self._since = NOTHING, self.loop.time()

    # Refusals

    def _object(self, answer: Answer) -> None:
        self._refusal = answer
        raise ValueError(answer.reason)  # the parser stops; data_received takes it from there

    def _check_target(self) -> None:
        path = self.url.partition(b"?")[0]
        if self.url[:1] != b"/" and not (self.url == b"*" and self.parser.get_method() == b"OPTIONS"):
            self._object(_bad_request("The address has to begin with a slash: this is no proxy."))
        if b"#" in self.url or b"\\" in path:
            self._object(_bad_request("The address has a fragment or a backslash."))

    def _check_upgrade(self) -> None:
        if self.parser.get_method() == b"CONNECT":
            self._object(problem(405, "Method not allowed", "CONNECT is not possible here: this is no proxy."))
        # A WebSocket is open to any page, whatever its origin: browsers ask nobody first.
        if reason := self._guard.objection(self.headers, self.client):
            self._object(problem(403, "Refused", reason))

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _unfinished(self) -> None:
        """Something is still to come of the request that has begun."""
        if self._timed != self._awaited:
            self._timed, self._since = self._awaited, self.loop.time()
        if self._awaited == HEAD:
            self._before += self._arriving
            if len(self._before) > LARGEST_HEAD + self._first:
                self._refuse(_too_large())
        elif len(self.headers) > MOST_TRAILERS and not self.parser.should_upgrade():
            self._refuse(_bad_request(f"There are more than {MOST_TRAILERS} fields behind the body."))

    def _refuse(self, answer: Answer) -> None:
        """Send `answer` when its turn comes, and hang up. Nothing more is read."""
        self._deaf = True
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            if self._awaited == BODY:  # of a request that is answered already
                self._part()
            else:
                self._say(answer)
        elif self._awaited == BODY:
            # The application waits for this body: it is told that there is no more, and sends the refusal itself.
            cycle.scope["refusal"] = answer  # type: ignore[typeddict-unknown-key]
            cycle.more_body = cycle.keep_alive = False
            cycle.message_event.set()
        else:
            cycle.on_response = lambda: self._say(answer)  # requests before it are answered first

    def _say(self, answer: Answer) -> None:
        if self.transport.is_closing():
            return
        fields = [*self.server_state.default_headers, *answer.headers, (b"connection", b"close")]
        self.transport.write(_message(answer, fields))
        self._part()
        method = self.parser.get_method().decode() if self.url else "-"
        target = self.url.decode("latin-1") or "(no request)"
        waited = self.loop.time() - self._since if self._timed == self._awaited else 0.0
        self._listener(Answered(method, target, answer.status, waited, answer.origin, answer.reason))

    def _part(self) -> None:
        """Hang up, but go on listening for a while: a reset would take away what we have just sent."""
        self._deaf, self._parted = True, self.loop.time()
        self.transport.write_eof()

    # The end of waiting

    def sweep(self, now: float) -> None:
        """End what has lasted too long. `now` is the loop's time."""
        waited, limits = now - self._since, self._limits
        if self._parted:
            if now - self._parted > limits.parting:
                self.transport.abort()
        elif self._stalled(now):
            self.transport.abort()
            self._listener(Warned(f"an answer was given up: nobody has read on for {limits.unread:g} seconds"))
        elif self._deaf:
            pass  # the application is about to answer
        elif self._awaited == HEAD and waited > limits.head and not self._answering:
            if self._before:
                self._refuse(_late("The header fields were", limits.head))
            else:
                self.transport.close()  # connected and never spoke, as browsers do to be quick later
        elif self._awaited == BODY and waited > limits.body and not self.flow.read_paused:
            self._refuse(_late("The body was", limits.body))

    @property
    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _stalled(self, now: float) -> bool:
        left, before = self.transport.get_write_buffer_size(), self._left
        self._left = left
        if left == 0:
            self._unread = 0.0
        elif not self._unread or left < before:  # a large answer that is read on takes as long as it takes
            self._unread = now
        return bool(self._unread) and now - self._unread > self._limits.unread

    def _make_room(self) -> None:
        """
        Let go of whoever has kept us waiting longest; where all are being answered, refuse this connection.

        So those who open connections by the hundred and say nothing get in the way of nobody but themselves.
        """
        most = self._limits.connections
        others = [each for each in self.connections if isinstance(each, Wire) and each is not self]
        waiting = [(rank, each) for each in others if (rank := each.kept_waiting)]
        if waiting:
            # Several at once: looking at a thousand for each that comes would be an outage of its own.
            for _, wire in nsmallest(1 + most // 32, waiting, key=lambda pair: pair[0]):
                wire.transport.abort()
        elif len(self.connections) > 2 * most:
            self.transport.abort()
        else:
            answer = problem(503, "Too many connections", f"{most:,} requests are being answered; try again soon.")
            self._say(replace(answer, headers=(*answer.headers, (b"retry-after", b"1"))))

    @property
    def kept_waiting(self) -> tuple[bool, float, int] | None:
        """
        Since when the other side keeps us waiting, with those first who do it in the middle of something, unless they
        have only just begun: what they have to say may be here, unread. None if it does not.

        The loop's clock counts milliseconds, in which many may come: of these the first are first.
        """
        now = self.loop.time()
        if self.transport.get_write_buffer_size():
            since = self._unread or now
        elif self._awaited == BODY or (self._awaited == HEAD and not self._answering):
            since = self._since
        else:
            return None if self._answering else (True, self._since, self._number)
        return now - since < self._limits.moment, since, self._number


def _message(answer: Answer, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    lines = [b"HTTP/1.1 %d %s" % (answer.status, HTTPStatus(answer.status).phrase.encode())]
    lines += [b"%s: %s" % field for field in fields]
    lines += [b"content-length: %d" % len(answer.body), b"", answer.body]
    return b"\r\n".join(lines)


def _bad_request(detail: str) -> Answer:
    return problem(400, "Bad request", detail)


def _too_large() -> Answer:
    return problem(431, "Head too large", f"Address and header fields may have {LARGEST_HEAD:,} bytes at most.")


def _late(what: str, seconds: float) -> Answer:
    return problem(408, "Too slow", f"{what} not complete within {seconds:g} seconds.")


def _malformed(error: httptools.HttpParserError, data: bytes) -> Answer:
    if data.startswith(b"\x16\x03"):
        return _bad_request("This port speaks http, not https.")
    # llhttp's own words, which repeat nothing of the request; those of a callback's error could.
    why = "" if isinstance(error, httptools.HttpParserCallbackError) else f" {error}."
    return _bad_request(f"That is not HTTP/1.1.{why}")
