"""
What a token costs a program that has one already, beside the floor in the same run. Prints a table; asserts nothing.

    python tests/benchmarks/engine.py
"""

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from getty_token.source import TokenSource
from getty_token.stores.disk import DiskStore
from getty_token.stores.record import Record
from getty_token.tokens import Token

ROUNDS, CALLS = 9, 2000
PROCESSES, THREADS = 64, 16

_MEMBER = f"""if True:
    import sys, time
    from concurrent.futures import ThreadPoolExecutor
    from getty_token.commands.wiring import Setup

    setup = Setup.here()
    source = setup.source(setup.credentials(), "serve")

    def wait(_):
        began = time.perf_counter()
        source.token()
        return time.perf_counter() - began

    with ThreadPoolExecutor({THREADS}) as threads:
        print("ready", flush=True)
        sys.stdin.readline()
        print(*threads.map(wait, range({THREADS})))
    """


class Forgetful(DiskStore):
    """The store on disk, asked at every call."""

    promise = replace(DiskStore.promise, remember=0.0)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "store"
        now = time.time()
        token = Token("test-token", "Bearer", now, now + 1800)
        DiskStore(folder, "account").put_if(Record(token), None)
        asked, remembered = (
            TokenSource(store, _never, who="benchmark")
            for store in (Forgetful(folder, "account"), DiskStore(folder, "account"))
        )
        connection = sqlite3.connect((folder / "cache.db").as_uri() + "?mode=ro", uri=True)
        disk_floor = _microseconds(
            lambda: (os.stat(folder / "cache.db"), connection.execute("PRAGMA data_version").fetchone())
        )
        memory_floor = _microseconds(lambda: (time.time(), time.monotonic()))
        print("| a fresh token | median | floor, in the same run | ratio |\n|---|---|---|---|")
        _row("from disk, asked every time", _microseconds(asked.token), "stat and PRAGMA data_version", disk_floor)
        _row("from memory, as programs get it", _microseconds(remembered.token), "two looks at a clock", memory_floor)
        print(f"\nAnother process's refresh is noticed within {DiskStore.promise.remember * 1000:.0f} ms.")
        connection.close()
    _herd()


def _herd() -> None:
    """Many processes of many threads, all without a token: how often Getty is asked, and how long they wait."""
    asked = []

    class Getty(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(1)
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"access_token": "test-token", "token_type": "Bearer", "expires_in": 1800}')

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Getty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    with tempfile.TemporaryDirectory() as home:
        settings = {"GETTY_API_KEY": "test-key", "GETTY_API_SECRET": "test-secret", "GETTY_AUTH_URL": address}
        environment = {**os.environ, **settings, "HOME": home, "XDG_CACHE_HOME": home, "XDG_CONFIG_HOME": home}
        members = [
            subprocess.Popen(
                [sys.executable, "-c", _MEMBER],
                env=environment,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            for _ in range(PROCESSES)
        ]
        for member in members:
            assert member.stdout
            member.stdout.readline()
        waits = [float(each) for output in _all_at_once(members) for each in output.split()]
    server.shutdown()
    ranks = statistics.quantiles(waits, n=100)
    print(
        f"\n{PROCESSES} processes of {THREADS} threads, cold: {len(asked)} token request; they waited"
        f" {statistics.median(waits):.2f} s (median), {ranks[98]:.2f} s (99th percentile), {max(waits):.2f} s at most."
    )


def _all_at_once(members: list[subprocess.Popen[str]]) -> list[str]:
    for member in members:
        assert member.stdin
        member.stdin.write("go\n")
        member.stdin.flush()
    return [member.communicate()[0] for member in members]


def _row(what: str, measured: float, floor_name: str, floor: float) -> None:
    print(f"| {what} | {measured:.2f} us | {floor_name}: {floor:.2f} us | {measured / floor:.1f} |")


def _microseconds(call: Callable[[], object]) -> float:
    """The median over rounds of the mean of a call."""
    means = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(CALLS):
            call()
        means.append((time.perf_counter() - began) / CALLS * 1e6)
    return statistics.median(means)


def _never() -> Token:
    raise AssertionError("a fresh token is asked for")


if __name__ == "__main__":
    main()
