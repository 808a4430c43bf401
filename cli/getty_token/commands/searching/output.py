"""
Where results go: standard output as they come, or a file that is there whole or not at all.

While a file is being written it is called FILE.part, and FILE.part.journal has a line for every answer in it. After an
interruption `--resume` goes on from the last line.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TextIO

from getty_token.errors import GettyTokenError, WrongUsage


class Point(NamedTuple):
    """How far a job is: answers up to here are written."""

    question: int
    """The number of the question that is being answered, from 0."""
    page: int
    """The number of the page that comes next; 0 once the question is done."""
    seen: int
    """Images of this question that are written."""
    images: int
    """Images of all questions that are written."""
    result_count: int
    """How many images Getty says this question has."""
    more: Mapping[str, Any] = {}
    """What else Getty says about the question, with its first page."""


class Output(Protocol):
    """Where results go."""

    begun: Sequence[Point]
    """What an earlier run has written, an entry for each question; nothing if we begin."""

    def write(self, text: str, point: Point | None = None) -> None:
        """More text; `point` says how far the job is with it."""


class Stream:
    """Standard output. `clear` is called before each write, lest a progress line stand in the way."""

    def __init__(self, stream: TextIO, clear: Callable[[], None] = lambda: None) -> None:
        self.begun: Sequence[Point] = ()
        self._stream = stream
        self._clear = clear

    def write(self, text: str, point: Point | None = None) -> None:
        self._clear()
        self._stream.write(text)
        self._stream.flush()


class Part:
    """A file in the making."""

    def __init__(self, path: str, part: int, journal: int, begun: Sequence[Point]) -> None:
        self.begun = begun
        self._path = path
        self._part = part
        self._journal = journal
        self._size = os.fstat(part).st_size
        self._marked = False

    def write(self, text: str, point: Point | None = None) -> None:
        data = text.encode(errors="backslashreplace")  # half a surrogate pair, from a broken answer, is no text
        _write(self._part, data)
        self._size += len(data)
        if point:
            self._marked = True
            _write(self._journal, f"{json.dumps([self._size, *point])}\n".encode())

    def abandon(self) -> None:
        """Leave what can be gone on with; where nothing came, no trace."""
        if not (self.begun or self._marked):
            os.unlink(f"{self._path}.part")
            os.unlink(f"{self._path}.part.journal")

    def finish(self) -> None:
        """Put the file in its place."""
        os.fsync(self._part)
        os.replace(f"{self._path}.part", self._path)
        os.unlink(f"{self._path}.part.journal")


@contextlib.contextmanager
def to_file(path: str, job: str, resume: bool) -> Iterator[Output]:
    """
    The output into `path`, which gets its name when the block ends without an error. `job` says what the results are
    of: only the same job can be resumed. A device or a pipe is written to as it is.

    Raises WrongUsage for a path that cannot be, AnotherSearch for another job's part, AlreadyRunning if somebody is at
    it.
    """
    path = os.path.realpath(path)  # else a link would become a file
    if os.path.isdir(path) or not os.path.isdir(os.path.dirname(path)):
        why = "It is a folder." if os.path.isdir(path) else "Its folder does not exist."
        raise WrongUsage(f"cannot write {path}.", why)
    if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        with open(path, "w", encoding="utf-8") as stream:
            yield Stream(stream)
        return
    mark = hashlib.sha256(job.encode()).hexdigest()
    with contextlib.ExitStack() as files:
        part = _opened(files, f"{path}.part")
        journal = _opened(files, f"{path}.part.journal")
        begun = _begun(path, part, journal, mark) if resume else ()
        if not begun:
            os.ftruncate(part, 0)
            os.ftruncate(journal, 0)
            _write(journal, f"{json.dumps(mark)}\n".encode())
        output = Part(path, part, journal, begun)
        try:
            yield output
        except BaseException:
            output.abandon()
            raise
        output.finish()


class AlreadyRunning(GettyTokenError):
    """Another search writes to the same file."""


class AnotherSearch(WrongUsage):
    """What is to be gone on with is of another search: --resume will not do."""


def _opened(files: contextlib.ExitStack, path: str) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise WrongUsage(f"cannot write {path}.", f"{error.strerror}.") from None
    files.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever had it may have finished since we opened it: then ours is the whole file, under its last name.
        if not os.path.samestat(os.fstat(descriptor), os.stat(path)):
            raise FileExistsError
    except OSError:
        raise AlreadyRunning(
            f"another search is writing {path}.", mend="Wait for it, or write to another file."
        ) from None
    return descriptor


def _begun(path: str, part: int, journal: int, mark: str) -> Sequence[Point]:
    """What an earlier run has written, whose part is cut to what its journal says; nothing if there was none."""
    with open(journal, "rb", closefd=False) as file:
        file.seek(0)
        first = file.readline()
        if not first:
            return ()
        if _line(first) != mark:
            raise AnotherSearch(
                f"{path}.part is of another search.",
                "Other phrases, filters, fields, page size or format: its results would be mixed with these.",
                "Give the same options as then, or begin anew without --resume.",
            )
        points: dict[int, Point] = {}
        size, end = 0, file.tell()
        for line in file:
            found = _line(line)
            if not (isinstance(found, list) and len(found) == 1 + len(Point._fields)):
                break  # the last line of a machine that went dark
            size, point = found[0], Point(*found[1:])
            earlier = points.get(point.question, point)
            points[point.question] = point._replace(more=point.more or earlier.more)
            end += len(line)
    os.ftruncate(journal, end)
    if os.fstat(part).st_size < size:
        raise WrongUsage(f"{path}.part is shorter than what was written.", mend="Begin anew, without --resume.")
    os.ftruncate(part, size)
    return [points[number] for number in sorted(points)]


def _line(line: bytes) -> object:
    try:
        return json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
