"""Messages to a Node process and from it: a JSON header and raw bytes, each with its length. See host/link.cjs."""

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

LARGEST = 64 * 1024 * 1024
"""Bytes of one message. The host sends less; whoever sends more is not the host."""

Message = dict[str, Any]

_LENGTHS = struct.Struct("!II")


class Link(asyncio.Protocol):
    """Calls `receive` with each message, and `lost` once when the other side is gone."""

    def __init__(self, receive: Callable[[Message, bytes], None], lost: Callable[[], None]) -> None:
        self._receive = receive
        self._lost = lost
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._socket: socket.socket | None = None

    async def open(self, ours: socket.socket) -> None:
        """Take over `ours`, our end of a pair of sockets."""
        self._socket = ours
        await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=ours)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if exc:
            self._hear_the_rest()
        self._lost()

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        start, size = 0, len(buffer)
        while size - start >= 8:
            text, body = _LENGTHS.unpack_from(buffer, start)
            end = start + 8 + text + body
            if end - start > LARGEST:
                self.close()
                return
            if size < end:
                break
            begins = start + 8
            self._receive(json.loads(buffer[begins : begins + text]), bytes(buffer[begins + text : end]))
            start = end
        del buffer[:start]

    def send(self, message: Message, body: bytes = b"") -> None:
        """Say `message`; nobody hears it if the other side is gone."""
        if self._transport:
            text = json.dumps(message, separators=(",", ":")).encode()
            self._transport.write(_LENGTHS.pack(len(text), len(body)) + text + body)

    def pause(self, wait: bool) -> None:
        """Take nothing more for now, or go on."""
        if self._transport and self._transport.is_reading() == wait:
            (self._transport.pause_reading if wait else self._transport.resume_reading)()

    def _hear_the_rest(self) -> None:
        """What was said before we wrote to where nobody reads any more: a transport that fails so leaves it unread."""
        with suppress(OSError):
            while self._socket and (data := self._socket.recv(65536)):
                self.data_received(data)

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.abort()
