"""
What a running emulator knows, as one stream of small values.

The terminal prints them; nothing else logs. A page on the running server could show the same stream.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Answered(NamedTuple):  # one per request: made three times faster than a frozen dataclass
    """A request was answered. `target` is path and query as they arrived, `seconds` the time it took."""

    method: str
    target: str
    status: int
    seconds: float
    origin: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TokenRenewed:
    """A new access token is in the store; it lives for `lifetime` seconds. `reason` says why it was asked for."""

    lifetime: float
    requests: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An exchange was written to a cassette."""

    cassette: str
    interaction: int


@dataclass(frozen=True, slots=True)
class Warned:
    """Something a person should know that stopped nothing."""

    message: str


@dataclass(frozen=True, slots=True)
class Said:
    """A function of the site's own printed something, or failed: `text` is a line or a stack, for the terminal only."""

    function: str
    text: str
    is_error: bool = False


Event = Answered | TokenRenewed | Recorded | Warned | Said
Listener = Callable[[Event], None]
