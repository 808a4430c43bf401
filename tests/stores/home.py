"""What the conformance suite has to know of a home of the token."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from getty_token.stores.contract import TokenStore


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
