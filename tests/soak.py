"""
`getty-token serve` under steady load while everything around it goes wrong and gets well again.

    python tests/soak.py [--seconds 600]

A sandbox stands in for Getty: it fails in every way it can, loses its tokens, has its clock moved, goes away and comes
back. The store becomes read-only, and the server's own clock jumps. What must hold: every request gets an answer, and
the right one for what is going on; memory and open files stay as they are; SIGTERM lets a request in flight finish;
nothing is left behind. Prints what it saw, and ends with 1 if anything was not so. `pytest -m soak` is a minute of it.
"""

import argparse
import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from getty_emulator.sandbox import TEST_KEY, TEST_SECRET
from getty_token.commands.running import find
from getty_token.connection import KEPT
from getty_token.direct import Direct
from programs import environment, free_port

PER_SECOND = 40
FUNCTION = "/.netlify/functions/getty/v3"
REQUESTS = {
    f"{FUNCTION}/search/images/creative?phrase=sunset%20%26%20sea&page_size=13": 200,
    f"{FUNCTION}/search/images/editorial?phrase=opera&fields=detail_set": 200,
    f"{FUNCTION}/countries": 200,
    f"{FUNCTION}/no/such/operation": 404,
    "/.netlify/functions/nobody": 404,
}
"""What is asked for, and the answer while all is well."""

PATIENCE = 60.0
"""Seconds until it is wrong that something has not happened. Nothing takes as long."""
MORE_MIB = 8.0
"""What memory may grow by in the second half: the interpreter's own give and take."""
MORE_FILES = 8
"""Open files more than after the first request, once nobody is connected: a store opened anew, what SQLite keeps."""

ORDINARY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
"""Permissions stop root, too, without these rights."""

SERVE = """if True:
    # The program as it is, with a clock that jumps at SIGUSR1 and a word about what is left on the event loop.
    import asyncio, os, pathlib, signal, sys, time
    real, ahead = time.time, [0.0]
    time.time = lambda: real() + ahead[0]
    jump = lambda *_: ahead.__setitem__(0, float(pathlib.Path(os.environ["SOAK_CLOCK"]).read_text()))
    signal.signal(signal.SIGUSR1, jump)
    end = signal.raise_signal  # uvicorn's last act
    def counted(number):
        print("tasks left:", len(asyncio.all_tasks()) - 1, file=sys.stderr, flush=True)
        end(number)
    signal.raise_signal = counted
    from getty_token.__main__ import main
    main()
"""


