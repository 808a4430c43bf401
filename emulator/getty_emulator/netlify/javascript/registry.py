"""What lies in the functions folder, kept up to date, and which function means to answer where."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from getty_emulator.events import Listener, Said, Warned
from getty_emulator.netlify.javascript.declared import Declared
from getty_emulator.netlify.javascript.discovery import Source, discover
from getty_emulator.netlify.javascript.failures import Failed, NoNode
from getty_emulator.netlify.javascript.instances import Instances
from getty_emulator.netlify.javascript.patterns import BadPattern
from getty_emulator.netlify.javascript.worker import Worker

LOOK = 0.05
"""Seconds between two looks at the folder; nobody looks while nobody asks."""
PATIENCE = 1.5
"""Seconds that a request waits until all files that say where they answer are loaded; one of them may never be."""

_CAPITAL = "netlify dev looks for paths in lower case"

AT_ONCE = 4
"""Files that are loaded at the same time."""


@dataclass(slots=True)
class Function:
    """A function and what is known of it: before its file was loaded, where that is needed, next to nothing."""

    source: Source
    instances: Instances
    declared: Declared | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The function that answers at a path of its own choice, and what the placeholders stand for."""

    name: str
    pattern: str
    parameters: Mapping[str, str]


class Registry:
    """The functions of `folder`. `refresh` before anything else is asked about a request."""

    def __init__(
        self,
        folder: Path,
        make: Callable[[Source], Instances],
        table: Callable[[str], Mapping[str, Any]],
        listener: Listener,
    ) -> None:
        self._folder = folder
        self._make = make
        self._table = table
        self._listener = listener
        self._functions: dict[str, Function] = {}
        self._looked = float("-inf")
        self._seen: tuple[object, ...] = ()
        self._looking: asyncio.Task[None] | None = None

    @property
    def names(self) -> list[str]:
        """The functions that are there, as of the last `refresh`."""
        return sorted(self._functions)

    def found(self) -> list[str]:
        """What lies in the folder now, before anything of it is loaded."""
        return sorted(discover(self._folder))

    def get(self, name: str) -> Function | None:
        """The function of that name."""
        return self._functions.get(name)

    def chosen(self) -> list[tuple[str, str, str]]:
        """Paths that functions chose, in the order in which they are tried: the function, the path, the methods."""
        declared = [(name, function.declared) for name, function in self._functions.items() if function.declared]
        return [(name, path.text, " ".join(sorted(each.methods))) for name, each in declared for path in each.paths]

    def at(self, path: str, method: str, is_file: Callable[[], bool]) -> Found | None:
        """The function that chose `path` (as it arrived), for this method; `preferStatic` ones yield to a file."""
        for name, function in self._functions.items():
            if function.declared is None or not (pattern := function.declared.path_for(path, method)):
                continue
            if function.declared.prefer_static and is_file():
                continue
            return Found(name, pattern.text, pattern.parameters(path))
        return None

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
        if unknown := [function for function in self._functions.values() if self._is_unknown(function)]:
            self._looking = asyncio.ensure_future(self._learn_all(unknown))
            self._looking.add_done_callback(self._learned)
            await asyncio.wait({self._looking}, timeout=PATIENCE)

    async def known(self, name: str) -> None:
        """Wait until the function has said where it answers, or could not be loaded."""
        while self._looking and (function := self.get(name)) and not function.declared:
            await asyncio.wait({self._looking}, timeout=LOOK)

    async def learn(self, function: Function) -> Declared:
        """What the function says of itself. Raises Failed if its file has to be loaded and cannot be, NoNode."""
        name, text = function.source.name, _text(function.source.file)
        config: Mapping[str, Any] = {}
        if "config" in text:
            config = (await function.instances.loaded()).config
        try:
            declared = Declared.read(name, config, self._table(name), text)
        except BadPattern as error:
            self._listener(Warned(f"the function {name}: {error}"))
            declared = Declared()
        for path in declared.paths:
            if path.has_capital:
                self._listener(Warned(f"the function {name} answers nothing at {path.text}: {_CAPITAL}"))
        function.declared = declared
        return declared

    def spare(self) -> Iterator[Worker]:
        """Instances that nobody uses now."""
        idle = (function.instances.oldest_idle() for function in self._functions.values())
        yield from (worker for worker in idle if worker)

    def close(self) -> None:
        """End all instances."""
        for function in self._functions.values():
            function.instances.close()

    def _discover(self) -> None:
        seen = tuple(_names(self._folder))
        if seen == self._seen:
            return
        self._seen = seen
        sources = discover(self._folder, lambda text: self._listener(Warned(text)))
        for name in [name for name, known in self._functions.items() if sources.get(name) != known.source]:
            self._functions.pop(name).instances.leave()
        for name, source in sources.items():
            if name not in self._functions:
                self._functions[name] = Function(source, self._make(source))
        self._functions = dict(sorted(self._functions.items()))

    def _is_unknown(self, function: Function) -> bool:
        if function.instances.look():
            function.declared = None
        return function.declared is None

    async def _learn_all(self, functions: list[Function]) -> None:
        few = asyncio.Semaphore(AT_ONCE)

        async def one(function: Function) -> None:
            async with few:
                await self._learn_quietly(function)

        await asyncio.gather(*map(one, functions))

    def _learned(self, _: object) -> None:
        self._looking = None

    async def _learn_quietly(self, function: Function) -> None:
        """What cannot be loaded says so when it is called."""
        name = function.source.name
        try:
            await self.learn(function)
        except NoNode:
            function.declared = Declared.read(name, {}, self._table(name), "")
        except Failed as failed:
            function.declared = Declared.read(name, {}, self._table(name), "")
            self._listener(Said(name, failed.thrown.trace(), True))


def _names(folder: Path) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """
    What lies in the functions folder, and in the folders in it.

    By name, for the time of a change does not tell: many systems count it in steps of some milliseconds, and what goes
    and comes back within one would be missed.
    """
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            inner = None
            with contextlib.suppress(OSError):
                inner = tuple(sorted(os.listdir(entry))) if entry.is_dir() else None
            yield entry.name, inner


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""
