"""
The short way to one server: HTTP/1.1 on kept connections, straight over asyncio.

httpx's own transport takes 1.3 ms of CPU for what takes 0.02 here, and more the more connections there are; aiohttp
takes 0.05, eight more packages, and 0.1 s of every start.
"""

import asyncio
import socket
from collections.abc import Mapping

import httpx

from getty_token.auth import SAFE_METHODS
from getty_token.connection import Connection, Limits, Reply
from getty_token.transport import certificates

CONNECTIONS = 64
"""At most; who comes later waits for one."""

STUBBORN = 1.0
"""Seconds until the next address of the same server is tried."""


class Direct:
    """
    Connections to the server of `url`. httpx's settings for certificates (SSL_CERT_FILE, SSL_CERT_DIR) hold, no proxy.
    """

    def __init__(self, url: str, limits: Limits = Limits()) -> None:  # noqa: B008 - immutable
        server = httpx.URL(url)
        self._tls = certificates() if server.scheme == "https" else None
        self._host = server.raw_host.decode("ascii")
        self._port = server.port or (443 if self._tls else 80)
        self._authority = server.netloc.decode("ascii")
        self._limits = limits
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()

    async def fetch(self, method: str, target: str, headers: Mapping[str, str], body: bytes, largest: int) -> Reply:
        """
        The reply to one request; `target` goes out as it is, `largest` bounds the reply's body in bytes.

        Servers close idle connections when they like. A request that meets such an end goes out once more on a new
        connection if its method is safe; another might be carried out twice, so it fails.

        Raises httpx.TransportError; GettyUnavailable for a larger body.
        """
        request = written(method, target, {"Host": self._authority, **headers}, body)
        await self._turn()
        try:
            if connection := self._kept():
                try:
                    return await self._exchange(connection, method, request, largest)
                except httpx.ReadError:
                    if connection.heard or method not in SAFE_METHODS:
                        raise
            return await self._exchange(await self._connected(), method, request, largest)
        finally:
            self._turns.release()

    async def aclose(self) -> None:
        """Close every connection."""
        for connection in self._open:
            connection.abort()
        await asyncio.gather(*(connection.lost for connection in self._open))

    async def _turn(self) -> None:
        if not self._turns.locked():
            await self._turns.acquire()
            return
        try:
            await asyncio.wait_for(self._turns.acquire(), self._limits.read)
        except TimeoutError:
            raise httpx.PoolTimeout("") from None

    def _kept(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable():
                return connection
            connection.abort()
        return None

    async def _exchange(self, connection: Connection, method: str, request: bytes, largest: int) -> Reply:
        try:
            return await connection.ask(request, largest, method == "HEAD")
        finally:
            # `keep` is false unless the reply has come: after a cancellation it would come to somebody else.
            if connection.keep:
                self._idle.append(connection)
            else:
                connection.abort()

    async def _connected(self) -> Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._limits.connect):
                plain = await self._socket(loop)
                _, connection = await loop.create_connection(
                    lambda: Connection(self._limits),
                    sock=plain,
                    ssl=self._tls,
                    server_hostname=self._host if self._tls else None,
                )
        except TimeoutError:
            raise httpx.ConnectTimeout("") from None
        except OSError as error:  # ssl.SSLError is one
            raise httpx.ConnectError(str(error)) from error
        self._open.add(connection)
        connection.lost.add_done_callback(lambda _: self._open.discard(connection))
        return connection

    async def _socket(self, loop: asyncio.AbstractEventLoop) -> socket.socket:
        """A connected socket, to the first address that answers. One that is silent does not hold up the others."""
        addresses = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        for number, (family, kind, protocol, _, address) in enumerate(addresses, 1):
            plain = socket.socket(family, kind, protocol)
            plain.setblocking(False)
            is_last = number == len(addresses)
            try:
                await asyncio.wait_for(loop.sock_connect(plain, address), None if is_last else STUBBORN)
                return plain
            except BaseException as error:
                plain.close()
                if is_last or not isinstance(error, OSError):  # TimeoutError is one
                    raise
        raise OSError("There is no address for that name.")


def written(method: str, target: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """A request as it goes over the wire. Raises httpx.LocalProtocolError if part of it could be taken for another."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body or method not in ("GET", "HEAD", "OPTIONS", "DELETE"):
        lines.append(f"Content-Length: {len(body)}")
    text = "\r\n".join(lines)
    breaks = len(lines) - 1
    # A line break that slipped in would begin another field, or another request; both would be signed.
    if text.count("\n") != breaks or text.count("\r") != breaks or "\0" in text or lines[0].count(" ") != 2:
        raise httpx.LocalProtocolError("The address or a header field holds what does not belong there.")
    return text.encode("latin-1") + b"\r\n\r\n" + body
