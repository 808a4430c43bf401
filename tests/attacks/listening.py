"""A server in a thread of this process: its limits can be short, and what it tells can be read."""

import asyncio
import re
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from getty_emulator import server
from getty_emulator.asgi import Application
from getty_emulator.events import Answered, Event
from getty_emulator.exchange import Answer, Incoming, Streamed
from getty_emulator.guards import Guard
from getty_emulator.limits import Limits

PATIENCE = 60.0
"""Seconds that a test waits before it fails. Nothing takes as long."""


async def found(incoming: Incoming) -> Answer | Streamed:
    """Says what arrived."""
    return Answer(200, ((b"content-type", b"text/plain"),), f"{incoming.method} {incoming.target}".encode(), "test")


@dataclass
class Listening:
    """Where it listens, and what it has told so far."""

    port: int
    loop: asyncio.AbstractEventLoop
    connections: Callable[[], int]
    told: list[Event] = field(default_factory=list)
    asked: list[Incoming] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def answered(self, count: int) -> list[Answered]:
        """The first `count` events, waited for."""
        with self.news:
            assert self.news.wait_for(lambda: len(self.told) >= count, PATIENCE), self.told
        return [event for event in self.told if isinstance(event, Answered)]

    def wait_until(self, so: Callable[[], bool]) -> None:
        """Returns once `so` holds, looked at whenever a request is asked or told."""
        with self.news:
            assert self.news.wait_for(so, PATIENCE)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def exchanged(self, *parts: bytes) -> bytes:
        """What comes back for `parts`, sent one by one, until the other side hangs up."""
        with self.connect() as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with suppress(ConnectionError):  # it may hang up before all is said
                for part in parts:
                    connection.sendall(part)
            return everything(connection)


def everything(connection: socket.socket) -> bytes:
    """All that comes until the other side hangs up."""
    received = b""
    with suppress(ConnectionResetError):
        while data := connection.recv(65536):
            received += data
    return received


def statuses(received: bytes) -> list[int]:
    """The status codes of the answers in `received`."""
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


@contextmanager
def listening(
    ask: Callable[[Incoming], Awaitable[Answer | Streamed]] = found,
    limits: Limits = Limits(),  # noqa: B008 - a value
    guard: Guard = Guard(),  # noqa: B008 - a value
) -> Iterator[Listening]:
    """A server that answers with `ask`."""
    ready: list[asyncio.AbstractEventLoop] = []
    is_ready = threading.Event()
    ours: list[Listening] = []

    async def asking(incoming: Incoming) -> Answer | Streamed:
        with ours[0].news:
            ours[0].asked.append(incoming)
            ours[0].news.notify_all()
        return await ask(incoming)

    def tell(event: Event) -> None:
        with ours[0].news:
            ours[0].told.append(event)
            ours[0].news.notify_all()

    def started() -> None:
        ready.append(asyncio.get_running_loop())
        is_ready.set()

    with server.bound(0) as (sockets, _):
        runner = server.server(Application(asking, tell, guard), started, limits=limits)
        thread = threading.Thread(target=runner.run, args=(sockets,))
        port = sockets[0].getsockname()[1]
        thread.start()
        try:
            assert is_ready.wait(PATIENCE)
            ours.append(Listening(port, ready[0], lambda: len(runner.server_state.connections)))
            yield ours[0]
        finally:
            runner.should_exit = runner.force_exit = True
            thread.join(PATIENCE)
