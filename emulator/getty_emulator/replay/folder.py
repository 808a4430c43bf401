"""Cassette files changed safely: one recorder at a time, and never a half-written file."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from getty_token.errors import CassetteError

LOCK_FILE = ".getty-token.lock"
IGNORED = b"# What getty-token keeps beside the recordings is for this machine alone.\n.getty-token.*\n"
LOCK_TIMEOUT = 30.0
"""Seconds to wait for another recorder. One writes within milliseconds."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """
    Hold `folder` alone, among threads and processes; it is created, for its owner only, if it is not there.

    The lock is the operating system's, so a killed recorder leaves none behind. Raises CassetteError.
    """
    from filelock import FileLock, Timeout  # not for those who only play

    try:
        new = not folder.exists()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if new:
            write_whole(folder / ".gitignore", IGNORED)
        if (folder / LOCK_FILE).is_symlink():
            # To lock a file is to empty it, and a clone may hold a link to any of ours.
            raise OSError(errno.ELOOP, f"{LOCK_FILE} is a symbolic link")
        # A new lock object for each caller: threads that share one would not wait for each other.
        lock = FileLock(folder / LOCK_FILE, timeout=LOCK_TIMEOUT, mode=0o600)
        lock.acquire(poll_interval=0.005)
    except Timeout as error:
        why = f"Another recorder has held {folder} for {LOCK_TIMEOUT:.0f} seconds."
        raise CassetteError("nothing was recorded.", why, "Stop it, or record into another folder.") from error
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path`, readable by its owner only: all of it, or nothing. Raises CassetteError."""
    temporary = None
    try:
        # In the same folder, because a rename across file systems is a copy.
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
        if isinstance(error, OSError):
            raise _unwritable(path.parent, error) from error
        raise


def tidy(folder: Path) -> None:
    """Remove what killed recorders have left half-written, for who holds the lock: nobody is writing now."""
    for left in folder.glob(".*.yaml.*.tmp"):
        with suppress(OSError):
            left.unlink()


def _unwritable(folder: Path, error: OSError) -> CassetteError:
    mend = "Free some space, or make the folder writable, or record into another one."
    return CassetteError(f"nothing was recorded into {folder}.", f"{error.strerror or error}.", mend)
