"""The bytes of an index: what is kept of each cassette, and how it is laid out. index.py searches them."""

import json
import struct
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from getty_emulator.replay.cassette_file import Placed
from getty_emulator.replay.matching import normalised
from getty_emulator.replay.traits import digest, traits

FORMAT = 3
"""Of the bytes. Anything else than this is made anew."""

MAGIC = b"getty-token index\n"
PATHS = 50
"""How many of the paths in a file are kept, to say what is recorded."""

CHECKSUM = 16
HEADER = struct.Struct("<III")  # length of the JSON, interactions, traits
NAME = struct.Struct(">16sI")  # a digest, and an interaction; big-endian, so that bytes compare as the values do
POSTING = struct.Struct(">QI")  # a trait, and an interaction that has it
ROW = struct.Struct("<IIQQQI16s")


class Stamp(NamedTuple):
    """What a file looked like from outside when it was read: if that is the same, so is what it holds."""

    size: int
    modified: int
    inode: int


class Entry(NamedTuple):
    """An interaction on its way into an index."""

    number: int
    start: int
    end: int
    digest: bytes
    traits: Sequence[int]


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
    return Cassette(name, stamp, entries, dict(paths.most_common(PATHS)))


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
                ROW.pack(file, entry.number, entry.start, entry.end, len(kept), len(entry.traits), entry.digest)
            )
            kept.extend(entry.traits)
            if seen.setdefault(entry.digest, file) == file:
                names.append(NAME.pack(entry.digest, number))
                postings += [POSTING.pack(trait, number) for trait in set(entry.traits)]
    names.sort()
    postings.sort()
    files = [[each.name, *each.stamp, len(each.entries), each.paths] for each in cassettes]
    head = json.dumps({"files": files, "names": len(names), "postings": len(postings)}).encode()
    sizes = HEADER.pack(len(head), len(rows), len(kept))
    content = b"".join((sizes, head, *names, *postings, *rows, _little(kept)))
    return MAGIC + bytes([FORMAT]) + checksum(content) + content


def checksum(content: bytes | memoryview) -> bytes:
    return blake2b(content, digest_size=CHECKSUM).digest()


def _little(numbers: "array[int]") -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
