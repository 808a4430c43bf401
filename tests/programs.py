"""Programs that tests run: started in a process group of their own, read line by line, stopped in any case."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent

START = 300.0
"""Seconds a program may take until it is ready. Gatsby needs 12 on two idle cores."""

STOP = 15.0
"""Seconds a program may take to end when it is asked to."""


class Program:
    """A program in a process group of its own, read line by line as if from its terminal."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], cwd: Path) -> None:
        self.name = " ".join(command)
        self._lines: list[str] = []
        self._ended = False
        self._news = threading.Condition()
        self._process = subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                with self._news:
                    self._lines.append(line)
                    self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def terminal(self) -> str:
        """All it has printed so far."""
        with self._news:
            return "".join(self._lines)

    def wait_for(self, pattern: str, within: float = START) -> None:
        """Returns once it has printed something that matches, and fails if it ends or is silent for too long."""
        with self._news:
            self._news.wait_for(lambda: self._ended or re.search(pattern, "".join(self._lines)), within)
            printed = "".join(self._lines)
        assert re.search(pattern, printed), f"`{self.name}` never printed {pattern!r}, but:\n{printed}"

    def finish(self, within: float = START) -> str:
        """All it has printed, once it is done; fails if it does not succeed."""
        with self._news:
            assert self._news.wait_for(lambda: self._ended, within), f"`{self.name}` took more than {within:.0f} s"
        assert self._process.wait(STOP) == 0, f"`{self.name}` failed:\n{self.terminal}"
        return self.terminal

    def stop(self) -> None:
        """Ends it and everything it started."""
        try:
            self._signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP)
        finally:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._reader.join()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


@contextlib.contextmanager
def running(command: Sequence[str], env: Mapping[str, str], cwd: Path) -> Iterator[Program]:
    """A program, stopped afterwards in any case."""
    program = Program(command, env, cwd)
    try:
        yield program
    finally:
        program.stop()


def free_port() -> int:
    """
    A port that nobody listens on, and that nobody else is given while these tests run.

    A socket of ours stays bound to it and never listens: so the system gives the port to no other program that asks for
    any, nor to a connection that goes out, and who connects before a server listens there is refused. Servers set
    SO_REUSEADDR, as this socket does, and may listen beside it. Where they may not (macOS), the port is let go of.
    """
    with socket.socket() as held, socket.socket() as server:
        for each in (held, server):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        with contextlib.suppress(OSError):
            server.bind(("127.0.0.1", port))
            server.listen()
            held.detach()
    return port


def environment(home: Path, **settings: str) -> dict[str, str]:
    """An environment in which getty-token finds nothing of this machine's user, and is run from the checkout."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GETTY_", "XDG_"))}
    return inherited | {
        "HOME": str(home),
        "NO_PROXY": "127.0.0.1,localhost",
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT / "cli"), str(CHECKOUT / "emulator")]),
        **{f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ["CONFIG", "CACHE", "DATA", "STATE"]},
        **settings,
    }


@contextlib.contextmanager
def getty_token(*arguments: str, port: int, env: Mapping[str, str], cwd: Path) -> Iterator[Program]:
    """A getty-token that listens on a port: the checkout's, installed or not."""
    command = [sys.executable, "-m", "getty_token", *arguments, "--port", str(port)]
    with running(command, env, cwd) as program:
        program.wait_for(rf":{port}\b")
        yield program


@contextlib.contextmanager
def sandbox(home: Path) -> Iterator[int]:
    """The port of a local Getty."""
    port = free_port()
    with getty_token("sandbox", port=port, env=environment(home), cwd=home):
        yield port
