"""A `serve` or `sandbox` that runs on this machine, and what it can be told."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from getty_token.errors import GettyTokenError, NotRunning, WrongUsage

USUAL_PORTS = (9999, 9998)
"""Where `serve` and `sandbox` listen unless told otherwise."""

_CONTROL = "/_getty-token/"
_PATIENCE = 5.0
"""Seconds for one answer. It does no more than change a number."""


@dataclass(frozen=True, slots=True)
class Running:
    """
    A running emulator. `state` is what it says is active: the faults, and of a sandbox the time of its tokens.
    """

    port: int
    state: dict[str, Any]

    @property
    def name(self) -> str:
        """Which it is, and where."""
        return f"{self.state['server']} at http://127.0.0.1:{self.port}"

    @property
    def has_tokens(self) -> bool:
        """Whether it issues tokens: a sandbox does."""
        return "token_lifetime" in self.state

    def tell(self, method: str, control: str, **content: object) -> "Running":
        """Make a change; gives how it is then. Raises WrongUsage for what it does not take."""
        return _asked(self.port, method, control, content)


def find(port: int | None, tokens: bool = False) -> Running:
    """
    The emulator at `port`, else at the usual ones; with `tokens` one that issues them, if there is a choice.

    Raises NotRunning if there is none.
    """
    ports = USUAL_PORTS if port is None else (port,)
    found = list(_all_at(ports))
    if not found:
        where = " or ".join(map(str, ports))
        raise NotRunning(
            f"no getty-token runs on port {where}.",
            mend="Start `getty-token serve` or `getty-token sandbox`, or say where it is with --port.",
        )
    return next((one for one in found if one.has_tokens), found[0]) if tokens else found[0]


def _all_at(ports: Iterable[int]) -> Iterable[Running]:
    for port in ports:
        try:
            yield _asked(port, "GET", "state")
        except NotRunning:
            continue


def _asked(port: int, method: str, control: str, content: dict[str, object] | None = None) -> Running:
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        body = json.dumps(content).encode() if content else None
        connection.request(method, _CONTROL + control, body, {"Getty-Token-Control": "1"})
        response = connection.getresponse()
        status, answer = response.status, json.loads(response.read(1_000_000))
    except (OSError, HTTPException, ValueError):
        raise NotRunning(f"no getty-token answers on port {port}.") from None
    finally:
        connection.close()
    if status == 200 and isinstance(answer, dict) and "server" in answer:
        return Running(port, answer)
    detail = str(answer.get("detail", "")) if isinstance(answer, dict) else ""
    if status == 400 and detail:
        raise WrongUsage(detail)
    if not detail:
        raise NotRunning(f"what listens on port {port} is no getty-token.")
    raise GettyTokenError(f"port {port} refuses: {detail}")
