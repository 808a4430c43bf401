"""The one contract of all homes of a token, and what each of them can promise."""

from collections.abc import Hashable
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from getty_token.stores.record import Record


class Promise(NamedTuple):
    """What a store can promise, for the table in the documentation and for `store verify`."""

    shared_by: str
    """Who sees one and the same record: `the processes of this machine`."""
    single_flight: bool
    """Whether `refresh_lock` keeps everybody else out, and `put_if` never overwrites what it has not seen."""
    stale_reads: float = 0.0
    """Seconds for which `get` may still give the record from before the last write."""
    remember: float = 0.05
    """Seconds for which a fresh token is used without asking again: reading costs time, quota or money. So much later
    is another's refresh noticed."""


class Held(NamedTuple):
    """What a store holds now. `version` is another after every write; None if nothing is there."""

    record: Record
    version: Hashable = None


class TokenStore(Protocol):
    """
    The home of one account's record.

    What cannot be understood counts as absent, because a token can be had again; only a record that a newer version
    wrote is an error. Every method may raise StoreError, and nothing else.
    """

    @property
    def name(self) -> str:
        """What `status` calls this store. Never with a password."""

    @property
    def promise(self) -> Promise:
        """What it can promise."""

    def get(self) -> Held:
        """The record and its version; an empty record if there is none."""

    def put_if(self, record: Record, version: Hashable) -> bool:
        """Put `record` in place if the store is still at `version` (from `get`); gives whether it was."""

    def clear(self) -> None:
        """Forget the record."""

    def refresh_lock(self, timeout: float) -> AbstractContextManager[None]:
        """
        Held by the one who asks for a new token. A holder that dies or stops lets go within a stated time.

        Raises StoreBusy when nobody let go in the time that `timeout` seconds allow, StoreError if there is no lock.
        """
