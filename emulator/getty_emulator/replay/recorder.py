"""The recorder: exchanges go into cassettes, scrubbed, one file for each operation of Getty's."""

from collections.abc import Callable, Iterator
from pathlib import Path

from getty_emulator.events import Listener, Recorded
from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.canonical import Clean, cleaning, interaction_of
from getty_emulator.replay.cassette_file import MAX_BYTES, Interaction, read_interactions, serialised
from getty_emulator.replay.folder import locked, write_whole
from getty_emulator.replay.matching import normalised
from getty_token.errors import CassetteError
from getty_token.operations import operations_at


class Recorder:
    """
    Writes exchanges into the cassettes of `folder`.

    `scrub` replaces every secret that is known, `leaks` says whether some bytes hold one: whoever has the secrets
    makes both. `upstream_url` is where the calls really go; in a cassette that is always Getty's own address.
    """

    def __init__(
        self,
        folder: Path,
        scrub: Clean,
        leaks: Callable[[bytes], bool],
        upstream_url: str,
        on_event: Listener,
    ) -> None:
        self._folder = folder
        self._clean = cleaning(scrub, upstream_url)
        self._leaks = leaks
        self._on_event = on_event

    def record(self, call: Call, answer: Answer) -> Recorded | None:
        """
        Write the exchange; None if it is not worth keeping.

        A request recorded before gets the new answer, in its old place in the file. The file is written whole, or
        not at all: raises CassetteError if it cannot be written, or if a secret would be in it.
        """
        if not _lasting(answer.status):
            return None
        interaction = interaction_of(call, answer, self._clean)
        path = self._folder / file_name(call)
        with locked(self._folder):
            # Read inside the lock: another recorder may just have written.
            before = read_interactions(path) if path.exists() else []
            number, interactions = _with(before, interaction)
            content = serialised(interactions)
            self._refuse_leaks(path, interactions, content)
            if len(content) > MAX_BYTES:
                raise _full(path)
            write_whole(path, content)
        event = Recorded(path.name, number)
        self._on_event(event)
        return event

    def _refuse_leaks(self, path: Path, interactions: list[Interaction], content: bytes) -> None:
        """Look at the parts, too: YAML folds and escapes text, and could hide a secret from a look at the file."""
        for number, interaction in enumerate(interactions, start=1):
            for where, part in _parts(interaction):
                if self._leaks(part):
                    raise _leak(path, f"{where} of interaction {number}")
        if self._leaks(content):
            raise _leak(path, "the file as a whole")


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


def _with(before: list[Interaction], new: Interaction) -> tuple[int, list[Interaction]]:
    """`before` with `new` in it, and the number of `new`, from 1."""
    request = normalised(new.call)
    same = [index for index, each in enumerate(before) if normalised(each.call) == request]
    if not same:
        return len(before) + 1, [*before, new]
    kept = [new if index == same[0] else each for index, each in enumerate(before) if index not in same[1:]]
    return same[0] + 1, kept


def _parts(interaction: Interaction) -> Iterator[tuple[str, bytes]]:
    call, answer = interaction.call, interaction.answer
    yield "the address", interaction.uri.encode()
    for name, text in call.headers.items():
        yield f"the request's header {name}", text.encode()
    yield "the request's body", call.body
    for header, value in answer.headers:
        yield f"the answer's header {header.decode('latin-1')}", value
    yield "the answer's body", answer.body


def _full(path: Path) -> CassetteError:
    why = f"It would be larger than {MAX_BYTES // 1024**2} MB, which is more than we read."
    return CassetteError(f"{path} is full.", why, "Record into another folder.")


def _leak(path: Path, where: str) -> CassetteError:
    mend = "Remove that interaction from the cassette if it is an old one; otherwise please report this."
    return CassetteError(f"{path} was not written.", f"A secret would be in {where}.", mend)
