"""The site's own functions: finds the one a request means, has an instance answer, and words the answer."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from getty_emulator.events import Listener, Said, Warned
from getty_emulator.exchange import Answer, Headers, Incoming, Streamed, problem
from getty_emulator.netlify.javascript import failures, scheduled
from getty_emulator.netlify.javascript.blobs_server import BlobsServer
from getty_emulator.netlify.javascript.bundling import Bundler
from getty_emulator.netlify.javascript.declared import Declared
from getty_emulator.netlify.javascript.discovery import Source, discover
from getty_emulator.netlify.javascript.failures import ORIGIN, Failed, NoNode
from getty_emulator.netlify.javascript.instances import Instances, Policy
from getty_emulator.netlify.javascript.link import Message
from getty_emulator.netlify.javascript.patterns import BadPattern
from getty_emulator.netlify.javascript.processes import Processes
from getty_emulator.netlify.javascript.worker import Reply, Surroundings, Upcall, Worker

LOOK = 0.05
"""Seconds between two looks at the folder; nobody looks while nobody asks."""
PATIENCE = 1.5
"""Seconds that a request waits until all files that say where they answer are loaded; one of them may never be."""
UNLINKED = "unlinked"
"""The id of a site that is not linked to one on Netlify."""
BACKGROUND = 900.0
"""Seconds a background function may take, as on Netlify."""
BUILDERS = "/.netlify/builders/"

_NOT_FOUND = Answer(404, (), b"Function not found...", "getty-token", "There is no such function.")
_HOP_BY_HOP = frozenset(
    b"connection content-length keep-alive proxy-connection te trailer transfer-encoding upgrade".split()
)


@dataclass(frozen=True, slots=True)
class Settings:
    """
    `root` is the site's folder, `folder` that of its functions. `environment` gives what a process starts with, `table`
    what netlify.toml says of a function, `blobs` serves Netlify Blobs. `timeout` is in seconds, `memory` in
    MiB. `front`: we stand in front of a whole site, so requests carry what `netlify dev` adds.

    `leaks` is asked of every byte that would reach a browser.
    """

    root: Path
    folder: Path
    node: str | None
    environment: Callable[[], Mapping[str, str]]
    table: Callable[[str], Mapping[str, Any]] = lambda _: {}
    leaks: Callable[[bytes], bool] = lambda _: False
    timeout: float = 30.0
    memory: int = 1024
    policy: Policy = field(default_factory=Policy)
    front: bool = False
    country: str = ""
    site: str = UNLINKED
    cache: Path = Path(".cache")
    blobs: BlobsServer | None = None


@dataclass(slots=True)
class _Function:
    """A function and what is known of it: before its file was loaded, next to nothing."""

    source: Source
    instances: Instances
    declared: Declared | None = None
    api: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """The function that answers at a path of its own choice, and what the placeholders stand for."""

    name: str
    pattern: str
    parameters: Mapping[str, str]


class JavaScript:
    """
    The functions of one folder. `refresh` before anything else is asked about a request; `close` at the end.

    It lives on one event loop.
    """

    def __init__(self, settings: Settings, upcall: Upcall, listener: Listener) -> None:
        self._settings = settings
        self._listener = listener
        self._functions: dict[str, _Function] = {}
        self._looked = float("-inf")
        self._seen: tuple[object, ...] = ()
        self._looking: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[None]] = set()
        surroundings = Surroundings(
            settings.node or "node",
            settings.root,
            settings.environment,
            settings.memory,
            upcall,
            self._said,
            settings.blobs.context if settings.blobs else lambda: "",
        )
        self._processes = Processes(surroundings, self._spare, self._before_the_first)
        self._bundler = Bundler(settings.node or "node", settings.root, settings.cache, self._warn)

    # --- what there is --------------------------------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """The functions that are there, as of the last `refresh`."""
        return sorted(self._functions)

    def chosen(self) -> list[tuple[str, str, str]]:
        """Paths that functions chose, in the order in which they are tried: the function, the path, the methods."""
        declared = [(name, function.declared) for name, function in self._functions.items() if function.declared]
        return [(name, path.text, " ".join(sorted(each.methods))) for name, each in declared for path in each.paths]

    def found(self) -> list[str]:
        """What lies in the folder now, before anything of it is loaded."""
        return sorted(discover(self._settings.folder))

    async def refresh(self) -> None:
        """Notice functions that came, went or changed, if the last look is a twentieth of a second ago."""
        now = time.monotonic()
        if self._looking:
            await asyncio.wait({self._looking}, timeout=max(0.0, self._looked + PATIENCE - now))
            return
        if now - self._looked < LOOK:
            return
        self._looked = now
        self._discover()
        unknown = [function for function in self._functions.values() if self._is_unknown(function)]
        if unknown:
            self._looking = asyncio.ensure_future(self._learn(unknown))
            self._looking.add_done_callback(self._learned)
            await asyncio.wait({self._looking}, timeout=PATIENCE)

    def has(self, name: str) -> bool:
        """Whether `/.netlify/functions/NAME` is one of ours, or of somebody with a path of its own."""
        return name in self._functions

    def answers_by_name(self, name: str) -> bool:
        """Whether `/.netlify/functions/NAME` is where it answers: not if it chose paths of its own."""
        function = self._functions.get(name)
        return function is not None and not (function.declared and function.declared.paths)

    def at(self, path: str, method: str, is_file: Callable[[], bool] = lambda: False) -> Found | None:
        """The function that chose `path` (as it arrived), for this method; `preferStatic` ones yield to a file."""
        for name, function in self._functions.items():
            if function.declared is None or not (pattern := function.declared.path_for(path, method)):
                continue
            if function.declared.prefer_static and is_file():
                continue
            return Found(name, pattern.text, pattern.parameters(path))
        return None

    # --- answering ------------------------------------------------------------------------------------------------

    async def answer(
        self,
        name: str,
        incoming: Incoming,
        found: Found | None = None,
        event: Mapping[str, Any] | None = None,
        anywhere: bool = False,
        **more: Any,
    ) -> Answer | Streamed:
        """
        What the function says to `incoming`, or to `event` in its place.

        `found` if it was found at a path of its own; `anywhere`: it answers at its usual address all the same. `more`
        goes to the host as it is, such as `rewritten`.
        """
        function = self._functions.get(name)
        if function is None:
            return _NOT_FOUND
        accept = next((value.decode("latin-1") for key, value in incoming.fields if key == b"accept"), "")
        if self._settings.node is None:
            return _without_node(name, "there is no Node on this machine")
        try:
            if function.declared is None:
                await self._learn_one(function)
            declared = function.declared or Declared()
            if declared.paths and not found and not anywhere:
                return _elsewhere(name, declared)
            message = self._message(function, declared, incoming, found, event) | more
            if declared.background:
                self._in_background(function, message, incoming.body)
                return Answer(202, (), b"", ORIGIN)
            reply = await function.instances.call(message, incoming.body, self._timeout(name))
        except Failed as failed:
            return self._failed(name, failed, incoming, accept, bool(function.declared and function.declared.schedule))
        except NoNode as error:
            return _without_node(name, str(error))
        if declared.schedule:
            said = reply.said.get("scheduled") or {}
            return scheduled.answer(incoming.path, accept, said.get("status"), said.get("keys"))
        return self._worded(name, reply)

    async def close(self) -> None:
        """End every process."""
        for task in self._background:
            task.cancel()
        for function in self._functions.values():
            function.instances.close()
        await self._processes.close()
        if self._settings.blobs:
            await self._settings.blobs.stop()

    def prepare(self) -> None:
        """Have a process ready before the first request comes."""
        if self._settings.node and self.found():
            self._processes.prepare()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _message(
        self,
        function: _Function,
        declared: Declared,
        incoming: Incoming,
        found: Found | None,
        event: Mapping[str, Any] | None,
    ) -> Message:
        name = function.source.name
        message: Message = {
            "kind": "call",
            "name": name,
            "method": incoming.method,
            "path": incoming.path,
            "query": incoming.query,
            "fields": [(key.decode("latin-1"), value.decode("latin-1")) for key, value in incoming.fields],
            "client": "127.0.0.1",
            "request": _ulid(),
            "site": self._settings.site,
            "timeout": self._timeout(name),
            "front": self._settings.front,
        }
        if self._settings.blobs:
            message["blobs"] = self._settings.blobs.event()
        if self._settings.country:
            message["country"] = self._settings.country
        if found:
            message |= {"route": found.pattern, "params": dict(found.parameters)}
        if event is not None:
            message["event"] = dict(event)
        if declared.background:
            message["background"] = True
        if declared.schedule:
            message |= {"scheduled": True, "nextRun": scheduled.next_run(declared.schedule, datetime.now(UTC))}
        if incoming.path.startswith(BUILDERS):
            message["builder"] = True
        return message

    def _worded(self, name: str, reply: Reply) -> Answer | Streamed:
        if reply.said.get("notBuilder"):
            text = (
                b'{"message":"Function is not an on-demand builder. See https://ntl.fyi/create-builder for how to '
                b'convert a function to a builder."}'
            )
            kind = ((b"content-type", b"application/json; charset=utf-8"), (b"etag", scheduled.etag(text)))
            return Answer(400, kind, text, ORIGIN, f"{name} is no on-demand builder.")
        if reply.said.get("kind") == "refused":
            return Answer(reply.status, (), reply.body, ORIGIN, reply.body.decode())
        headers = tuple(pair for pair in reply.headers if pair[0] not in _HOP_BY_HOP)
        if self._settings.front:
            headers = _joined(headers)
        if reply.chunks:
            return Streamed(reply.status, headers, self._watched(name, reply.chunks, headers), ORIGIN)
        if self._leaks(headers, reply.body):
            detail = f"The answer of {name} contained a secret of yours and was not passed on."
            return problem(502, "Held back", detail, "alarm")
        return Answer(reply.status, headers, reply.body, ORIGIN)

    def _leaks(self, headers: Headers, body: bytes) -> bool:
        leaks = self._settings.leaks
        return leaks(body) or any(leaks(value) for _, value in headers)

    async def _watched(
        self, name: str, chunks: AsyncGenerator[bytes, None], headers: Headers
    ) -> AsyncGenerator[bytes, None]:
        """The chunks of a stream, which ends where a secret begins. A secret may lie across two of them."""
        before = b""
        async with contextlib.aclosing(chunks):
            async for chunk in chunks:
                if self._leaks(headers, before + chunk):
                    self._warn(f"the stream of {name} contained a secret of yours and was cut off")
                    raise Failed(failures.Thrown("Error", "it contained a secret of yours", plain=True))
                yield chunk
                before, headers = (before + chunk)[-4096:], ()

    def _failed(self, name: str, failed: Failed, incoming: Incoming, accept: str, is_scheduled: bool) -> Answer:
        if failed.thrown.stack:
            self._said(name, failed.thrown.trace(), True)
        answer = failures.answer(failed, name, accept, self._settings.root)
        if is_scheduled:
            answer = scheduled.answer(
                incoming.path, accept, error=failures.answer(failed, name, "", self._settings.root).body.decode()
            )
        if self._leaks(answer.headers, answer.body):
            return problem(502, "Held back", f"The error of {name} contained a secret of yours.", "alarm")
        return answer

    def _in_background(self, function: _Function, message: Message, body: bytes) -> None:
        name = function.source.name

        async def run() -> None:
            try:
                await function.instances.call({**message, "timeout": BACKGROUND}, body, BACKGROUND)
            except Failed as failed:
                self._said(name, f"in the background: {failed.thrown.trace()}", True)
            except NoNode as error:
                self._said(name, str(error), True)

        task = asyncio.ensure_future(run())
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _timeout(self, name: str) -> float:
        seconds = self._settings.table(name).get("timeout")
        return float(seconds) if isinstance(seconds, int | float) else self._settings.timeout

    # --- looking --------------------------------------------------------------------------------------------------

    def _discover(self) -> None:
        seen = tuple(_folders(self._settings.folder))
        if seen == self._seen:
            return
        self._seen = seen
        sources = discover(self._settings.folder, self._warn)
        for name in [name for name, known in self._functions.items() if sources.get(name) != known.source]:
            self._functions.pop(name).instances.close()
        for name, source in sources.items():
            if name not in self._functions:
                instances = Instances(source, self._processes, self._settings.policy, self._bundler.bundle)
                self._functions[name] = _Function(source, instances)
        self._functions = dict(sorted(self._functions.items()))

    def _is_unknown(self, function: _Function) -> bool:
        """Whether its file has to be loaded before anybody can say where it answers."""
        if function.instances.look():
            function.declared = None
        return function.declared is None and self._settings.node is not None and "config" in _text(function.source.file)

    def _learned(self, _: object) -> None:
        self._looking = None

    async def _learn(self, functions: list[_Function]) -> None:
        await asyncio.gather(*(self._learn_quietly(function) for function in functions))

    async def _learn_quietly(self, function: _Function) -> None:
        """What cannot be loaded says so when it is called."""
        try:
            await self._learn_one(function)
        except NoNode:
            pass
        except Failed as failed:
            function.declared = Declared.read(function.source.name, {}, self._settings.table(function.source.name), "")
            self._said(function.source.name, failed.thrown.trace(), True)

    async def _learn_one(self, function: _Function) -> None:
        name, text = function.source.name, _text(function.source.file)
        table = self._settings.table(name)
        if "config" not in text:
            function.declared = Declared.read(name, {}, table, text)
            return
        loaded = await function.instances.loaded()
        function.api = loaded.api
        try:
            function.declared = Declared.read(name, loaded.config, table, text)
        except BadPattern as error:
            self._warn(f"the function {name}: {error}")
            function.declared = Declared()

    async def _before_the_first(self) -> None:
        if self._settings.blobs:
            await self._settings.blobs.start()

    def _spare(self) -> Iterator[Worker]:
        idle = (function.instances.oldest_idle() for function in self._functions.values())
        yield from (worker for worker in idle if worker)

    def _said(self, name: str, text: str, is_error: bool) -> None:
        self._listener(Said(name, text, is_error))

    def _warn(self, message: str) -> None:
        self._listener(Warned(message))


def _folders(folder: Path) -> Iterator[tuple[str, int]]:
    """The functions folder and those in it, each with when something came or went."""
    with contextlib.suppress(OSError):
        yield "", folder.stat().st_mtime_ns
        for entry in folder.iterdir():
            if entry.is_dir():
                yield entry.name, entry.stat().st_mtime_ns


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


def _joined(headers: Headers) -> Headers:
    """Repeated fields as one, which is what `netlify dev` passes on; cookies stay apart."""
    if len({name for name, _ in headers}) == len(headers):
        return headers
    values: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        values.setdefault(name, []).append(value)
    joined = [(name, b", ".join(several)) for name, several in values.items() if name != b"set-cookie"]
    return (*joined, *((b"set-cookie", value) for value in values.get(b"set-cookie", ())))


def _without_node(name: str, why: str) -> Answer:
    mend = "Install Node 20 or newer (https://nodejs.org), or put it on the PATH."
    return problem(501, "No Node", f"The function {name} is JavaScript, and {why}. {mend}")


def _elsewhere(name: str, declared: Declared) -> Answer:
    paths = ", ".join(pattern.text for pattern in declared.paths)
    reason = f"The function {name} answers at the paths it names: {paths}."
    return Answer(404, (), _NOT_FOUND.body, "getty-token", reason)


_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _ulid() -> str:
    number = int(time.time() * 1000) << 80 | secrets.randbits(80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -5, -5))
