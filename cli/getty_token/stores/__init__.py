"""Where a token lives between two commands. One contract; a store is chosen once, by whoever builds a TokenSource."""

from contextlib import AbstractContextManager
from typing import Protocol

from getty_token.stores.record import Record


class TokenStore(Protocol):
    """
    The home of one account's record.

    Every method may raise StoreError, `read` only where carrying on could lose something (a record written by a newer
    version): what cannot be understood counts as absent, because a token can be had again.
    """

    @property
    def name(self) -> str:
        """What `status` calls this store."""

    def read(self) -> Record:
        """The record, an empty one if there is none. Microseconds: it is asked before every request."""

    def write(self, record: Record) -> None:
        """Put `record` in place of whatever is there, for every process at once."""

    def clear(self) -> None:
        """Forget the record."""

    def refresh_lock(self, timeout: float) -> AbstractContextManager[None]:
        """
        Held by the one process that asks for a new token. A holder that dies lets go.

        Raises StoreError after `timeout` seconds.
        """
