"""The library: recorded exchanges, found by request."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.cassette_file import Interaction
from getty_emulator.replay.differences import in_words, shown
from getty_emulator.replay.index import Index
from getty_emulator.replay.matching import COUNTRY, LANGUAGE, normalised, recordings_for
from getty_emulator.replay.scrubbing import scrub_named
from getty_emulator.replay.shelf import Shelf
from getty_emulator.replay.traits import digest, traits
from getty_emulator.replay.usage import Usage
from getty_token.errors import NoRecording

MEDIA = b"https://media.gettyimages.com"

MEMO_ENTRIES = 2048
HELD = 32 * 1024 * 1024
"""Bytes of bodies that are kept in memory; more are read from their files again."""
MEMO_TARGET = 2048
"""Characters of a request, its two headers included. Longer ones are not remembered: the memo stays small."""

# Fields of the connection or of the moment of recording (RFC 9110 section 7.6.1), and those that the server adds anew.
_NOT_PLAYED = frozenset(
    b"""age alt-svc connection content-length date keep-alive proxy-authenticate proxy-connection server set-cookie
    set-cookie2 strict-transport-security te trailer transfer-encoding upgrade""".split()
)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The recording most like a request that none answers. `difference` completes "it is the same, but ..."."""

    cassette: str
    difference: str


class Library:
    """
    Recorded exchanges, found by request.

    Answers play for ever. If one file holds several answers to the same request, they play in order and the last one
    stays. If several files do, the first file answers: folders in the order given, files in the order of their names.
    """

    def __init__(self, media_url: str | None = None, on_warning: Callable[[str], None] = lambda message: None) -> None:
        self._media_url = media_url
        self._on_warning = on_warning
        self._shelves: list[tuple[Shelf, Usage | None]] = []
        self._playing: dict[bytes, _Playing] = {}
        self._memo: dict[tuple[str | None, ...], _Playing] = {}
        self._held = 0

    @classmethod
    def load(
        cls,
        folders: Sequence[Path],
        *,
        media_url: str | None = None,
        on_warning: Callable[[str], None] = lambda message: None,
        run: str | None = None,
    ) -> "Library":
        """
        The library of all `*.yaml` and `*.yml` in `folders`.

        `media_url` takes the place of `https://media.gettyimages.com` in recorded bodies, so that a page offline
        gets its pictures from here. A file that cannot be used is told to `on_warning` and skipped. With `run`, what
        is played is noted in the folders, but never in the bundled one.
        """
        library = cls(media_url, on_warning)
        for folder in folders:
            noted = run is not None and folder != bundled()
            library._shelves.append((Shelf.open(folder, on_warning), Usage(folder, run or "") if noted else None))
        return library

    def __len__(self) -> int:
        count = 0
        before: list[Index] = []
        for shelf, _ in self._shelves:
            # There is nothing before the first, which is the large one.
            count += len(shelf)
            count -= sum(any(one.find(each) for one in before) for each in shelf.index.digests()) if before else 0
            before.append(shelf.index)
        return count

    def find(self, call: Call) -> Answer | None:
        """The recorded answer to `call`."""
        raw = (call.method, call.path, call.query, call.headers.get(LANGUAGE), call.headers.get(COUNTRY))
        if not call.body and (known := self._memo.get(raw)):
            return self._next(known)
        for request in recordings_for(normalised(call)):
            if playing := self._recorded(digest(request)):
                if not call.body:
                    self._remember(raw, playing)
                return self._next(playing)
        return None

    def nearest(self, call: Call) -> Nearest | None:
        """The recording at the same path, or of the same operation, that differs least from `call`."""
        request = normalised(call)
        wanted = traits(request)
        found = [(near, shelf) for shelf, _ in self._shelves if (near := shelf.index.nearest(wanted))]
        for (_, number), shelf in sorted(found, key=lambda each: each[0][0]):
            if recorded := shelf.interaction(number):
                return Nearest(_label(shelf, number), in_words(request, normalised(recorded.call)))
        return None

    def paths(self) -> list[str]:
        """The paths that are recorded, the most recorded first."""
        return [path for path, _ in sum((shelf.index.paths() for shelf, _ in self._shelves), Counter()).most_common()]

    def close(self) -> None:
        """Let go of the notes of what was played."""
        for _, usage in self._shelves:
            if usage:
                usage.close()

    def _recorded(self, name: bytes) -> "_Playing | None":
        if playing := self._playing.get(name):
            return playing
        for shelf, usage in self._shelves:
            if numbers := shelf.index.find(name):
                return self._playing.setdefault(name, _Playing(shelf, usage, name, numbers))
        return None

    def _next(self, playing: "_Playing") -> Answer | None:
        if playing.last is not None:
            return playing.last
        place = playing.place
        interaction = playing.shelf.interaction(playing.numbers[place])
        if interaction is None:
            self._on_warning(f"{_label(playing.shelf, playing.numbers[place])} has changed and holds it no longer.")
            return None
        if playing.usage:
            playing.usage.note(playing.digest, place)
        answer = _played(playing.shelf, interaction, self._media_url)
        if place < len(playing.numbers) - 1:
            playing.place += 1
        else:
            self._hold(playing, answer)
        return answer

    def _hold(self, playing: "_Playing", answer: Answer) -> None:
        """Keep what will be asked for again, within bounds."""
        self._held += len(answer.body)
        if self._held > HELD:
            for each in self._playing.values():
                each.last = None
            self._held = len(answer.body)
        playing.last = answer

    def _remember(self, raw: tuple[str | None, ...], playing: "_Playing") -> None:
        if sum(len(part or "") for part in raw) > MEMO_TARGET:
            return
        if len(self._memo) >= MEMO_ENTRIES:
            self._memo.clear()
        self._memo[raw] = playing


