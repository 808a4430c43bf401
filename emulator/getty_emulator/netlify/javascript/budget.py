"""What a call may take of time and memory, and the watch over both."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

LOOK_AT_MEMORY = 0.25
"""Seconds between two looks at the memory of a process in the middle of a call."""


class Budget:
    """
    Watches one process. `memory` is in MiB; `spent` hears what it took too much of, as an error's name and a sentence.
    """

    def __init__(self, memory: int, spent: Callable[[str, str], None]) -> None:
        self._memory = memory
        self._spent = spent
        self._timer: asyncio.TimerHandle | None = None

    def start(self, seconds: float, pid: int) -> None:
        """Give the process `pid` that many seconds from now, whatever it had before."""
        self.stop()
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds

        def look() -> None:
            left = ends - loop.time()
            if left <= 0:
                self._spent("TimeoutError", f"Task timed out after {seconds:.2f} seconds")
            elif _resident(pid) > self._memory * 1.5:
                self._spent("Runtime.OutOfMemory", f"the function took more than {self._memory} MiB")
            else:
                self._timer = loop.call_later(min(LOOK_AT_MEMORY, left), look)

        self._timer = loop.call_later(min(LOOK_AT_MEMORY, seconds), look)

    def stop(self) -> None:
        """Watch no longer."""
        if self._timer:
            self._timer.cancel()
            self._timer = None


def _resident(pid: int) -> float:
    """MiB of memory a process has; 0 where that cannot be read. A Buffer is not in the heap that Node limits itself."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 2**20
    return 0.0
