"""The site's own functions: finds the one a request means, has an instance answer, and words the answer."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from getty_emulator.events import Listener, Said, Warned
from getty_emulator.exchange import Answer, Incoming, Streamed
from getty_emulator.netlify.javascript import scheduled
from getty_emulator.netlify.javascript.bundling import Bundler
from getty_emulator.netlify.javascript.declared import Declared
from getty_emulator.netlify.javascript.discovery import Source
from getty_emulator.netlify.javascript.failures import Failed, NoNode, Thrown
from getty_emulator.netlify.javascript.instances import Instances
from getty_emulator.netlify.javascript.link import Message
from getty_emulator.netlify.javascript.processes import Processes
from getty_emulator.netlify.javascript.registry import Found, Function, Registry
from getty_emulator.netlify.javascript.settings import Settings
from getty_emulator.netlify.javascript.wording import BAD_NAME, NOT_FOUND, ORIGIN, Wording, elsewhere, without_node
from getty_emulator.netlify.javascript.worker import Surroundings, Upcall
from getty_emulator.netlify.paths import NAME

BACKGROUND = 900.0
"""Seconds a background function may take, as on Netlify."""
BUILDERS = "/.netlify/builders/"


class JavaScript:
    """
    The functions of one folder. `refresh` before anything else is asked about a request; `close` at the end.

    It lives on one event loop.
    """

    def __init__(self, settings: Settings, upcall: Upcall, listener: Listener) -> None:
        self._settings = settings
        self._listener = listener
        node, blobs = settings.node or "node", settings.blobs
        surroundings = Surroundings(
            node,
            settings.root,
            settings.environment,
            settings.memory,
            upcall,
            self._said,
            blobs.context if blobs else lambda: "",
        )
        bundler = Bundler(node, settings.root, settings.cache, lambda text: listener(Warned(text)))

        def made(source: Source) -> Instances:
            return Instances(source, self._processes, settings.policy, bundler.bundle)

        self._registry = Registry(settings.folder, made, settings.table, listener)
        self._processes = Processes(surroundings, self._registry.spare, self._before_a_process, bool(settings.node))
        self._wording = Wording(settings.root, settings.watch, settings.front, listener)
        self._background: set[asyncio.Task[None]] = set()

    @property
    def names(self) -> list[str]:
        """The functions that are there, as of the last `refresh`."""
        return self._registry.names

    def found(self) -> list[str]:
        """What lies in the folder now, before anything of it is loaded."""
        return self._registry.found()

    def chosen(self) -> list[tuple[str, str, str]]:
        """Paths that functions chose, in the order in which they are tried: the function, the path, the methods."""
        return self._registry.chosen()

    async def refresh(self) -> None:
        """Notice functions that came, went or changed."""
        await self._registry.refresh()

    async def known(self, name: str) -> None:
        """Wait until the function has said where it answers; `refresh` gives up on files that are slow to load."""
        await self._registry.known(name)

    def has(self, name: str) -> bool:
        """Whether `/.netlify/functions/NAME` is one of ours, or of somebody with a path of its own."""
        return self._registry.get(name) is not None

    def answers_by_name(self, name: str) -> bool:
        """Whether `/.netlify/functions/NAME` is where it answers: not if it chose paths of its own."""
        function = self._registry.get(name)
        return function is not None and not (function.declared and function.declared.paths)

    def at(self, path: str, method: str, is_file: Callable[[], bool] = lambda: False) -> Found | None:
        """The function that chose `path` (as it arrived), for this method; `preferStatic` ones yield to a file."""
        return self._registry.at(path, method, is_file)

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
        function = self._registry.get(name)
        if function is None:
            return NOT_FOUND
        if not NAME.fullmatch(name):
            return BAD_NAME
        accept = next((value.decode("latin-1") for key, value in incoming.fields if key == b"accept"), "")
        declared = function.declared
        try:
            declared = declared or await self._registry.learn(function)
            if declared.paths and not found and not anywhere:
                return elsewhere(name, declared)
            message = self._message(name, declared, incoming, found) | more
            if event is not None:
                message["event"] = dict(event)
            if declared.background:
                self._in_background(function, message, incoming.body)
                return Answer(202, (), b"", ORIGIN)
            reply = await function.instances.call(message, incoming.body, self._timeout(name))
        except Failed as failed:
            is_scheduled = bool(declared and declared.schedule)
            return self._wording.failed(name, failed, accept, incoming.path, is_scheduled)
        except NoNode as error:
            return without_node(name, str(error))
        if declared.schedule:
            said = reply.said.get("scheduled") or {}
            return scheduled.answer(incoming.path, accept, said.get("status"), said.get("keys"))
        return await self._wording.of(name, reply)

    async def close(self) -> None:
        """End every process."""
        for task in self._background:
            task.cancel()
        self._registry.close()
        await self._processes.close()
        if self._settings.blobs:
            await self._settings.blobs.stop()

    def prepare(self) -> None:
        """Have a process ready before the first request comes."""
        if self.found():
            self._processes.prepare()

    def _message(self, name: str, declared: Declared, incoming: Incoming, found: Found | None) -> Message:
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
        if self._settings.country:
            message["country"] = self._settings.country
        if self._settings.blobs:
            message["blobs"] = self._settings.blobs.event()
        if found:
            message |= {"route": found.pattern, "params": dict(found.parameters)}
        if declared.background:
            message |= {"background": True, "timeout": BACKGROUND}
        if declared.schedule:
            message |= {"scheduled": True, "nextRun": scheduled.next_run(declared.schedule, datetime.now(UTC))}
        if incoming.path.startswith(BUILDERS):
            message["builder"] = True
        return message

    def _in_background(self, function: Function, message: Message, body: bytes) -> None:
        async def run() -> None:
            try:
                await function.instances.call(message, body, BACKGROUND)
            except Failed as failed:
                self._said(function.source.name, f"in the background: {failed.thrown.trace()}", True)
            except NoNode as error:
                self._said(function.source.name, str(error), True)

        task = asyncio.ensure_future(run())
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _timeout(self, name: str) -> float:
        seconds = self._settings.table(name).get("timeout")
        return float(seconds) if isinstance(seconds, int | float) else self._settings.timeout

    async def _before_a_process(self) -> None:
        if self._settings.blobs:
            try:
                await self._settings.blobs.start()
            except OSError as error:
                what = f"the folder of Netlify Blobs cannot be used ({error.filename}: {error.strerror})"
                raise Failed(Thrown("Error", what)) from None

    def _said(self, name: str, text: str, is_error: bool) -> None:
        self._listener(Said(name, text, is_error))


_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _ulid() -> str:
    """As Netlify numbers requests: a time and chance, in Crockford's base 32."""
    number = int(time.time() * 1000) << 80 | secrets.randbits(80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -5, -5))
