"""
The default home: a diskcache store that every process on this machine shares.

diskcache writes; reading goes to the same SQLite file directly and read-only, because opening a diskcache Cache writes
(and waits behind another writer), and because importing it is most of what a `status` would cost.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from getty_token.errors import StoreError
from getty_token.stores.record import NotARecord, Record, dumps, loads

KEEP = 86_400.0
"""Seconds after which diskcache may drop a record nobody has renewed."""

_SELECT = "SELECT value FROM Cache WHERE key = ? AND raw = 1 AND mode = 1"  # mode 1: a plain SQLite value, no pickle


class DiskStore:
    """
    The record of `account` in `directory`.

    `on_warning` is told what was put aside or could not be read; the tool carries on without it.
    """

    def __init__(self, directory: Path, account: str, on_warning: Callable[[str], None] = lambda _: None) -> None:
        self._directory = directory
        self._database = directory / "cache.db"
        self._key = f"token:{account}"
        self._lock_file = directory / f"refresh-{account}.lock"
        self._warn = on_warning
        self._mutex = threading.Lock()
        self._reader: _Reader | None = None

    @property
    def name(self) -> str:
        return f"disk {self._directory}"

    def read(self) -> Record:
        with self._mutex:
            try:
                text = self._text()
            except sqlite3.Error as error:
                self._warn(f"cannot read the token store in {self._directory}: {error}")
                return Record()
            if text is None:
                return Record()
            try:
                return loads(text)
            except NotARecord:
                self._warn(f"the token store in {self._directory} holds something else than a token; ignoring it")
                return Record()

    def _text(self) -> str | None:
        try:
            stat = os.stat(self._database)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from error
        identity = (stat.st_dev, stat.st_ino, os.getpid())
        if self._reader is None or self._reader.identity != identity:
            self._check_private()
            if self._reader and self._reader.identity[2] == identity[2]:
                self._reader.close()
            elif self._reader:
                _FORKED.append(self._reader)
            self._reader = _Reader(self._database, self._key, identity)
        try:
            return self._reader.text()
        except sqlite3.OperationalError:
            log = self._database.with_name("cache.db-wal")
            if log.exists() and log.stat().st_size:
                raise
            # A full or read-only disk has no room for the -shm file that reading takes; with nothing in the -wal file
            # the database is whole as it is.
            with closing(_Reader(self._database, self._key, identity, "immutable=1")) as reader:
                return reader.text()

    def write(self, record: Record) -> None:
        text = dumps(record)
        self._change(lambda cache: cache.set(self._key, text, expire=KEEP))

    def clear(self) -> None:
        if self._database.exists():
            self._change(lambda cache: cache.delete(self._key))

    @contextmanager
    def refresh_lock(self, timeout: float) -> Iterator[None]:
        # An operating system lock: diskcache's own survives a kill -9 of its holder for ever.
        from filelock import FileLock, Timeout

        self._make_directory()
        lock = FileLock(self._lock_file, timeout=timeout, mode=0o600, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise StoreError(
                f"another getty-token has been asking for a token for more than {timeout:.0f} s.",
                f"It holds {self._lock_file}.",
                "Look for a stopped process (`ps`), end it and try again.",
            ) from None
        except OSError as error:
            raise self._unusable(error) from error
        try:
            yield
        finally:
            lock.release()

    def _change(self, change: Callable[[Any], object]) -> None:
        """Let `change` have the cache; once more with a new one if SQLite finds this one damaged."""
        import diskcache

        from getty_token.stores.text_only import TextOnly

        def once() -> None:
            # Made before SQLite does it with the umask's mode; the -wal and -shm files copy the mode of this one.
            os.close(os.open(self._database, os.O_CREAT | os.O_RDWR, 0o600))
            with diskcache.Cache(str(self._directory), disk=TextOnly, eviction_policy="none", timeout=5) as cache:
                change(cache)

        self._make_directory()
        try:
            try:
                once()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                self._put_aside(error)
                once()
        except (OSError, sqlite3.Error, diskcache.Timeout) as error:
            raise self._unusable(error) from error

    def _put_aside(self, error: Exception) -> None:
        broken = self._database.with_name(f"{self._database.name}.broken")
        os.replace(self._database, broken)
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.unlink(f"{self._database}{suffix}")
        self._warn(f"the token store was damaged ({error}); it is now {broken} and a new one was begun")

    def _make_directory(self) -> None:
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        self._check_private()

    def _check_private(self) -> None:
        for path in (self._directory, self._database):
            try:
                stat = os.stat(path)
            except FileNotFoundError:
                continue
            if stat.st_mode & 0o077 or stat.st_uid != os.getuid():
                mode = "700" if path == self._directory else "600"
                raise StoreError(
                    f"others on this machine can read {path}.",
                    "An access token is kept there.",
                    f"Run `chmod {mode} '{path}'`, then `getty-token refresh --force`.",
                )

    def _unusable(self, error: Exception) -> StoreError:
        return StoreError(
            f"cannot use the token store in {self._directory}.",
            f"{str(error) or type(error).__name__}.",
            "Free or mend that folder, or point XDG_CACHE_HOME at another one.",
        )


_FORKED: list["_Reader"] = []
"""Connections of our parent process: SQLite wants them left alone, and dropping the last reference would close them."""


class _Reader:
    """One read-only connection and the text it read last, which stands until SQLite says the file has changed."""

    def __init__(self, database: Path, key: str, identity: tuple[int, int, int], how: str = "mode=ro") -> None:
        self.identity = identity
        self._key = key
        uri = f"{database.as_uri()}?{how}"
        self._connection = sqlite3.connect(uri, uri=True, timeout=1, isolation_level=None, check_same_thread=False)
        self._version: int | None = None
        self._text: str | None = None

    def text(self) -> str | None:
        # data_version is a read of shared memory; the modification time of cache.db would miss what is in the -wal.
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            try:
                row = self._connection.execute(_SELECT, (self._key,)).fetchone()
            except sqlite3.OperationalError as error:
                if "no such table" not in str(error):
                    raise
                row = None  # another process is just creating the store
            self._text = row[0] if row and isinstance(row[0], str) else None
            self._version = version if row else None
        return self._text

    def close(self) -> None:
        self._connection.close()
