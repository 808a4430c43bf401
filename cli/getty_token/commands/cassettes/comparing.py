"""`cassette diff`: recordings against what Getty answers now, or against another cassette."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.canonical import cleaning
from getty_emulator.replay.cassette_file import Interaction
from getty_emulator.replay.changes import changes
from getty_emulator.replay.matching import Request, normalised
from getty_token.commands import terminal
from getty_token.commands.cassettes.places import Place, every
from getty_token.commands.serving import upstream
from getty_token.commands.serving.options import Options
from getty_token.commands.serving.terminal import request_log
from getty_token.commands.wiring import Setup
from getty_token.errors import GettyTokenError
from getty_token.operations import Effect, operations_at

SHOWN = 20
"""Changes of one interaction that a person is shown."""


def with_file(place: Place, other: Place) -> list[dict[str, Any]]:
    """Each interaction of `place` with the one of `other` that answers the same request."""
    theirs: dict[Request, list[tuple[str, Interaction]]] = {}
    for name, each in every([other]):
        theirs.setdefault(normalised(each.call), []).append((name, each))
    found = []
    for name, each in every([place]):
        if same := theirs.get(normalised(each.call)):
            found.append(_compared(name, each, same.pop(0)[1].answer if len(same) > 1 else same[0][1].answer))
        else:
            found.append(_missing(name, each, f"not in {other.name}"))
    ours = {normalised(each.call) for _, each in every([place])}
    found += [
        _missing(name, each, f"only in {other.name}")
        for request, rest in theirs.items()
        if request not in ours
        for name, each in rest
    ]
    return found


def with_live(places: Sequence[Place]) -> list[dict[str, Any]]:
    """Each read at `places` with what Getty answers now; the last of a sequence stands for it."""
    latest = {normalised(each.call): (name, each) for name, each in every(places)}
    backend = upstream.backend(None, request_log(), Options())
    clean = cleaning(lambda content: content, Setup.here().upstream.api_url.value)

    async def ask() -> list[dict[str, Any]]:
        found = []
        try:
            for name, each in latest.values():
                found.append(await _asked(name, each, backend.getty.answer, clean))
        finally:
            if backend.close:
                await backend.close()
        return found

    return asyncio.run(ask())


async def _asked(
    name: str, each: Interaction, ask: Callable[[Call], Any], clean: Callable[[bytes], bytes]
) -> dict[str, Any]:
    operation = operations_at(each.call.path).get(each.call.method)
    if operation is None or operation.effect is not Effect.READS:
        return _missing(name, each, "not asked again: it is no read of Getty's")
    # What was scrubbed on its way into the cassette must not go to Getty as if it meant something.
    headers = {header: value for header, value in each.call.headers.items() if value != "SCRUBBED"}
    call = Call(each.call.method, each.call.path, each.call.query, headers)
    try:
        answer: Answer = await ask(call)
    except GettyTokenError as error:
        return _missing(name, each, error.sentence)
    if answer.status in (401, 429) or answer.status >= 500:
        return _missing(name, each, f"Getty answered {answer.status}: {answer.reason}")
    return _compared(name, each, Answer(answer.status, answer.headers, clean(answer.body), answer.origin))


def differs(found: Sequence[dict[str, Any]]) -> bool:
    """Whether anything is not the same."""
    return any(each["changes"] or each["note"] for each in found)


def in_words(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The same for a person."""
    screen = terminal.out()
    for each in found:
        if not each["changes"] and not each["note"]:
            continue
        yield f"{screen.paint(each['name'], 'bold')}  {each['method']} {each['uri']}"
        if each["note"]:
            yield f"  {each['note']}"
        for change in each["changes"][:SHOWN]:
            yield "  " + _line(change, screen)
        if len(each["changes"]) > SHOWN:
            yield f"  and {len(each['changes']) - SHOWN} more; --json has all of them"
    same = sum(not each["changes"] and not each["note"] for each in found)
    yield f"{len(found)} compared, {same} the same"


def _line(change: dict[str, Any], screen: terminal.Screen) -> str:
    before, after = change["before"], change["after"]
    if before is None:
        return screen.paint(f"+ {change['place']}: {_short(after)}", "good")
    if after is None:
        return screen.paint(f"- {change['place']}: {_short(before)}", "bad")
    return screen.plain(f"~ {change['place']}: {_short(before)} → {_short(after)}")


def _short(text: str, most: int = 100) -> str:
    shown = "".join(each if each.isprintable() else "\ufffd" for each in text)
    return shown if len(shown) <= most else shown[: most - 3] + "..."


def _compared(name: str, interaction: Interaction, answer: Answer) -> dict[str, Any]:
    found = [change._asdict() for change in changes(interaction.answer, answer)]
    return {"name": name, "method": interaction.call.method, "uri": interaction.uri, "changes": found, "note": ""}


def _missing(name: str, interaction: Interaction, note: str) -> dict[str, Any]:
    return {"name": name, "method": interaction.call.method, "uri": interaction.uri, "changes": [], "note": note}
