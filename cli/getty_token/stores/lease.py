"""
The refresh lock of a store on the network: a lease.

A lock that its holder's death opens needs an operating system in between. A lease needs none: it runs out by itself.
"""

import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from getty_token.errors import StoreBusy, StoreError

LEASE = 12.0
"""
Seconds until a lease runs out. A token request may take 10; a holder that died or stopped is in the way for 12, and
those who wait (source.LOCK_TIMEOUT) wait longer than that.
"""
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.25
"""Seconds between two attempts: a token request takes about half a second, and some stores charge for each attempt."""


class Leases(Protocol):
    """What a store does so that there can be a lease. Both may raise StoreError."""

    def take(self, holder: str, seconds: float) -> bool:
        """Let `holder` have the lease for `seconds` if nobody has it; gives whether nobody had. Atomic."""

    def give_back(self, holder: str) -> None:
        """End the lease, but only if it is still `holder`'s. Atomic."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How to wait. The clock need not know the date, and must not jump when somebody sets the time."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@contextmanager
def held(
    leases: Leases,
    timeout: float,
    *,
    name: str,
    on_warning: Callable[[str], None],
    waiting: Waiting = Waiting(),
) -> Iterator[None]:
    """
    Hold the lease of the store called `name`, for LEASE seconds at the most.

    Raises StoreBusy after `timeout` seconds of waiting. A lease that cannot be given back is a warning: what was done
    under it is done, and the lease runs out.
    """
    holder = secrets.token_hex(16)
    _take(leases, holder, timeout, name, waiting)
    try:
        yield
    finally:
        try:
            leases.give_back(holder)
        except StoreError as error:
            on_warning(f"others may have to wait up to {LEASE:.0f} s for a token: {error.sentence}")


def _take(leases: Leases, holder: str, timeout: float, name: str, waiting: Waiting) -> None:
    deadline = waiting.clock() + timeout
    pause = FIRST_PAUSE
    while not leases.take(holder, LEASE):
        left = deadline - waiting.clock()
        if left <= 0:
            raise StoreBusy(
                f"somebody else has been asking for a token for more than {timeout:.0f} s.",
                f"They hold the refresh lock in the token store ({name}).",
                f"Try again: the lock of one that died opens by itself within {LEASE:.0f} s.",
            )
        # Random, lest those who began to wait together go on asking together.
        waiting.sleep(min(left, random.uniform(pause / 2, pause)))  # noqa: S311 - not a secret
        pause = min(2 * pause, LONGEST_PAUSE)
