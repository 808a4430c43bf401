"""A cassette as a file: the one place that knows how vcrpy lays out its YAML."""

import codecs
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.content import TooLarge, UnknownEncoding, decoded
from getty_emulator.replay.plain_yaml import Listed, NotPlain, Plain, parsed
from getty_token.errors import CassetteError

MAX_BYTES = 64 * 1024 * 1024
"""The largest cassette file we read or write."""

# RFC 9110 section 5. A line break in a field would let a file forge further fields, or a second answer.
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~\w-]+", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Interaction:
    """
    One recorded exchange. `uri` is whole, as in the file; `call` has its path and query.

    Names of header fields are lower-case; the answer's body is decoded and has no content-encoding field, unless it
    is one that we cannot decode.
    """

    uri: str
    call: Call
    answer: Answer


@dataclass(frozen=True, slots=True)
class Placed:
    """An interaction and the bytes of its file that hold it: whole lines, where the file is laid out in lines."""

    interaction: Interaction
    start: int
    end: int


def read_interactions(path: Path) -> list[Interaction]:
    """
    What the cassette at `path` holds, in its order; nothing if the file is empty, as vcrpy has it.

    Raises CassetteError, which names the file, the line or interaction where there is one, and what to do.
    """
    return [each.interaction for each in read_placed(path)]


def read_placed(path: Path) -> list[Placed]:
    """The same, with where each interaction stands. Raises CassetteError."""
    try:
        return placed(read_content(path), path)
    except OSError as error:
        raise unusable(path, f"It cannot be read: {error.strerror or error}.", "Check its permissions.") from error


def placed(content: bytes, path: Path) -> list[Placed]:
    """The interactions in `content`, which is the file at `path`. Raises CassetteError."""
    try:
        listed = _listed(parsed(content))
        interactions = _interactions(listed, path.name)
    except NotPlain as error:
        raise unusable(path, f"Line {error.line}: {error.why}." if error.line else f"{error.why}.") from error
    except _Misshapen as error:
        raise unusable(path, f"{error}.") from error
    return [Placed(one, *place) for one, place in zip(interactions, _places(content, listed), strict=True)]


def interaction_in(piece: bytes, cassette: str, number: int) -> Interaction | None:
    """The one interaction in `piece`, lines cut out of a cassette; None if it is no such thing."""
    try:
        found = parsed(piece)
        found = found[0] if isinstance(found, list) and found else found
        return _interaction(found, f"cassette {cassette}#{number}")
    except (NotPlain, _Misshapen):
        return None


def read_content(path: Path) -> bytes:
    """
    All that is in the file at `path`.

    Raises OSError, and CassetteError if it is larger than we read.
    """
    # Opening a named pipe would wait for ever.
    if not path.is_file():
        raise OSError("it is not an ordinary file")
    with path.open("rb") as file:
        content = file.read(min(os.fstat(file.fileno()).st_size, MAX_BYTES) + 1)
    if len(content) > MAX_BYTES:
        raise unusable(path, f"It is larger than {MAX_BYTES // 1024**2} MB.")
    return content


def unusable(path: Path, why: str, mend: str = "") -> CassetteError:
    """The error for a cassette that we will neither play nor write to."""
    mend = mend or "Repair it, or move it out of the folder and record again."
    return CassetteError(f"{path} is no usable cassette.", why[0].upper() + why[1:], mend)


class _Misshapen(Exception):
    """YAML, but not what vcrpy writes."""


def _listed(document: Plain) -> list[Plain]:
    if document is None:
        return []
    if not isinstance(document, dict) or "interactions" not in document:
        raise _Misshapen("it has no list of interactions, so vcrpy did not write it")
    listed = document["interactions"] or []
    if not isinstance(listed, list):
        raise _Misshapen("its interactions are not a list")
    return listed


