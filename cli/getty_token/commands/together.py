"""
`getty-token dev -- COMMAND`: `serve` and a command of the site's side by side, as long as the command runs.

Ctrl-C reaches every process of the terminal at once. `serve` is therefore in a process group of its own, so that it
hears only us and goes last; the command stays in ours, as if it had been started by hand.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO

from getty_token.commands import terminal
from getty_token.commands.access import NotRun
from getty_token.commands.processes import PATIENCE, adopt_orphans, descendants, end
from getty_token.commands.serving.under_dev import UNDER_DEV
from getty_token.commands.side_by_side import Labelled
from getty_token.commands.site.proxy import ADDRESS
from getty_token.config import SECRET_VARIABLES
from getty_token.errors import GettyTokenError, WrongUsage

LAUNCH = 30.0
"""Seconds that `serve` may take until it listens."""
GRACE = 10.0
"""Seconds that the command and `serve` have to end when they are asked to; after that they are ended."""
LAST_WORDS = 1.0
"""Seconds for what the command wrote last; somebody it left behind may hold its output open for ever."""
_TICK = 0.05

_LISTENS = re.compile(rb"^getty-token serve at (http://\S+)")


def together(command: Sequence[str], serve_flags: Sequence[str]) -> int:
    """Run both; gives the exit code of `command`. Raises WrongUsage, NotRun, or GettyTokenError if `serve` fails."""
    if not command:
        raise WrongUsage(
            "no command to run.", mend="Write it after two dashes: getty-token dev --offline -- gatsby develop"
        )
    out, err = terminal.out(), terminal.err()
    label, lock = os.path.basename(command[0])[:12], threading.Lock()
    width = max(len(label), len("getty"))
    log = Labelled(sys.stderr, "getty", width, "accent", err, lock)
    # From here on a signal is a wish: whatever has been started by then has to be stopped.
    with _signals() as asked, _serve(serve_flags, log, asked) as (server, address):
        if address is None:
            return 128 + asked[0]
        environment = {name: value for name, value in os.environ.items() if name != SECRET_VARIABLES[1]}
        environment[ADDRESS] = address
        if out.colour:
            environment.setdefault("FORCE_COLOR", "1")  # it writes into a pipe, and we pass its colours on
        adopt_orphans()
        try:
            child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603
        except OSError as error:
            raise NotRun(command[0], error) from None
        readers = [
            _copying(child.stdout, Labelled(sys.stdout, label, width, "warn", out, lock)),
            _copying(child.stderr, Labelled(sys.stderr, label, width, "warn", err, lock)),
        ]
        code = _until_it_ends(child, server, asked)
        for reader in readers:
            reader.join(LAST_WORDS)
    return code


@contextmanager
def _signals() -> Iterator[list[int]]:
    """The signals that ask us to stop, in the order in which they come."""
    asked: list[int] = []

    def take(number: int, _: FrameType | None) -> None:
        asked.append(number)

    before = {number: signal.signal(number, take) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _until_it_ends(child: subprocess.Popen[bytes], server: subprocess.Popen[bytes], asked: list[int]) -> int:
    """The exit code of the command, as a shell gives it. Nothing that it started is left."""
    family: dict[int, str] = {}
    deadline = None
    while child.poll() is None:
        if asked and deadline is None:
            family = descendants(child.pid)  # while the command is there to be asked for its own
            deadline = time.monotonic() + GRACE
            _pass_on(asked[0], (child.pid, *family))
        elif len(asked) > 1 or (deadline and time.monotonic() > deadline):
            break
        if server.poll() is not None and not asked:
            asked.append(signal.SIGTERM)  # without `serve` the site cannot work; its words say why
        with suppress(subprocess.TimeoutExpired):
            child.wait(_TICK)
    family |= descendants(os.getpid())
    for pid in (server.pid, *descendants(server.pid)):
        family.pop(pid, None)
    end(family)
    code = _ended(child)
    if server.poll():
        raise GettyTokenError("`serve` has stopped, and the command with it.", "What it said is above.")
    return 128 - code if code < 0 else code


def _ended(child: subprocess.Popen[bytes]) -> int:
    """Its exit code, at the latest when it has been ended: where nothing lists processes, nobody else has done it."""
    child.terminate()
    try:
        return child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _pass_on(number: int, family: Iterable[int]) -> None:
    # Ctrl-C on our terminal has reached all of them already; twice would mean "at once" to some.
    if not (number == signal.SIGINT and _in_foreground()):
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


@contextmanager
def _serve(
    flags: Sequence[str], log: Labelled, asked: list[int]
) -> Iterator[tuple[subprocess.Popen[bytes], str | None]]:
    """
    A `serve` that listens, and where; no address if we are asked to stop first. It is stopped in any case.

    Raises GettyTokenError if it does not come up.
    """
    server = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "getty_token", "serve", *flags],
        stdin=subprocess.PIPE,  # it ends when we do, however that happens
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        process_group=0,
        env={**os.environ, UNDER_DEV: "1", terminal.COLOUR: "always" if terminal.err().colour else "never"},
    )
    told = threading.Event()
    found: list[str] = []

    def listen(line: bytes) -> None:
        if match := _LISTENS.match(line):
            found.append(match[1].decode())
            told.set()

    reader = _copying(server.stderr, log, listen, told.set)
    try:
        until = time.monotonic() + LAUNCH
        while not told.wait(_TICK) and not asked and time.monotonic() < until:
            pass
        if not found and not asked:
            server.terminate()
            code = server.wait()
            reader.join(GRACE)
            raise _Failed(code if code > 0 else 1)
        yield server, found[0] if found else None
    finally:
        with suppress(ProcessLookupError):
            # While Python starts, Ctrl-C is a traceback.
            server.send_signal(signal.SIGINT if found else signal.SIGTERM)
        try:
            server.wait(GRACE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if server.stdin:
            server.stdin.close()
        reader.join(GRACE)


class _Failed(GettyTokenError):
    """`serve` did not come up; it has said why, and its exit code is ours."""

    def __init__(self, code: int) -> None:
        super().__init__("`serve` did not start.", "What it said is above.")
        self.exit_code = code


def _copying(
    source: IO[bytes] | None,
    target: Labelled,
    on_line: Callable[[bytes], None] = lambda line: None,
    on_end: Callable[[], None] = lambda: None,
) -> threading.Thread:
    def copy() -> None:
        if source is not None:
            with source:
                while data := os.read(source.fileno(), 65_536):
                    for line in target.write(data):
                        on_line(line)
        target.finish()
        on_end()

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()
    return thread


def _in_foreground() -> bool:
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError, AttributeError):
        return False
