"""Which recordings a run has played or made, noted as it goes, so that what nobody plays can be thrown away."""

import os
import time
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

USAGE_FILE = ".getty-token.used"

LARGEST = 4 * 1024 * 1024
"""Bytes of notes. A run that finds more begins a new file."""


class Usage:
    """
    The note of one run about the cassettes of `folder`: a line for each interaction, when it is first
    played, and when it is recorded.

    Lines are appended at once and unbuffered, some microseconds each: a run that is killed has noted all it played, and
    runs that go on at the same time do not overwrite each other. Those that share a name, such as the workers of one
    test run, are one. A folder that cannot be written to is simply not noted.
    """

    def __init__(self, folder: Path, run: str = "") -> None:
        self._path = folder / USAGE_FILE
        name = run or f"{os.getpid()} {time.time()}"
        self._run = blake2b(name.encode(), digest_size=6).hexdigest()
        self._file: int | None = None

    @classmethod
    def joining(cls, folder: Path) -> "Usage | None":
        """The note of the last run, to add to it what belongs to no run of its own; None if there was none."""
        if not (lines := _lines(folder)):
            return None
        usage = cls(folder)
        usage._run = lines[-1][0]
        return usage

    def note(self, digest: bytes, place: int) -> None:
        """The recording of the request of this `digest` was played or made, the one at `place` in its sequence."""
        with suppress(OSError):
            if self._file is None:
                self._file = self._opened()
            os.write(self._file, f"{self._run} {digest.hex()} {place}\n".encode())

    def close(self) -> None:
        """Note nothing more."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _opened(self) -> int:
        with suppress(OSError):
            if self._path.stat().st_size > LARGEST:
                self._path.unlink()
        # Nobody's clone may point it at another file of ours.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        return os.open(self._path, flags, 0o600)


def used(folder: Path) -> set[tuple[bytes, int]] | None:
    """
    What the last run played or recorded: the request's digest, and the place in its sequence; None if there was none.

    The last run is the one that noted something last.
    """
    if not (lines := _lines(folder)):
        return None
    last = lines[-1][0]
    found = set()
    for run, name, place in lines:
        with suppress(ValueError):
            if run == last:
                found.add((bytes.fromhex(name), int(place)))
    return found


def _lines(folder: Path) -> list[list[str]]:
    try:
        content = (folder / USAGE_FILE).read_text()
    except (OSError, UnicodeDecodeError):
        return []
    # What a killed run has written of its last line is no line.
    lines = (line.split() for line in content.splitlines(keepends=True) if line[-1] == "\n")
    return [fields for fields in lines if len(fields) == 3]
