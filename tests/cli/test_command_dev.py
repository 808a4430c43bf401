"""Tests of `getty-token dev`: two programs, one terminal, one Ctrl-C, and nothing left."""

import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from fakes import PATIENCE, Terminal, command, getty_token, state_of, surroundings
from getty_token.commands import processes, together
from getty_token.commands.side_by_side import Labelled
from getty_token.commands.terminal import look

OFFLINE = ["dev", "--offline", "--port", "0", "--"]


def is_there(pid: int) -> bool:
    """Whether a process runs, and is no zombie."""
    return state_of(pid)[:1] not in ("", "Z")


def gone(*pids: int) -> bool:
    """Whether none is there, at once or soon: the last of them is ended and not waited for."""
    end = time.monotonic() + PATIENCE
    while any(map(is_there, pids)) and time.monotonic() < end:
        time.sleep(0.02)
    return not any(map(is_there, pids))


def test_the_command_knows_where_serve_listens_and_its_exit_code_is_ours(folder: Path) -> None:
    ask = """
import os, urllib.request
address = os.environ["GETTY_TOKEN_SERVE"] + "/.netlify/functions/getty/v3/countries"
print(urllib.request.urlopen(address).status)
raise SystemExit(7)
"""

    done = getty_token(*OFFLINE, sys.executable, "-c", ask, cwd=folder)

    assert done.returncode == 7, done.stderr
    assert re.fullmatch(r"python\S* │ 200\n", done.stdout)


def test_both_logs_are_told_apart(folder: Path) -> None:
    done = getty_token(*OFFLINE, "sh", "-c", "echo out; echo err >&2; printf 'no end'", cwd=folder)

    assert done.stdout == "sh    │ out\nsh    │ no end\n"
    assert "sh    │ err\n" in done.stderr
    assert "getty │ getty-token serve at http://127.0.0.1:" in done.stderr
    assert all(line.startswith(("sh    │ ", "getty │ ")) for line in done.stderr.splitlines())


def test_what_a_program_draws_stays_in_its_own_lines(folder: Path) -> None:
    # As Gatsby does it: a line, an empty one, and back up over that.
    drawn = r"\033[32msuccess\033[39m one\n\n\033[2K\033[1A\033[2K\033[Gsuccess two\n\nafter\n10%%\r100%%\n"
    drawn += r"\033]0;title\007x\n"

    done = getty_token(*OFFLINE, "printf", drawn, cwd=folder)

    label = "printf │ "
    assert done.stdout == "".join(
        f"{label}{line}\n" for line in ("\x1b[32msuccess\x1b[39m one", "success two", "", "after", "100%", "x")
    )


@pytest.mark.examples
def test_the_command_gets_no_secret(folder: Path, signed_in: None) -> None:
    done = getty_token(*OFFLINE, "sh", "-c", "env", cwd=folder)

    assert "GETTY_API_KEY=test-key" in done.stdout
    assert "test-secret" not in done.stdout


def test_one_ctrl_c_stops_both_and_everything_they_started(folder: Path) -> None:
    # A shell whose child in the background does not listen to Ctrl-C is what npm scripts are made of. It waits without
    # starting another: between its vfork and exec, dash forgets a signal.
    script = "sleep 1000 & echo left $! behind; wait"
    terminal = Terminal(command(*OFFLINE, "sh", "-c", script), folder)
    terminal.wait_for(" behind")
    terminal.type("\x03")

    code = terminal.finish()

    found = re.search(r"left (\d+)", terminal.seen)
    assert found and gone(int(found[1]))
    assert code == 130, terminal.seen
    assert "Traceback" not in terminal.seen


