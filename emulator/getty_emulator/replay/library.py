"""The library: recorded exchanges, found by request."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from pathlib import Path

from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.cassette_file import Interaction, read_interactions
from getty_emulator.replay.differences import distance, in_words, shown
from getty_emulator.replay.matching import COUNTRY, LANGUAGE, Request, normalised, recordings_for
from getty_emulator.replay.scrubbing import scrub_named
from getty_token.errors import CassetteError, NoRecording
from getty_token.operations import operations_at

MEDIA = b"https://media.gettyimages.com"

MEMO_ENTRIES = 2048
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

    def __init__(self) -> None:
        self._playing: dict[Request, Iterator[Answer]] = {}
        self._recorded: list[tuple[Request, str]] = []
        self._memo: dict[tuple[str | None, ...], Iterator[Answer]] = {}
        self._count = 0

    @classmethod
    def load(
        cls,
        folders: Sequence[Path],
        *,
        media_url: str | None = None,
        on_warning: Callable[[str], None] = lambda message: None,
    ) -> "Library":
        """
        The library of all `*.yaml` and `*.yml` in `folders`.

        `media_url` takes the place of `https://media.gettyimages.com` in recorded bodies, so that a page offline
        gets its pictures from here. A file that cannot be used is told to `on_warning` and skipped.
        """
        library = cls()
        for folder in folders:
            for path in _cassettes(folder, on_warning):
                try:
                    library._add(_label(path), read_interactions(path), media_url)
                except CassetteError as error:
                    on_warning(error.sentence)
        return library

    def __len__(self) -> int:
        return self._count

    def find(self, call: Call) -> Answer | None:
        """The recorded answer to `call`."""
        raw = (call.method, call.path, call.query, call.headers.get(LANGUAGE), call.headers.get(COUNTRY))
        if not call.body and (known := self._memo.get(raw)):
            return next(known)
        for request in recordings_for(normalised(call)):
            if playing := self._playing.get(request):
                if not call.body:
                    self._remember(raw, playing)
                return next(playing)
        return None

    def nearest(self, call: Call) -> Nearest | None:
        """The recording at the same path, or of the same operation, that differs least from `call`."""
        request = normalised(call)
        likely = [each for each in self._recorded if each[0].path == request.path]
        likely = likely or [each for each in self._recorded if _same_operation(each[0], request)]
        if not likely:
            return None
        recorded, cassette = min(likely, key=lambda each: distance(request, each[0]))
        return Nearest(cassette, in_words(request, recorded))

    def paths(self) -> list[str]:
        """The paths that are recorded, the most recorded first."""
        return [path for path, _ in Counter(request.path for request, _ in self._recorded).most_common()]

    def _add(self, cassette: str, interactions: list[Interaction], media_url: str | None) -> None:
        answers: dict[Request, list[Answer]] = {}
        for interaction in interactions:
            request = normalised(interaction.call)
            if request not in self._playing:
                answers.setdefault(request, []).append(_played(interaction.answer, media_url))
        for request, each in answers.items():
            self._playing[request] = chain(each, repeat(each[-1]))
            self._recorded.append((request, cassette))
            self._count += len(each)

    def _remember(self, raw: tuple[str | None, ...], playing: Iterator[Answer]) -> None:
        if sum(len(part or "") for part in raw) > MEMO_TARGET:
            return
        if len(self._memo) >= MEMO_ENTRIES:
            self._memo.clear()
        self._memo[raw] = playing


def miss(library: Library, call: Call) -> NoRecording:
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
    return NoRecording(what, why, "Record it with `getty-token serve --record`.")


def bundled() -> Path:
    """The cassettes that come with us: inside the package once installed, at the root of a checkout."""
    here = Path(__file__).resolve()
    installed = here.parents[1] / "cassettes"
    return installed if installed.is_dir() else here.parents[3] / "cassettes"


def _cassettes(folder: Path, on_warning: Callable[[str], None]) -> list[Path]:
    try:
        # Names that begin with a dot are half-written files and what macOS leaves on foreign disks.
        return sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and path.name[0] != ".")
    except OSError as error:
        on_warning(f"no cassettes from {folder}: {error.strerror}.")
        return []


def _label(path: Path) -> str:
    """What a cassette is called; one of ours may be named like one of the site's."""
    return f"bundled/{path.name}" if path.parent == bundled() else path.name


def _same_operation(recorded: Request, request: Request) -> bool:
    wanted = operations_at(request.path).get(request.method)
    return wanted is not None and operations_at(recorded.path).get(recorded.method) == wanted


def _played(answer: Answer, media_url: str | None) -> Answer:
    headers = tuple(field for field in answer.headers if field[0] not in _NOT_PLAYED)
    body = answer.body if media_url is None else answer.body.replace(MEDIA, media_url.rstrip("/").encode())
    return replace(answer, headers=headers, body=body)
