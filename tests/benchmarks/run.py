"""
How fast getty-token is, beside a peer or a floor in the same run. Prints a table; asserts nothing.

    python tests/benchmarks/run.py [--seconds N]

Medians of several runs. Load comes from wrk (Debian package `wrk`); without it those rows are left out, and said so.
"""

import argparse
import os
import platform
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = "/.netlify/functions/getty/v3/search/images/creative?phrase=sunset"
COMMAND = [str(found)] if (found := Path(sys.executable).with_name("getty-token")).exists() else [
    sys.executable, "-m", "getty_token"
]  # fmt: skip


def main() -> None:
    """Run every benchmark and print its rows."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=3, help="length of each load run")
    seconds = options.parse_args().seconds
    print(f"{os.cpu_count()} cores, {_memory()} GiB, {platform.system()}, Python {platform.python_version()}\n")
    print("| what | measured | beside | ratio |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as home:
        environment = _environment(home)
        _commands(environment)
        _launch(environment)
        _load(environment, seconds)


def row(what: str, measured: str, beside: str = "", ratio: float | None = None) -> None:
    """One line of the table."""
    print(f"| {what} | {measured} | {beside} | {'' if ratio is None else f'{ratio:.2f}'} |", flush=True)


def _commands(environment: dict[str, str]) -> None:
    """CPU time of whole processes, in turn, so that a noisy moment meets all of them."""
    with serving("sandbox", "--port", "0", environment=environment) as (address, _):
        asked = environment | {"GETTY_API_URL": address, "GETTY_AUTH_URL": address}
        subprocess.run([*COMMAND, "refresh"], env=asked, check=True, capture_output=True)
        commands = {
            "status": [*COMMAND, "status"],
            "token": [*COMMAND, "token"],
            "pass": [sys.executable, "-c", "pass"],
            "typer": [sys.executable, "-c", "import typer"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(21):
            for name, command in commands.items():
                times[name].append(_cpu(command, asked))
    median = {name: statistics.median(values) for name, values in times.items()}
    for name in ("status", "token"):
        for peer, label in (("pass", "python -c pass"), ("typer", 'python -c "import typer"')):
            measured, beside = (f"{median[each] * 1000:.0f} ms CPU" for each in (name, peer))
            row(f"`getty-token {name}`, fresh token", measured, f"{label}: {beside}", median[name] / median[peer])


def _launch(environment: dict[str, str]) -> None:
    """From starting the process to the first answer, and what it holds when idle."""
    waits, sizes = [], []
    for _ in range(7):
        started = time.perf_counter()
        with serving("serve", "--offline", "--port", "0", environment=environment) as (address, process):
            _get(address + TARGET)
            waits.append(time.perf_counter() - started)
            sizes.append(_resident(process.pid))
    row("`serve --offline`, launch to first answer", f"{statistics.median(waits) * 1000:.0f} ms", "aim: 500 ms")
    row("memory after the first answer", f"{statistics.median(sizes):.0f} MiB", "aim: 60 MiB")


def _load(environment: dict[str, str], seconds: int) -> None:
    """Requests per second, ours and the peer's in turn."""
    if not shutil.which("wrk"):
        print("\nThe rows for load are left out: wrk is not installed (Debian package `wrk`).")
        return
    with serving("serve", "--offline", "--port", "0", environment=environment) as (ours, process):
        size = len(_get(ours + TARGET))
        with peer(size, environment) as (floor, _):
            for connections in (1, 16, 64):
                _compare("offline", ours + TARGET, "constant", floor + TARGET, connections, seconds, size)
            row("memory after that load", f"{_resident(process.pid):.0f} MiB", "aim: 120 MiB")
            live = environment | {"GETTY_API_URL": floor, "GETTY_AUTH_URL": floor}
            with serving("serve", "--live", "--port", "0", environment=live) as (proxy, _):
                _get(proxy + TARGET)
                for connections in (1, 16, 64):
                    _compare("live", proxy + TARGET, "upstream", floor + TARGET, connections, seconds, size)


def _compare(what: str, url: str, peer_name: str, peer_url: str, connections: int, seconds: int, size: int) -> None:
    pairs = [(_wrk(url, connections, seconds), _wrk(peer_url, connections, seconds)) for _ in range(3)]
    rates = [statistics.median(pair[side][0] for pair in pairs) for side in (0, 1)]
    slowest = [statistics.median(pair[side][1] for pair in pairs) for side in (0, 1)]
    measured, beside = (f"{rate:,.0f}/s, p99 {p99:.1f} ms" for rate, p99 in zip(rates, slowest, strict=True))
    ratio = statistics.median(mine[0] / theirs[0] for mine, theirs in pairs)
    connection = f"{connections} connection{'s' * (connections > 1)}"
    row(f"{what}, {size / 1000:.0f} KB, {connection}", measured, f"{peer_name}: {beside}", ratio)


def _wrk(url: str, connections: int, seconds: int) -> tuple[float, float]:
    """Requests per second, and the 99th percentile in milliseconds."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"not every request was answered:\n{said}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    assert rate and p99
    return float(rate[1]), float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]]


@contextmanager
def serving(*arguments: str, environment: dict[str, str]) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A getty-token server; gives its address and process. Its log goes nowhere, as in front of a person who reads."""
    process = subprocess.Popen(
        [*COMMAND, *arguments], env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert process.stderr
    with _stopped(process):
        address = process.stderr.readline().split()[-1]
        # The log has to be read, or the pipe fills up and the server waits.
        subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
        yield address, process


@contextmanager
def peer(size: int, environment: dict[str, str]) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The constant answer on the same kind of socket."""
    command = [sys.executable, str(Path(__file__).with_name("constant.py")), str(size)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with _stopped(process):
        yield process.stdout.readline().strip(), process


@contextmanager
def _stopped(process: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _environment(home: str) -> dict[str, str]:
    sources = os.pathsep.join(str(ROOT / source) for source in ("cli", "emulator"))
    keys = {"GETTY_API_KEY": "test-key", "GETTY_API_SECRET": "test-secret"}
    return {"PATH": os.environ["PATH"], "HOME": home, "PYTHONPATH": sources, **keys}


def _cpu(command: list[str], environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url) as response:
        content: bytes = response.read()
        return content


def _resident(pid: int) -> float:
    """MiB of memory (Linux)."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3)


if __name__ == "__main__":
    main()
