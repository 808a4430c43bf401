"""
What a token costs a program that has one already, beside the floor in the same run. Prints a table; asserts nothing.

    python tests/benchmarks/engine.py
"""

import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from getty_token.source import TokenSource
from getty_token.stores.disk import DiskStore
from getty_token.stores.record import Record
from getty_token.tokens import Token

ROUNDS, CALLS = 9, 2000


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
