"""Tests of getty_token.commands: login, logout, status, token, refresh, clear and exec, as a person uses them."""

import json
import os
import re
import stat
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

import fakes
from fakes import (
    KEY,
    SECRET,
    FakeGetty,
    Handler,
    Outcome,
    Terminal,
    command,
    getty_token,
    small_disk,
    surroundings,
    token,
)
from getty_token.commands.wiring import Setup
from getty_token.credentials import fingerprint
from getty_token.stores.record import Record, Trouble
from getty_token.tokens import Token

Program = Callable[..., Outcome]

pytestmark = pytest.mark.usefixtures("program")  # everything happens in the folder it makes


def aged(passed: float, access_token: str = "test-token-kept") -> Token:
    """A token of half an hour that somebody asked for `passed` seconds ago."""
    return token(access_token, time.time() - passed)


def keep_here(record: Record) -> None:
    """Put `record` where the program looks for it."""
    fakes.keep(Setup.here().store(fingerprint(KEY, SECRET)), record)


def kept() -> Record:
    """What the program has put there."""
    return Setup.here().store(fingerprint(KEY, SECRET)).get().record


def saved() -> Path:
    """The file of saved credentials."""
    return Path(os.environ["XDG_CONFIG_HOME"]) / "getty-token" / "credentials.json"


def answered(status: int, **content: Any) -> Handler:
    """A Getty that always says the same."""
    return lambda _: httpx.Response(status, **content)


# status


@pytest.mark.parametrize(
    ("passed", "state", "code"), [(0, "fresh", 0), (1600, "stale", 3), (1790, "expired", 3), (9999, "expired", 3)]
)
def test_status_says_how_the_token_is_and_asks_nobody(
    program: Program, getty: FakeGetty, signed_in: None, passed: float, state: str, code: int
) -> None:
    old = aged(passed)
    keep_here(Record(old))

    plain, as_json = program("status"), program("status", "--json")

    took = time.time() - old.requested_at - passed
    facts = json.loads(as_json.out)
    assert (plain.code, as_json.code, plain.err, as_json.err) == (code, code, "", "")
    assert plain.out.startswith(f"token       {state}, ")
    assert facts["state"] == state
    assert 0 <= max(0, 1800 - passed) - facts["seconds_left"] <= took + 1
    assert (facts["next"] == "") is (state == "fresh")
    assert getty.token_requests == 0


