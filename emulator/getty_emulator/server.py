"""The socket: uvicorn on loopback, run from code, with a word when it really listens."""

import errno
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import Any

from getty_token.errors import AddressInUse, WrongUsage

GRACE = 5
"""Seconds that requests in flight have to finish after SIGTERM; a second signal ends them at once."""
IMPATIENCE = 1
"""The same after Ctrl-C: somebody sits there and waits."""


@contextmanager
def bound(port: int) -> Iterator[tuple[list[socket.socket], str]]:
    """
    Sockets on 127.0.0.1 and, where there is IPv6, on ::1, with the same port; and the address to tell people.

    Both, because Node may try ::1 first when a proxy's url says `localhost`. Port 0 is any free one.

    Raises AddressInUse, or WrongUsage for a port we may not have.
    """
    with ExitStack() as open_sockets:
        first = open_sockets.enter_context(_listening(socket.AF_INET, "127.0.0.1", port))
        port = first.getsockname()[1]
        sockets = [first]
        with suppress(OSError, AddressInUse):  # no IPv6 here, or somebody else has it: IPv4 is what we promise
            sockets.append(open_sockets.enter_context(_listening(socket.AF_INET6, "::1", port)))
        yield sockets, f"http://127.0.0.1:{port}"


def _listening(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise AddressInUse(
                f"port {port} is in use.",
                "Another `getty-token serve` or `netlify functions:serve` may be running.",
                "Stop it, or choose another port with --port.",
            ) from None
        if error.errno == errno.EACCES:
            raise WrongUsage(
                f"port {port} needs the rights of an administrator.", mend="Choose one above 1023."
            ) from None
        raise
    listener.setblocking(False)
    return listener


def run(
    app: Any,
    sockets: list[socket.socket],
    on_listening: Callable[[], None],
    on_end: Callable[[], None],
    close: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """
    Serve `app` (ASGI) until a signal. Raises KeyboardInterrupt after Ctrl-C.

    `close` lets go of what `app` holds on the event loop, such as connections; `on_end` is called whatever happened.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            on_listening()

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            if sig == signal.SIGINT:
                self.config.timeout_graceful_shutdown = IMPATIENCE
            super().handle_exit(sig, frame)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await super().shutdown(sockets)
            if close:
                await close()

    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=GRACE,
    )
    try:
        Server(config).run(sockets)
    finally:
        on_end()
