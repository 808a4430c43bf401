"""A folder of cassettes, opened without reading them: an index says where each interaction stands."""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from getty_emulator.replay.cassette_file import MAX_BYTES, Interaction, interaction_in, read_interactions, read_placed
from getty_emulator.replay.folder import write_whole
from getty_emulator.replay.index import BadIndex, Index
from getty_emulator.replay.index_bytes import Cassette, Stamp, built, cassette
from getty_emulator.replay.matching import normalised
from getty_emulator.replay.traits import digest
from getty_token.errors import CassetteError

CACHE_FILE = ".getty-token.index"
"""The index, kept beside the cassettes. It is made anew when they have changed, and may be deleted at any time."""

CACHED_FROM = 256 * 1024
"""Bytes of cassettes. Fewer are read in a few milliseconds, and a folder stays free of what nobody needs."""


ENDINGS = (".yaml", ".yml")


class Shelf:
    """The cassettes of `folder`, found by the digest of a request, read from their files when they are asked for."""

    def __init__(self, folder: Path, index: Index) -> None:
        self.folder = folder
        self.index = index

    @classmethod
    def open(cls, folder: Path, on_warning: Callable[[str], None]) -> "Shelf":
        """The cassettes of `folder` as they are now. A file that cannot be used is told to `on_warning`."""
        known = _cached(folder) or Index(built(()))
        places = {(name, stamp): number for number, (name, stamp, _) in enumerate(known.files)}
        found: list[Cassette | int] = []
        stamps: list[Stamp] = []
        for path in cassettes(folder, on_warning):
            name = path.relative_to(folder).as_posix()
            try:
                now = stamp(path)
                place = places.get((name, now))
                found.append(cassette(name, now, read_placed(path)) if place is None else place)
                stamps.append(now)
            except CassetteError as error:
                on_warning(error.sentence)
            except OSError:
                continue  # it has gone since we looked
        if found == list(range(len(known.files))):
            return cls(folder, known)
        data = built([_again(known, each) if isinstance(each, int) else each for each in found])
        if sum(each.size for each in stamps) >= CACHED_FROM:
            # A folder that is not ours to write to is as good: we read it again next time.
            with suppress(CassetteError):
                write_whole(folder / CACHE_FILE, data)
        return cls(folder, Index(data))

    def __len__(self) -> int:
        return len(self.index)

    def name(self, number: int) -> str:
        """The name of the file that holds this interaction."""
        return self.index.files[self.index.row(number).file][0]

    def interaction(self, number: int) -> Interaction | None:
        """
        The interaction of this number in the index, as its file has it now; None if that no longer has one.

        The index only points: somebody may have edited the file since, and what stands there is believed.
        """
        row = self.index.row(number)
        name = self.index.files[row.file][0]
        found = interaction_in(self._piece(name, row.start, row.end), name, row.number)
        if found and digest(normalised(found.call)) == row.digest:
            return found
        try:
            every = read_interactions(self.folder / name)
        except CassetteError:
            return None
        same = [each for each in every if digest(normalised(each.call)) == row.digest]
        place = self.index.find(row.digest).index(number) if same else 0
        return same[min(place, len(same) - 1)] if same else None

    def _piece(self, name: str, start: int, end: int) -> bytes:
        with suppress(OSError), (self.folder / name).open("rb") as file:
            file.seek(start)
            return file.read(min(end - start, MAX_BYTES)) if end > start else b""
        return b""


def cassettes(folder: Path, on_warning: Callable[[str], None]) -> list[Path]:
    """
    The cassettes in `folder` and in the folders in it, in the order in which they play.

    One level deep, as pytest-recording lays them out: a folder for each module of tests. If it cannot be read,
    `on_warning` is told.
    """
    try:
        # Names that begin with a dot are half-written files and what macOS leaves on foreign disks.
        seen = [path for path in folder.iterdir() if path.name[0] != "."]
        inner = [path for path in seen if path.suffix not in ENDINGS and path.is_dir()]
        seen += [path for below in inner for path in below.iterdir() if path.name[0] != "."]
        return sorted(path for path in seen if path.suffix in ENDINGS)
    except OSError as error:
        on_warning(f"no cassettes from {folder}: {error.strerror}.")
        return []


def stamp(path: Path) -> Stamp:
    """What the file at `path` looks like from outside. Raises OSError."""
    seen = path.stat()
    return Stamp(seen.st_size, seen.st_mtime_ns, seen.st_ino)


def _cached(folder: Path) -> Index | None:
    """The index beside the cassettes, if it is one that we made: none that came with a clone or an archive."""
    try:
        descriptor = os.open(folder / CACHE_FILE, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with open(descriptor, "rb") as file:
            seen = os.fstat(descriptor)
            ours = not hasattr(os, "geteuid") or (seen.st_uid == os.geteuid() and not seen.st_mode & 0o077)
            return Index(file.read()) if stat.S_ISREG(seen.st_mode) and ours else None
    except (OSError, BadIndex):
        return None


def _again(known: Index, file: int) -> Cassette:
    name, seen, _ = known.files[file]
    return Cassette(name, seen, known.entries(file), known.paths_of[file])