@dataclass
class World:
    """The server, what stands around it, and what is known of both."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    sandbox: subprocess.Popen[bytes] | None = None
    serve: subprocess.Popen[str] | None = None
    address: str = ""
    mounted: bool = False

    @property
    def store(self) -> Path:
        return self.folder / "cache" / "getty-token" / "store"

    def start_sandbox(self) -> None:
        command = [sys.executable, "-m", "getty_token", "sandbox", "--port", str(self.port)]
        quiet = subprocess.DEVNULL
        self.sandbox = subprocess.Popen(command, env=self.env, cwd=self.folder, stdout=quiet, stderr=quiet)
        _wait_for(self.port, self.sandbox)

    def stop_sandbox(self) -> None:
        assert self.sandbox
        self.sandbox.kill()
        self.sandbox.wait()

    def tell(self, method: str, control: str, **content: object) -> None:
        find(self.port).tell(method, control, **content)

    def fault(self, kind: str, path: str = "", seconds: float = 0.5, requests: int = 0) -> None:
        self.tell("POST", "faults", kind=kind, requests=requests, path=path, seconds=seconds)

    def clock(self, ahead: float) -> None:
        assert self.serve
        (self.folder / "clock").write_text(f"{ahead}")
        self.serve.send_signal(signal.SIGUSR1)

    def writable(self, yes: bool) -> None:
        for path in (self.store.parent, self.store, *self.store.iterdir()):
            path.chmod((0o700 if path.is_dir() else 0o600) if yes else (0o500 if path.is_dir() else 0o400))

    def fill(self) -> None:
        with suppress(OSError), (self.store.parent / "full").open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass

    def empty(self) -> None:
        (self.store.parent / "full").unlink()

    @property
    def mebibytes(self) -> float:
        assert self.serve
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.serve.pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0

    @property
    def files(self) -> int:
        """Open files and connections; 0 for anybody but root, since `serve` keeps its memory and files to itself."""
        assert self.serve
        try:
            return len(os.listdir(f"/proc/{self.serve.pid}/fd"))
        except PermissionError:
            return 0


@dataclass(frozen=True)
class Phase:
    """
    Something that goes wrong: `begin` lets it, `end` mends it. While it lasts, and `settling` seconds after it,
    `statuses` may be answered besides the usual one, and at least once one has to be.
    """

    name: str
    begin: Callable[[World], None]
    end: Callable[[World], None]
    statuses: frozenset[int] = frozenset()
    settling: float = 1.0


def _phases(seconds: float) -> Iterator[Phase]:
    def clear(world: World) -> None:
        world.tell("DELETE", "faults")

    def nothing(_: World) -> None:
        pass

    def fault(kind: str, *statuses: int) -> Phase:
        return Phase(kind, lambda world: world.fault(kind), clear, frozenset(statuses))

    if seconds > 300:
        # After two 401 in a row no new token is asked for a minute long (GettyAuth), whatever comes.
        yield Phase("401", lambda world: world.fault("401"), clear, frozenset({401}), settling=65)
    yield fault("429", 429)
    yield fault("500", 500)
    yield fault("503", 503)
    yield fault("reset", 502)
    yield fault("broken", 502)
    yield fault("html", 502)
    # Half of the JSON with the length of half: where that ends like JSON nobody can tell without reading it all.
    yield fault("truncated", 502)
    yield fault("slow-headers")
    yield fault("slow-body")
    yield Phase("tokens revoked", lambda world: world.tell("POST", "revoke"), nothing)
    yield Phase(
        "tokens live 61 s", lambda w: w.tell("PUT", "lifetime", seconds=61), lambda w: w.tell("PUT", "lifetime")
    )
    yield Phase("Getty's clock +31 min", lambda w: w.tell("PUT", "clock", shift=1860), lambda w: w.tell("PUT", "clock"))
    yield Phase("our clock +1 h", lambda world: world.clock(3600), lambda world: world.clock(0))
    yield Phase("our clock -1 h", lambda world: world.clock(-3600), lambda world: world.clock(0))

    def read_only(world: World) -> None:
        world.writable(False)
        world.tell("POST", "revoke")

    def full(world: World) -> None:
        if world.mounted:
            world.fill()
            world.tell("POST", "revoke")

    yield Phase("the store is read-only", read_only, lambda world: world.writable(True))
    yield Phase("the store's disk is full", full, lambda world: world.empty() if world.mounted else None)

    def no_tokens(world: World) -> None:
        world.fault("500", "/oauth2/token")
        world.tell("POST", "revoke")

    # Token requests that fail are followed by pauses, up to 8 s after so few.
    yield Phase("no token to be had", no_tokens, clear, frozenset({502}), settling=10)
    yield Phase("Getty is away", World.stop_sandbox, World.start_sandbox, frozenset({502}), settling=10)


@dataclass
class Report:
    """What was seen. `wrong` is empty if all was well."""

    answered: Counter[int] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


async def _load(world: World, report: Report, phases: list[tuple[float, float, Phase]], done: asyncio.Event) -> None:
    """Requests by the clock; each is judged when everything is over, by what went on while it was under way."""
    way, asked = Direct(world.address), 0
    judged: list[tuple[float, float, int, int]] = []
    tasks: set[asyncio.Task[None]] = set()

    async def one(target: str, expected: int) -> None:
        began = time.monotonic()
        try:
            status = (await way.fetch("GET", target, {}, b"", 2**25)).status_code
        except Exception as error:
            report.wrong.append(f"{target} was not answered: {type(error).__name__} {error}")
            return
        report.answered[status] += 1
        if status != expected:
            judged.append((began, time.monotonic(), status, expected))

    while not done.is_set():
        for target, expected in REQUESTS.items():
            task = asyncio.create_task(one(target, expected))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            asked += 1
        await asyncio.sleep(len(REQUESTS) / PER_SECOND)
    await asyncio.gather(*tasks)
    await way.aclose()
    for began, ended, status, expected in judged:
        about = [phase for start, end, phase in phases if began < end + phase.settling and ended > start]
        if not any(status in phase.statuses for phase in about):
            names = ", ".join(phase.name for phase in about) or "all being well"
            report.wrong.append(f"{status} instead of {expected} with {names}")
        for phase in about:
            report.met[phase.name] += status in phase.statuses
    never = {phase for _, _, phase in phases if phase.statuses and not report.met[phase.name]}
    report.wrong += [f"{phase.name} never showed" for phase in never]
    if asked != report.answered.total():
        report.wrong.append(f"{asked} requests, {report.answered.total()} answers")


def _faults(world: World, report: Report, phases: list[tuple[float, float, Phase]], seconds: float) -> None:
    """One thing after another goes wrong, all of them again and again until the time is over."""
    script = list(_phases(seconds))
    lasting = max(1.0, min(4.0, seconds / len(script) / 2.5))
    over = time.monotonic() + seconds
    while not report.memory or time.monotonic() < over:
        for phase in script:
            began = time.monotonic()
            phase.begin(world)
            time.sleep(lasting)
            phase.end(world)
            phases.append((began, time.monotonic(), phase))
            time.sleep(max(lasting, min(phase.settling, 10)))
            report.memory.append(world.mebibytes)
            report.files.append(world.files)
            print(f"  {phase.name:24} {report.memory[-1]:6.1f} MiB {report.files[-1]:4} files", flush=True)


async def _nobody_connected(world: World, report: Report, before: int) -> None:
    """Once Getty is away and nobody asks, no connection is left open."""
    world.stop_sandbox()
    until = time.monotonic() + KEPT - 10  # then they would be closed for their age
    while world.files > before + MORE_FILES and time.monotonic() < until:
        await asyncio.sleep(0.05)
    if world.files > before + MORE_FILES:
        report.wrong.append(f"{world.files} open files with nobody connected, {before} after the first request")
    print(f"  {before} open files after the first request, {world.files} when nobody is connected any more")
    await asyncio.to_thread(world.start_sandbox)


async def _leaving(world: World, report: Report) -> None:
    """SIGTERM while a request is under way, which takes another two seconds."""
    assert world.serve
    world.fault("slow-headers", seconds=2.0, requests=1)
    way = Direct(world.address)
    last = asyncio.create_task(way.fetch("GET", next(iter(REQUESTS)), {}, b"", 2**25))
    until = time.monotonic() + PATIENCE
    while await asyncio.to_thread(lambda: find(world.port).state["faults"]) and time.monotonic() < until:
        await asyncio.sleep(0.02)  # it has not reached Getty yet
    began = time.monotonic()
    world.serve.send_signal(signal.SIGTERM)
    try:
        if (await last).status_code != 200:
            report.wrong.append("the request in flight at SIGTERM failed")
    except Exception as error:
        report.wrong.append(f"the request in flight at SIGTERM was cut off: {type(error).__name__}")
    await way.aclose()
    code = await asyncio.to_thread(world.serve.wait, 20)
    if code != -signal.SIGTERM:
        report.wrong.append(f"exit code {code}")
    print(f"  SIGTERM: the last request was answered, the end came after {time.monotonic() - began:.1f} s")


def soak(seconds: float) -> list[str]:
    """What was wrong."""
    report = Report()
    phases: list[tuple[float, float, Phase]] = []
    with ExitStack() as stack:
        world = World(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        world.env = _environment(world)
        stack.enter_context(_a_place_for_the_store(world))
        world.start_sandbox()
        stack.callback(world.stop_sandbox)
        log = stack.enter_context((world.folder / "log").open("w+"))
        world.serve = subprocess.Popen(
            [
                *ORDINARY,
                sys.executable,
                "-X",
                "dev",
                "-W",
                "error",
                "-c",
                SERVE,
                "serve",
                "--live",
                "--port",
                str(port := free_port()),
            ],
            env=world.env,
            cwd=world.folder,
            stderr=log,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        stack.callback(world.serve.wait)
        stack.callback(world.serve.kill)
        world.address = f"http://127.0.0.1:{port}"
        _wait_for(port, world.serve)
        urlopen(world.address + next(iter(REQUESTS))).close()
        before = world.files

        async def everything() -> None:
            done = asyncio.Event()
            load = asyncio.create_task(_load(world, report, phases, done))
            await asyncio.to_thread(_faults, world, report, phases, seconds)
            done.set()
            await load
            await _nobody_connected(world, report, before)
            await _leaving(world, report)

        asyncio.run(everything())
        log.seek(0)
        said = log.read()
    return _verdict(report, said)


def _verdict(report: Report, said: str) -> list[str]:
    quarter = len(report.memory) // 4
    second, last = (sorted(report.memory[start : start + quarter])[quarter // 2] for start in (quarter, 3 * quarter))
    if last - second > MORE_MIB:
        report.wrong.append(f"memory grew from {second:.1f} to {last:.1f} MiB in the second half")
    if "tasks left: 0" not in said:
        report.wrong.append(f"tasks were left: {''.join(re.findall('tasks left.*', said))}")
    if trouble := re.search(r"Traceback|Warning|was destroyed|never retrieved", said):
        report.wrong.append(f"the terminal shows {said[max(0, trouble.start() - 300) : trouble.end() + 2000]}")
    print(f"  answers: {dict(sorted(report.answered.items()))}; memory {second:.1f} MiB, at the end {last:.1f} MiB")
    return report.wrong


def _environment(world: World) -> dict[str, str]:
    address = f"http://127.0.0.1:{world.port}"
    (world.folder / "clock").write_text("0")
    settings = {"GETTY_API_KEY": TEST_KEY, "GETTY_API_SECRET": TEST_SECRET}
    urls = {"GETTY_API_URL": address, "GETTY_AUTH_URL": address}
    return environment(world.folder, **settings, **urls, SOAK_CLOCK=str(world.folder / "clock"))


@contextmanager
def _a_place_for_the_store(world: World) -> Iterator[None]:
    """A small file system of its own, which can be filled; or else an ordinary folder."""
    place = world.store.parent
    place.mkdir(parents=True)
    place.chmod(0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", str(place)]
    mounted = subprocess.run(mount, capture_output=True, check=False, text=True)
    world.mounted = mounted.returncode == 0
    if not world.mounted:
        print(f"  no disk is filled up: that takes a small file system, and mount says: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        if world.mounted:
            subprocess.run(["umount", str(place)], check=True)


def _wait_for(port: int, program: subprocess.Popen[Any]) -> None:
    """Returns once `program` listens on `port`."""
    until = time.monotonic() + PATIENCE
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if program.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"nobody listens on port {port}, exit code {program.returncode}")
        time.sleep(0.05)


def main() -> None:
    """From the command line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=600, help="how long it lasts, at least")
    wrong = soak(options.parse_args().seconds)
    for what, times in Counter(wrong).items():
        print(f"wrong: {what} ({times} times)")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
