"""The Node processes of a site. One is always started ahead: a cold instance costs no more than its own loading."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from getty_emulator.netlify.javascript.failures import NoNode
from getty_emulator.netlify.javascript.warden import Warden
from getty_emulator.netlify.javascript.worker import Surroundings, Worker

AT_MOST = 12
"""Processes of one site; beyond that, an instance that nobody uses goes when another is wanted."""


class Processes:
    """Starts processes, and ends them all. `spare` names instances that can go; `before` is awaited before a start."""

    def __init__(
        self,
        surroundings: Surroundings,
        spare: Callable[[], Iterable[Worker]],
        before: Callable[[], Awaitable[None]],
        is_node: bool = True,
    ) -> None:
        self._is_node = is_node
        self._before = before
        self._surroundings = surroundings
        self._spare = spare
        self._warden = Warden()
        self._ahead: asyncio.Task[Worker] | None = None
        self._ahead_for: dict[str, str] = {}
        self._living: set[Worker] = set()
        self._closed = False

    def prepare(self) -> None:
        """Start a process ahead if there is none."""
        if self._ahead is None and self._is_node and not self._closed:
            self._ahead_for = dict(self._surroundings.environment())
            self._ahead = asyncio.ensure_future(self._start())

    async def fresh(self) -> Worker:
        """A process that has loaded nothing yet. Raises NoNode."""
        if self._ahead and self._ahead_for != dict(self._surroundings.environment()):
            self._drop_ahead()
        ahead, self._ahead = self._ahead, None
        worker = await ahead if ahead else await self._start()
        if not worker.alive:
            worker = await self._start()
        if sum(living.alive for living in self._living) > AT_MOST:
            idle = [spare for spare in self._spare() if spare is not worker]
            if idle:
                min(idle, key=lambda spare: spare.idle_since).kill()
        self.prepare()
        return worker

    async def close(self) -> None:
        """End all processes."""
        self._closed = True
        self._drop_ahead()
        for worker in self._living:
            worker.kill()
        await asyncio.gather(*(worker.gone() for worker in self._living))
        await self._warden.stop()

    async def _start(self) -> Worker:
        if not self._is_node:
            raise NoNode("there is no Node on this machine")
        await self._before()
        await self._warden.start()
        worker = Worker(self._surroundings, self._warden)
        self._living = {living for living in self._living if not living.ended}
        self._living.add(worker)  # before it has started, so that `close` ends one that is about to
        try:
            await worker.start()
        finally:
            if not worker.began:
                self._living.discard(worker)
        return worker

    def _drop_ahead(self) -> None:
        if self._ahead:
            ahead, self._ahead = self._ahead, None
            ahead.add_done_callback(lambda done: None if done.cancelled() or done.exception() else done.result().kill())
