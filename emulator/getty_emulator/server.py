"""The socket: uvicorn on loopback, run from code, with a word when it really listens."""

import asyncio
import errno
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, cast

from getty_emulator.asgi import Application
from getty_emulator.limits import Limits
from getty_token.errors import AddressInUse, WrongUsage

if TYPE_CHECKING:
    import uvicorn

GRACE = 5
"""Seconds that requests in flight have to finish after SIGTERM; a second signal ends them at once."""
KEPT = 65
"""Seconds that an idle connection is kept: longer than any client of ours keeps one, so that they close it, not we."""
IMPATIENCE = 1
"""The same after Ctrl-C: somebody sits there and waits."""


@contextmanager
def bound(port: int, host: str = "") -> Iterator[tuple[list[socket.socket], str]]:
    """
    Sockets on 127.0.0.1 and, where there is IPv6, on ::1, with the same port; and the address to tell people.

    Both, because Node may try ::1 first when a proxy's url says `localhost`. Port 0 is any free one. `host` is another
    address of this machine to listen on, or all of them (0.0.0.0, ::).

    Raises AddressInUse, or WrongUsage for a port or an address we may not have.
    """
    family, other = _resolved(host) if host else (socket.AF_INET, "")
    everywhere = other in ("0.0.0.0", "::")  # noqa: S104 - asked for by name
    first_on = other if everywhere and family is socket.AF_INET else "127.0.0.1"
    second_on = other if everywhere and family is socket.AF_INET6 else "::1"
    with ExitStack() as open_sockets:
        first = open_sockets.enter_context(_listening(socket.AF_INET, first_on, port))
        port = first.getsockname()[1]
        sockets = [first]
        if second_on == "::1":
            with suppress(OSError, AddressInUse):  # no IPv6 here, or somebody else has it: IPv4 is what we promise
                sockets.append(open_sockets.enter_context(_listening(socket.AF_INET6, second_on, port)))
        else:
            sockets.append(open_sockets.enter_context(_listening(socket.AF_INET6, second_on, port)))
        if other and not everywhere:
            sockets.append(open_sockets.enter_context(_listening(family, other, port)))
        yield sockets, f"http://127.0.0.1:{port}"


def _resolved(host: str) -> tuple[socket.AddressFamily, str]:
    try:
        [(family, _, _, _, address), *_] = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise WrongUsage(f"{host} is no address of this machine.", mend="Name one, or 0.0.0.0 for all.") from None
    return family, str(address[0])


def _listening(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
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
        if error.errno == errno.EADDRNOTAVAIL and host not in ("127.0.0.1", "::1"):
            raise WrongUsage(f"{host} is no address of this machine.", mend="Name one, or 0.0.0.0 for all.") from None
        raise
    listener.setblocking(False)
    return listener


def run(
    app: Application,
    sockets: list[socket.socket],
    on_listening: Callable[[], None],
    on_end: Callable[[], None],
    close: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """
    Serve `app` until a signal. Raises KeyboardInterrupt after Ctrl-C.

    `close` lets go of what `app` holds on the event loop, such as connections; `on_end` is called whatever happened.
    """
    with ExitStack() as end:
        end.callback(on_end)

        async def ending() -> None:
            with end.pop_all():  # uvicorn's last act is the signal that ended it, and after SIGTERM nothing is done
                if close:
                    await close()

        server(app, on_listening, ending).run(sockets)


def server(
    app: Application,
    on_listening: Callable[[], None],
    close: Callable[[], Awaitable[None]] | None = None,
    limits: Limits = Limits(),  # noqa: B008 - a value
) -> "uvicorn.Server":
    """What `run` runs."""
    import uvicorn
    from uvicorn.protocols.http import httptools_impl

    # A function may answer with any of Node's statuses; uvicorn knows no line for these and would answer nothing.
    httptools_impl.STATUS_LINE.update({status: b"HTTP/1.1 %d \r\n" % status for status in range(600, 1000)})

    from getty_emulator.wire import Wire

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            on_listening()

        async def on_tick(self, counter: int) -> bool:
            now = asyncio.get_running_loop().time()
            for each in list(self.server_state.connections):
                if isinstance(each, Wire):
                    each.sweep(now)
            return await super().on_tick(counter)

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            if self.should_exit:
                self.force_exit = True  # the second signal, whichever it is
            if sig == signal.SIGINT:
                self.config.timeout_graceful_shutdown = IMPATIENCE
            super().handle_exit(sig, frame)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await super().shutdown(sockets)
            if close:
                await close()

    _allow_descriptors(4 * limits.connections)
    config = uvicorn.Config(
        app,
        http=cast(type[asyncio.Protocol], partial(Wire, limits, app.guard, app.listener)),
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio" if app.sockets else "none",
        ws_per_message_deflate=False,  # over loopback nothing is gained by it
        timeout_keep_alive=KEPT,
        timeout_graceful_shutdown=GRACE,
    )
    return Server(config)


def _allow_descriptors(count: int) -> None:
    """Raise what this process may open to `count` if its user may: macOS begins at 256."""
    try:
        import resource
    except ImportError:  # Windows counts otherwise
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@asynccontextmanager
async def aside(app: Application) -> AsyncIterator[str]:
    """`app` on a free port of this machine, on the event loop that runs already; gives its address."""
    with bound(0) as (sockets, address):
        second = server(app, lambda: None)
        second.config.load()
        second.lifespan = second.config.lifespan_class(second.config)
        await second.startup(sockets)
        minding = asyncio.ensure_future(second.main_loop())
        try:
            yield address
        finally:
            second.should_exit = True
            await minding
            second.config.timeout_graceful_shutdown = IMPATIENCE
            await second.shutdown(sockets)
