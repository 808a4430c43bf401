"""A home for tests and for comparison: this process's memory."""

import os
import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from getty_token.errors import StoreBusy
from getty_token.stores.contract import Held, Promise
from getty_token.stores.record import Record


class MemoryStore:
    """
    A record in memory: what a variable in a serverless function's file gives you.

    All threads of the process share it, and nobody else does. Each instance of a function has one of its own, so each
    makes a token request of its own, and forgets the token when the platform puts the instance away.
    """

    name = "memory"
    promise = Promise("the threads of one process", single_flight=True)

    def __init__(self) -> None:
        self._held = Held(Record())
        self._writes = 0  # never back to 0, not even by `clear`: a version must not come twice
        self._changing = threading.Lock()
        self._refreshing = threading.Lock()
        self._process = os.getpid()

    def get(self) -> Held:
        return self._held

    def put_if(self, record: Record, version: Hashable) -> bool:
        with self._changing:
            if self._held.version != version:
                return False
            self._writes += 1
            self._held = Held(record, self._writes)
            return True

    def clear(self) -> None:
        with self._changing:
            self._held = Held(Record())

    @contextmanager
    def refresh_lock(self, timeout: float) -> Iterator[None]:
        if self._process != os.getpid():
            # We are a forked child: what a thread of our parent held stays held here for ever.
            self._refreshing, self._process = threading.Lock(), os.getpid()
        refreshing = self._refreshing
        if not refreshing.acquire(timeout=timeout):
            raise StoreBusy(
                f"another thread has been asking for a token for more than {timeout:.0f} s.",
                "The token is kept in memory, and only one thread at a time asks for it.",
                "Try again, or end this program if it is stuck.",
            )
        try:
            yield
        finally:
            refreshing.release()