def _interactions(listed: list[Plain], cassette: str) -> list[Interaction]:
    found = []
    for number, interaction in enumerate(listed, start=1):
        try:
            found.append(_interaction(interaction, f"cassette {cassette}#{number}"))
        except _Misshapen as error:
            raise _Misshapen(f"interaction {number}: {error}") from error
    return found


def _places(content: bytes, listed: list[Plain]) -> Iterator[tuple[int, int]]:
    """From the beginning of each one's first line to that of the next one's, in bytes."""
    if not isinstance(listed, Listed):
        return
    offsets = _line_starts(content, [*listed.starts, listed.end])
    yield from pairwise(offsets)


def _line_starts(content: bytes, characters: Sequence[int]) -> list[int]:
    """Where in `content` the lines of these characters begin; the last one may be the end of the file."""
    mark = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
    text = "" if content.isascii() else content[mark:].decode()
    starts, bytes_before, characters_before = [], mark, 0
    for place in characters:
        bytes_before += len(text[characters_before:place].encode()) if text else place - characters_before
        characters_before = place
        starts.append(content.rfind(b"\n", 0, bytes_before) + 1 if bytes_before < len(content) else len(content))
    return starts


def _interaction(interaction: Plain, origin: str) -> Interaction:
    request = _member(interaction, "request")
    uri, method = request.get("uri"), request.get("method")
    if not isinstance(uri, str) or not isinstance(method, str):
        raise _Misshapen("the request has no method or uri")
    try:
        address = urlsplit(uri)
    except ValueError as error:
        raise _Misshapen("the request's uri is no address") from error
    headers = {name: ", ".join(values) for name, values in _fields(request.get("headers")).items()}
    call = Call(method.upper(), address.path or "/", address.query, headers, _body(request.get("body")))
    return Interaction(uri, call, _answer(_member(interaction, "response"), origin))


def _answer(response: dict[str, Plain], origin: str) -> Answer:
    if "status_code" in response:
        # vcrpy before 2.0 wrote httpx answers like this.
        code, body = response["status_code"], response.get("content")
    else:
        code, body = _member(response, "status").get("code"), response.get("body")
    if not isinstance(code, str) or not code.isdecimal() or not 200 <= int(code) <= 599:
        raise _Misshapen("the response has no status between 200 and 599")
    fields = _fields(response.get("headers"))
    content = _body(body)
    try:
        content = decoded(content, ",".join(fields.get("content-encoding", ())))
        fields.pop("content-encoding", None)
    except UnknownEncoding:
        pass  # the browser may know it
    except TooLarge:
        raise _Misshapen("the response's body unpacks to far too much") from None
    headers = tuple((name.encode("latin-1"), _octets(value)) for name, values in fields.items() for value in values)
    return Answer(int(code), headers, content, origin)


def _member(parent: Plain, name: str) -> dict[str, Plain]:
    member = parent.get(name) if isinstance(parent, dict) else None
    if not isinstance(member, dict):
        raise _Misshapen(f"it has no {name}")
    return member


def _body(body: Plain) -> bytes:
    if isinstance(body, dict):
        body = body.get("string")
    if isinstance(body, str):
        # A recorder may have kept undecodable bytes as lone surrogates.
        return body.encode("utf-8", "surrogateescape")
    if body is None or isinstance(body, bytes):
        return body or b""
    raise _Misshapen("a body is neither text nor bytes")


def _fields(headers: Plain) -> dict[str, list[str]]:
    """Header fields by lower-case name; a value may stand alone or in a list."""
    if headers is None:
        return {}
    if not isinstance(headers, dict):
        raise _Misshapen("its headers are no mapping")
    fields: dict[str, list[str]] = {}
    for name, values in headers.items():
        listed = values if isinstance(values, list) else [values]
        for value in listed:
            fields.setdefault(name.lower(), []).append(_field_value(name, value))
    return fields


def _field_value(name: str, value: Plain) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    if not isinstance(text, str) or _CONTROL.search(text) or not _FIELD_NAME.fullmatch(name):
        raise _Misshapen("a header field is not one that HTTP allows")
    return text


def _octets(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()
