"""The processes below one of ours, found with `ps`, and ended."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

PATIENCE = 2.0
"""Seconds between asking a process to end and ending it."""
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
    above: dict[int, int] = {}
    began: dict[int, str] = {}
    for line in _ps("-A", "-o", "pid=,ppid=,lstart="):
        each, parent, start = line.split(None, 2)
        above[int(each)], began[int(each)] = int(parent), start.strip()
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        of = waiting.pop()
        below = [one for one, its in above.items() if its == of]
        found |= {one: began[one] for one in below}
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
    left = []
    for line in _ps("-o", "pid=,stat=,lstart=", "-p", ",".join(map(str, family))):
        pid, state, start = line.split(None, 2)
        if not state.startswith("Z") and family[int(pid)] in ("", start.strip()):
            left.append(int(pid))
    return left


def _ps(*arguments: str) -> list[str]:
    try:
        # C, for the names of days: they are compared.
        listed = subprocess.run(  # noqa: S603
            ["ps", *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        return []  # a container without it: the command itself has been asked, and ends its own
    return [line for line in listed.stdout.splitlines() if line.strip()]
