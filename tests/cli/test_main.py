"""Tests of getty_token.__main__: what a process imports, how it ends, and what it never prints."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from fakes import (
    KEY,
    PATIENCE,
    SECRET,
    FakeGetty,
    Outcome,
    Terminal,
    command,
    getty_token,
    keep,
    python,
    serving,
    surroundings,
    token,
)
from getty_token.commands.wiring import Setup
from getty_token.credentials import fingerprint
from getty_token.stores.record import Record

Program = Callable[..., Outcome]

HEAVY = ("typer", "rich", "httpx", "diskcache", "keyring", "dotenv", "asyncio", "vcr", "uvicorn")
DEAR = ("dataclasses", "inspect", "pathlib", "urllib", "ipaddress", "hashlib", "tomllib")
"""Of the standard library: with all of these, `status` takes half as long again."""


@contextmanager
def asking(handler_waits: threading.Event) -> Iterator[tuple[str, threading.Event]]:
    """A Getty that has been asked, and answers nothing until the test is over."""
    asked = threading.Event()

    def silent(_: httpx.Request) -> httpx.Response:
        asked.set()
        handler_waits.wait(30)
        return httpx.Response(500)

    with serving(silent) as address:
        try:
            yield address, asked
        finally:
            handler_waits.set()


def imported_by(*arguments: str) -> set[str]:
    """The top-level modules in memory when the command has run."""
    done = python(
        "import sys; from getty_token.__main__ import run; code = run(sys.argv[1:]);"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)",
        *arguments,
    )
    return set(done.stderr.split())


def test_status_imports_nothing_heavy_with_or_without_a_token(
    folder: Path, signed_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    without = imported_by("status")
    keep(Setup.here().store(fingerprint(KEY, SECRET)), Record(token(requested_at=time.time())))

    with_token = imported_by("status", "--json")

    assert "getty_token" in without & with_token
    assert (without | with_token).isdisjoint({*HEAVY, *DEAR})


def test_a_key_in_the_sites_env_file_costs_no_import_either(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / ".env").write_text(f"GETTY_API_KEY={KEY}\nGETTY_API_SECRET={SECRET}\n")
    (folder / ".env").chmod(0o600)
    keep(Setup.here().store(fingerprint(KEY, SECRET)), Record(token(requested_at=time.time())))

    imported = imported_by("token")

    assert "getty_token" in imported
    assert imported.isdisjoint({*HEAVY, *DEAR})


def test_a_token_that_is_in_the_store_is_printed_without_anything_heavy(
    folder: Path, signed_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    keep(Setup.here().store(fingerprint(KEY, SECRET)), Record(token(requested_at=time.time())))

    imported = imported_by("token")

    assert "getty_token" in imported
    assert imported.isdisjoint({*HEAVY, *DEAR})


@pytest.mark.parametrize("arguments", [["token"], ["refresh"], ["exec", "--", "true"]])
def test_ctrl_c_ends_with_130_and_says_nothing_more(folder: Path, signed_in: None, arguments: list[str]) -> None:
    with (
        asking(threading.Event()) as (address, asked),
        subprocess.Popen(
            command(*arguments),
            cwd=folder,
            env=surroundings({"GETTY_AUTH_URL": address}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert asked.wait(PATIENCE)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)

    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err


def test_ctrl_c_at_the_question_for_a_secret_ends_with_130(folder: Path) -> None:
    terminal = Terminal(command("login"), folder)
    terminal.wait_for_question("API key: ")

    terminal.process.send_signal(signal.SIGINT)
    code = terminal.finish()

    assert code == 130
    assert "Traceback" not in terminal.seen


@pytest.mark.parametrize("arguments", [["status"], ["token"], ["--help"]])
def test_a_reader_that_has_gone_is_no_reason_to_complain(
    folder: Path, getty: FakeGetty, signed_in: None, arguments: list[str]
) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            command(*arguments), cwd=folder, env=surroundings(), stdout=write, stderr=subprocess.PIPE, text=True
        )
    finally:
        os.close(write)

    assert done.stderr == ""
    assert done.returncode == 141


def test_an_error_nobody_foresaw_shows_its_name_and_not_what_it_says(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistake() -> Setup:
        raise ZeroDivisionError("test-secret")

    monkeypatch.setattr(Setup, "here", mistake)

    outcome = program("status")

    assert outcome == Outcome(
        1,
        "",
        "getty-token: an unexpected ZeroDivisionError. This is a mistake in getty-token.\n"
        "  Run the same command with --debug right after `getty-token`, and report what it says.\n",
    )


def test_debug_shows_a_traceback_and_no_values(folder: Path, signed_in: None) -> None:
    address = {"GETTY_AUTH_URL": "http://127.0.0.1:1"}

    plain = getty_token("refresh", cwd=folder, env=address)
    debug = getty_token("--debug", "refresh", "--force", cwd=folder, env=address)

    assert (plain.returncode, debug.returncode) == (6, 1)
    assert "Traceback" not in plain.stderr
    assert "Traceback" in debug.stderr
    assert "cannot reach 127.0.0.1:1" in debug.stderr
    assert not any(secret in debug.stdout + debug.stderr for secret in (KEY, SECRET))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is needed")
def test_output_that_cannot_be_written_is_a_failure(folder: Path, getty: FakeGetty, signed_in: None) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command("token"), cwd=folder, env=surroundings(), stdout=full, stderr=subprocess.PIPE, text=True
        )

    assert done.returncode == 1
    assert done.stderr == "getty-token: cannot go on: No space left on device.\n"


def test_a_folder_that_has_gone_is_said_in_words(folder: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f"rmdir '{folder}'; exec \"$@\"", "sh", *command("status")],
        cwd=folder,
        env=surroundings(),
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert done.stderr == "getty-token: cannot go on: No such file or directory.\n"


def test_the_program_is_one_module_away(folder: Path) -> None:
    done = getty_token("--version", cwd=folder)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("getty-token ")
    assert sys.executable in command()


def test_the_debug_of_the_command_that_exec_runs_is_not_ours(
    program: Callable[..., Outcome], signed_in: None, getty: FakeGetty
) -> None:
    outcome = program("exec", "--", "no-such-command", "--debug")

    assert outcome.code == 127
    assert "getty-token: " in outcome.err
