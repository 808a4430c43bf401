"""The recorder: exchanges go into cassettes, scrubbed, one file for each operation of Getty's."""

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from threading import Lock

from getty_emulator.events import Listener, Recorded
from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.canonical import Clean, cleaning, interaction_of
from getty_emulator.replay.cassette_file import MAX_BYTES, Interaction
from getty_emulator.replay.cleaning import parts
from getty_emulator.replay.folder import locked, tidy
from getty_emulator.replay.layout import piece_of
from getty_emulator.replay.matching import normalised
from getty_emulator.replay.scrubbing import Scrubbers, as_they_are
from getty_emulator.replay.shelf import Shelf
from getty_emulator.replay.tape import Change, Tape
from getty_emulator.replay.traits import digest
from getty_emulator.replay.usage import Usage
from getty_token.errors import CassetteError
from getty_token.operations import operations_at

FULL = 2 * 1024 * 1024
"""Bytes of a cassette after which the next one is begun: what is appended to a file costs writing all of it."""


class Recorder:
    """
    Writes exchanges into the cassettes of `folder`.

    `scrub` replaces every secret that is known, `leaks` says whether some bytes hold one, `scrubbers` knows how a text
    may be written: whoever has the secrets makes them. `upstream_url` is where the calls really go; in a cassette
    that is always Getty's own address. What is recorded is noted in `usage`: it is in use.
    """

    def __init__(
        self,
        folder: Path,
        scrub: Clean,
        leaks: Callable[[bytes], bool],
        upstream_url: str,
        on_event: Listener,
        scrubbers: Scrubbers = as_they_are,
        usage: Usage | None = None,
    ) -> None:
        self._folder = folder
        self._clean = cleaning(scrub, upstream_url)
        self._leaks = leaks
        self._scrubbers = scrubbers
        self._on_event = on_event
        self._usage = usage
        self._one_at_a_time = Lock()
        self._shelf: Shelf | None = None
        self._tapes: dict[Path, Tape] = {}
        self._safe: set[Tape] = set()
        self._this_run: dict[bytes, tuple[Path, bytes]] = {}

    def record(self, call: Call, answer: Answer) -> Recorded | None:
        """
        Write the exchange; None if it is not worth keeping.

        What earlier runs have recorded for the same request is replaced, in its old place. Another answer to a request
        of this run comes behind the one before: they play in that order. The file is written whole, or not at all:
        raises CassetteError if it cannot be written, or if a secret would be in it.
        """
        if not _lasting(answer.status):
            return None
        interaction = interaction_of(call, answer, self._clean, self._scrubbers)
        name, said = digest(normalised(interaction.call)), _said(interaction.answer)
        # The lock of the folder keeps other processes out; threads that wait for it would have to look again and again.
        with self._one_at_a_time, locked(self._folder):
            tape, change = self._change(name, said, interaction)
            if change is None:
                place = tape.places(name)[-1]
            else:
                self._write(tape, change)
                place = change.at - sum(gone < change.at for gone in change.gone)
                if self._usage:
                    self._usage.note(name, tape.places(name).index(place))
            self._this_run[name] = (tape.path, said)
        event = Recorded(tape.path.name, place + 1)
        self._on_event(event)
        return event

    def close(self) -> None:
        """Leave an index of what was recorded, so that whoever plays it begins at once."""
        with self._one_at_a_time:
            if self._this_run:
                Shelf.open(self._folder, lambda message: None)
            if self._usage:
                self._usage.close()

    def _change(self, name: bytes, said: bytes, new: Interaction) -> tuple[Tape, Change | None]:
        """Where `new` goes; None if the very same answer is the last one there."""
        path, last = self._this_run.get(name, (None, b""))
        if path is not None:
            tape = self._tape(path)
            if places := tape.places(name):
                return tape, None if last == said else Change(new, places[-1] + 1)
        elif path := self._earlier(name):
            tape = self._tape(path)
            if places := tape.places(name):
                return tape, Change(new, places[0], places)
        tape = self._appended_to(new.call)
        places = tape.places(name)
        # Another recorder may have been quicker with the same request.
        return tape, Change(new, places[0], places) if places else Change(new, len(tape))

    def _earlier(self, name: bytes) -> Path | None:
        """The cassette of an earlier run that answers the request of this digest."""
        if self._shelf is None:
            tidy(self._folder)
            # A file that is no cassette is told when we would write to it.
            self._shelf = Shelf.open(self._folder, lambda message: None)
        found = self._shelf.index.find(name)
        return self._folder / self._shelf.name(found[0]) if found else None

    def _appended_to(self, call: Call) -> Tape:
        """The last cassette of an operation, or the next one if that is full: `images.yaml`, `images-2.yaml` ..."""
        first = self._folder / file_name(call)
        path, number = first, 2
        while (following := first.with_stem(f"{first.stem}-{number}")).exists():
            path, number = following, number + 1
        tape = self._tape(path)
        return tape if tape.size < FULL else self._tape(following)

    def _tape(self, path: Path) -> Tape:
        tape = self._tapes.get(path)
        if tape is None or not tape.unchanged():
            # Another recorder has written to it, or a person.
            tape = self._tapes[path] = Tape(path)
        return tape

    def _write(self, tape: Tape, change: Change) -> None:
        piece = piece_of(change.new)
        content = tape.changed(change, piece)
        self._refuse_leaks(tape, change, piece, content)
        if len(content) > MAX_BYTES:
            raise _full(tape.path)
        tape.write(content, change, piece)
        self._safe.add(tape)

    def _refuse_leaks(self, tape: Tape, change: Change, piece: bytes, content: bytes) -> None:
        """Look at the parts, too: YAML folds and escapes text, and could hide a secret from a look at the file."""
        self._refuse_leak(tape.path, change.new, change.at + 1)
        if tape not in self._safe:
            for number, each in enumerate(tape.found, start=1):
                if number - 1 not in change.gone:
                    self._refuse_leak(tape.path, each.interaction, number)
        # What we have looked through once is as it was: then only what comes to it is new.
        if self._leaks(piece if tape in self._safe else content):
            raise _leak(tape.path, "the file as a whole")

    def _refuse_leak(self, path: Path, interaction: Interaction, number: int) -> None:
        for where, part in parts(interaction):
            if self._leaks(part):
                raise _leak(path, f"{where} of interaction {number}")


