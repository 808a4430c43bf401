"""Cassettes that are there already: looked through for secrets, cleaned, thinned out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from getty_emulator.exchange import Call
from getty_emulator.replay.cassette_file import Interaction, placed, read_content, unusable
from getty_emulator.replay.folder import locked, write_whole
from getty_emulator.replay.index_bytes import Stamp
from getty_emulator.replay.layout import serialised
from getty_emulator.replay.matching import normalised
from getty_emulator.replay.scrubbing import (
    PLACEHOLDER,
    SECRET_HEADERS,
    Scrubbers,
    scrub_named,
    secrets_in,
)
from getty_emulator.replay.shelf import stamp
from getty_emulator.replay.traits import digest
from getty_token.errors import CassetteError

Clean = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret in a cassette. `number` is the interaction's, from 1; 0 is outside of all of them."""

    number: int
    where: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cassette without its secrets, and where they were. `read` is the stamp of the file that was read."""

    path: Path
    interactions: Sequence[Interaction]
    findings: Sequence[Finding]
    read: Stamp | None


def parts(interaction: Interaction) -> Iterator[tuple[str, bytes]]:
    """All that a cassette keeps of `interaction`, each part with what it is called."""
    call, answer = interaction.call, interaction.answer
    yield "the address", interaction.uri.encode()
    for name, text in call.headers.items():
        yield f"the request's header {name}", text.encode()
    yield "the request's body", call.body
    for header, value in answer.headers:
        yield f"the answer's header {header.decode('latin-1')}", value
    yield "the answer's body", answer.body


def cleaned(path: Path, known: Sequence[str], scrubbers: Scrubbers) -> Cleaned:
    """
    The cassette at `path` without secrets: what is secret by its name, the same values wherever else they stand in
    the file and however they are written, and those that are `known`.

    Raises CassetteError if it is no cassette.
    """
    read = stamped(path)
    try:
        content = read_content(path)
    except OSError as error:
        raise unusable(path, f"It cannot be read: {error.strerror or error}.", "Check its permissions.") from error
    interactions = [each.interaction for each in placed(content, path)]
    values = set(known).union(*(_secrets(each) for each in interactions))
    scrub = scrubbers(values)

    def clean(part: bytes) -> bytes:
        return scrub_named(scrub(part))

    after = [_clean(each, clean) for each in interactions]
    findings = [
        Finding(number, where)
        for number, (old, new) in enumerate(zip(interactions, after, strict=True), start=1)
        for (where, before), (_, now) in zip(parts(old), parts(new), strict=True)
        if before != now
    ]
    if not findings and scrub(content) != content:
        findings = [Finding(0, "the file, outside of its interactions")]
    return Cleaned(path, after, findings, read)


def unreadable(interactions: Sequence[Interaction]) -> list[int]:
    """The interactions whose answer is encoded so that nobody can look into it, such as `br`."""
    encoded = b"content-encoding"
    return [number for number, each in enumerate(interactions, 1) if any(n == encoded for n, _ in each.answer.headers)]


def rewrite(path: Path, interactions: Sequence[Interaction], read: Stamp | None) -> None:
    """
    Let the cassette at `path` hold `interactions`; without any, there is no file.

    `read` is its stamp from before it was read. Raises CassetteError, also if it was written since.
    """
    with locked(path.parent):
        refuse_changed(path, read)
        if interactions:
            write_whole(path, serialised(interactions))
        else:
            path.unlink(missing_ok=True)


def stamped(path: Path) -> Stamp | None:
    """How the file at `path` can be told from a later one; None if there is none."""
    try:
        return stamp(path)
    except OSError:
        return None


def refuse_changed(path: Path, read: Stamp | None) -> None:
    """Raises CassetteError if `path` was written since it was read: what was recorded meanwhile would be lost."""
    if stamped(path) != read:
        why = "Something was recorded into it meanwhile."
        raise CassetteError(f"{path} was left as it is.", why, "Run the same command again.")


def unused(folder: Sequence[tuple[Path, Sequence[Interaction]]], used: set[tuple[bytes, int]]) -> dict[Path, list[int]]:
    """
    The interactions of `folder`, by file and number, that are not among those `used`, by request and place.

    What an earlier file answers is used by nobody.
    """
    first: dict[bytes, Path] = {}
    found: dict[Path, list[int]] = {}
    for path, interactions in folder:
        places: dict[bytes, int] = {}
        for number, each in enumerate(interactions, start=1):
            name = digest(normalised(each.call))
            place = places[name] = places.get(name, -1) + 1
            if first.setdefault(name, path) != path or (name, place) not in used:
                found.setdefault(path, []).append(number)
    return found


def _secrets(interaction: Interaction) -> set[str]:
    call, answer = interaction.call, interaction.answer
    headers = [*call.headers.items(), *((_text(name), _text(value)) for name, value in answer.headers)]
    every = (interaction.uri.encode(), call.body, answer.body, *(value for _, value in answer.headers))
    return secrets_in(headers, every)


def _clean(interaction: Interaction, clean: Clean) -> Interaction:
    call, answer = interaction.call, interaction.answer
    sent = {name: _field(name, value.encode(), clean).decode() for name, value in call.headers.items()}
    given = tuple((name, _field(_text(name), value, clean)) for name, value in answer.headers)
    uri = clean(interaction.uri.encode()).decode()
    address = urlsplit(uri)
    return Interaction(
        uri,
        Call(call.method, address.path or "/", address.query, sent, clean(call.body)),
        replace(answer, headers=given, body=clean(answer.body)),
    )


def _field(name: str, value: bytes, clean: Clean) -> bytes:
    return PLACEHOLDER.encode() if name.lower() in SECRET_HEADERS else clean(value)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
