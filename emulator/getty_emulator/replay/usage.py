"""Which recordings a run has played, noted as it goes, so that what nobody plays can be thrown away."""

import os
import time
from contextlib import suppress
from pathlib import Path

USAGE_FILE = ".getty-token.used"


class Usage:
    """
    The note of one run about the cassettes of `folder`: a line for each interaction, when it is first played.

    Written at once and unbuffered, some microseconds each: a run that is killed has noted all it played. Runs that
    share a name, such as the workers of one test run, share a note; any other begins a new one. A folder that cannot
    be written to is simply not noted.
    """

    def __init__(self, folder: Path, run: str = "") -> None:
        self._path = folder / USAGE_FILE
        self._run = run or f"{os.getpid()} {time.time():.0f}"
        self._file: int | None = None

    def note(self, digest: bytes, place: int) -> None:
        """The recording of the request of this `digest` was played, the one at `place` in its sequence."""
        with suppress(OSError):
            if self._file is None:
                self._file = self._opened()
            os.write(self._file, f"{digest.hex()} {place}\n".encode())

    def close(self) -> None:
        """Note nothing more."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _opened(self) -> int:
        head = f"run {self._run}\n".encode()
        with suppress(OSError):
            with self._path.open("rb") as file:
                same = file.readline() == head
            if not same:
                self._path.unlink()
        # To its end, so that those who share it do not overwrite each other.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if os.fstat(descriptor).st_size == 0:
            os.write(descriptor, head)
        return descriptor


def used(folder: Path) -> set[tuple[bytes, int]] | None:
    """What the last run played: the request's digest, and the place in its sequence. None if no run has noted any."""
    try:
        lines = (folder / USAGE_FILE).read_text().splitlines()[1:]
    except (OSError, UnicodeDecodeError):
        return None
    found = set()
    for line in lines:
        name, _, place = line.partition(" ")
        with suppress(ValueError):  # a run that was killed may have written half a line
            found.add((bytes.fromhex(name), int(place)))
    return found
