"""How a request differs from a recorded one, in words a person can act on."""

from collections.abc import Iterator

from getty_emulator.replay.matching import Request

_SHOWN = 3


def in_words(request: Request, recorded: Request) -> str:
    """What is different about `recorded`, such as `phrase is cat, page is missing`."""
    found = list(_differences(request, recorded))
    more = len(found) - _SHOWN
    return ", ".join(found[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def shown(value: str, length: int = 60) -> str:
    """`value` as it may stand in a message: short, and with nothing that a terminal would obey."""
    text = "".join(char if char.isprintable() else "\ufffd" for char in value[:length])
    return text if len(value) <= length else text + "..."


def _differences(request: Request, recorded: Request) -> Iterator[str]:
    if recorded.method != request.method:
        yield f"the method is {shown(recorded.method)}"
    if recorded.path != request.path:
        yield f"the path is {shown(recorded.path)}"
    ours, theirs = _by_name(request), _by_name(recorded)
    for name in [*theirs, *(name for name in ours if name not in theirs)]:
        if name not in theirs:
            yield f"{shown(name)} is missing"
        elif ours.get(name) != theirs[name]:
            yield f"{shown(name)} is {shown(theirs[name]) or 'empty'}"
    # A recording without them answers everybody, so that they are missing is no difference.
    if recorded.language not in ("", request.language):
        yield f"the language is {shown(recorded.language)}"
    if recorded.country not in ("", request.country):
        yield f"the country is {shown(recorded.country)}"
    if recorded.body != request.body:
        yield "the body differs" if recorded.body else "it has no body"


def _by_name(request: Request) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    for name, value in request.query:
        values.setdefault(name, []).append(value)
    return {name: ",".join(each) for name, each in values.items()}
