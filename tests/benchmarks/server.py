"""
How fast and how large the server is, beside peers and floors in the same run. Prints tables; asserts nothing.

    python tests/benchmarks/server.py [--seconds N] [--rounds N] [--only WORD]

Everything is started here, on loopback. Load comes from wrk. Peers are nginx and Caddy where they are installed,
mitmproxy (installed with pip into a folder that is thrown away, unless mitmdump is there) and http-proxy-middleware
(npm, the same); one that cannot be had is left out, and said so. On Debian: apt install wrk nginx-light caddy npm.

All take turns within a round, so that a noisy moment meets all of them; figures are medians of the rounds, ratios the
medians of each round's ratio. wrk, the upstream and what is measured share the machine's cores: only what stands in one
table can be compared.
"""

import argparse
import json
import os
import platform
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from load import Speed, at_once, has_wrk, median, paced, wrk
from places import (
    Absent,
    caddy,
    constant,
    environment,
    get,
    getty_token,
    http_proxy_middleware,
    mitmproxy,
    mitmproxy_replay,
    nginx,
)

from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.cassette_file import Interaction
from getty_emulator.replay.layout import serialised
from getty_emulator.sandbox import Sandbox
from getty_token.commands.wiring import Setup
from getty_token.stores.record import Record
from getty_token.tokens import Token

FUNCTION = "/.netlify/functions/getty/v3/search/images/creative?phrase=sunset"
DIRECT = "/v3/search/images/creative?phrase=sunset"
RECORDINGS = 10_000


