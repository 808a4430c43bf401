"""One instance of one function: a Node process that takes one call at a time, as on AWS Lambda."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from getty_emulator.exchange import Answer, Headers
from getty_emulator.netlify.javascript.budget import Budget
from getty_emulator.netlify.javascript.discovery import Source
from getty_emulator.netlify.javascript.failures import Failed, NoNode, Thrown
from getty_emulator.netlify.javascript.link import Link, Message
from getty_emulator.netlify.javascript.streams import Stream
from getty_emulator.netlify.javascript.warden import Warden

HOST = Path(str(files("getty_emulator.netlify.javascript"))) / "host"
OLDEST_NODE = 20
PATIENCE_AT_START = 20.0
"""Seconds a Node process has to say that it is there."""
OUTPUT = 256 * 1024
"""Bytes of what a function prints during one call that are shown; the rest is dropped."""

Upcall = Callable[[str, Message, bytes], Awaitable[Answer]]
"""Answers a request for Getty of the function with this name."""
Says = Callable[[str, str, bool], None]
"""Hears what a function prints: its name, the text, whether it is an error."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every process of a site starts with. `memory` is in MiB; `environment` is the function's, whole."""

    node: str
    root: Path
    environment: Callable[[], Mapping[str, str]]
    memory: int
    upcall: Upcall
    says: Says
    blobs: Callable[[], str] = lambda: ""
    """NETLIFY_BLOBS_CONTEXT, for functions of the second API: those of the first call `connectLambda`."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file turned out to be: which of Netlify's two function APIs it speaks, its `config`, its files."""

    api: int
    config: Mapping[str, Any]
    files: tuple[str, ...]


class Unloadable(Failed):
    """The function's file cannot be loaded. `bundle`: a bundler might make something of it."""

    def __init__(self, thrown: Thrown, bundle: bool, files: tuple[str, ...]) -> None:
        super().__init__(thrown)
        self.bundle = bundle
        self.files = files


@dataclass(frozen=True, slots=True)
class Reply:
    """What a function answered: whole, or with a `stream` still to come. `said` is the host's own word for the rest."""

    status: int = 0
    headers: Headers = ()
    body: bytes = b""
    stream: Stream | None = None
    is_first: bool = False
    """Whether it is the first of its instance."""
    said: Mapping[str, Any] = field(default_factory=dict)


