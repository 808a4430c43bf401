"""`cassette record` and `cassette import`: recordings made without a browser."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from getty_emulator.events import Event, Listener, Recorded
from getty_emulator.exchange import Call, Getty
from getty_emulator.replay import har
from getty_emulator.replay.canonical import API_URL
from getty_emulator.replay.modes import RecordMode
from getty_emulator.replay.recorder import Recorder
from getty_emulator.replay.usage import Usage
from getty_token.commands.cassettes.knowledge import secrets_here
from getty_token.commands.serving import upstream
from getty_token.commands.serving.options import Mode, Options
from getty_token.commands.serving.recording import scrubber, scrubbers
from getty_token.errors import CredentialsError, GettyTokenError, WrongUsage
from getty_token.operations import Effect, operations_at
from getty_token.queries import Family
from getty_token.redaction import Secrets


def calls(queries: Sequence[str], family: str, fields: str, page_size: int | None, pages: int) -> list[Call]:
    """
    What `queries` ask Getty: phrases to search for, parameters of a search (`phrase=x&page=2`), or paths (`/v3/...`).

    Raises WrongUsage for what is no read of Getty's.
    """
    if family not in [each.value for each in Family]:
        raise WrongUsage(f"--family is {family}.", mend="It is creative, editorial or both.")
    found = []
    for query in queries:
        if query.startswith("/"):
            path, _, parameters = query.partition("?")
            operation = operations_at(path).get("GET")
            if operation is None or operation.effect is not Effect.READS:
                what = f"it {operation.effect.value}" if operation else "Getty has no such read"
                raise WrongUsage(
                    f"{path} is not recorded so: {what}.", mend="Record it with `getty-token serve --record`."
                )
            found.append(Call("GET", path, _encoded(parameters)))
            continue
        given = _encoded(query) if "=" in query else urlencode({"phrase": query})
        more = {name: value for name, value in (("fields", fields), ("page_size", page_size)) if value}
        for page in range(1, pages + 1):
            paged = {**more, **({"page": page} if pages > 1 else {})}
            target = "&".join(part for part in (given, urlencode(paged)) if part)
            found.append(Call("GET", Family(family).path, target))
    return found


def record(
    asked: Sequence[Call], folder: Path, mode: RecordMode, with_media: bool, log: Listener
) -> list[dict[str, Any]]:
    """Ask Getty, record the answers; what became of each call."""
    options = Options(mode=Mode.RECORD, record_mode=mode, with_media=with_media, joins_last_run=True)
    backend = upstream.backend(folder, log, options)

    async def ask() -> list[dict[str, Any]]:
        found = []
        try:
            for call in asked:
                found.append({"target": call.target, **await _asked(backend.getty, call)})
        finally:
            if backend.close:
                await backend.close()
        return found

    return asyncio.run(ask())


async def _asked(getty: Getty, call: Call) -> dict[str, Any]:
    try:
        answer = await getty.answer(call)
    except CredentialsError:
        raise  # the next call would fare no better
    except GettyTokenError as error:
        return {"status": None, "origin": "", "why": error.sentence}
    return {"status": answer.status, "origin": answer.origin, "why": answer.reason}


def imported(archive: bytes, folder: Path) -> tuple[list[str], list[str]]:
    """Record the exchanges with Getty out of a HAR: where each went, and why some did not. Raises CassetteError."""
    secrets = Secrets(secrets_here())
    recorder = Recorder(
        folder, scrubber(secrets), secrets.hidden_in, API_URL, _nobody, scrubbers, Usage.joining(folder)
    )
    kept: list[str] = []
    left: list[str] = []
    for call, answer in har.exchanges(archive):
        try:
            recorded: Recorded | None = recorder.record(call, answer)
        except GettyTokenError as error:
            left.append(error.sentence)
            continue
        if recorded:
            kept.append(f"{recorded.cassette}#{recorded.interaction}")
        else:
            left.append(f"{call.method} {call.path}: {answer.status} says something about the moment only.")
    return kept, left


def _encoded(query: str) -> str:
    """`query` as it may stand in a request line: what a shell lets through unescaped is escaped."""
    from urllib.parse import quote

    return quote(query, safe="=&%+,;:@/?!$'()*~-._")


def _nobody(event: Event) -> None:
    pass