def main() -> None:
    """Every table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=3, help="length of each load run")
    options.add_argument("--rounds", type=int, default=5, help="how often each is measured")
    options.add_argument("--only", default="", help="one of: launch, offline, live, expiry, burst, memory")
    chosen = options.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    print(f"{os.cpu_count()} cores, {_memory()} GiB, {platform.system()}, Python {platform.python_version()}")
    print(f"load before we began: {os.getloadavg()[0]:.1f}; runs of {chosen.seconds} s, {chosen.rounds} rounds")
    body = _answer_of_20_kb()
    parts: dict[str, Callable[[Path], None]] = {
        "launch": lambda folder: launch(folder, chosen.rounds),
        "offline": lambda folder: offline(folder, body, chosen.seconds, chosen.rounds),
        "live": lambda folder: live(folder, body, chosen.seconds, chosen.rounds),
        "expiry": lambda folder: expiry(folder, body),
        "burst": lambda folder: burst(folder, body, chosen.rounds),
        "memory": lambda folder: memory(folder, body),
    }
    for name, part in parts.items():
        if chosen.only in ("", name):
            if name in ("offline", "live", "memory") and not has_wrk():
                print(f"\n{name}: left out, wrk is not installed (Debian package `wrk`)")
                continue
            with tempfile.TemporaryDirectory() as folder:
                part(Path(folder))


def launch(folder: Path, rounds: int) -> None:
    """From starting the process to the first answer."""
    _table(f"from launch to the first answer ({rounds} times)", "median", "slowest", "of it CPU", "aim")
    _filled(folder / "full" / "getty-cassettes")
    (folder / "empty").mkdir()
    for name, label in (("empty", "no recordings"), ("full", f"{RECORDINGS:,} recordings")):
        first, _ = _launched(folder, folder / name)
        waits, cpu = zip(*(_launched(folder, folder / name) for _ in range(rounds)), strict=True)
        _row(
            label,
            *(f"{seconds:.2f} s" for seconds in (statistics.median(waits), max(waits), statistics.median(cpu))),
            "0.50 s",
        )
    print(f"\nThe first launch with {RECORDINGS:,} new recordings, which reads them all: {first:.1f} s.")


def offline(folder: Path, body: bytes, seconds: int, rounds: int) -> None:
    """A recorded answer, beside the same server's constant one and mitmproxy's replay."""
    cassettes = folder / "getty-cassettes"
    cassettes.mkdir()
    (cassettes / "search.yaml").write_bytes(serialised([_interaction(DIRECT, body)]))
    _table("an offline answer", "requests", "beside", "ratio", "aim")
    with ExitStack() as stack:
        floor = stack.enter_context(constant(body, folder))
        ours, _ = stack.enter_context(
            getty_token("serve", "--offline", "--strict", env=environment(folder), cwd=folder)
        )
        assert get(ours + FUNCTION) == body
        for connections in (1, 16, 64):
            aim = "0.80" if connections == 16 else ""
            _beside(
                f"{connections} connection{'s' * (connections > 1)}",
                ours + FUNCTION,
                "constant",
                floor + DIRECT,
                connections,
                seconds,
                rounds,
                aim,
            )
        with _here(lambda: mitmproxy_replay(floor, folder, DIRECT), "mitmproxy's server replay") as replay:
            if replay:
                _beside("16 connections", ours + FUNCTION, "mitmproxy", replay + DIRECT, 16, seconds, rounds, "15")


def live(folder: Path, body: bytes, seconds: int, rounds: int) -> None:
    """A signed request, beside proxies that sign nothing and look at nothing."""
    aims = {"Caddy": "1.00", "http-proxy-middleware": "1.50", "mitmproxy": "6.00"}
    peers = {
        "nginx": nginx,
        "Caddy": caddy,
        "http-proxy-middleware": http_proxy_middleware(keep_alive=False),
        "http-proxy-middleware, connections kept": http_proxy_middleware(keep_alive=True),
        "mitmproxy": mitmproxy,
    }
    _table("live, 16 connections", "requests", "getty-token beside it", "ratio", "aim")
    with ExitStack() as stack:
        upstream = stack.enter_context(constant(body, folder))
        ours, _ = stack.enter_context(getty_token("serve", "--live", env=environment(folder, upstream), cwd=folder))
        assert get(ours + FUNCTION) == body
        _beside("the upstream itself", ours + FUNCTION, "", upstream + DIRECT, 16, seconds, rounds)
        for name, peer in peers.items():
            work = folder / "".join(letter for letter in name if letter.isalnum())
            work.mkdir()
            with _here(lambda peer=peer, work=work: peer(upstream, work), name) as address:  # type: ignore[misc]
                if address:
                    _beside(name, ours + FUNCTION, "", address + DIRECT, 16, seconds, rounds, aims.get(name, ""))
        _table("live, the number of connections", "requests", "at 16", "ratio", "aim")
        many, some = zip(
            *((wrk(ours + FUNCTION, 64, seconds), wrk(ours + FUNCTION, 16, seconds)) for _ in range(rounds)),
            strict=True,
        )
        _ratios("64 connections", list(many), "", list(some), "0.90")
        _table("live, one connection", "median", "the upstream itself", "added", "aim")
        one, bare = zip(
            *((wrk(ours + FUNCTION, 1, seconds), wrk(upstream + DIRECT, 1, seconds)) for _ in range(rounds)),
            strict=True,
        )
        added = median(list(one)).median - median(list(bare)).median
        _row(
            "the time of a request",
            *(f"{ms:.2f} ms" for ms in (median(list(one)).median, median(list(bare)).median, added)),
            "0.50 ms",
        )


def expiry(folder: Path, body: bytes) -> None:
    """500 requests a second while the token becomes stale again and again."""
    times, every = 8, 2.0
    with constant(body, folder) as upstream:
        env = environment(folder, upstream)
        with getty_token("serve", "--live", env=env, cwd=folder) as (ours, _):
            get(ours + FUNCTION)
            os.environ.update(env)
            setup = Setup.here()
            store = setup.store(setup.credentials().fingerprint)
            calm = paced(ours + FUNCTION, 500, times * every)
            with _aging(store, times, every):
                result = paced(ours + FUNCTION, 500, times * every + 1)
        renewed = [float(each) for each in json.loads(get(upstream + "/token-requests"))][1:]
    late = result.over(50)
    near = [due for due, _ in late if any(-0.05 < due - at < 0.5 for at in renewed)]
    _table("500 requests a second, a token request takes 0.3 s", "requests", "failed", "over 50 ms", "slowest", "aim")
    _row("the token stays fresh", f"{calm.sent:,}", f"{calm.failed}", f"{len(calm.over(50))}", _slowest(calm.took), "")
    _row(
        f"renewed ahead {len(renewed)} times",
        f"{result.sent:,}",
        f"{result.failed}",
        f"{len(late)}, {len(near)} of them near a renewal",
        _slowest(result.took),
        "0, 0",
    )


def burst(folder: Path, body: bytes, rounds: int) -> None:
    """A thousand requests at once, and no token."""
    _table("1,000 requests at once without a token", "answered", "token requests", "longest wait", "aim")
    for number in range(rounds):
        home = folder / f"{number}"
        home.mkdir()
        with (
            constant(body, home) as upstream,
            getty_token("serve", "--live", env=environment(home, upstream), cwd=home) as (ours, _),
        ):
            result = at_once(ours + FUNCTION, 1000)
            asked = len(json.loads(get(upstream + "/token-requests")))
        _row(f"round {number + 1}", f"{result.sent - result.failed:,}", f"{asked}", _slowest(result.took), "1,000, 1")


def memory(folder: Path, body: bytes) -> None:
    """What it holds, idle and after 100,000 requests."""
    _table("memory (resident)", "idle", "after 50,000", "after 100,000", "after 200,000", "aim")
    with constant(body, folder) as upstream:
        for mode in ("--offline", "--live"):
            with getty_token("serve", mode, env=environment(folder, upstream), cwd=folder) as (ours, process):
                get(ours + FUNCTION)
                sizes, done = [resident(process)], 0.0
                for goal in (50_000, 100_000, 200_000):
                    while done < goal:
                        done += wrk(ours + FUNCTION, 16, 2).rate * 2
                    sizes.append(resident(process))
            _row(f"serve {mode}", *(f"{size:.0f} MiB" for size in sizes), "60 idle, 120 later, then flat")


def resident(process: int) -> float:
    """MiB of memory (Linux)."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


