"""An index over the cassettes of a folder, as bytes that are searched where they lie."""

import json
import struct
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from getty_emulator.replay.index_bytes import (
    CHECKSUM,
    FORMAT,
    HEADER,
    MAGIC,
    NAME,
    POSTING,
    ROW,
    Entry,
    Stamp,
    checksum,
)
from getty_emulator.replay.traits import distance

LIKELY = 500
"""How many recordings are compared at most to find the nearest: those that share what is rarest come first."""

Buffer = bytes | memoryview


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


class BadIndex(Exception):
    """The bytes are no index, or one of another format."""


class Index:
    """
    Searches the bytes that `index_bytes.built` makes. Interactions are known by their place in it, from 0.

    Raises BadIndex for bytes that it has not made, or that are not as it made them.
    """

    def __init__(self, data: Buffer) -> None:
        view = memoryview(data)
        start = len(MAGIC) + 1
        try:
            if bytes(view[:start]) != MAGIC + bytes([FORMAT]):
                raise BadIndex
            told, start = view[start : start + CHECKSUM], start + CHECKSUM
            if told != checksum(view[start:]):
                raise BadIndex
            length, rows, kept = HEADER.unpack_from(view, start)
            start += HEADER.size
            head = json.loads(bytes(view[start : start + length]))
            self.files = [(str(name), Stamp(*stamp), int(count)) for name, *stamp, count, _ in head["files"]]
            self.paths_of = [dict(paths) for *_, paths in head["files"]]
            names, postings = int(head["names"]), int(head["postings"])
        except (ValueError, TypeError, KeyError, struct.error) as error:
            raise BadIndex from error
        start += length
        self._names = _Table(view, start, NAME, names)
        self._postings = _Table(view, self._names.end, POSTING, postings)
        self._rows = _Table(view, self._postings.end, ROW, rows)
        self._traits = view[self._rows.end :]
        if len(self._traits) != kept * 8:
            raise BadIndex

    def __len__(self) -> int:
        """How many interactions can be found: one that an earlier file answers cannot."""
        return len(self._names)

    def row(self, interaction: int) -> Row:
        """What is known of `interaction`."""
        return Row(*ROW.unpack(self._rows[interaction]))

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
