"""`getty-token invoke`: one call of one function, without a server."""

import asyncio
import base64
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from getty_emulator.events import Answered, Event
from getty_emulator.exchange import Answer, Incoming, Streamed
from getty_emulator.faults import Faults
from getty_emulator.faulty import FaultyGetty
from getty_emulator.netlify import netlify_toml
from getty_emulator.netlify.functions import Permissions
from getty_emulator.netlify.javascript.functions import JavaScript
from getty_emulator.netlify.paths import PREFIX
from getty_emulator.netlify.project import load
from getty_emulator.netlify.site import Site
from getty_emulator.netlify.till import Till
from getty_token.commands.serve import backend_for, recordings
from getty_token.commands.serving.functions import functions
from getty_token.commands.serving.options import Options
from getty_token.commands.serving.own_functions import own_functions
from getty_token.commands.serving.terminal import request_log
from getty_token.errors import WrongUsage

NOWHERE = "http://localhost:8888"
"""Where the site would be, for a function that asks: where `netlify dev` is."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The call. `event` is the event to hand over, in place of the request; `path` None is the function's usual one."""

    name: str
    method: str = "GET"
    path: str | None = None
    query: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    event: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What came back. `seconds` is from the call to the end of the answer, the start of Node included."""

    answer: Answer
    seconds: float

    @property
    def document(self) -> dict[str, Any]:
        """For `--json`: a body that is no text is in base64."""
        try:
            body = {"body": self.answer.body.decode(), "is_base64": False}
        except UnicodeDecodeError:
            body = {"body": base64.b64encode(self.answer.body).decode(), "is_base64": True}
        return {"status": self.answer.status, "headers": self.headers, **body, "seconds": round(self.seconds, 6)}

    @property
    def headers(self) -> list[list[str]]:
        """The header fields, in order."""
        return [[name.decode("latin-1"), value.decode("latin-1")] for name, value in self.answer.headers]


def wanted(
    name: str, method: str | None, path: str | None, query: Sequence[str], header: Sequence[str], body: str | None
) -> Wanted:
    """The call that the options describe. `body` may be `@FILE` or `@-`. Raises WrongUsage."""
    pairs = [_pair(each, "=", "--query", "phrase=sunset") for each in query]
    fields = [_pair(each, ":", "--header", "'accept: text/html'") for each in header]
    raw = b"" if body is None else _content(body)
    target, _, more = (path or "").partition("?")
    if path is not None and not path.startswith("/"):
        raise WrongUsage(f"--path {path} is no path.", mend="Begin it with a slash, as in /items/5.")
    asked = "&".join(part for part in (more, urlencode(pairs)) if part)
    lower = tuple((each.lower(), value.strip()) for each, value in fields)
    return Wanted(name, (method or ("POST" if raw else "GET")).upper(), target or None, asked, lower, raw)


def event(file: Path) -> dict[str, Any]:
    """The event in `file`, or on standard input for `-`. Raises WrongUsage."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
        found = json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise WrongUsage(f"cannot read {file}.", f"{why}.") from None
    except ValueError as error:
        raise WrongUsage(f"{file} is not JSON.", f"{error}.", "An event is one JSON object.") from None
    if not isinstance(found, dict):
        raise WrongUsage(f"{file} holds no event.", "An event is one JSON object.")
    return found


def invoke(call: Wanted, options: Options) -> Result:
    """Make the call in this folder's site. Raises GettyTokenError where Getty has no answer or the name is nobody's."""
    folder = Path.cwd()
    project = load(folder)
    permissions = Permissions(project.allow, options.allow_changes)
    available = functions(project, permissions)
    log = request_log()
    backend = backend_for(recordings(folder, project, options), options, NOWHERE, log)

    def told(heard: Event) -> None:
        if not (isinstance(heard, Answered) and heard.target.startswith("/")):  # the call itself is shown as a whole
            backend.listener(heard)

    till = Till(FaultyGetty(backend.getty, Faults(), options.mode.value), permissions, told, options.change_limit)
    counted = replace(backend, getty=till, listener=told)
    own = own_functions(netlify_toml.load(folder), project, options, counted, permissions, NOWHERE)
    site = Site(available, till, own=own)

    async def run() -> Result:
        try:
            return await _called(call, site, own)
        finally:
            await own.close()
            if backend.close:
                await backend.close()

    try:
        return asyncio.run(run())
    finally:
        log.flush()


async def _called(call: Wanted, site: Site, own: JavaScript) -> Result:
    started = time.perf_counter()
    await site.refresh()
    if call.name not in site.names:
        known = ", ".join(site.names)
        raise WrongUsage(f"there is no function {call.name}.", f"There are: {known}.", "Its name is that of its file.")
    length = (("content-length", str(len(call.body))),) if call.body else ()
    sent = dict((("host", "localhost:8888"), *length, *call.fields))
    pairs = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in sent.items()]
    path = call.path or f"{PREFIX}{call.name}"
    incoming = Incoming(call.method, path, call.query, pairs, call.body)
    if own.has(call.name):
        await own.known(call.name)
        chosen = own.at(path, call.method)
        found = chosen if chosen and chosen.name == call.name else None
        answer = await own.answer(call.name, incoming, found, event=call.event, anywhere=True)
    elif call.event is not None:
        raise WrongUsage(f"{call.name} takes no event.", "It is none of the site's own JavaScript functions.")
    else:
        answer = await site.answer(incoming)
    if isinstance(answer, Streamed):
        body = b"".join([chunk async for chunk in answer.chunks])
        answer = Answer(answer.status, answer.headers, body, answer.origin, answer.reason)
    return Result(answer, time.perf_counter() - started)


def _pair(text: str, between: str, option: str, example: str) -> tuple[str, str]:
    name, found, value = text.partition(between)
    if not found or not name:
        raise WrongUsage(f"{option} {text} has no name and value.", mend=f"Write it like {option} {example}")
    return name, value


def _content(body: str) -> bytes:
    if not body.startswith("@"):
        return body.encode()
    try:
        return sys.stdin.buffer.read() if body == "@-" else Path(body[1:]).read_bytes()
    except OSError as error:
        mend = "A body that stands for itself begins with no @."
        raise WrongUsage(f"cannot read {body[1:]}.", f"{error.strerror}.", mend) from None
