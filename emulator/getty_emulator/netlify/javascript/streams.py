"""The chunks of an answer, between the process that makes them and the browser that takes them."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable

from getty_emulator.netlify.javascript.failures import Failed, Thrown
from getty_emulator.netlify.javascript.link import Message

AHEAD = 256 * 1024
"""Bytes that may wait for a browser that is slow."""


class Stream:
    """
    `take` what comes, and give it on as `chunks`.

    `hold` is told whether the process is to wait, `left` that nobody listens while there is more to come.
    """

    def __init__(self, hold: Callable[[bool], None], left: Callable[[], None]) -> None:
        self._hold = hold
        self._left = left
        self._waiting: deque[tuple[Message, bytes]] = deque()
        self._size = 0
        self._more = asyncio.Event()
        self._is_complete = False
        self._is_dropped = False

    def take(self, message: Message, body: bytes) -> None:
        """A chunk, or the end."""
        self._is_complete = self._is_complete or message["kind"] != "chunk"
        self._waiting.append((message, body))
        self._size += len(body)
        self._more.set()
        if self._size > AHEAD:
            self._hold(True)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Each as it comes. Raises Failed where the function broke off."""
        try:
            while True:
                while not self._waiting:
                    self._more.clear()
                    await self._more.wait()
                message, body = self._waiting.popleft()
                self._size -= len(body)
                if self._size <= AHEAD:
                    self._hold(False)
                if message["kind"] == "broke":
                    raise Failed(Thrown(message["error"]["name"], message["error"]["message"]))
                if message["kind"] != "chunk":
                    return
                yield body
        finally:
            await self.drop()

    async def drop(self) -> None:
        """Listen no more, also where nobody ever began to."""
        if self._is_dropped:
            return
        self._is_dropped = True
        self._hold(False)
        if not self._is_complete:  # else the process may be at its next call already
            self._left()
