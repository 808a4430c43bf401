"""A thousand processes killed at any moment while they and seven others refresh; and one that was stopped."""

import os
import random
import select
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fakes import KEY, SECRET, FakeGetty, surroundings
from getty_token.commands.wiring import Setup
from getty_token.credentials import fingerprint
from getty_token.source import LOCK_TIMEOUT, PATIENCE
from getty_token.stores.disk import DiskStore

pytestmark = pytest.mark.proof

WORKERS, KILLS = 8, 1000
KILLS_FOR_ONE = 8
"""So many are killed until one comes through, at the most: on a slow machine the next kill waits for that one."""
LONGEST_WAIT = LOCK_TIMEOUT - 1
"""Seconds that a refresh may take while others are killed: less than if a killed one kept its lock."""

# Imports once, then forks a worker for each line it reads, so that a thousand processes are no matter.
NURSERY = """if True:
    import os, signal, sys, time
    import diskcache, filelock, httpx
    from getty_token import oauth, transport
    from getty_token.commands.wiring import Setup
    from getty_token.source import TokenSource
    import getty_token.stores.text_only

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed

    def work():
        setup = Setup.here()
        source = setup.source(setup.credentials(), "worker")
        while True:
            began = time.monotonic()
            token, _ = source.refresh(force=True)
            took = time.monotonic() - began
            os.write(1, f"{os.getpid()} {took} {token.requested_at}\\n".encode())

    for _ in sys.stdin:
        if (child := os.fork()) == 0:
            try:
                work()
            finally:
                os._exit(1)
        os.write(1, f"born {child}\\n".encode())
    """


@contextmanager
def nursery() -> Iterator[subprocess.Popen[bytes]]:
    """The process that forks workers; it and they are gone afterwards."""
    command = [sys.executable, "-c", NURSERY]
    process = subprocess.Popen(
        command, env=surroundings(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe
            pipe.close()


def kept(warnings: list[str]) -> DiskStore:
    """The store that the workers use."""
    return Setup.here().store(fingerprint(KEY, SECRET), warnings.append)  # type: ignore[return-value]


def test_a_thousand_kills_corrupt_nothing_lose_nothing_and_make_nobody_wait(getty: FakeGetty, signed_in: None) -> None:
    dice, warnings = random.Random(1), list[str]()
    store = kept(warnings)
    alive: list[int] = []
    waits, kills, newest = list[float](), 0, 0.0

    with nursery() as workers:
        assert workers.stdin and workers.stdout
        output = workers.stdout.fileno()
        workers.stdin.write(b"\n" * WORKERS)
        workers.stdin.flush()
        unread = b""

        def hear(until: float, enough: Callable[[], bool]) -> None:
            """What the workers say until `enough`, or some time on the monotonic clock."""
            nonlocal unread, newest
            while not enough() and (left := until - time.monotonic()) > 0 and select.select([output], [], [], left)[0]:
                *lines, unread = (unread + os.read(output, 65_536)).split(b"\n")
                for first, *rest in (line.decode().split() for line in lines):
                    if first == "born":
                        alive.append(int(rest[0]))
                    else:
                        waits.append(float(rest[0]))
                        newest = max(newest, float(rest[1]))

        while kills < KILLS:
            # A kill may come at any point of a worker's round, which takes some 25 ms on a machine that is quick.
            hear(time.monotonic() + dice.uniform(0, 0.06), lambda: False)
            hear(time.monotonic() + LONGEST_WAIT, lambda: len(waits) >= kills // KILLS_FOR_ONE)  # noqa: B023 - at once
            assert len(waits) >= kills // KILLS_FOR_ONE, "nobody comes through any more"
            held = store.get().record.token
            assert newest == 0 or (held and held.requested_at >= newest), "a token that was stored is gone"
            if alive:
                os.kill(alive.pop(dice.randrange(len(alive))), signal.SIGKILL)
                kills += 1
                workers.stdin.write(b"\n")
                workers.stdin.flush()

    assert warnings == []
    assert max(waits) < LONGEST_WAIT
    folder = Path(store.name.removeprefix("disk "))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    print(f"\n{KILLS} kills, {len(waits)} refreshes that came through, the longest {max(waits):.2f} s")


def test_one_that_was_stopped_holds_up_the_others_for_no_longer_than_is_said(getty: FakeGetty, signed_in: None) -> None:
    code = """if True:
        from getty_token.commands.wiring import Setup
        setup = Setup.here()
        print(setup.source(setup.credentials(), "serve").token().access_token)
        """
    store = kept([])
    with nursery_stopped_in_its_lock():
        began = time.monotonic()
        other = subprocess.run(
            [sys.executable, "-c", code], env=surroundings(), capture_output=True, text=True, timeout=60
        )
        took = time.monotonic() - began

    assert other.stdout == "test-token-1\n", other.stderr
    assert took < PATIENCE
    token = store.get().record.token
    assert token and token.access_token == "test-token-1"


@contextmanager
def nursery_stopped_in_its_lock() -> Iterator[None]:
    """A process that was stopped (SIGSTOP) while it held the refresh lock."""
    code = """if True:
        import os, signal
        from getty_token.commands.wiring import Setup
        setup = Setup.here()
        store = setup.store(setup.credentials().fingerprint)
        with store.refresh_lock(5):
            os.write(1, b"held\\n")
            os.kill(os.getpid(), signal.SIGSTOP)
        """
    holder = subprocess.Popen([sys.executable, "-c", code], env=surroundings(), stdout=subprocess.PIPE)
    try:
        assert holder.stdout and holder.stdout.readline() == b"held\n"
        os.waitpid(holder.pid, os.WUNTRACED)
        yield
    finally:
        holder.kill()
        holder.wait()
        assert holder.stdout
        holder.stdout.close()
