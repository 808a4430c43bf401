"""
A tiny process that outlives us by a moment: it ends the Node processes of an emulator that was killed.

A function in an endless loop does not notice that the emulator is gone, and what a function forked never knew of it. So
each Node process leads a process group, and the warden is told of every group. When its standard input ends, which the
operating system sees to whatever becomes of us, it kills those that are left.
"""

import asyncio
import contextlib
import os
import signal
import sys

_SCRIPT = """
import os, signal, sys
for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(ignored, signal.SIG_IGN)
groups = set()
for line in sys.stdin:
    number = int(line)
    groups.add(number) if number > 0 else groups.discard(-number)
for group in groups:
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError:
        pass
"""


class Warden:
    """Knows the process groups that must not outlive us."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Begin to watch."""
        async with self._starting:
            if self._process is None:
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-I", "-S", "-c", _SCRIPT),
                    stdin=asyncio.subprocess.PIPE,
                    env={},  # ours may hold the key and the secret, and other processes can read its own
                    start_new_session=True,
                )

    def watch(self, group: int) -> None:
        """End `group` if we are killed."""
        self._say(group)

    def end(self, group: int) -> None:
        """End `group` now."""
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)
        self._say(-group)

    async def stop(self) -> None:
        """Let it go; it ends what is left."""
        if self._process and self._process.stdin:
            self._process.stdin.close()
            await self._process.wait()
            self._process = None

    def _say(self, number: int) -> None:
        if self._process and self._process.stdin and not self._process.stdin.is_closing():
            self._process.stdin.write(b"%d\n" % number)
