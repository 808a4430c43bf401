"""An index over the cassettes of a folder, as bytes that are searched where they lie."""

import json
import struct
import sys
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from getty_emulator.replay.cassette_file import Placed
from getty_emulator.replay.matching import normalised
from getty_emulator.replay.traits import digest, distance, traits

FORMAT = 3
"""Of the bytes. Anything else than this is made anew."""

LIKELY = 500
"""How many recordings are compared at most to find the nearest: those that share what is rarest come first."""

_MAGIC = b"getty-token index\n"
_CHECKSUM = 16
_HEADER = struct.Struct("<III")  # length of the JSON, interactions, traits
_NAME = struct.Struct(">16sI")  # a digest, and an interaction; big-endian, so that bytes compare as the values do
_POSTING = struct.Struct(">QI")  # a trait, and an interaction that has it
_ROW = struct.Struct("<IIQQQI16s")

Buffer = bytes | memoryview


class Stamp(NamedTuple):
    """What a file looked like from outside when it was read: if that is the same, so is what it holds."""

    size: int
    modified: int
    inode: int


class Row(NamedTuple):
    """
    An interaction: the number of its file, its own within the file from 1, where it stands there in bytes, where its
    traits are, how many, and the digest of its request.
    """

    file: int
    number: int
    start: int
    end: int
    traits: int
    length: int
    digest: bytes


class Entry(NamedTuple):
    """An interaction on its way into an index."""

    number: int
    start: int
    end: int
    digest: bytes
    traits: Sequence[int]


class BadIndex(Exception):
    """The bytes are no index, or one of another format."""


class Cassette(NamedTuple):
    """A file that is to be in an index. `paths` counts what was asked for in it."""

    name: str
    stamp: Stamp
    entries: Sequence[Entry]
    paths: dict[str, int]


def cassette(name: str, stamp: Stamp, read: Iterable[Placed]) -> Cassette:
    """What an index keeps of the file `name`."""
    entries, paths = [], Counter[str]()
    for number, each in enumerate(read, start=1):
        request = normalised(each.interaction.call)
        paths[request.path] += 1
        entries.append(Entry(number, each.start, each.end, digest(request), traits(request)))
    return Cassette(name, stamp, entries, dict(paths.most_common(_PATHS)))


_PATHS = 50
"""How many of the paths in a file are kept, to say what is recorded."""


def built(cassettes: Sequence[Cassette]) -> bytes:
    """The index of `cassettes`, of which the first that holds a request answers it."""
    names: list[bytes] = []
    rows: list[bytes] = []
    postings: list[bytes] = []
    kept = array("Q")
    seen: dict[bytes, int] = {}
    for file, each in enumerate(cassettes):
        for entry in each.entries:
            number = len(rows)
            rows.append(
                _ROW.pack(file, entry.number, entry.start, entry.end, len(kept), len(entry.traits), entry.digest)
            )
            kept.extend(entry.traits)
            if seen.setdefault(entry.digest, file) == file:
                names.append(_NAME.pack(entry.digest, number))
                postings += [_POSTING.pack(trait, number) for trait in set(entry.traits)]
    names.sort()
    postings.sort()
    files = [[each.name, *each.stamp, len(each.entries), each.paths] for each in cassettes]
    head = json.dumps({"files": files, "names": len(names), "postings": len(postings)}).encode()
    sizes = _HEADER.pack(len(head), len(rows), len(kept))
    content = b"".join((sizes, head, *names, *postings, *rows, _little(kept)))
    return _MAGIC + bytes([FORMAT]) + _checksum(content) + content