@pytest.mark.examples
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_from_elsewhere_stops_both_too(folder: Path, number: signal.Signals) -> None:
    script = "sh -c 'sleep 1000 & echo pids $$ $!; wait'"
    with subprocess.Popen(
        command(*OFFLINE, "sh", "-c", script),
        cwd=folder,
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout and process.stderr
        ended = threading.Timer(PATIENCE, process.kill)  # else a failure is a test without end
        ended.start()
        pids = [int(word) for word in process.stdout.readline().split() if word.isdecimal()]
        process.send_signal(number)
        said = process.stderr.read()
        code = process.wait(PATIENCE)
        ended.cancel()

    assert len(pids) == 2 and gone(*pids)
    assert code == 128 + number
    assert "Traceback" not in said


@pytest.mark.examples
def test_what_a_command_leaves_behind_when_it_ends_is_ended(folder: Path) -> None:
    done = getty_token(*OFFLINE, "sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!", cwd=folder)

    assert done.returncode == 0
    assert gone(int(done.stdout.split()[-1]))


@pytest.mark.examples
def test_a_command_that_listens_to_nobody_is_ended_by_a_second_ctrl_c(folder: Path) -> None:
    # No handler: what it prints could come in the middle of another print, and what it hears right before it sleeps it
    # would notice after that.
    deaf = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
print("deaf", flush=True)
while signal.sigwait([signal.SIGINT]):
    print("so what", flush=True)
"""
    terminal = Terminal(command(*OFFLINE, sys.executable, "-c", deaf), folder)
    terminal.wait_for("deaf")

    terminal.type("\x03")
    terminal.wait_for("so what")  # two keys, not one: the kernel keeps one signal of a kind waiting
    terminal.type("\x03")
    code = terminal.finish()

    assert code == 128 + signal.SIGTERM


DEAF = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(1000)
"""


def test_where_nothing_lists_processes_the_command_is_ended_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "PROC", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(together, "PATIENCE", 0.1)
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as server,
        subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE) as child,
    ):
        assert child.stdout and child.stdout.readline() == b"deaf\n"
        ended = threading.Timer(PATIENCE, child.kill)  # else a failure is a test without end
        ended.start()
        code = together._until_it_ends(child, server, [signal.SIGINT, signal.SIGINT])
        late = not ended.is_alive()
        ended.cancel()
        server.kill()

    assert (code, late) == (128 + signal.SIGKILL, False)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems than Linux have no /proc, and always ps")
def test_without_ps_the_processes_below_one_are_found_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "sleep 1000 & echo $!; wait"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True) as shell:
        assert shell.stdout
        below = int(shell.stdout.readline())
        monkeypatch.setenv("PATH", str(tmp_path))

        family = processes.descendants(os.getpid())
        mine = {pid: began for pid, began in family.items() if pid in (shell.pid, below)}
        processes.end(mine)
        left = is_there(below)
        for pid in (below, shell.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    assert (set(mine), left) == ({shell.pid, below}, False)


def test_a_serve_that_does_not_listen_yet_is_not_stopped_with_ctrl_c_which_python_shows_while_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "python"
    slow.write_text("#!/bin/sh\nexec sleep 1000\n")
    slow.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow))
    shown = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    log = Labelled(shown, "getty", 5, "accent", look(shown, {}), threading.Lock())

    with together._serve([], log, [signal.SIGINT]) as (server, address):
        pass

    assert (address, server.returncode) == (None, -signal.SIGTERM)


@pytest.mark.examples
def test_a_serve_that_cannot_start_says_why_and_the_command_is_never_run(folder: Path) -> None:
    done = getty_token("dev", "--port", "0", "--", "touch", "was-run", cwd=folder)

    assert done.returncode == 4
    assert "getty │ getty-token: no API key." in done.stderr
    assert not (folder / "was-run").exists()


@pytest.mark.examples
def test_a_serve_that_dies_takes_the_command_with_it(folder: Path) -> None:
    script = "kill -9 $(cut -d' ' -f1 /proc/$PPID/task/$PPID/children); sleep 1000"

    done = getty_token(*OFFLINE, "sh", "-c", script, cwd=folder)

    assert done.returncode == 1
    assert "`serve` has stopped, and the command with it" in done.stderr


@pytest.mark.examples
def test_a_dev_that_is_killed_takes_serve_with_it(folder: Path) -> None:
    script = "cut -d' ' -f1 /proc/$PPID/task/$PPID/children >serve; kill -9 $PPID"

    done = getty_token(*OFFLINE, "sh", "-c", script, cwd=folder)

    assert done.returncode == -signal.SIGKILL
    assert gone(int((folder / "serve").read_text()))


def test_nothing_to_run_is_wrong_usage(folder: Path) -> None:
    done = getty_token("dev", "--offline", cwd=folder)

    assert done.returncode == 2
    assert "getty-token dev --offline -- gatsby develop" in done.stderr
    assert os.listdir(folder) == []
