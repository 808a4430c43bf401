"""
The control endpoint of a running emulator, below `/_getty-token/`: faults, the token's lifetime, the clock.

For programs on this machine only; guards.control_objection is asked before anything here is.
"""

import json
import time
from collections.abc import Callable
from typing import Protocol

from getty_emulator.exchange import JSON, Answer, Incoming, problem
from getty_emulator.faults import API, Faults
from getty_token.errors import WrongUsage

PREFIX = "/_getty-token/"
SCHEMA_VERSION = 1

LONGEST_SHIFT = 366 * 86_400
"""Seconds, either way."""
LONGEST_LIFE = 86_400
"""Seconds of a token."""


class Clock:
    """Unix seconds by `local`, shifted by `shift` seconds. Only the sandbox's tokens live by it."""

    def __init__(self, local: Callable[[], float] = time.time) -> None:
        self._local = local
        self.shift = 0.0

    def __call__(self) -> float:
        return self._local() + self.shift


class Tokens(Protocol):
    """What issues tokens here. `lifetime` is that of the next ones, in seconds."""

    lifetime: int

    def revoke(self) -> None:
        """End every token issued so far."""


class Control:
    """
    Answers control requests for `server` (`serve` or `sandbox`).

    Without `tokens` and `clock` there is nothing of the kind to control: the tokens of `serve` are Getty's.
    """

    def __init__(self, server: str, faults: Faults, tokens: Tokens | None = None, clock: Clock | None = None) -> None:
        self._server = server
        self._faults = faults
        self._tokens = tokens
        self._clock = clock
        self._usual = tokens.lifetime if tokens else 0

    def answer(self, incoming: Incoming) -> Answer:
        """What is active, after `incoming` has been done; a problem if it cannot be."""
        name = incoming.path.removeprefix(PREFIX)
        try:
            self._do(incoming.method, name, _content(incoming.body))
        except WrongUsage as error:
            return problem(400, "Wrong usage", error.sentence)
        except LookupError:
            return problem(404, "No such control", f"There is no {incoming.method} {incoming.path[:80]}.")
        return Answer(200, ((b"content-type", JSON),), json.dumps(self.state()).encode(), "getty-token")

    def state(self) -> dict[str, object]:
        """What is active."""
        state: dict[str, object] = {
            "schema_version": SCHEMA_VERSION,
            "server": self._server,
            "faults": [
                {
                    "number": fault.number,
                    "kind": fault.kind,
                    "left": fault.left,
                    "path": fault.path,
                    "seconds": fault.seconds,
                    "hits": fault.hits,
                }
                for fault in self._faults.active
            ],
        }
        if self._tokens and self._clock:
            state |= {"clock_shift": self._clock.shift, "token_lifetime": self._tokens.lifetime}
        return state

    def _do(self, method: str, name: str, content: dict[str, object]) -> None:
        match method, name:
            case "GET", "state":
                return
            case "POST", "faults":
                path = str(content.get("path", ""))
                if self._tokens is None and path and not path.startswith(API):
                    raise WrongUsage(
                        f"`serve` passes no {path[:40]} on: its faults are for calls of the API.",
                        mend="Let it use a `getty-token sandbox`, and tell that one; or name a path below /v3/.",
                    )
                requests, seconds = int(_number(content, "requests", 1)), _number(content, "seconds", 5.0)
                self._faults.add(str(content.get("kind", "")), requests, path, seconds)
            case "DELETE", "faults":
                number = content.get("number")
                self._faults.clear(None if number is None else int(_number(content, "number", 0)))
            case ("POST", "revoke") | ("PUT", "lifetime") | ("PUT", "clock"):
                self._tell_the_tokens(name, content)
            case _:
                raise LookupError

    def _tell_the_tokens(self, name: str, content: dict[str, object]) -> None:
        if self._tokens is None or self._clock is None:
            raise WrongUsage(
                "the tokens of `serve` are Getty's, and shared: their time is real.",
                mend="Let it use a `getty-token sandbox` (GETTY_API_URL, GETTY_AUTH_URL), and tell that one.",
            )
        match name:
            case "revoke":
                self._tokens.revoke()
            case "lifetime":
                seconds = int(_number(content, "seconds", self._usual))
                if not 1 <= seconds <= LONGEST_LIFE:
                    raise WrongUsage(f"a token lives for 1 to {LONGEST_LIFE} seconds.")
                self._tokens.lifetime = seconds
            case _:
                shift = _number(content, "shift", 0.0)
                if abs(shift) > LONGEST_SHIFT:
                    raise WrongUsage("the clock can be moved by a year at the most.")
                self._clock.shift = shift


def _content(body: bytes) -> dict[str, object]:
    try:
        content = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        raise WrongUsage("the body is not JSON.") from None
    if not isinstance(content, dict):
        raise WrongUsage("the body is not a JSON object.")
    return content


def _number(content: dict[str, object], name: str, default: float) -> float:
    value = content.get(name, default)
    # A bool is a number for Python; a number beyond all bounds or no number at all (NaN) is none for us.
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        raise WrongUsage(f"{name} is not a number.")
    return value
