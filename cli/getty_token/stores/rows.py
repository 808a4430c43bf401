"""
Reading diskcache's database without diskcache: microseconds, read-only, and nothing in it is ever unpickled.

The table is diskcache's (core.py, version 5): `mode` 1 is a value that is in the row as it is.
"""

import sqlite3
from collections.abc import Hashable
from typing import NamedTuple

from getty_token.stores.record import NotARecord

_SELECT = "SELECT value, mode, tag FROM Cache WHERE key = ? AND raw = 1"
_PLAIN = 1


class Row(NamedTuple):
    """What the database has for the account."""

    value: object
    mode: int
    version: Hashable
    """diskcache's tag: a random word that every write chooses anew."""

    def text(self) -> str:
        """Raises NotARecord for anything but text in the row itself: a pickle, or the name of a file."""
        if self.mode != _PLAIN or not isinstance(self.value, str):
            raise NotARecord("no text")
        return self.value


class Reader:
    """One read-only connection and the row it read last, which stands until SQLite says the file has changed."""

    def __init__(self, database: str, key: str, identity: tuple[int, int, int], option: str = "mode=ro") -> None:
        self.identity = identity
        self._key = key
        # All that SQLite asks to be escaped (https://www.sqlite.org/uri.html); urllib would cost more than the read.
        path = database.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        uri = f"file://{path}?{option}"
        self._connection = sqlite3.connect(uri, uri=True, timeout=1, isolation_level=None, check_same_thread=False)
        self._version: int | None = None
        self._row: Row | None = None

    def row(self) -> Row | None:
        # data_version is a read of shared memory; the modification time of cache.db would miss what is in the -wal.
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            try:
                found = self._connection.execute(_SELECT, (self._key,)).fetchone()
            except sqlite3.OperationalError as error:
                if "no such table" not in str(error):
                    raise
                found = None  # another process is just creating the store
            self._row = Row(*found) if found else None
            self._version = version if found else None
        return self._row

    def close(self) -> None:
        self._connection.close()

    def __del__(self) -> None:
        # A store ends with whoever uses it last, and since 3.13 Python complains of a connection that ends like that.
        if hasattr(self, "_connection"):  # it may never have come so far
            self.close()