class Worker:
    """
    A Node process. `load` it once, then `call` it, again when `on_idle` was called.

    `on_end` is called once when the process is gone, whatever the reason.
    """

    def __init__(self, surroundings: Surroundings, warden: Warden) -> None:
        self.name = ""
        self.calls = 0
        self.alive = False
        self.busy = False
        self.idle_since = 0.0
        """By the event loop's clock."""
        self.loaded: Loaded | None = None
        self.on_idle: Callable[[Worker], None] = lambda _: None
        self.on_end: Callable[[Worker], None] = lambda _: None
        self._surroundings = surroundings
        self._warden = warden
        self._link = Link(self._receive, self._lost)
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: asyncio.Future[Any] | None = None
        self._stream: Stream | None = None
        self._crash: Failed | None = None
        self._budget = Budget(surroundings.memory, self._end_with)
        self._seconds = 0.0
        """How long the call may take, and after a stream what it left with `waitUntil`."""
        self._printed = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start the process and wait until it is there. Raises NoNode."""
        ours, theirs = socket.socketpair()
        with theirs:
            ours.setblocking(False)
            where = self._surroundings
            try:
                self._process = await asyncio.create_subprocess_exec(
                    where.node,
                    f"--max-old-space-size={where.memory}",
                    "--require",
                    str(HOST / "guard.cjs"),
                    str(HOST / "host.cjs"),
                    str(theirs.fileno()),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    pass_fds=(theirs.fileno(),),
                    cwd=where.root,
                    env=dict(where.environment()),
                    start_new_session=True,  # its own process group, so that what it forks ends with it
                )
            except OSError as error:
                ours.close()
                raise NoNode(f"Node cannot be started ({where.node}: {error.strerror})") from None
        self._warden.watch(self._process.pid)
        self.alive = True
        for stream, is_error in ((self._process.stdout, False), (self._process.stderr, True)):
            if stream:
                self._keep(self._listen(stream, is_error))
        ready = self._expect()
        await self._link.open(ours)
        try:
            message, _ = await asyncio.wait_for(ready, PATIENCE_AT_START)
        except (Failed, TimeoutError):
            self.kill()
            raise NoNode(f"{where.node} ended at once, or did not answer") from None
        version = str(message["version"])
        if int(version.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
            self.kill()
            raise NoNode(f"Node {OLDEST_NODE} or newer is needed; {where.node} is {version}")

    async def load(self, source: Source, code: str | None, seconds: float) -> Loaded:
        """Load the function. `code` is what a bundler made of its file. Raises Unloadable."""
        self.name = source.name
        message: Message = {"kind": "load", "file": str(source.file), "blobs": self._surroundings.blobs()}
        self._limit(seconds)
        answered = self._expect()
        self._link.send(message if code is None else {**message, "code": code})
        try:
            answer, _ = await answered
        except Failed as failed:
            raise Unloadable(failed.thrown, False, (str(source.file),)) from None
        names = tuple(answer["files"])
        if answer["kind"] == "unloadable":
            raise Unloadable(Thrown.read(answer["error"]), answer["bundle"], names)
        self.loaded = Loaded(answer["api"], answer["config"] or {}, names)
        return self.loaded

    async def call(self, message: Message, body: bytes, seconds: float) -> Reply:
        """Have the function answer. Raises Failed; after some failures the process is gone."""
        self.busy = True
        self.calls += 1
        self._printed = 0
        self._seconds = seconds
        self._limit(seconds)
        answered = self._expect()
        self._link.send(message, body)
        is_first = self.calls == 1
        answer, raw = await answered
        match answer["kind"]:
            case "failed":
                raise Failed(Thrown.read(answer["error"], answer["plain"]))
            case "start":
                assert self._stream  # noqa: S101 - made where the message was read, before any chunk
                return Reply(answer["status"], _headers(answer["headers"]), stream=self._stream, is_first=is_first)
            case "refused":
                return Reply(answer["status"], (), str(answer["message"]).encode(), None, is_first, answer)
            case _:
                headers = _headers(answer.get("headers", ()))
                return Reply(answer.get("status", 200), headers, raw, None, is_first, answer)

    def kill(self) -> None:
        """End the process, and all that it started, now."""
        if self._process and self.alive:
            self.alive = False  # from now on: that it is gone is heard a moment later, and a call may come before that
            self._warden.end(self._process.pid)
            self._link.close()

    @property
    def began(self) -> bool:
        """Whether there is, or was, a process."""
        return self._process is not None

    @property
    def ended(self) -> bool:
        """Whether nothing is left of the process, not even its exit code."""
        return self._process is not None and self._process.returncode is not None

    async def gone(self) -> None:
        """Wait until the process has ended."""
        if self._process:
            await self._process.wait()
        for task in self._tasks:
            task.cancel()

    # --- what comes in --------------------------------------------------------------------------------------------

    def _receive(self, message: Message, body: bytes) -> None:
        match message["kind"]:
            case "getty":
                self._keep(self._answer_getty(message, body))
            case "idle":
                self._free()
            case "chunk" | "end" | "broke":
                if self._stream:
                    self._stream.take(message, body)
                if message["kind"] != "chunk" and self.busy:
                    self._limit(self._seconds)  # until what it left with `waitUntil` is done
            case "crashed":
                self._crash = Failed(Thrown.read(message["error"]))
                if not self.busy:
                    self._surroundings.says(self.name, f"between calls: {self._crash.thrown.trace()}", True)
            case "exiting":
                thrown = Thrown("Runtime.ExitError", f"the function ended its process (exit code {message['code']})")
                self._crash = self._crash or Failed(thrown, before_call=not message["busy"])
            case kind:
                if kind == "start":
                    self._stream = Stream(self._link.pause, self._left)
                if kind == "start" or not self.busy:
                    self._budget.stop()  # a stream may last: it ends with whoever listens
                if self._waiting and not self._waiting.done():
                    self._waiting.set_result((message, body))
                if message.get("idle"):
                    self._free()

    def _free(self) -> None:
        self._budget.stop()
        self.busy = False
        self.idle_since = asyncio.get_running_loop().time()
        self.on_idle(self)

    def _lost(self) -> None:
        self.alive = False
        self._budget.stop()
        if self._process:
            self._warden.end(self._process.pid)  # what it forked
        failed = self._crash or Failed(Thrown("Runtime.ExitError", "the function's process ended"))
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(failed)
        if self._stream:
            self._stream.take({"kind": "broke", "error": {"name": "Error", "message": failed.thrown.message}}, b"")
        self.on_end(self)

    async def _answer_getty(self, message: Message, body: bytes) -> None:
        answer = await self._surroundings.upcall(self.name, message, body)
        headers: dict[str, Any] = {}
        for name, value in answer.headers:
            headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        headers["content-length"] = [str(len(answer.body))]
        self._link.send(
            {"kind": "getty", "id": message["id"], "status": answer.status, "headers": headers}, answer.body
        )

    async def _listen(self, stream: asyncio.StreamReader, is_error: bool) -> None:
        rest = b""
        while chunk := await stream.read(65536):
            self._printed += len(chunk)
            if self._printed - len(chunk) > OUTPUT:
                continue
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._surroundings.says(self.name, line.decode(errors="replace"), is_error)
            if self._printed > OUTPUT:
                rest = b""
                self._surroundings.says(self.name, "... it prints more than is shown here", is_error)
        if rest:
            self._surroundings.says(self.name, rest.decode(errors="replace"), is_error)

    # --- limits ---------------------------------------------------------------------------------------------------

    def _limit(self, seconds: float) -> None:
        if self._process:
            self._budget.start(seconds, self._process.pid)

    def _end_with(self, name: str, sentence: str) -> None:
        self._crash = Failed(Thrown(name, sentence))
        if self._waiting and self._waiting.done():  # nobody else would hear of it
            self._surroundings.says(self.name, f"after its answer: {sentence}; the instance is ended", True)
        self.kill()

    # --- small things ---------------------------------------------------------------------------------------------

    def _expect(self) -> "asyncio.Future[Any]":
        self._waiting = asyncio.get_running_loop().create_future()
        if not self.alive:
            self._waiting.set_exception(self._crash or Failed(Thrown("Runtime.ExitError", "it is gone"), True))
        return self._waiting

    def _keep(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _left(self) -> None:
        """Nobody listens to the stream any more."""
        self._stream = None
        if self.alive and self.busy:
            self._link.send({"kind": "stop"})
            self._limit(1.0)


def _headers(pairs: Any) -> Headers:
    return tuple((name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in pairs)
