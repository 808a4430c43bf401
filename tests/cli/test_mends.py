"""What an error tells a person to run, run as it stands."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes import KEY, SECRET, FakeGetty, Terminal, getty_token, surroundings

pytestmark = pytest.mark.examples


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """An environment in which `getty-token` is a command."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "getty-token").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m getty_token "$@"\n')
    (programs / "getty-token").chmod(0o755)
    return surroundings({"PATH": f"{programs}:{os.environ['PATH']}"})


def config() -> Path:
    return Path(os.environ["XDG_CONFIG_HOME"]) / "getty-token"


def store() -> Path:
    return Path(os.environ["XDG_CACHE_HOME"]) / "getty-token" / "store"


def nothing(folder: Path) -> None:
    """Nothing is wrong but that nobody has logged in."""


def logged_in(folder: Path) -> None:
    done = getty_token("login", "--stdin", "--no-verify", cwd=folder, stdin=f"{KEY}\n{SECRET}\n")
    assert done.returncode == 0, done.stderr


def readable_credentials(folder: Path) -> None:
    logged_in(folder)
    (config() / "credentials.json").chmod(0o644)


def open_folder(folder: Path) -> None:
    logged_in(folder)
    config().chmod(0o755)


def damaged_credentials(folder: Path) -> None:
    logged_in(folder)
    (config() / "credentials.json").write_text("{")


def open_store(folder: Path) -> None:
    logged_in(folder)
    getty_token("token", cwd=folder)
    store().chmod(0o755)


def readable_dotenv(folder: Path) -> None:
    (folder / ".env").write_text(f"GETTY_API_KEY={KEY}\nGETTY_API_SECRET={SECRET}\n")
    (folder / ".env").chmod(0o644)


WRONG: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "nobody has logged in": (nothing, ["token"]),
    "a profile that is not saved": (nothing, ["token", "--profile", "work"]),
    "credentials that others can read": (readable_credentials, ["token"]),
    "a folder that others can read": (open_folder, ["token"]),
    "credentials that are damaged": (damaged_credentials, ["token"]),
    "a store that others can read": (open_store, ["token"]),
    "a .env that others can read": (readable_dotenv, ["token"]),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_commands_that_an_error_names_mend_it_when_pasted(
    what: str, folder: Path, getty: FakeGetty, shell: dict[str, str]
) -> None:
    prepare, command = WRONG[what]
    prepare(folder)
    refused = getty_token(*command, cwd=folder)

    for line in re.findall(r"`([^`]+)`", refused.stderr):
        if line.startswith("getty-token login"):
            asked = Terminal(["sh", "-c", line], folder, shell)
            asked.wait_for("API key: ")
            asked.type(f"{KEY}\n")
            asked.wait_for("API secret: ")
            asked.type(f"{SECRET}\n")
            assert asked.finish() == 0, asked.seen
        else:
            done = subprocess.run(line, shell=True, cwd=folder, env=shell, capture_output=True, text=True)
            assert done.returncode == 0, f"{line}: {done.stderr}"

    assert refused.returncode in (1, 4)
    mended = getty_token(*command, cwd=folder)
    assert (mended.returncode, mended.stdout[:11]) == (0, "test-token-"), mended.stderr
