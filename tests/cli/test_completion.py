"""Tests of completion: what each shell is told, in the shells that are here."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes import KEY, SECRET, Outcome, python, surroundings
from getty_token.commands.completion import ASKED, SHELLS, WORDS
from getty_token.commands.program import ENTRIES

Program = Callable[..., Outcome]


def asked(program: Program, monkeypatch: pytest.MonkeyPatch, *words: str, shell: str = "bash") -> list[str]:
    """The lines that the shell is given for the words up to the cursor."""
    monkeypatch.setenv(ASKED, shell)
    monkeypatch.setenv(WORDS, "\n".join(words))
    outcome = program()
    monkeypatch.delenv(ASKED)
    assert outcome.err == ""
    return outcome.out.splitlines()


def test_commands_are_completed(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(program, monkeypatch, "") == list(ENTRIES)
    assert asked(program, monkeypatch, "sta") == ["status"]
    assert asked(program, monkeypatch, "config", "s") == ["set"]


def test_options_and_their_values_are_completed(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(program, monkeypatch, "serve", "--off") == ["--offline"]
    assert asked(program, monkeypatch, "serve", "--color", "a") == ["auto", "always"]
    assert asked(program, monkeypatch, "serve", "--color", "=", "n") == ["never"]  # as bash takes --color=n apart
    assert asked(program, monkeypatch, "config", "get", "serve.p") == ["serve.port"]
    assert asked(program, monkeypatch, "help", "exit") == ["exit-codes"]
    assert asked(program, monkeypatch, "completion", "") == list(SHELLS)


def test_profiles_are_completed(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("work", "play"):
        program("login", "--stdin", "--no-verify", "--profile", name, stdin=f"{KEY}\n{SECRET}\n")

    assert asked(program, monkeypatch, "status", "--profile", "") == ["default", "play", "work"]
    assert asked(program, monkeypatch, "--profile", "w") == ["work"]


def test_functions_of_the_site_and_its_cassettes_are_completed(
    program: Program, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "getty-token.toml").write_text('[functions.find]\nendpoint = "GET /v3/search/images/creative"\n')
    (folder / "netlify" / "functions").mkdir(parents=True)
    (folder / "netlify" / "functions" / "hello.mjs").touch()
    (folder / "getty-cassettes").mkdir()
    (folder / "getty-cassettes" / "mine.yaml").touch()

    assert asked(program, monkeypatch, "invoke", "") == ["getty", "find", "hello"]
    assert asked(program, monkeypatch, "cassette", "show", "mi") == ["mine.yaml"]


def test_what_each_shell_is_given_is_what_it_reads(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    says = ENTRIES["status"].says

    assert asked(program, monkeypatch, "stat", shell="bash") == ["status"]
    assert asked(program, monkeypatch, "stat", shell="zsh") == [f"status:{says}"]
    assert asked(program, monkeypatch, "stat", shell="fish") == [f"status\t{says}"]
    assert asked(program, monkeypatch, "stat", shell="powershell") == [f"status\t{says}"]


@pytest.mark.parametrize(
    "words",
    [
        ["config", "get", "zzz"],
        ["status", "--nonsense", ""],
        ["exec", "--", "npm", ""],
        ["config", "get", "a", "b", ""],
    ],
)
def test_what_cannot_be_completed_is_nothing_and_no_traceback(
    program: Program, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    assert asked(program, monkeypatch, *words) == []


def test_a_file_of_settings_that_is_damaged_stops_no_completion(
    program: Program, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "getty-token.toml").write_text("[nonsense")
    (folder / ".env").write_text("not a line")

    assert asked(program, monkeypatch, "stat") == ["status"]


def test_completion_imports_nothing_heavy(folder: Path) -> None:
    code = (
        "import sys; from getty_token.__main__ import run; run([]);"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )

    first = python(code, **{ASKED: "bash", WORDS: "sta"})
    later = python(code, **{ASKED: "bash", WORDS: "token\n--"})

    assert (first.stdout, "--store" in later.stdout) == ("status\n", True)
    assert set(first.stderr.split()).isdisjoint({"typer", "rich", "httpx", "pathlib", "tomllib"})
    assert set(later.stderr.split()).isdisjoint({"rich", "httpx", "diskcache", "keyring", "vcr", "uvicorn", "asyncio"})


def test_a_shell_there_is_no_script_for_is_named(program: Program) -> None:
    outcome = program("completion", "tcsh")

    assert (outcome.code, outcome.out) == (2, "")
    assert "bash, zsh, fish, powershell" in outcome.err


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """An environment in which `getty-token` is a command."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "getty-token").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m getty_token "$@"\n')
    (programs / "getty-token").chmod(0o755)
    return surroundings({"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(tmp_path)})


# What a shell would show for `getty-token stat<Tab>`, asked of the shell itself.
DRIVERS = {
    "bash": [
        'eval "$(getty-token completion bash)"',
        "COMP_WORDS=(getty-token stat); COMP_CWORD=1; _getty_token getty-token",
        'printf "%s\\n" "${COMPREPLY[@]}"',
    ],
    "zsh": [
        # zsh completes at a prompt only: the last step of it is caught.
        "autoload -Uz compinit; compinit -u -D; source <(getty-token completion zsh)",
        '_describe() { shift 2; print -l -- "${(P@)1}" }',
        "words=(getty-token stat); CURRENT=2; _getty-token",
    ],
    "fish": ["getty-token completion fish | source", 'complete -C "getty-token stat"'],
}
QUIETLY = {"bash": "--norc", "zsh": "-f", "fish": "--no-config"}


@pytest.mark.examples
@pytest.mark.parametrize("shell", DRIVERS)
def test_the_shell_itself_completes(shell: str, installed: dict[str, str], folder: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")

    done = subprocess.run(
        [shell, QUIETLY[shell], "-c", "; ".join(DRIVERS[shell])],
        env=installed,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )

    assert "status" in done.stdout, done.stderr
    assert "scan" not in done.stdout
