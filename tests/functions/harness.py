"""A site with JavaScript functions in a folder of its own, run by the real Node of this machine."""

import asyncio
import functools
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from fakes import PATIENCE
from getty_emulator.events import Answered, Event, Said, Warned
from getty_emulator.exchange import Answer, Call, Incoming, Streamed
from getty_emulator.netlify.functions import Permissions
from getty_emulator.netlify.javascript import node
from getty_emulator.netlify.javascript.functions import JavaScript
from getty_emulator.netlify.javascript.settings import Settings
from getty_emulator.netlify.javascript.upcalls import HOSTS, Upcalls
from getty_emulator.sandbox import TEST_KEY, TEST_SECRET, Sandbox


@functools.cache
def node_here() -> str | None:
    """A Node that can run functions, if this machine has one."""
    program = shutil.which("node")
    if program is None:
        return None
    said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    return program if int(said.removeprefix("v").partition(".")[0] or 0) >= 20 else None


needs_node = pytest.mark.skipif(node_here() is None, reason="needs Node 20 or newer")


@dataclass
class Running:
    """A site's functions that run, and what was heard of them."""

    javascript: JavaScript
    sandbox: Sandbox
    events: list[Event] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def get(self, target: str, **fields: str) -> Answer | Streamed:
        """The answer to a GET."""
        return await self.ask("GET", target, **fields)

    async def ask(self, method: str, target: str, body: bytes = b"", **fields: str) -> Answer | Streamed:
        """
        The answer to a request for `target`: a function's name, or a path with a leading slash.

        Header fields are keywords, with underscores for hyphens.
        """
        path, _, query = target.partition("?")
        if not path.startswith("/"):
            path = f"/.netlify/functions/{path}"
        sent = {"host": "localhost", **{name.replace("_", "-"): value for name, value in fields.items()}}
        if body:
            sent.setdefault("content-length", str(len(body)))
        pairs = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
        incoming = Incoming(method, path, query, pairs, body)
        await self.javascript.refresh()
        named = path.startswith(("/.netlify/functions/", "/.netlify/builders/"))
        found = None if named else self.javascript.at(path, method)
        name = path.split("/")[3] if named else found.name if found else ""
        return await self.javascript.answer(name, incoming, found)

    async def text(self, target: str) -> str:
        """The body of what answers a GET."""
        answer = await self.get(target)
        assert isinstance(answer, Answer), answer
        return answer.body.decode()

    @property
    def said(self) -> list[str]:
        """What functions printed, a line each."""
        return [line for event in self.events if isinstance(event, Said) for line in event.text.splitlines()]

    async def settled(self) -> None:
        """Wait until the process that is started ahead is there."""
        if ahead := self.javascript._processes._ahead:
            await asyncio.wait({ahead})

    async def later(self, seconds: float) -> None:
        """Let that much time pass at once for whatever waits for a time on this event loop."""
        await asyncio.sleep(0)  # what has just been begun waits, too
        await self.settled()
        loop = asyncio.get_running_loop()
        before = loop.time
        loop.time = lambda: before() + seconds  # type: ignore[method-assign]

    async def hears(self, line: str) -> None:
        """Wait until a function has printed `line`; fails if it does not."""
        async with asyncio.timeout(PATIENCE):
            while line not in self.said:
                self.news.clear()
                await self.news.wait()

    @property
    def warnings(self) -> list[str]:
        """What a person was warned of."""
        return [event.message for event in self.events if isinstance(event, Warned)]

    @property
    def calls_for_getty(self) -> list[Answered]:
        """The functions' requests for Getty."""
        return [event for event in self.events if isinstance(event, Answered)]


def written(root: Path, files: Mapping[str, str]) -> Path:
    """`root`, with `files` in its functions folder."""
    for name, text in files.items():
        path = root / "netlify" / "functions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@asynccontextmanager
async def running(
    root: Path,
    files: Mapping[str, str],
    *,
    variables: Mapping[str, str] | None = None,
    offline: bool = True,
    allow: tuple[str, ...] = (),
    tokens: Callable[[Call], Awaitable[Answer]] | None = None,
    **settings: Any,
) -> AsyncIterator[Running]:
    """The functions in `files`, by file name, as a site of their own in `root`; the sandbox is their Getty."""
    written(root, files)
    sandbox = Sandbox()
    events: list[Event] = []
    news = asyncio.Event()

    def listen(event: Event) -> None:
        events.append(event)
        news.set()

    class Getty:
        async def answer(self, call: Call) -> Answer:
            return sandbox.read(call)

    async def from_sandbox(call: Call) -> Answer:
        return sandbox.answer(call)

    upcalls = Upcalls(Getty(), tokens or from_sandbox, Permissions(), events.append, sandbox.refusal)
    site = {"GETTY_API_KEY": TEST_KEY, "GETTY_API_SECRET": TEST_SECRET, **(variables or {})}
    environment = node.environment(os.environ, site, root=root, getty=HOSTS, offline=offline, allow=allow)
    made = Settings(
        root=root,
        folder=root / "netlify" / "functions",
        node=node_here(),
        environment=lambda: environment,
        cache=root / "cache",
    )
    javascript = JavaScript(replace(made, **settings), upcalls.answer, listen)
    try:
        yield Running(javascript, sandbox, events, news)
    finally:
        await javascript.close()


def on_a_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """A test that awaits, run on an event loop of its own."""

    @functools.wraps(test)
    def run(*given: Any, **named: Any) -> None:
        asyncio.run(test(*given, **named))  # type: ignore[arg-type]

    return run
