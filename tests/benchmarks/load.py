"""Load on a server: as much as it takes (wrk), or so many requests per second, whatever it does."""

import asyncio
import re
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from getty_token import direct
from getty_token.direct import Direct


@dataclass(frozen=True, slots=True)
class Speed:
    """What wrk measured: requests per second, and milliseconds."""

    rate: float
    median: float
    p99: float

    def __str__(self) -> str:
        return f"{self.rate:,.0f}/s, p99 {self.p99:.1f} ms"


def wrk(url: str, connections: int, seconds: int) -> Speed:
    """As much as the server takes on so many connections. Ends the program if not every request was answered."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"not every request was answered:\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found
    return Speed(float(found[1]), _milliseconds("50%", said), _milliseconds("99%", said))


def median(speeds: list[Speed]) -> Speed:
    """The median of each figure."""
    return Speed(*(statistics.median(getattr(each, name) for each in speeds) for name in ("rate", "median", "p99")))


def has_wrk() -> bool:
    """Whether there is something to make load with."""
    return shutil.which("wrk") is not None


def _milliseconds(rank: str, said: str) -> float:
    found = re.search(rf"{rank}\s+([\d.]+)(us|ms|s)\b", said)
    assert found, said
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]]


@dataclass
class Paced:
    """What became of requests that were sent by the clock. `late` is (when it was due, milliseconds it took)."""

    sent: int = 0
    failed: int = 0
    took: list[tuple[float, float]] = field(default_factory=list)

    def over(self, milliseconds: float) -> list[tuple[float, float]]:
        """Those that took longer."""
        return [each for each in self.took if each[1] > milliseconds]


def paced(url: str, per_second: int, seconds: float, connections: int = 64) -> Paced:
    """
    `per_second` requests, evenly, for so many seconds. Each is timed from when it was due, not from when it could be
    sent: a server that stands still delays all that come meanwhile.
    """
    direct.CONNECTIONS = connections
    parts = urlsplit(url)
    target, result = f"{parts.path}?{parts.query}", Paced()

    async def one(way: Direct, due: float, due_at: float) -> None:
        reply = None
        try:
            reply = await way.fetch("GET", target, {}, b"", 2**25)
        finally:
            result.failed += reply is None or reply.status_code != 200
            result.took.append((due_at, (time.perf_counter() - due) * 1000))

    async def everything() -> None:
        way = Direct(f"{parts.scheme}://{parts.netloc}")
        began, began_at = time.perf_counter(), time.time()
        tasks = set()
        while (at := result.sent / per_second) < seconds:
            wait = began + at - time.perf_counter()
            await asyncio.sleep(max(0.0, wait))
            task = asyncio.create_task(one(way, began + at, began_at + at))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            result.sent += 1
        await asyncio.gather(*tasks, return_exceptions=True)
        await way.aclose()

    import uvloop

    uvloop.run(everything())
    return result


def at_once(url: str, number: int) -> Paced:
    """`number` requests in the same moment, each on a connection of its own."""
    return paced(url, number * 1000, number / (number * 1000) - 1e-9, number)
