"""The instances of one function: how many there are, which of them takes a call, and when one has to go."""

import asyncio
import os
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass

from getty_emulator.netlify.javascript.discovery import Source
from getty_emulator.netlify.javascript.failures import Failed, NoNode, Thrown
from getty_emulator.netlify.javascript.link import Message
from getty_emulator.netlify.javascript.processes import Processes
from getty_emulator.netlify.javascript.worker import Loaded, Reply, Unloadable, Worker

AT_MOST = 4
"""Instances of one function, if nobody says how many."""
HANDOVER = 1.0
"""Seconds in which the process of an instance that took too long is gone, and the start of the next has begun."""
PATIENCE = 0.1
"""Seconds that a call waits for a busy instance before another is started, as Lambda does at once."""
LOOK = 0.05
"""Seconds between two looks at whether a file has changed; nobody looks while nobody asks."""
LOADING = 10.0
"""Seconds a file may take to load, as on AWS Lambda."""

Bundle = Callable[[Source], Awaitable[tuple[str, tuple[str, ...]]]]
"""One CommonJS text of a function and what it imports, and the files it was made of. Raises Failed."""


@dataclass(frozen=True, slots=True)
class Policy:
    """
    How warm instances are.

    `instances` is how many there are, used in turn: None starts one, and more up to AT_MOST when calls have to wait.
    `cold_rate` of the calls, 0 to 1, find a new one. An instance goes after `recycle_calls` calls or `recycle_seconds`.
    """

    instances: int | None = None
    cold_rate: float = 0.0
    recycle_calls: int | None = None
    recycle_seconds: float | None = None


