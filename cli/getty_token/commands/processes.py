"""The processes below one of ours, found in `/proc` or with `ps`, and ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

PATIENCE = 2.0
"""Seconds between asking a process to end and ending it."""
PROC = "/proc"
"""Linux's list of processes, proc(5); other systems have `ps`."""
_TICK = 0.05
_PR_SET_CHILD_SUBREAPER = 36  # prctl(2)


def adopt_orphans() -> None:
    """Have what our children leave behind become our own children (Linux), so that `descendants` still finds it."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(pid: int) -> dict[int, str]:
    """The processes below `pid`, and when each began: a number that is used anew is another process."""
    there = {each.pid: each for each in _listed()}
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        of = waiting.pop()
        below = [each.pid for each in there.values() if each.parent == of]
        found |= {each: there[each].began for each in below}
        waiting += below
    return found


def end(family: dict[int, str]) -> None:
    """End what is left of `family`, as `descendants` gives it: first asked, then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in _left(family):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        until = time.monotonic() + PATIENCE
        while _left(family) and time.monotonic() < until:
            time.sleep(_TICK)


def _left(family: dict[int, str]) -> list[int]:
    if not family:
        return []
    return [
        each.pid
        for each in _listed()
        if each.pid in family and not each.zombie and family[each.pid] in ("", each.began)
    ]


class _Process(NamedTuple):
    pid: int
    parent: int
    zombie: bool
    began: str


def _listed() -> Iterator[_Process]:
    """Every process there is; none where neither `/proc` nor `ps` tells."""
    if os.path.exists(f"{PROC}/self/stat"):
        for name in filter(str.isdecimal, os.listdir(PROC)):
            with suppress(OSError):  # it has ended meanwhile
                with open(f"{PROC}/{name}/stat", encoding="utf-8", errors="replace") as file:
                    fields = file.read().rpartition(")")[2].split()  # its name, in brackets, may hold anything
                yield _Process(int(name), int(fields[1]), fields[0] in "ZX", fields[19])
        return
    try:
        # C, for the names of days: they are compared.
        shown = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,stat=,lstart="],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        return
    for line in filter(str.strip, shown.stdout.splitlines()):
        pid, parent, state, began = line.split(None, 3)
        yield _Process(int(pid), int(parent), state.startswith("Z"), began.strip())