@dataclass(slots=True)
class _Playing:
    """The recordings of one request: which comes next, and the last one once it is there, to stay."""

    shelf: Shelf
    usage: Usage | None
    digest: bytes
    numbers: list[int]
    place: int = 0
    last: Answer | None = None


def miss(library: Library, call: Call, mend: str = "Record it with `getty-token serve --record`.") -> NoRecording:
    """The error for a `call` that nothing in `library` answers, with the nearest recording and how it differs."""
    if nearest := library.nearest(call):
        why = f"The nearest is {nearest.cassette}: {nearest.difference}."
    elif paths := library.paths():
        more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
        why = f"It is none of the recorded paths: {', '.join(shown(path) for path in paths[:3])}{more}."
    else:
        why = "No cassette is loaded."
    target = scrub_named(call.target.encode()).decode()
    what = f"no cassette holds {shown(call.method)} {shown(target, length=200)}."
    return NoRecording(what, why, mend)


def bundled() -> Path:
    """The cassettes that come with us: inside the package once installed, at the root of a checkout."""
    here = Path(__file__).resolve()
    installed = here.parents[1] / "cassettes"
    return installed if installed.is_dir() else here.parents[3] / "cassettes"


def _label(shelf: Shelf, number: int) -> str:
    """What a cassette is called; one of ours may be named like one of the site's."""
    name = shelf.name(number)
    return f"bundled/{name}" if shelf.folder == bundled() else name


def _played(shelf: Shelf, interaction: Interaction, media_url: str | None) -> Answer:
    answer = interaction.answer
    headers = tuple(field for field in answer.headers if field[0] not in _NOT_PLAYED)
    body = answer.body if media_url is None else answer.body.replace(MEDIA, media_url.rstrip("/").encode())
    origin = answer.origin
    if shelf.folder == bundled():
        origin = origin.replace("cassette ", "cassette bundled/", 1)
    return replace(answer, headers=headers, body=body, origin=origin)
