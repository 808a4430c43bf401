"""
The default home: a diskcache store that every process on this machine shares.

diskcache writes; reading goes to the same SQLite file directly and read-only, because opening a diskcache Cache writes
(and waits behind another writer), and because importing it is most of what a `status` would cost.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, NamedTuple

from getty_token.errors import StoreBusy, StoreError
from getty_token.stores.contract import Held, Promise
from getty_token.stores.record import NotARecord, Record, dumps, loads
from getty_token.stores.rows import Reader, Row

STOPPED_AFTER = 12.0
"""Seconds after which the holder of the refresh lock has been stopped: a token request takes 10 at the most."""

_QUARANTINE = "UPDATE OR REPLACE Cache SET key = 'quarantined:' || key WHERE key = ? AND raw = 1 AND tag IS ?"


class DiskStore:
    """
    The record of `account` in `directory`.

    `on_warning` is told what was put aside or could not be read; the tool carries on without it.
    """

    promise = Promise("the processes of this machine that run as you", single_flight=True)

    def __init__(
        self, directory: str | os.PathLike[str], account: str, on_warning: Callable[[str], None] = lambda _: None
    ) -> None:
        self._directory = os.path.abspath(directory)
        self._database = os.path.join(self._directory, "cache.db")
        self._key = f"token:{account}"
        self._lock_file = os.path.join(self._directory, f"refresh-{account}.lock")
        self._on_warning = on_warning
        self._told: set[str] = set()
        self._mutex = threading.Lock()
        self._reader: Reader | None = None
        self._seen: tuple[Row | None, Held] = (None, Held(Record()))

    @property
    def name(self) -> str:
        return f"disk {self._directory}"

    def get(self) -> Held:
        with self._mutex:
            try:
                row = self._row()
            except sqlite3.Error as error:
                self._warn(f"cannot read the token store in {self._directory}: {error}")
                return Held(Record())
            if row is not self._seen[0]:
                self._seen = (row, self._held(row))
            return self._seen[1]

    def _held(self, row: Row | None) -> Held:
        if row is None:
            return Held(Record())
        try:
            return Held(loads(row.text()), row.version)
        except NotARecord:
            self._warn(f"the token store in {self._directory} holds something else than a token; ignoring it")
            return Held(Record(), _Garbage(row.version))

    def put_if(self, record: Record, version: Hashable) -> bool:
        text = dumps(record)
        expected = None if isinstance(version, _Garbage) else version

        def put(cache: Any, begun_anew: bool) -> bool:
            if isinstance(version, _Garbage) and not begun_anew:
                # Whoever wants to know how it came there finds it beside; nobody reads it.
                with closing(sqlite3.connect(self._database, timeout=5)) as connection, connection:
                    connection.execute(_QUARANTINE, (self._key, version.version))
            with cache.transact():  # nobody else writes from here on, so what is read now is what stands
                if not begun_anew and cache.get(self._key, tag=True)[1] != expected:
                    return False
                cache.set(self._key, text, tag=os.urandom(8).hex())
                return True

        return bool(self._change(put))

    def _warn(self, message: str) -> None:
        if message not in self._told:  # it is read many times, and once is enough
            self._told.add(message)
            self._on_warning(message)

    def clear(self) -> None:
        if os.path.exists(self._database):
            self._change(lambda cache, _: [cache.delete(key) for key in (self._key, f"quarantined:{self._key}")])

    def close(self) -> None:
        """Let go of the file."""
        with self._mutex:
            if self._reader and self._reader.identity[2] == os.getpid():
                self._reader.close()
            self._reader = None

    def _row(self) -> Row | None:
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
            self._reader = Reader(self._database, self._key, identity)
        try:
            return self._reader.row()
        except sqlite3.OperationalError:
            log = f"{self._database}-wal"
            if os.path.exists(log) and os.path.getsize(log):
                raise
            # A full or read-only disk has no room for the -shm file that reading takes; with nothing in the -wal file
            # the database is whole as it is.
            with closing(Reader(self._database, self._key, identity, "immutable=1")) as reader:
                return reader.row()

    @contextmanager
    def refresh_lock(self, timeout: float) -> Iterator[None]:
        # An operating system lock: diskcache's own survives a kill -9 of its holder for ever.
        from filelock import FileLock, Timeout

        self._make_directory()
        lock = FileLock(self._lock_file, mode=0o600, thread_local=False)
        try:
            try:
                lock.acquire(timeout=timeout)
            except Timeout:
                # One that was killed has let go; one that was stopped has not. Whoever comes first puts a new lock in
                # the place of his; what he writes when he goes on, `put_if` refuses. All who waited go on with the new
                # lock, for the one who has it now will get their token.
                with FileLock(f"{self._lock_file}.take-over", timeout=timeout, mode=0o600):
                    self._pass_over_if_stopped()
                lock.acquire(timeout=timeout)
            os.utime(self._lock_file)  # since when it is held
        except Timeout:
            raise StoreBusy(
                f"another getty-token has been asking for a token for more than {timeout:.0f} s.",
                f"It holds {self._lock_file}.",
                "Try again; if it lasts, look for a stopped process (`ps`) and end it.",
            ) from None
        except OSError as error:
            raise self._unusable(error) from error
        try:
            yield
        finally:
            lock.release()

    def _pass_over_if_stopped(self) -> None:
        with suppress(FileNotFoundError):  # somebody else has just done it
            held_for = time.time() - os.path.getmtime(self._lock_file)
            # From the future: the clock was set back, and `timeout` seconds are over all the same.
            if not 0 <= held_for < STOPPED_AFTER:
                os.unlink(self._lock_file)

    def _change(self, change: Callable[[Any, bool], object]) -> object:
        """Let `change` have the cache; once more with one begun anew if SQLite finds this one damaged."""
        import diskcache

        from getty_token.stores.text_only import TextOnly

        def once(begun_anew: bool) -> object:
            # Made before SQLite does it with the umask's mode; the -wal and -shm files copy the mode of this one.
            os.close(os.open(self._database, os.O_CREAT | os.O_RDWR, 0o600))
            with diskcache.Cache(self._directory, disk=TextOnly, eviction_policy="none", timeout=5) as cache:
                return change(cache, begun_anew)

        self._make_directory()
        try:
            try:
                return once(begun_anew=False)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                self._put_aside(error)
                return once(begun_anew=True)
        except (OSError, sqlite3.Error, diskcache.Timeout) as error:
            raise self._unusable(error) from error

    def _put_aside(self, error: Exception) -> None:
        broken = f"{self._database}.broken"
        os.replace(self._database, broken)
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.unlink(f"{self._database}{suffix}")
        self._warn(f"the token store was damaged ({error}); it is now {broken} and a new one was begun")

    def _make_directory(self) -> None:
        try:
            os.makedirs(self._directory, mode=0o700, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        self._check_private()

    def _check_private(self) -> None:
        for path in (self._directory, self._database):
            try:
                stat = os.stat(path)
            except FileNotFoundError:
                continue
            if stat.st_uid != os.getuid():
                raise StoreError(
                    f"{path} belongs to another user.",
                    "An access token is kept there; `sudo` may have made it.",
                    f"Run `sudo chown {os.getuid()} '{path}'`.",
                )
            if stat.st_mode & 0o077:
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


_FORKED: list[Reader] = []
"""Connections of our parent process: SQLite wants them left alone, and dropping the last reference would close them."""


class _Garbage(NamedTuple):
    """The version of what is no record."""

    version: Hashable
