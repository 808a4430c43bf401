"""
A long search: what it holds in memory, and how fast it is beside a loop that does nothing but ask.

    python tests/benchmarks/searches.py [--images 100000]

The sandbox answers, in a process of its own. The floor is an httpx client that walks the same pages and writes the
same JSON. Prints a table; asserts nothing.
"""

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = [sys.executable, "-m", "getty_token"]
PHRASE = "photography"
FLOOR = """
import json, os, sys
import httpx
from getty_token import GettyAuth
limit, path = int(sys.argv[1]), sys.argv[2]
auth = GettyAuth.shared()
with httpx.Client(auth=auth, base_url=auth.api_url) as client, open(path, "w") as file:
    for page in range(1, limit // 100 + 1):
        parameters = {"phrase": "photography", "fields": "summary_set", "page": page, "page_size": 100}
        for image in client.get("/v3/search/images/creative", params=parameters).json()["images"]:
            file.write(json.dumps(image) + "\\n")
"""


def main() -> None:
    """Search for a thousand, ten thousand ... images, in every form."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--images", type=int, default=100_000, help="the longest search")
    most = options.parse_args().images
    print(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}\n")
    print("| search | lines | images a second | peak memory |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as home, sandbox(home, assets=4 * most) as environment:
        sizes = [size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= most]
        for size in sizes:
            row("httpx and json.dumps (floor)", size, [sys.executable, "-c", FLOOR, str(size)], environment)
        for size in sizes:
            search = [*COMMAND, "search", PHRASE, "--limit", str(size), "--format", "ndjson", "-o"]
            row("`search -o FILE`, ndjson", size, search, environment)
        for form in ("json", "csv", "tsv", "table"):
            search = [*COMMAND, "search", PHRASE, "--limit", str(most), "--format", form, "-o"]
            row(f"`search -o FILE`, {form}", most, search, environment)


def row(name: str, size: int, command: list[str], environment: dict[str, str]) -> None:
    """Run `command`, with a file to write to as its last word, and print a line of the table."""
    path = os.path.join(environment["HOME"], "found")
    rates, peaks = [], []
    for _ in range(3):
        started = time.perf_counter()
        process = subprocess.Popen([*command, path], env=environment, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{name} failed")
        rates.append(size / (time.perf_counter() - started))
        peaks.append(peak(used))
    with open(path, "rb") as file:
        lines = sum(1 for _ in file)
    median = statistics.median(rates)
    print(f"| {name} | {lines:,} | {median:,.0f} | {statistics.median(peaks):.1f} MB |", flush=True)


def peak(used: resource.struct_rusage) -> float:
    """The most memory a process has held, in MB; Linux counts in KB, macOS in bytes."""
    return used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


@contextmanager
def sandbox(home: str, assets: int) -> Iterator[dict[str, str]]:
    """The environment in which a local Getty with so many pictures is the one that is asked."""
    foreign = ("GETTY_", "XDG_", "PYTHON")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    path = os.pathsep.join(str(Path(__file__).resolve().parents[2] / folder) for folder in ("cli", "emulator"))
    environment |= {"HOME": home, "PYTHONPATH": path}
    serving = [*COMMAND, "sandbox", "--port", "0", "--assets", str(assets)]
    process = subprocess.Popen(serving, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout
        for _ in range(2):
            exported = process.stdout.readline().removeprefix("export ").split()
            environment |= dict(each.split("=", 1) for each in exported)
        yield environment
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