def file_name(call: Call) -> str:
    """
    The cassette for `call`: its operation's path template, `images-id-similar.yaml`, and the method if it is not GET.

    What is no operation of Getty's goes to `other.yaml`.
    """
    operations = operations_at(call.path)
    if not operations:
        return "other.yaml"
    operation = operations.get(call.method) or next(iter(operations.values()))
    words = [segment.strip("{}").replace("_", "-").lower() for segment in operation.segments]
    if words[0] == "v3":
        words = words[1:]
    if call.method != "GET":
        words.insert(0, call.method.lower())
    return "-".join(words) + ".yaml"


def _lasting(status: int) -> bool:
    """
    Whether an answer says something about the request.

    401, 429 and 5xx say something about the moment: a token ended, we asked too often, Getty had trouble. A recording
    would repeat it for ever. 304 says "what you have", and whoever replays has nothing.
    """
    return status not in (304, 401, 429) and status < 500


def _said(answer: Answer) -> bytes:
    return blake2b(repr((answer.status, answer.headers, answer.body)).encode()).digest()


def _full(path: Path) -> CassetteError:
    why = f"It would be larger than {MAX_BYTES // 1024**2} MB, which is more than we read."
    return CassetteError(f"{path} is full.", why, "Record into another folder.")


def _leak(path: Path, where: str) -> CassetteError:
    mend = "Remove that interaction from the cassette if it is an old one; otherwise please report this."
    return CassetteError(f"{path} was not written.", f"A secret would be in {where}.", mend)