class Instances:
    """Gives calls to the instances of `source`."""

    def __init__(
        self,
        source: Source,
        processes: Processes,
        policy: Policy,
        bundle: Bundle,
        dice: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source = source
        self._processes = processes
        self._policy = policy
        self._bundle = bundle
        self._dice = dice
        self._clock = clock
        self._idle: deque[Worker] = deque()
        self._all: dict[Worker, float] = {}
        """Those that are not to go, and when they were started."""
        self._starting = 0
        self._leaving = False
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._files = {str(source.file): _stamp(str(source.file))}
        self._looked = 0.0
        self._code: str | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def loaded(self) -> Loaded:
        """What the function is; it is loaded if no instance is warm. Raises Unloadable, NoNode."""
        self.look()
        for worker in self._all:
            if worker.loaded:
                return worker.loaded
        worker = await self._started()
        self._hand_on(worker)
        assert worker.loaded  # noqa: S101 - just done
        return worker.loaded

    async def call(self, message: Message, body: bytes, seconds: float) -> Reply:
        """Have an instance answer. Raises Failed, NoNode."""
        while True:
            worker = await self._taken(seconds)
            try:
                return await worker.call(message, body, seconds)
            except Failed as failed:
                # It was on its way out when the call reached it.
                if not failed.before_call:
                    raise

    def look(self) -> bool:
        """Whether a file has changed since the last look; the instances that were made of it go."""
        now = self._clock()
        if now - self._looked < LOOK:
            return False
        self._looked = now
        if all(_stamp(file) == stamp for file, stamp in self._files.items()):
            return False
        self._retire_all()
        return True

    def oldest_idle(self) -> Worker | None:
        """An instance that could go if memory is short."""
        return self._idle[0] if self._idle else None

    def retire(self, worker: Worker) -> None:
        """Let `worker` go: now if it is idle, else when its call is done."""
        self._all.pop(worker, None)
        if worker in self._idle:
            self._idle.remove(worker)
        if not worker.busy:
            worker.kill()

    def leave(self) -> None:
        """The function is gone: each instance goes when its call is done."""
        self._leaving = True
        self._retire_all()

    def close(self) -> None:
        """End all instances."""
        for worker in list(self._all):
            worker.kill()
        for waiting in self._waiting:
            waiting.cancel()

    # --- taking ---------------------------------------------------------------------------------------------------

    async def _taken(self, seconds: float) -> Worker:
        self.look()
        wanted = self._policy.instances or 1
        if self._idle and self._policy.cold_rate and self._dice() < self._policy.cold_rate:
            self.retire(self._idle[0])
        if len(self._all) + self._starting < wanted:
            missing = wanted - len(self._all) - self._starting
            first, *others = await asyncio.gather(*(self._started() for _ in range(missing)))
            for other in others:
                self._hand_on(other)
            return first
        while self._idle:
            # In turn where there are several on purpose; else the one used last, so that one is as good as it can be.
            worker = self._idle.popleft() if self._policy.instances else self._idle.pop()
            if worker.alive:
                worker.busy = True
                return worker
        return await self._freed(seconds)

    async def _freed(self, seconds: float) -> Worker:
        """
        The next that is free. A start in hand is waited for: it ends by itself.

        Raises Failed when none was let go of in the time that a call may take and HANDOVER.
        """
        seconds += HANDOVER
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Worker] = loop.create_future()
        self._waiting.append(waiting)
        growth = None
        if self._policy.instances is None:
            growth = loop.call_later(PATIENCE, self._grow)
        try:
            while not (await asyncio.wait({waiting}, timeout=seconds))[0]:
                if not self._starting:
                    sentence = f"no instance of the function was free for {seconds:.2f} seconds"
                    raise Failed(Thrown("TimeoutError", sentence))
            return waiting.result()
        finally:
            if growth:
                growth.cancel()
            if waiting in self._waiting:
                self._waiting.remove(waiting)

    def _grow(self) -> None:
        if len(self._all) + self._starting < AT_MOST:
            self._later(self._another(self._started()))

    async def _another(self, started: Coroutine[None, None, Worker]) -> None:
        """One more, for whoever waits."""
        with suppress(Failed, NoNode):  # those who wait have heard of it
            self._hand_on(await started)

    def _started(self) -> Coroutine[None, None, Worker]:
        """A new instance; it counts from now on, and not from when somebody awaits it."""
        self._starting += 1
        return self._start()

    async def _start(self) -> Worker:
        failed: Failed | NoNode | None = None
        try:
            worker = await self._processes.fresh()
            try:
                worker = await self._with_function(worker)
            except BaseException:
                worker.kill()
                raise
        except (Failed, NoNode) as error:
            failed = error
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            failed = Failed(Thrown("Error", f"the function could not be started ({where}{error.strerror})"))
        finally:
            self._starting -= 1
        if failed:
            self._tell(failed)
            raise failed
        self._all[worker] = self._clock()
        worker.on_idle, worker.on_end = self._came_back, self._ended
        if not worker.alive:
            self._ended(worker)
        return worker

    def _tell(self, error: Failed | NoNode) -> None:
        """Those who wait hear of `error` if nobody is left who could come back to them."""
        while self._waiting and not self._all and not self._starting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_exception(error)

    async def _with_function(self, worker: Worker) -> Worker:
        try:
            loaded = await worker.load(self.source, self._code, LOADING)
        except Unloadable as error:
            self._remember(error.files)
            if not error.bundle:
                raise
            worker.kill()  # half of the file may have run
            self._code, names = await self._bundle(self.source)
            worker = await self._processes.fresh()
            try:
                loaded = await worker.load(self.source, self._code, LOADING)
            except Failed:
                worker.kill()
                raise
            self._remember(names)
        self._remember(loaded.files)
        return worker

    # --- coming back ----------------------------------------------------------------------------------------------

    def _came_back(self, worker: Worker) -> None:
        if worker not in self._all or self._is_used_up(worker):
            self.retire(worker)
            self._replace()
        else:
            self._hand_on(worker)

    def _hand_on(self, worker: Worker) -> None:
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                worker.busy = True
                waiting.set_result(worker)
                return
        if self._leaving:
            self.retire(worker)
        else:
            self._idle.append(worker)

    def _ended(self, worker: Worker) -> None:
        self.retire(worker)
        self._replace()

    def _replace(self) -> None:
        """Those who wait for an instance that will not come back get another."""
        if self._waiting and len(self._all) + self._starting < (self._policy.instances or AT_MOST):
            self._later(self._another(self._started()))

    def _is_used_up(self, worker: Worker) -> bool:
        policy, age = self._policy, self._clock() - self._all[worker]
        too_often = policy.recycle_calls is not None and worker.calls >= policy.recycle_calls
        return too_often or (policy.recycle_seconds is not None and age >= policy.recycle_seconds)

    def _retire_all(self) -> None:
        for worker in list(self._all):
            self.retire(worker)
        self._files, self._code = {}, None
        self._remember((str(self.source.file),))

    def _remember(self, files: tuple[str, ...]) -> None:
        """A file counts as it was before it was loaded: it may have changed since, and other instances be older."""
        for file in files:
            self._files.setdefault(file, _stamp(file))

    def _later(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _stamp(file: str) -> tuple[int, int]:
    try:
        status = os.stat(file)
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size
