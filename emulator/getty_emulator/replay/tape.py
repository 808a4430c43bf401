"""A cassette that is being written: where its interactions stand is remembered, so that a change is a splice."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from getty_emulator.replay.cassette_file import Interaction, Placed, placed, read_content
from getty_emulator.replay.folder import write_whole
from getty_emulator.replay.index_bytes import Stamp
from getty_emulator.replay.layout import HEAD, TAIL, serialised
from getty_emulator.replay.matching import normalised
from getty_emulator.replay.shelf import stamp
from getty_emulator.replay.traits import digest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """`new` comes to stand at the place `at` of a cassette; those at the places in `gone` are no longer in it."""

    new: Interaction
    at: int
    gone: Sequence[int] = ()


class Tape:
    """
    The cassette at `path`, opened to write to it by whoever holds the lock of its folder.

    Interactions are known by their place, from 0. Every change writes the whole file beside the old one and puts it in
    its place, so that nobody ever sees half of one; but only what is new is laid out, and nothing is parsed again.
    """

    def __init__(self, path: Path) -> None:
        """Raises CassetteError for a file that is no cassette."""
        self.path = path
        self._stamp: Stamp | None = None
        content = HEAD + TAIL
        if path.exists():
            self._stamp = stamp(path)
            content = read_content(path) or content
        self.content = content
        """The file as it was found, until the first change."""
        self.found = placed(content, path) if content != HEAD + TAIL else []
        """Its interactions, until the first change."""
        self._starts: list[int] = []
        self._digests: list[bytes] = []
        self._in_lines = True
        self._learn(content, self.found)

    def __len__(self) -> int:
        return len(self._digests)

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._starts[-1]

    def unchanged(self) -> bool:
        """Whether the file is still the one that we have read or written."""
        try:
            return stamp(self.path) == self._stamp
        except OSError:
            return self._stamp is None

    def places(self, name: bytes) -> list[int]:
        """Where the recordings of the request of this digest are."""
        return [place for place, each in enumerate(self._digests) if each == name]

    def changed(self, change: Change, piece: bytes) -> bytes:
        """The content of the file after `change`, whose interaction laid out is `piece`."""
        content = read_content(self.path) if self._stamp and self._stamp.size else HEAD + TAIL
        if not self._in_lines:
            return serialised(_after(change, [each.interaction for each in placed(content, self.path)], change.new))
        pieces = _after(change, [content[start:end] for start, end in pairwise(self._starts)], piece)
        return content[: self._starts[0]] + b"".join(pieces) + content[self._starts[-1] :]

    def write(self, content: bytes, change: Change, piece: bytes) -> None:
        """Put `content`, which `changed` has made, in place of the file. Raises CassetteError."""
        write_whole(self.path, content)
        self._stamp = stamp(self.path)
        self.content, self.found = b"", []
        if not self._in_lines:
            self._learn(content, placed(content, self.path))
            return
        start = self._starts[0]
        lengths = _after(change, [end - start for start, end in pairwise(self._starts)], len(piece))
        self._starts = [start, *(start := start + length for length in lengths)]
        self._digests = _after(change, self._digests, digest(normalised(change.new.call)))

    def _learn(self, content: bytes, found: Sequence[Placed]) -> None:
        self._digests = [digest(normalised(each.interaction.call)) for each in found]
        self._starts = [*(each.start for each in found), found[-1].end if found else len(HEAD)]
        # As vcrpy writes it, and so do we. Whatever somebody else's YAML looks like, we write it anew the first time.
        self._in_lines = content == HEAD + TAIL or (
            bool(found)
            and content[: found[-1].end].endswith(b"\n")
            and all(content.startswith(b"- ", each.start) and each.start < each.end for each in found)
        )


def _after(change: Change, before: Sequence[T], new: T) -> list[T]:
    kept: list[T | None] = [None if place in change.gone else each for place, each in enumerate(before)]
    kept.insert(change.at, new)
    return [each for each in kept if each is not None]