def _beside(
    label: str, ours: str, name: str, theirs: str, connections: int, seconds: int, rounds: int, aim: str = ""
) -> None:
    """A row: ours, then the peer's under its `name`; without one the peer's own row, with ours of the same rounds."""
    mine, others = zip(
        *((wrk(ours, connections, seconds), wrk(theirs, connections, seconds)) for _ in range(rounds)), strict=True
    )
    if name:
        _ratios(label, list(mine), f"{name}: ", list(others), aim)
    else:
        ratio = statistics.median(one.rate / other.rate for one, other in zip(mine, others, strict=True))
        _row(label, f"{median(list(others))}", f"{median(list(mine))}", f"{ratio:.2f}", aim)


def _ratios(label: str, mine: list[Speed], name: str, others: list[Speed], aim: str) -> None:
    ratio = statistics.median(one.rate / other.rate for one, other in zip(mine, others, strict=True))
    _row(label, f"{median(mine)}", f"{name}{median(others)}", f"{ratio:.2f}", aim)


@contextmanager
def _here(start: Callable[[], object], name: str) -> Iterator[str]:
    """A peer's address; empty, and said so, where there is none."""
    with ExitStack() as stack:
        try:
            address: str = stack.enter_context(start())  # type: ignore[arg-type]
        except Absent as error:
            _row(name, f"left out: {error}")
            address = ""
        yield address


@contextmanager
def _aging(store: object, times: int, every: float) -> Iterator[None]:
    """Now and then another process's token comes into the store, which is about to end."""
    import threading

    def age() -> None:
        for number in range(times):
            time.sleep(every)
            now = time.time()
            token = Token(f"test-token-that-ages-{number}", "Bearer", now - 1561, now + 239)
            store.put_if(Record(token), store.get().version)  # type: ignore[attr-defined]

    thread = threading.Thread(target=age)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _launched(home: Path, cwd: Path) -> tuple[float, float]:
    """Seconds until the first answer, and of CPU time until then (Linux)."""
    began = time.perf_counter()
    with getty_token("serve", "--offline", env=environment(home), cwd=cwd) as (address, process):
        get(address + FUNCTION)
        waited = time.perf_counter() - began
        ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
        return waited, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _filled(folder: Path) -> None:
    """Recordings of 10,000 searches."""
    folder.mkdir(parents=True)
    body = b'{"result_count":1,"images":[{"id":"1","title":"A paper boat"}]}'
    pieces = serialised([_interaction(f"{DIRECT}-%d", body)]).decode()
    head, piece = pieces.split("- request", 1)
    piece, _, tail = piece.rpartition("version: 1")
    text = "".join(
        f"- request{piece.replace('%25d', f'{number}').replace('%d', f'{number}')}" for number in range(RECORDINGS)
    )
    (folder / "searches.yaml").write_text(f"{head}{text}version: 1{tail}")


def _interaction(target: str, body: bytes) -> Interaction:
    path, _, query = target.partition("?")
    answer = Answer(200, ((b"content-type", b"application/json"),), body, "")
    return Interaction(f"https://api.gettyimages.com{target}", Call("GET", path, query), answer)


def _answer_of_20_kb() -> bytes:
    """A search answer as a page gets it."""
    call = Call("GET", "/v3/search/images/creative", "phrase=sunset&page_size=13&fields=detail_set")
    return Sandbox(media_url="https://media.example.test").read(call).body


def _slowest(took: list[tuple[float, float]]) -> str:
    return f"{max(each for _, each in took):.0f} ms"


def _table(*titles: str) -> None:
    print(f"\n| {' | '.join(titles)} |\n|{'---|' * len(titles)}", flush=True)


def _row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3)


if __name__ == "__main__":
    main()
