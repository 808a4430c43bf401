"""The homes that the conformance suite goes through, and what it has to know of each."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

from getty_token.stores.contract import TokenStore

_SERVER = pytest.mark.stores
"""It starts a server of its own."""

HOMES = {
    "memory": [],
    "disk": [],
    "redis": [_SERVER],
    "dynamodb_moto": [_SERVER],
    "dynamodb_dynalite": [_SERVER],
    "workers_kv": [_SERVER],
    "netlify_blobs": [_SERVER],
}
"""The names of the fixtures, and how they are marked."""
CLOSED = {"memory"}
"""Homes where no other program can put anything."""
LOCKED = {"memory", "disk"}
"""Homes whose refresh lock is the operating system's and not a lease; they need no network either."""
EVENTUAL = {"workers_kv"}
"""Homes that promise no single flight."""


def some(without: Collection[str] = ()) -> list[Any]:
    """The homes, as parameters of a fixture."""
    return [pytest.param(name, marks=marks) for name, marks in HOMES.items() if name not in without]


class Opens(Protocol):
    """Opens the store of an account: every time a client of its own, for one and the same place."""

    def __call__(self, account: str, on_warning: Callable[[str], None] = ..., /) -> TokenStore: ...


@dataclass(frozen=True, kw_only=True)
class Home:
    """A place where stores live, up and running."""

    open_store: Opens
    """If processes share this home, it can be pickled: other processes open stores with it."""
    processes: bool = True
    """Whether processes share this home; else only the threads of one."""
    plant: Callable[[str, bytes], None] | None = None
    """Puts bytes where an account's record should be, as another program would. None where no other can."""
    end_lease: Callable[[str], None] | None = None
    """Lets the lease of an account run out now. None where the refresh lock is not a lease."""
    open_unreachable: Opens | None = None
    """Opens a store where nobody listens, with test-password as password if there is one. None without a network."""