class Index:
    """
    Searches the bytes of `built`. Interactions are known by their place in it, from 0.

    Raises BadIndex for bytes that `built` has not made, or that are not as it made them.
    """

    def __init__(self, data: Buffer) -> None:
        view = memoryview(data)
        start = len(_MAGIC) + 1
        try:
            if bytes(view[:start]) != _MAGIC + bytes([FORMAT]):
                raise BadIndex
            checksum, start = view[start : start + _CHECKSUM], start + _CHECKSUM
            if checksum != _checksum(view[start:]):
                raise BadIndex
            length, rows, kept = _HEADER.unpack_from(view, start)
            start += _HEADER.size
            head = json.loads(bytes(view[start : start + length]))
            self.files = [(str(name), Stamp(*stamp), int(count)) for name, *stamp, count, _ in head["files"]]
            self.paths_of = [dict(paths) for *_, paths in head["files"]]
            names, postings = int(head["names"]), int(head["postings"])
        except (ValueError, TypeError, KeyError, struct.error) as error:
            raise BadIndex from error
        start += length
        self._names = _Table(view, start, _NAME, names)
        self._postings = _Table(view, self._names.end, _POSTING, postings)
        self._rows = _Table(view, self._postings.end, _ROW, rows)
        self._traits = view[self._rows.end :]
        if len(self._traits) != kept * 8:
            raise BadIndex

    def __len__(self) -> int:
        """How many interactions can be found: one that an earlier file answers cannot."""
        return len(self._names)

    def row(self, interaction: int) -> Row:
        """What is known of `interaction`."""
        return Row(*_ROW.unpack(self._rows[interaction]))

    def paths(self) -> Counter[str]:
        """What was asked for, and how often."""
        return sum((Counter[str](paths) for paths in self.paths_of), Counter[str]())

    def find(self, name: bytes) -> list[int]:
        """The recordings of the request with this digest, in the order in which they play."""
        first = bisect_left(self._names, name)
        return [number for _, number in self._names.run(first, name)]

    def digests(self) -> Iterator[bytes]:
        """The requests that are recorded, each as often as it is."""
        return (self._names[number][:16] for number in range(len(self._names)))

    def nearest(self, wanted: Sequence[int]) -> tuple[int, int] | None:
        """
        The recording at the same path, or of the same operation, that is least different from a request of these
        traits: how different it is, and which. None if there is none.
        """
        place = next((trait for trait in wanted[:2] if self._having(trait)), None)
        if place is None:
            return None
        sought = set(wanted)
        likely = ((number, self._of(number)) for number in islice(self._likely(wanted, place), LIKELY))
        return min(((distance(sought, theirs), number) for number, theirs in likely if place in theirs), default=None)

    def entries(self, file: int) -> list[Entry]:
        """All that is kept of the file of this number, to be put into another index."""
        found = []
        for number in range(sum(count for *_, count in self.files[:file]), len(self._rows)):
            row = self.row(number)
            if row.file != file:
                break
            found.append(Entry(row.number, row.start, row.end, row.digest, self._in_order(row)))
        return found

    def _likely(self, wanted: Sequence[int], place: int) -> Iterator[int]:
        """Each recording that shares anything once, those first that share what few have."""
        seen: set[int] = set()
        rarest = sorted(range(len(wanted)), key=lambda each: self._having(wanted[each]))
        for each in (*(wanted[index] for index in rarest), place):
            for number in self._with(each):
                if number not in seen:
                    seen.add(number)
                    yield number

    def _having(self, trait: int) -> int:
        """How many recordings have `trait`."""
        after = bisect_left(self._postings, (trait + 1).to_bytes(8)) if trait < 2**64 - 1 else len(self._postings)
        return after - bisect_left(self._postings, trait.to_bytes(8))

    def _with(self, trait: int) -> Iterator[int]:
        """The recordings that have `trait`, in their order."""
        name = trait.to_bytes(8)
        return (number for _, number in self._postings.run(bisect_left(self._postings, name), name))

    def _of(self, interaction: int) -> set[int]:
        return set(self._in_order(self.row(interaction)))

    def _in_order(self, row: Row) -> list[int]:
        return list(struct.unpack_from(f"<{row.length}Q", self._traits, row.traits * 8))


class _Table(Sequence[bytes]):
    """Rows of one size in a buffer. Read as bytes, so that bisect compares them without taking them apart."""

    __slots__ = ("_row", "_size", "_start", "_view", "end")

    def __init__(self, view: memoryview, start: int, row: struct.Struct, size: int) -> None:
        self._view, self._start, self._row, self._size = view, start, row, size
        self.end = start + row.size * size
        if size < 0 or self.end > len(view):
            raise BadIndex

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, number: int) -> bytes:  # type: ignore[override]
        start = self._start + number * self._row.size
        return bytes(self._view[start : start + self._row.size])

    def run(self, first: int, prefix: bytes) -> Iterator[tuple[bytes | int, int]]:
        """The rows from `first` on that begin with `prefix`, taken apart."""
        for number in range(first, self._size):
            row = self[number]
            if not row.startswith(prefix):
                return
            yield self._row.unpack(row)


def _checksum(content: Buffer) -> bytes:
    return blake2b(content, digest_size=_CHECKSUM).digest()


def _little(numbers: "array[int]") -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
