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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from getty_token.source import TokenSource
from getty_token.stores.disk import DiskStore
from getty_token.stores.record import Record
from getty_token.tokens import Token

ROUNDS, CALLS = 9, 2000
PROCESSES, THREADS = 64, 16
REFRESHES = 40

_MEMBER = f"""if True:
    import sys, time
    from concurrent.futures import ThreadPoolExecutor
    from getty_token.commands.wiring import Setup
    from getty_token.stores.record import Record

    setup = Setup.here()
    pair = setup.credentials()
    source, store = setup.source(pair, "serve"), setup.store(pair.fingerprint)

    def naive():
        held = store.get()
        if held.record.token is None:
            store.put_if(Record(setup.request_token(pair)), held.version)

    def wait(_):
        began = time.perf_counter()
        source.token() if sys.argv[1] == "engine" else naive()
        return time.perf_counter() - began

    with ThreadPoolExecutor({THREADS}) as threads:
        print("ready", flush=True)
        sys.stdin.readline()
        print(*threads.map(wait, range({THREADS})))
    """

_ANOTHER = """if True:
    import pathlib, sys, time
    from getty_token.stores.disk import DiskStore
    from getty_token.stores.record import Record
    from getty_token.tokens import Token

    store = DiskStore(pathlib.Path(sys.argv[1]), "account")
    for line in sys.stdin:
        now = time.time()
        store.put_if(Record(Token(line.strip(), "Bearer", now, now + 1800)), store.get().version)
        print(time.monotonic(), flush=True)
    """


class Forgetful(DiskStore):
    """The store on disk, asked at every call."""

    promise = DiskStore.promise._replace(remember=0.0)


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
        connection.close()
        _noticed(folder, remembered)
    print(f"\n| {PROCESSES} processes of {THREADS} threads, cold | token requests | median wait | 99% | longest |")
    print("|---|---|---|---|---|")
    _herd("engine", "getty-token")
    _herd("naive", "the same store, no lock: look, ask, keep")


def _noticed(folder: Path, source: TokenSource) -> None:
    """How long a busy program goes on with the old token after another process has stored a new one."""
    command, late = [sys.executable, "-c", _ANOTHER, str(folder)], []
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as another:
        assert another.stdin and another.stdout
        for number in range(REFRESHES):
            another.stdin.write(f"test-token-{number}\n")
            another.stdin.flush()
            while source.token().access_token != f"test-token-{number}":
                pass
            noticed = time.monotonic()
            late.append(max(0.0, noticed - float(another.stdout.readline())) * 1000)
    print(
        f"\nAnother process's refresh was noticed after {statistics.median(late):.0f} ms (median of {REFRESHES}),"
        f" {max(late):.0f} ms at most."
    )


def _herd(way: str, name: str) -> None:
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

    class Server(ThreadingHTTPServer):
        request_queue_size = PROCESSES * THREADS

    server = Server(("127.0.0.1", 0), Getty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    with tempfile.TemporaryDirectory() as home:
        settings = {"GETTY_API_KEY": "test-key", "GETTY_API_SECRET": "test-secret", "GETTY_AUTH_URL": address}
        environment = {**os.environ, **settings, "HOME": home, "XDG_CACHE_HOME": home, "XDG_CONFIG_HOME": home}
        members = [
            subprocess.Popen(
                [sys.executable, "-c", _MEMBER, way],
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
        f"| {name} | {len(asked):,} | {statistics.median(waits):.2f} s | {ranks[98]:.2f} s | {max(waits):.2f} s |",
        flush=True,
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
