"""
How fast recordings are found, opened, explained and written, beside vcrpy in the same run. Asserts nothing.

    python tests/benchmarks/replay.py [--interactions N] [--large N]

The requests are searches with phrases, pages and fields; the bodies are like an answer of Getty's, in bytes and shape.
Medians; vcrpy's own numbers are from the same files, read as its users read them.
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from vcr.cassette import Cassette
from vcr.matchers import method, uri
from vcr.request import Request

from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.cassette_file import Interaction
from getty_emulator.replay.layout import HEAD, TAIL, piece_of
from getty_emulator.replay.library import Library, miss
from getty_emulator.replay.matching import normalised
from getty_emulator.replay.recorder import FULL, Recorder
from getty_emulator.replay.shelf import CACHE_FILE, Shelf
from getty_emulator.replay.traits import digest

ROOT = Path(__file__).resolve().parents[2]
GETTY = "https://api.gettyimages.com"
SEARCH = "/v3/search/images/creative"
PEER = 1000
"""Interactions that vcrpy is asked to find one among: it compares with each."""


def main() -> None:
    """Run every benchmark and print its rows."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--interactions", type=int, default=10_000, help="of 5 KB, for the launch of serve")
    options.add_argument("--large", type=int, default=100_000, help="of 300 bytes, for finding one among them")
    chosen = options.parse_args()
    print(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}\n")
    print("| what | measured | beside | ratio |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        _launch(Path(name) / "launch", chosen.interactions)
        _find(Path(name) / "find", chosen.large)
        _record(Path(name) / "record")


def row(what: str, measured: str, beside: str = "", ratio: float | None = None) -> None:
    """One line of the table."""
    print(f"| {what} | {measured} | {beside} | {'' if ratio is None else f'{ratio:,.4g}'} |", flush=True)


def _launch(folder: Path, interactions: int) -> None:
    """From starting the process to the answer of a recorded request, with the index there and without."""
    size = fill(folder, interactions, 5_000)
    label = f"{interactions:,} interactions, {size / 1e6:.0f} MB"
    first = _first_answer(folder)
    row(f"`serve --offline --strict`, {label}: first launch, no index yet", f"{first * 1000:,.0f} ms")
    waits = [_first_answer(folder) for _ in range(5)]
    again = statistics.median(waits)
    loading = seconds(lambda: [Cassette.load(path=str(path)) for path in sorted(folder.glob("*.yaml"))], 1)
    beside = f"vcrpy, loading the files alone: {loading * 1000:,.0f} ms"
    row(
        "the same, with the index: launch to first answer (aim: 500 ms)",
        f"{again * 1000:,.0f} ms",
        beside,
        again / loading,
    )
    opening = seconds(lambda: Library.load([folder]), 7)
    row("opening the folder", f"{opening * 1000:,.1f} ms", beside, opening / loading)
    kept = (folder / CACHE_FILE).stat().st_size
    row("the index on disk", f"{kept / 1e6:.1f} MB", f"the cassettes: {size / 1e6:.0f} MB", kept / size)


def _find(folder: Path, interactions: int) -> None:
    """One request among many, when it is asked for the first time and again; and what nothing answers."""
    fill(folder, interactions, 300)
    library = Library.load([folder])
    dice = random.Random(1)
    some = [dice.randrange(interactions) for _ in range(500)]
    peer = _peer(folder)
    beside = f"vcrpy, the last of {PEER:,}: {peer * 1e6:,.0f} us"

    def found(shuffled: bool) -> float:
        queries = ["&".join(reversed(query(n).split("&"))) if shuffled else query(n) for n in some]
        return statistics.median(one(lambda each=each: library.find(Call("GET", SEARCH, each))) for each in queries)

    index = Shelf.open(folder, print).index
    calls = [Call("GET", SEARCH, query(n)) for n in some]
    looked = statistics.median(one(lambda each=each: index.find(digest(normalised(each)))) for each in calls)
    row(f"looked up among {interactions:,} (aim: 50 us)", f"{looked * 1e6:,.1f} us", beside, looked / peer)
    first, again, otherwise = found(False), found(False), found(True)
    row("found, and read from its file", f"{first * 1e6:,.0f} us", beside, first / peer)
    row("found again, as it was written before", f"{again * 1e6:,.1f} us", beside, again / peer)
    row("found again, written in another way", f"{otherwise * 1e6:,.1f} us", beside, otherwise / peer)
    absent = [f"{query(n)}x" for n in some]
    explained = [one(lambda each=each: miss(library, Call("GET", SEARCH, each))) for each in absent]
    row(
        f"a miss explained by the nearest of {interactions:,} (aim: 5 ms)",
        f"{statistics.median(explained) * 1000:,.2f} ms, p99 {sorted(explained)[-5] * 1000:,.2f} ms",
        f"vcrpy's find_requests_with_most_matches among {PEER:,}: {_peer_miss(folder) * 1000:,.0f} ms",
        statistics.median(explained) / _peer_miss(folder),
    )


def _record(folder: Path) -> None:
    """What one more interaction costs the recorder as its file grows, beside a whole save of vcrpy's."""
    recorder = Recorder(folder, bytes, lambda content: False, GETTY, lambda event: None)
    answer = Answer(200, ((b"content-type", b"application/json"),), body(0, 17_000), "live")
    recorder.record(Call("GET", SEARCH, "phrase=warm"), answer)
    times = [one(lambda n=n: recorder.record(Call("GET", SEARCH, query(n)), answer)) for n in range(600)]
    path = folder / "search-images-creative.yaml"
    cassette = Cassette.load(path=str(path))
    peer = seconds(lambda: cassette._save(force=True), 3)
    beside = f"vcrpy, saving {len(cassette)} of them: {peer * 1000:,.0f} ms"
    for start in (0, 80, 580):
        cost = statistics.median(times[start : start + 20])
        row(f"recording one more after {start}, 17 KB", f"{cost * 1000:,.1f} ms", beside, cost / peer)


def _peer(folder: Path) -> float:
    """Seconds in which vcrpy finds the last of PEER interactions."""
    cassette = _few(folder)
    request = Request("GET", f"{GETTY}{SEARCH}?{query(PEER - 1)}", b"", {})
    return seconds(lambda: next(iter(cassette._responses(request))), 5)


def _peer_miss(folder: Path) -> float:
    cassette = _few(folder)
    request = Request("GET", f"{GETTY}{SEARCH}?{query(PEER)}x", b"", {})
    return seconds(lambda: cassette.find_requests_with_most_matches(request), 3)


def _few(folder: Path) -> Cassette:
    path = folder / "peer.yml_"
    if not path.exists():
        path.write_bytes(HEAD + b"".join(piece(n, 300) for n in range(PEER)) + TAIL)
    return Cassette.load(path=str(path), match_on=(method, uri))


def fill(folder: Path, interactions: int, size: int) -> int:
    """Cassettes as the recorder would write them; gives their bytes together."""
    folder.mkdir()
    pieces: list[bytes] = []
    number = total = 0
    for n in range(interactions):
        pieces.append(piece(n, size))
        if sum(map(len, pieces[-1:])) + len(pieces) * (size + 400) >= FULL or n == interactions - 1:
            number += 1
            content = HEAD + b"".join(pieces) + TAIL
            (folder / f"search-images-creative{f'-{number}' if number > 1 else ''}.yaml").write_bytes(content)
            total += len(content)
            pieces = []
    return total


_TEMPLATE: dict[int, bytes] = {}


def piece(number: int, size: int) -> bytes:
    """An interaction laid out: vcrpy's emitter once, then only the query is another."""
    if size not in _TEMPLATE:
        call = Call("GET", SEARCH, "THE-QUERY")
        answer = Answer(200, ((b"content-type", b"application/json"),), body(0, size), "")
        _TEMPLATE[size] = piece_of(Interaction(f"{GETTY}{SEARCH}?THE-QUERY", call, answer))
    return _TEMPLATE[size].replace(b"THE-QUERY", query(number).encode())


def query(number: int) -> str:
    """The parameters of the interaction of this number."""
    return (
        f"phrase=subject+{number}&page={number % 5 + 1}&page_size={(30, 60, 100)[number % 3]}&fields=id%2Ctitle%2Cthumb"
    )


def body(number: int, size: int) -> bytes:
    """Some JSON of `size` bytes."""
    images: list[dict[str, str]] = []
    while len(json.dumps(images)) < size - 100:
        images.append({"id": str(1_900_000_000 + number), "title": "Coastal path at dawn", "caption": "A path. " * 9})
    return json.dumps({"result_count": len(images), "images": images}).encode()


def _first_answer(folder: Path) -> float:
    """Seconds from starting `serve` to an answer out of the last interaction."""
    command = [sys.executable, "-m", "getty_token", "serve", "--offline", "--strict", "--port", "0"]
    paths = os.pathsep.join(str(ROOT / source) for source in ("cli", "emulator"))
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "PYTHONPATH": paths}
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--cassettes", str(folder)], env=environment, cwd=folder.parent, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    try:
        address = process.stderr.readline().split()[-1]
        with urllib.request.urlopen(f"{address}/.netlify/functions/getty{SEARCH}?{query(7)}") as response:
            response.read()
        return time.perf_counter() - started
    finally:
        process.terminate()
        process.communicate()


def one(action: Callable[[], object]) -> float:
    """Seconds that `action` takes, once."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def seconds(action: Callable[[], object], times: int) -> float:
    """The median of the seconds that `action` takes."""
    return statistics.median(one(action) for _ in range(times))


if __name__ == "__main__":
    main()
