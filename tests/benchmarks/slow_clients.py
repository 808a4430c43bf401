"""
What a good client notices while slowhttptest attacks, in each of its modes. Prints a table; asserts nothing.

    python tests/benchmarks/slow_clients.py [--seconds N] [--connections N]

Needs slowhttptest (Debian package of that name). The good client asks 50 times a second, each time on a new connection
and once more on a kept one, while the attacker opens 200 connections a second and keeps as many as it can.
"""

import argparse
import http.client
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = "/.netlify/functions/getty/v3/search/images/creative?phrase=sunset&page_size=100"
PACE = 0.02
"""Seconds between two requests of the good client."""

MODES = {
    "slow headers": ["-H", "-i", "1", "-x", "24"],
    "slow bodies": ["-B", "-i", "1", "-x", "10", "-s", "100000"],
    "overlapping ranges": ["-R", "-a", "10", "-b", "3000"],
    "slow reading": ["-X", "-w", "512", "-y", "1024", "-n", "1", "-z", "32", "-k", "3"],
}


@dataclass
class Seen:
    """What the good client saw: seconds of each answer, and whatever else than a 200 came."""

    fresh: list[float] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """Medians and 99th percentiles in milliseconds."""
        shown = []
        for name, times in (("new", self.fresh), ("kept", self.kept)):
            times = sorted(times)
            p99 = times[int(len(times) * 0.99)]
            shown.append(f"{name} p50 {statistics.median(times) * 1000:.1f} p99 {p99 * 1000:.1f}")
        return ", ".join(shown)


def main() -> None:
    """Attack in every mode, and print what it was like."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=20, help="length of each attack")
    options.add_argument("--connections", type=int, default=1000, help="what the attacker aims at")
    arguments = options.parse_args()
    if not shutil.which("slowhttptest"):
        sys.exit("slowhttptest is not here; it is a Debian package.")
    print(
        "| attack | answers to the good client | milliseconds | attacker's connections: open / closed on it / failed |"
    )
    print("|---|---|---|---|")
    with serving() as port:
        print(_row("none", attacked(port, None, arguments.seconds, arguments.connections)), flush=True)
        for mode in MODES:
            print(_row(mode, attacked(port, mode, arguments.seconds, arguments.connections)), flush=True)


def _row(mode: str, outcome: tuple[Seen, str]) -> str:
    seen, left = outcome
    count = len(seen.fresh) + len(seen.kept)
    wrong = f", {len(seen.wrong)} wrong: {sorted(set(seen.wrong))}" if seen.wrong else ", all 200"
    return f"| {mode} | {count}{wrong} | {seen.summary()} | {left} |"


def attacked(port: int, mode: str | None, seconds: int, connections: int) -> tuple[Seen, str]:
    """What a good client sees during one attack, and what has become of the attacker's connections."""
    if mode is None:
        return _good_client(port, time.monotonic() + seconds), "-"
    command = ["slowhttptest", *MODES[mode], "-c", str(connections), "-r", "200", "-l", str(seconds), "-p", "2"]
    with tempfile.TemporaryFile("w+") as output:
        attack = subprocess.Popen(
            [*command, "-u", f"http://127.0.0.1:{port}{TARGET}"], stdout=output, stderr=subprocess.STDOUT
        )
        try:
            seen = _good_client(port, time.monotonic() + seconds)
            attack.wait(120)  # it sums up when its time is over
        finally:
            attack.kill()
            attack.wait()
        output.seek(0)
        said = re.sub(r"\x1b\[[0-9;]*m", "", output.read())
    states = [re.findall(rf"{state}:\s+(\d+)", said)[-1:] or ["?"] for state in ("connected", "closed", "error")]
    return seen, " / ".join(state for [state] in states)


def _good_client(port: int, until: float) -> Seen:
    seen, kept = Seen(), http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while time.monotonic() < until:
        began = time.monotonic()
        fresh = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for connection, times in ((fresh, seen.fresh), (kept, seen.kept)):
            asked = time.monotonic()
            try:
                connection.request("GET", TARGET)
                response = connection.getresponse()
                response.read()
                if response.status != 200:
                    seen.wrong.append(str(response.status))
            except OSError as error:
                seen.wrong.append(type(error).__name__)
                connection.close()
            times.append(time.monotonic() - asked)
        fresh.close()
        time.sleep(max(0.0, PACE - (time.monotonic() - began)))
    kept.close()
    return seen


@contextmanager
def serving() -> Iterator[int]:
    """The port of a `serve --offline`."""
    with tempfile.TemporaryDirectory() as home:
        path = os.pathsep.join(str(ROOT / folder) for folder in ("cli", "emulator"))
        environment = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home, "PYTHONPATH": path}
        process = subprocess.Popen(
            [sys.executable, "-m", "getty_token", "serve", "--offline", "--port", "0"],
            cwd=home,
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr
        try:
            found = re.search(r"127\.0\.0\.1:(\d+)", process.stderr.readline())
            assert found
            drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
            yield int(found[1])
        finally:
            process.terminate()
            process.wait()
            drain.wait()
            process.stderr.close()


if __name__ == "__main__":
    main()
