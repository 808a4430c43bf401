"""One exchange as the emulator sees it: what arrived from the browser, a call for Getty, and the answer to either."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

Fields = Sequence[tuple[bytes, bytes]]
Headers = tuple[tuple[bytes, bytes], ...]

JSON = b"application/json"
PROBLEM = b"application/problem+json"
"""RFC 9457: what we say ourselves, told apart from what Getty says."""


class Incoming(NamedTuple):
    """A request that has passed the guard. `path` and `query` are as they arrived, still percent-encoded."""

    method: str
    path: str
    query: str
    fields: Fields
    body: bytes

    @property
    def target(self) -> str:
        """Path and query, as in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def headers(self) -> dict[str, str]:
        """The header fields by lower-case name; of a repeated one the last."""
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in self.fields}


@dataclass(frozen=True, slots=True)
class Call:
    """
    A request for Getty, as it is left when routing and the allow-list are done with it.

    `path` and `query` are still percent-encoded, the query without its question mark; `headers` have lower-case names.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def target(self) -> str:
        """Path and query, as in a request line."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What goes back to the browser.

    `origin` says where it came from (`live`, `sandbox`, `cassette search.yaml#3`, `getty-token`), `reason` why it
    is not a success: Gatsby's proxy hides it from the browser, so the terminal says it.
    """

    status: int
    headers: Headers
    body: bytes
    origin: str
    reason: str = ""


RESET = Answer(0, (), b"", "getty-token")
"""No answer: the connection is reset, as a network does it that fails. For faults that were asked for."""


@dataclass(frozen=True, slots=True)
class Streamed:
    """
    An answer that goes out as it comes: for what has no end, or is too large to hold.

    Nothing of Getty's is ever sent like this. What breaks off in mid-body ends `gatsby develop`, so whoever makes one
    has to be sure that nothing needs to be taken back. `chunks` is closed in any case, also when the browser goes.
    `close` lets go of what they come from: a generator that never began does nothing when it is closed.
    """

    status: int
    headers: Headers
    chunks: AsyncGenerator[bytes, None]
    origin: str
    reason: str = ""
    close: Callable[[], Awaitable[None]] | None = None

    async def drop(self) -> None:
        """Let go of it, wherever it has come to."""
        await self.chunks.aclose()
        if self.close:
            await self.close()


class Getty(Protocol):
    """Whoever answers calls for Getty: the real one, a cassette library, the sandbox."""

    async def answer(self, call: Call) -> Answer:
        """The answer to `call`. Raises GettyTokenError when there is none."""


def problem(status: int, title: str, detail: str, origin: str = "getty-token") -> Answer:
    """An error of our own, as RFC 9457 problem details."""
    body = json.dumps({"title": title, "status": status, "detail": detail}).encode()
    return Answer(status, ((b"content-type", PROBLEM),), body, origin, reason=detail)


_ONCE = frozenset(
    b"age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since "
    b"last-modified location max-forwards proxy-authorization referer retry-after server user-agent".split()
)
"""Of these Node keeps the first."""


def joined(headers: Headers) -> Headers:
    """Repeated fields as one, as Node reads them; cookies stay apart."""
    if len({name for name, _ in headers}) == len(headers):
        return headers
    values: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        values.setdefault(name, []).append(value)
    joined = [
        (name, several[0] if name in _ONCE else b", ".join(several))
        for name, several in values.items()
        if name != b"set-cookie"
    ]
    return (*joined, *((b"set-cookie", value) for value in values.get(b"set-cookie", ())))
