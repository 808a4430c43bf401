"""
What is kept for one account, as small versioned JSON that any language can read.

    {"version": 1,
     "token":   null or {"access_token", "token_type", "requested_at", "expires_at", "requested_by", "requests"},
     "trouble": null or {"error", "what", "why", "mend", "since", "last_at", "failures", "retry_at"}}

Times are Unix seconds. `trouble` is there while token requests fail, so that all processes share one back-off.
"""

import json
from typing import NamedTuple, TypeVar

from getty_token import errors
from getty_token.tokens import Token

VERSION = 1

_LATEST = 2e11
"""Unix seconds. Far beyond it, datetime knows no year."""


class Trouble(NamedTuple):
    """Token requests that failed in a row. Times are Unix seconds."""

    error: str
    """The name of the error class, so that another process fails with the same exit code."""
    what: str
    why: str
    mend: str
    since: float
    last_at: float
    failures: int
    retry_at: float
    """Nobody asks again before this."""

    def holds_back(self, now: float) -> bool:
        """Whether it is too soon to ask again. A failure from the future means that the clock was set back."""
        return self.last_at <= now < self.retry_at

    def as_error(self, now: float) -> errors.GettyTokenError:
        """The failure as every caller sees it while we hold back."""
        kind = getattr(errors, self.error, None)
        if not (isinstance(kind, type) and issubclass(kind, errors.GettyTokenError)):
            kind = errors.GettyUnavailable
        minutes, seconds = divmod(max(0, round(now - self.since)), 60)
        since = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
        asked = f"{self.failures} token request{'s' * (self.failures > 1)} so far"
        why = f"{self.why} Failing for {since}, {asked}; the next one in {max(0.0, self.retry_at - now):.0f} s."
        return kind(self.what, why.lstrip(), self.mend)


class Record(NamedTuple):
    """What a store keeps: a token, or why there is none, or nothing."""

    token: Token | None = None
    trouble: Trouble | None = None


class NotARecord(ValueError):
    """The text is no record of ours."""


def dumps(record: Record) -> str:
    """`record` as JSON text."""
    return json.dumps(
        {
            "version": VERSION,
            "token": record.token._asdict() if record.token else None,
            "trouble": record.trouble._asdict() if record.trouble else None,
        }
    )


def loads(text: str) -> Record:
    """
    The record in `text`.

    Raises NotARecord if it is none, StoreError if a newer version wrote it.
    """
    try:
        data = json.loads(text)
        version = data["version"]
        if isinstance(version, int) and version > VERSION:
            raise errors.StoreError(
                f"the token store holds a record of version {version}; this getty-token reads version {VERSION}.",
                "A newer getty-token wrote it.",
                "Upgrade this one, or run `getty-token clear` to start again.",
            )
        token = _checked(Token(**data["token"])) if data["token"] else None
        trouble = _checked(Trouble(**data["trouble"])) if data["trouble"] else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotARecord(type(error).__name__) from None
    return Record(token, trouble)


_Kept = TypeVar("_Kept", Token, Trouble)


def _checked(kept: _Kept) -> _Kept:
    """`kept`, whose every member is of its type and whose numbers are moments or counts."""
    for name, given in kept._asdict().items():
        if not (isinstance(given, str) if type(kept).__annotations__[name] is str else _is_moment_or_count(given)):
            raise ValueError(name)
    if isinstance(kept, Token) and not (kept.access_token.isascii() and kept.access_token.isprintable()):
        raise ValueError("access_token")
    return kept


def _is_moment_or_count(given: object) -> bool:
    return isinstance(given, int | float) and 0 <= given < _LATEST
