"""YAML read as text, bytes, lists and mappings: all that a cassette needs, and nothing that can run or blow up."""

import base64
import binascii
import codecs
from collections.abc import Iterator
from typing import Any, TypeAlias

import yaml

# libyaml is seven times as fast; PyYAML is not always built with it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_DEPTH = 20
"""Lists and mappings inside one another. A cassette needs six."""

MAX_EVENTS = 2_000_000
"""Values and ends of lists in one file: some 60,000 interactions. A list of empty texts takes 30 times its file."""

_BINARY = "tag:yaml.org,2002:binary"
# vcrpy on Python 2 wrote the last two for ordinary text.
_TEXT = {None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:python/str", "tag:yaml.org,2002:python/unicode"}
_COLLECTIONS = {None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_NULLS = {"", "~", "null", "Null", "NULL"}

Plain: TypeAlias = "str | bytes | list[Plain] | dict[str, Plain] | None"


class Listed(list[Plain]):
    """
    A list that is a member of the document: `starts` and `end` say where its items stand.

    They count characters, without a byte order mark.
    """

    __slots__ = ("end", "starts")

    def __init__(self) -> None:
        super().__init__()
        self.starts: list[int] = []
        self.end = 0


class NotPlain(Exception):
    """The content is no YAML, or more than plain YAML. `line` counts from 1; None where there is none to name."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why, line)
        self.why = why
        self.line = line


def parsed(content: bytes) -> Plain:
    """
    The one document in `content`; None when it is empty.

    Every scalar is text, also `200` and `true`, except an unquoted null and what is tagged `!!binary`. Other tags,
    aliases and deep nesting are refused: they are how a YAML file runs code or grows to fill the memory. We read the
    parser's events ourselves, so that nothing of that is built first, and save the tree that PyYAML would build.

    Raises NotPlain.
    """
    try:
        return _document(_bounded(yaml.parse(content.removeprefix(codecs.BOM_UTF8), Loader=_LOADER)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotPlain(f"it is not YAML: {error.problem}", mark.line + 1 if mark else None) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise NotPlain("it holds what is no text in UTF-8") from error


def _bounded(events: Iterator[Any]) -> Iterator[Any]:
    for count, event in enumerate(events):
        if count > MAX_EVENTS:
            raise NotPlain(f"it holds more than {MAX_EVENTS:,} values", _line(event))
        yield event


def _document(events: Iterator[Any]) -> Plain:
    value: Plain = None
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise NotPlain("it holds a second YAML document", _line(event))
            value = _value(next(events), events, depth=0)
    return value


def _value(event: Any, events: Iterator[Any], depth: int) -> Plain:
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event)
    if isinstance(event, yaml.AliasEvent):
        raise NotPlain(f"it repeats another part of the file (the alias *{event.anchor})", _line(event))
    if event.tag not in _COLLECTIONS:
        raise NotPlain(f"it holds an object (the tag {_short(event.tag)})", _line(event))
    if depth == MAX_DEPTH:
        raise NotPlain(f"it nests deeper than {MAX_DEPTH} levels", _line(event))
    if isinstance(event, yaml.SequenceStartEvent):
        return _sequence(events, depth)
    return _mapping(events, depth)


def _sequence(events: Iterator[Any], depth: int) -> list[Plain]:
    found = Listed() if depth == 1 else []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        if isinstance(found, Listed):
            found.starts.append(_character(event))
        found.append(_value(event, events, depth + 1))
    if isinstance(found, Listed):
        found.end = _character(event)
    return found


def _mapping(events: Iterator[Any], depth: int) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        name = _value(event, events, depth + 1)
        if not isinstance(name, str):
            raise NotPlain("a name in it is not text", _line(event))
        found[name] = _value(next(events), events, depth + 1)
    return found


def _scalar(event: Any) -> str | bytes | None:
    text: str = event.value
    if event.tag == _BINARY:
        try:
            return base64.b64decode(text)
        except (binascii.Error, ValueError) as error:
            raise NotPlain("its binary data is not base64", _line(event)) from error
    if event.tag not in _TEXT:
        raise NotPlain(f"it holds an object (the tag {_short(event.tag)})", _line(event))
    unquoted = event.tag is None and event.implicit[0]
    return None if unquoted and text in _NULLS else text


def _character(event: Any) -> int:
    return int(event.start_mark.index)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _short(tag: str) -> str:
    return ascii(tag.replace("tag:yaml.org,2002:", "!!", 1)[:60])[1:-1]