def test_status_says_where_everything_came_from_and_what_it_cost(
    program: Program, getty: FakeGetty, signed_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("refresh")
    program("refresh", "--force")

    facts = json.loads(program("status", "--json").out)

    assert facts["token_requests"] == getty.token_requests == 2
    assert facts["credentials"] == "GETTY_API_KEY in the environment"
    assert facts["requested_by"] == f"getty-token refresh (process {os.getpid()})"
    assert facts["store"] == f"disk {os.environ['XDG_CACHE_HOME']}/getty-token/store"
    assert facts["getty"] == os.environ["GETTY_API_URL"]
    assert facts["failing"] is None
    assert facts["schema_version"] == 1


def test_status_without_credentials_is_absent_and_says_what_to_run(program: Program) -> None:
    outcome = program("status")

    assert outcome.code == 3
    assert outcome.out.splitlines()[0] == "token       absent"
    assert "credentials none" in outcome.out
    assert "getty-token login" in outcome.out


def test_status_says_that_token_requests_fail_and_until_when_nobody_asks(program: Program, signed_in: None) -> None:
    now = time.time()
    keep_here(Record(None, Trouble("RateLimited", "too often.", "429.", "Wait.", now - 75, now - 1, 4, now + 50)))

    outcome = program("status")
    facts = json.loads(program("status", "--json").out)

    took = time.time() - now
    said = r"^failing     too often\. 429\. Failing for 1 min (\d+) s, 4 token requests so far;"
    failing = re.search(said, outcome.out, re.MULTILINE)
    assert failing and 15 <= int(failing[1]) <= 15.5 + took
    assert outcome.code == 3
    assert facts["token_requests"] == 4


def test_status_never_shows_a_token(program: Program, signed_in: None) -> None:
    keep_here(Record(aged(0, "test-token-canary")))

    shown = [program("status"), program("status", "--json"), program("refresh")]

    assert "canary" not in str(shown)


# token, refresh, clear


def test_token_prints_the_token_and_a_newline(program: Program, getty: FakeGetty, signed_in: None) -> None:
    outcomes = [program("token"), program("token")]

    assert outcomes == [Outcome(0, "test-token-1\n", "")] * 2
    assert getty.token_requests == 1


def test_token_prints_a_stale_token_and_leaves_a_fresh_one_behind(
    program: Program, getty: FakeGetty, signed_in: None
) -> None:
    keep_here(Record(aged(1600)))

    outcomes = [program("token"), program("token")]

    assert [outcome.out for outcome in outcomes] == ["test-token-kept\n", "test-token-1\n"]


def test_token_prints_nothing_if_there_is_none(program: Program) -> None:
    outcome = program("token")

    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err.startswith("getty-token: no API key.\n  GETTY_API_KEY is not set and ")


def test_refresh_asks_only_if_needed_or_told_to(program: Program, getty: FakeGetty, signed_in: None) -> None:
    outcomes = [program("refresh"), program("refresh"), program("refresh", "--force")]

    assert [(outcome.code, outcome.out) for outcome in outcomes] == [(0, "")] * 3
    assert outcomes[0].err.startswith("new token, good for 29 min ") or "30 min" in outcomes[0].err
    assert "Getty was not asked" in outcomes[1].err
    assert outcomes[2].err.startswith("new token, good for ")
    assert getty.token_requests == 2


def test_clear_drops_the_token(program: Program, getty: FakeGetty, signed_in: None) -> None:
    program("token")

    outcome = program("clear")

    assert (outcome.code, outcome.out) == (0, "")
    assert kept() == Record()
    assert program("token").out == "test-token-2\n"


def test_clear_drops_what_a_newer_version_wrote(program: Program, getty: FakeGetty, signed_in: None) -> None:
    keep_here(Record(aged(0)))
    database = Path(os.environ["XDG_CACHE_HOME"]) / "getty-token/store/cache.db"
    import sqlite3

    with sqlite3.connect(database) as rows:
        rows.execute("UPDATE Cache SET value = '{\"version\": 2}'")
    rows.close()

    refused, cleared, again = program("token"), program("clear"), program("token")

    assert (refused.code, refused.out) == (1, "")
    assert "version 2" in refused.err
    assert (cleared.code, again.out) == (0, "test-token-1\n")


def test_another_getty_has_another_token(
    program: Program, getty: FakeGetty, signed_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("token")

    monkeypatch.setenv("GETTY_AUTH_URL", "http://127.0.0.1:1")

    assert json.loads(program("status", "--json").out)["state"] == "absent"


def test_a_full_disk_costs_nobody_their_token(getty: FakeGetty, signed_in: None, folder: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk, "rw"):
        (disk / "everything").write_bytes(bytes(1024 * 1024))
        outcome = getty_token("token", cwd=folder, env={"XDG_CACHE_HOME": str(disk)})

    assert (outcome.returncode, outcome.stdout) == (0, "test-token-1\n")
    assert "warning: the token could not be kept for others: cannot use the token store" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_full_disk_keeps_the_token_that_is_on_it(
    getty: FakeGetty, signed_in: None, folder: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk, "rw"):
        environment = {"XDG_CACHE_HOME": str(disk)}
        getty_token("token", cwd=folder, env=environment)
        with (disk / "everything").open("wb", buffering=0) as filler, suppress(OSError):
            while filler.write(bytes(4096)):
                pass
        outcomes = [getty_token(*each, cwd=folder, env=environment) for each in (["refresh", "--force"], ["token"])]

    assert [(outcome.returncode, outcome.stdout) for outcome in outcomes] == [(0, ""), (0, "test-token-1\n")]
    assert "could not be kept for others" in outcomes[0].stderr


def test_a_folder_that_cannot_be_written_is_named_and_its_token_is_still_read(
    getty: FakeGetty, signed_in: None, folder: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    environment = {"XDG_CACHE_HOME": str(disk)}
    with small_disk(disk, "rw"):
        getty_token("token", cwd=folder, env=environment)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        outcomes = [getty_token(*each, cwd=folder, env=environment) for each in (["token"], ["refresh", "--force"])]

    assert (outcomes[0].returncode, outcomes[0].stdout) == (0, "test-token-1\n")
    assert outcomes[1].returncode == 0
    assert f"cannot use the token store in {disk}/getty-token/store" in outcomes[1].stderr
    assert "could not be kept for others" in outcomes[1].stderr


# exec


def test_exec_gives_the_command_token_and_key_but_not_the_secret(
    getty: FakeGetty, signed_in: None, folder: Path
) -> None:
    outcome = getty_token("exec", "--", "sh", "-c", "env | grep ^GETTY_ | sort; exit 7", cwd=folder)

    assert outcome.returncode == 7
    assert outcome.stdout.splitlines() == [
        "GETTY_ACCESS_TOKEN=test-token-1",
        f"GETTY_API_KEY={KEY}",
        f"GETTY_API_URL={os.environ['GETTY_API_URL']}",
        f"GETTY_AUTH_URL={os.environ['GETTY_AUTH_URL']}",
    ]


def test_exec_replaces_a_stale_token_before_it_hands_over(getty: FakeGetty, signed_in: None, folder: Path) -> None:
    keep_here(Record(aged(1600)))

    outcome = getty_token("exec", "--", "sh", "-c", "echo $GETTY_ACCESS_TOKEN", cwd=folder)

    assert outcome.stdout == "test-token-1\n"
    assert kept().token
    assert getty.token_requests == 1


def test_exec_hands_over_a_stale_token_if_no_other_is_to_be_had(
    getty: FakeGetty, signed_in: None, folder: Path
) -> None:
    keep_here(Record(aged(1600)))
    getty.instead["/oauth2/token"] = answered(500)

    outcome = getty_token("exec", "--", "sh", "-c", "echo $GETTY_ACCESS_TOKEN", cwd=folder)

    assert outcome.stdout == "test-token-kept\n"
    assert "still being used" in outcome.stderr


def test_no_process_that_exec_starts_shows_a_secret_in_the_process_list(
    getty: FakeGetty, signed_in: None, folder: Path
) -> None:
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("the process list is read from /proc")
    with subprocess.Popen(
        command("exec", "--", "sh", "-c", "echo started; read line"),
        cwd=folder,
        env=surroundings(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout and process.stdout.readline() == "started\n"
        shown = Path(f"/proc/{process.pid}/cmdline").read_text()
        process.communicate("go\n", timeout=fakes.PATIENCE)

    assert "echo started" in shown
    assert not any(secret in shown for secret in (KEY, SECRET, "test-token"))


@pytest.mark.parametrize(("name", "code"), [("no-such-command", 127), ("./not-executable", 126)])
def test_a_command_that_cannot_be_run_ends_as_in_a_shell(
    program: Program, getty: FakeGetty, signed_in: None, folder: Path, name: str, code: int
) -> None:
    (folder / "not-executable").write_text("#!/bin/sh\n")

    outcome = program("exec", "--", name)

    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith(f"getty-token: cannot run {name}.\n")


@pytest.mark.parametrize("start", [["exec", "--"], ["dev", "--offline", "--port", "0", "--"]])
def test_a_folder_of_path_that_cannot_be_looked_into_makes_a_missing_command_no_other_error(
    getty: FakeGetty, signed_in: None, folder: Path, start: list[str]
) -> None:
    (folder / "round").symlink_to(folder / "round")

    outcome = getty_token(
        *start, "no-such-command", cwd=folder, env={"PATH": f"{os.environ['PATH']}:{folder / 'round'}"}
    )

    assert outcome.returncode == 127
    assert "cannot run no-such-command.\n  No such file or directory.\n" in outcome.stderr


def test_exec_without_a_command_says_how_to_write_one(program: Program, signed_in: None) -> None:
    outcome = program("exec")

    assert outcome.code == 2
    assert "getty-token exec -- npm run build" in outcome.err


# login, logout


def test_login_checks_the_pair_saves_it_and_keeps_the_token_it_paid_for(
    program: Program, getty: FakeGetty, folder: Path
) -> None:
    outcome = program("login", "--stdin", stdin=f"{KEY}\n{SECRET}\n")

    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.splitlines() == [
        "Getty accepts them (…-key).",
        f"Saved in {saved()}, which only you can read.",
    ]
    assert stat.S_IMODE(saved().stat().st_mode) == 0o600
    assert program("token").out == "test-token-1\n"
    assert getty.token_requests == 1


def test_login_does_not_save_what_getty_refuses(program: Program, getty: FakeGetty, folder: Path) -> None:
    outcome = program("login", "--stdin", stdin=f"{KEY}\nanother-test-secret\n")

    assert outcome.code == 4
    assert "another-test-secret" not in outcome.err
    assert not saved().exists()


def test_login_without_verification_asks_nobody(program: Program, getty: FakeGetty, folder: Path) -> None:
    outcome = program("login", "--stdin", "--no-verify", stdin=f"\n {KEY} \r\n{SECRET}")

    assert outcome.code == 0
    assert "Not checked with Getty, as you asked." in outcome.err
    assert getty.token_requests == 0
    assert program("token").out == "test-token-1\n"


@pytest.mark.parametrize("line", ["GETTY_AUTH_URL={}", "GETTY_TOKEN_STORE=redis://elsewhere.test"])
def test_login_sends_nothing_where_the_folder_says(
    program: Program, getty: FakeGetty, folder: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    theirs = f"{line.format(os.environ['GETTY_AUTH_URL'])}\nGETTY_API_KEY=their-test-key\nGETTY_API_SECRET=theirs-too\n"
    (folder / ".env").write_text(theirs)
    (folder / ".env").chmod(0o600)
    if "AUTH" in line:
        monkeypatch.delenv("GETTY_AUTH_URL")

    outcome = program("login", "--stdin", stdin=f"{KEY}\n{SECRET}\n")

    assert outcome.code == 2
    assert "need not be yours" in outcome.err
    assert getty.token_requests == 0
    assert not saved().exists()


@pytest.mark.parametrize(
    ("stdin", "code"),
    [("", 2), (f"{KEY}\n", 2), (f"{KEY}\n{SECRET}\nmore\n", 2), ("test key\ntest-secret\n", 4), ("a\nt\u00e9st\n", 4)],
)
def test_login_refuses_what_is_no_pair(program: Program, folder: Path, stdin: str, code: int) -> None:
    outcome = program("login", "--stdin", stdin=stdin)

    assert (outcome.code, outcome.out) == (code, "")
    assert not any(line.strip() in outcome.err for line in stdin.splitlines()[1:])
    assert not saved().exists()


def test_login_refuses_what_is_not_text(folder: Path) -> None:
    outcome = subprocess.run(
        command("login", "--stdin"),
        cwd=folder,
        env=surroundings({"PYTHONIOENCODING": "utf-8:strict"}),
        input=b"test-key\n\xff\xfe\n",
        capture_output=True,
    )

    assert outcome.returncode == 2
    assert b"not UTF-8" in outcome.stderr


def test_login_without_a_terminal_says_what_to_do(program: Program) -> None:
    outcome = program("login", stdin=f"{KEY}\n{SECRET}\n")

    assert outcome.code == 2
    assert "--stdin" in outcome.err


def test_login_says_that_the_environment_wins(program: Program, getty: FakeGetty, signed_in: None) -> None:
    outcome = program("login", "--stdin", stdin=f"{KEY}\n{SECRET}\n")

    assert "GETTY_API_KEY in the environment is set and wins over what you saved." in outcome.err


def test_login_stands_even_if_its_token_cannot_be_kept(
    program: Program, getty: FakeGetty, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    outcome = program("login", "--stdin", stdin=f"{KEY}\n{SECRET}\n")

    assert outcome.code == 0
    assert "Their token could not be kept: cannot use the token store" in outcome.err
    assert saved().exists()


def test_login_on_a_terminal_shows_nothing_of_what_is_typed(getty: FakeGetty, folder: Path) -> None:
    terminal = Terminal(command("login"), folder)

    terminal.wait_for("API key: ")
    terminal.type(f"{KEY}\n")
    terminal.wait_for("API secret: ")
    terminal.type(f"{SECRET}\n")
    code = terminal.finish()

    assert code == 0
    assert KEY not in terminal.seen and SECRET not in terminal.seen
    assert "Getty accepts them (…-key)." in terminal.seen
    assert saved().exists()


def test_ctrl_d_at_the_prompt_is_no_mistake_of_ours(folder: Path) -> None:
    terminal = Terminal(command("login"), folder)

    terminal.wait_for("API key: ")
    terminal.type("\x04")
    code = terminal.finish()

    assert code == 4
    assert "an API key and an API secret are both needed." in terminal.seen


def test_logout_forgets_the_pair_and_the_token(program: Program, getty: FakeGetty, folder: Path) -> None:
    program("login", "--stdin", stdin=f"{KEY}\n{SECRET}\n")

    outcomes = [program("logout"), program("logout")]

    assert [outcome.code for outcome in outcomes] == [0, 0]
    assert outcomes[0].err == "Forgotten, and the token with them.\n"
    assert outcomes[1].err == "Nothing was saved.\n"
    assert not saved().exists()
    assert kept() == Record()
    assert program("status").code == 3


def test_logout_says_what_is_still_set(program: Program, signed_in: None) -> None:
    outcome = program("logout")

    assert "GETTY_API_KEY in the environment is still set." in outcome.err


def test_logout_mends_what_login_cannot_understand(program: Program, getty: FakeGetty, folder: Path) -> None:
    program("login", "--stdin", stdin=f"{KEY}\n{SECRET}\n")
    saved().write_text("damaged")

    outcomes = [program("token"), program("logout"), program("login", "--stdin", stdin=f"{KEY}\n{SECRET}\n")]

    assert [outcome.code for outcome in outcomes] == [4, 0, 0]
    assert "getty-token logout" in outcomes[0].err
    assert "expires by itself" in outcomes[1].err


# what goes wrong


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (answered(401, json={"error": "invalid_client"}), 4),
        (answered(400, json={"error": "invalid_client"}), 4),
        (answered(403), 4),
        (answered(404), 1),
        (answered(429), 5),
        (answered(500), 6),
        (answered(302, headers={"location": "https://example.test"}), 6),
        (answered(200, html="<!doctype html>"), 6),
        (answered(200, content=b'{"access_token": "te'), 6),
        (answered(200, content=b""), 6),
        (answered(200, json=[]), 6),
    ],
)
def test_each_failure_of_getty_has_its_exit_code_and_prints_no_token(
    program: Program, getty: FakeGetty, signed_in: None, answer: Handler, code: int
) -> None:
    getty.instead["/oauth2/token"] = answer

    outcomes = [
        program("token"),
        program("refresh"),
        program("exec", "true"),
        program("login", "--stdin", stdin="k\ns"),
    ]

    assert [(outcome.code, outcome.out) for outcome in outcomes] == [(code, "")] * 4
    assert all(outcome.err.startswith("getty-token: ") for outcome in outcomes)
    assert not any("Traceback" in outcome.err or SECRET in outcome.err for outcome in outcomes)


def test_the_second_command_does_not_ask_again_while_the_first_ones_failure_is_young(
    program: Program, getty: FakeGetty, signed_in: None
) -> None:
    now = time.time()
    keep_here(Record(None, Trouble("RateLimited", "too often.", "429.", "Wait.", now, now, 4, now + 50)))

    outcomes = [program("token"), program("refresh")]

    assert [outcome.code for outcome in outcomes] == [5, 5]
    assert getty.token_requests == 0
    assert program("refresh", "--force").code == 0


def test_no_network_is_said_in_words(program: Program, signed_in: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GETTY_AUTH_URL", "http://127.0.0.1:1")

    outcome = program("token")

    assert (outcome.code, outcome.out) == (6, "")
    assert outcome.err.startswith("getty-token: cannot reach 127.0.0.1:1.\n")


@pytest.mark.parametrize(
    ("arguments", "environment", "code"),
    [
        (["token"], {"GETTY_API_KEY": KEY}, 4),
        (["status"], {"GETTY_API_SECRET": SECRET}, 3),
        (["token"], {"GETTY_AUTH_URL": "http://getty.example.test"}, 2),
        (["status"], {"GETTY_API_URL": "https://:test-secret@getty.example.test"}, 2),
        (["status", "--unknown"], {}, 2),
        (["no-such-command"], {}, 2),
        (["search"], {}, 2),
        (["refresh", "--force=maybe"], {}, 2),
        (["--version"], {}, 0),
        (["--help"], {}, 0),
    ],
)
def test_settings_and_arguments_that_make_no_sense_have_their_exit_code(
    program: Program, monkeypatch: pytest.MonkeyPatch, arguments: list[str], environment: dict[str, str], code: int
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    outcome = program(*arguments)

    assert outcome.code == code
    assert SECRET not in outcome.out + outcome.err
    assert "Traceback" not in outcome.err


def test_a_store_that_others_can_read_is_refused_by_every_command(
    program: Program, getty: FakeGetty, signed_in: None
) -> None:
    keep_here(Record(aged(0)))
    store = Path(os.environ["XDG_CACHE_HOME"]) / "getty-token/store"
    store.chmod(0o755)

    outcomes = [program(name) for name in ("status", "token", "refresh", "clear")]

    assert [(outcome.code, outcome.out) for outcome in outcomes] == [(1, "")] * 4
    assert all(f"chmod 700 '{store}'" in outcome.err for outcome in outcomes)
