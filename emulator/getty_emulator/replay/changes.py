"""What has changed between two answers: which members of their JSON, and how."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from getty_emulator.exchange import Answer

_NOTHING = object()


class Change(NamedTuple):
    """A place in an answer, such as `images[1900000001].title`, and what stands there. None is nothing at all."""

    place: str
    before: str | None
    after: str | None


def changes(before: Answer, after: Answer) -> list[Change]:
    """What is different in `after`: the status, and the body; header fields differ from moment to moment."""
    found = []
    if before.status != after.status:
        found.append(Change("status", str(before.status), str(after.status)))
    old, new = _json(before.body), _json(after.body)
    if old is _NOTHING or new is _NOTHING:
        if before.body != after.body:
            found.append(Change("body", f"{len(before.body):,} bytes", f"{len(after.body):,} bytes"))
        return found
    return [*found, *_compared("", old, new)]


def _compared(place: str, old: Any, new: Any) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(name for name in new if name not in old)]:
            inner = f"{place}.{name}" if place else name
            yield from _compared(inner, old.get(name, _NOTHING), new.get(name, _NOTHING))
    elif isinstance(old, list) and isinstance(new, list):
        ours, theirs = _named(old), _named(new)
        for name in [*ours, *(name for name in theirs if name not in ours)]:
            yield from _compared(f"{place}[{name}]", ours.get(name, _NOTHING), theirs.get(name, _NOTHING))
        both = [name for name in ours if name in theirs]
        if both != [name for name in theirs if name in ours]:
            yield Change(f"{place}, order", ", ".join(both), ", ".join(name for name in theirs if name in ours))
    elif old != new or type(old) is not type(new):
        yield Change(place or "body", _shown(old), _shown(new))


def _named(items: list[Any]) -> dict[str, Any]:
    """The items by their id, or their name: a result that moved is still the same. By their place if that fails."""
    for key in ("id", "name", "keyword_id"):
        named = {str(each[key]): each for each in items if isinstance(each, dict) and key in each}
        if len(named) == len(items):
            return named
    return {str(place): each for place, each in enumerate(items)}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return _NOTHING


def _shown(value: Any) -> str | None:
    return None if value is _NOTHING else json.dumps(value, ensure_ascii=False)
