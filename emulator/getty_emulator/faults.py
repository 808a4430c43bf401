"""
Faults on demand: what shall go wrong, for which requests, how often still. Values and a list of them; no I/O.

They happen in one place: in front of the sandbox, or in front of whatever answers for Getty in `serve`.
"""

import re
from dataclasses import dataclass, replace

from getty_token.errors import WrongUsage

KINDS: dict[str, str] = {
    "slow-headers": "the answer, after a wait",
    "slow-body": "the answer, its body drop by drop",
    "html": "a web page with status 200, like the login page of a network",
    "truncated": "half of the JSON, as if it were the whole",
    "broken": "half of the body, then the connection ends",
    "reset": "no answer: the connection is reset",
}
"""What can go wrong besides a status. A status is written as its number."""

MOST = 32
"""Faults at a time."""
MOST_REQUESTS = 1_000_000
MOST_SECONDS = 600.0

API = ("/v3/", "/beta/")
"""What the paths of Getty's API begin with."""

_STATUS = re.compile("[45][0-9]{2}")


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One thing that goes wrong.

    `kind` is a status from 400 to 599 or a name in KINDS; `left` how many requests it is still for, None until it is
    cleared; `path` what their paths begin with, empty for every call of the API: token requests and pictures only if
    named. `seconds` is how long the slow kinds take, `hits` how many requests have met it.
    """

    number: int
    kind: str
    left: int | None
    path: str
    seconds: float
    hits: int = 0

    @property
    def status(self) -> int:
        """The status to answer with; 0 for the kinds that have a name."""
        return 0 if self.kind in KINDS else int(self.kind)

    def fits(self, path: str) -> bool:
        """Whether a request for `path` meets it."""
        return path.startswith(self.path or API)


class Faults:
    """The faults that are active, oldest first: the first one that fits a request is the one it meets."""

    def __init__(self) -> None:
        self.active: tuple[Fault, ...] = ()
        self._made = 0

    def add(self, kind: str, requests: int = 1, path: str = "", seconds: float = 5.0) -> Fault:
        """
        Let `requests` requests fail, 0 for all until it is cleared; gives the fault.

        Raises WrongUsage for what cannot be.
        """
        if kind not in KINDS and not _STATUS.fullmatch(kind):
            raise WrongUsage(f"there is no fault {kind[:40]!r}.", f"It is a status from 400 to 599, or {_named()}.")
        if not 0 <= requests <= MOST_REQUESTS:
            raise WrongUsage(f"a fault is for 1 to {MOST_REQUESTS:,} requests, or for 0: until it is cleared.")
        if not 0 < seconds <= MOST_SECONDS:
            raise WrongUsage(f"a fault may take up to {MOST_SECONDS:.0f} seconds.")
        if path and not path.startswith("/"):
            raise WrongUsage(
                f"{path[:40]!r} begins no path.", mend="Write it from the first slash, such as /v3/search."
            )
        if len(self.active) >= MOST:
            raise WrongUsage(f"there are {MOST} faults already.", mend="Clear some: getty-token faults clear")
        self._made += 1
        fault = Fault(self._made, kind, requests or None, path, seconds)
        self.active = (*self.active, fault)
        return fault

    def clear(self, number: int | None = None) -> None:
        """Forget the fault with this number, or all of them. Raises WrongUsage if there is none with it."""
        if number is not None and number not in {fault.number for fault in self.active}:
            raise WrongUsage(f"there is no fault {number}.", mend="`getty-token faults` lists those there are.")
        self.active = tuple(fault for fault in self.active if number is not None and fault.number != number)

    def take(self, path: str) -> Fault | None:
        """The fault that a request for `path` meets, which is then for one request less."""
        found = next((fault for fault in self.active if fault.fits(path)), None)
        if found is None:
            return None
        met = replace(found, left=found.left and found.left - 1, hits=found.hits + 1)
        kept = (met if fault is found else fault for fault in self.active)
        self.active = tuple(fault for fault in kept if fault.left != 0)
        return found


def _named() -> str:
    *most, last = KINDS
    return f"{', '.join(most)} or {last}"
