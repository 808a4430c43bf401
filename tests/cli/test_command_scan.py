"""Tests of `getty-token scan`: every form of a secret is found, wherever it is, and never shown."""

import base64
import gzip
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from fakes import KEY, SECRET, FakeGetty, Outcome, keep, token
from getty_token.commands.wiring import Setup
from getty_token.credentials import fingerprint
from getty_token.stores.record import Record

Program = Callable[..., Outcome]

pytestmark = pytest.mark.usefixtures("signed_in", "program")

FORMS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda secret: b"a " + secret + b" b",
    "base64": lambda secret: base64.b64encode(b"Basic:" + secret + b":x"),
    "base64 with another beginning": lambda secret: base64.b64encode(b"ab" + secret),
    "base64 for addresses": lambda secret: base64.urlsafe_b64encode(b"\xff\xfe" + secret + b"\xff"),
    "percent": lambda secret: quote(secret.decode(), safe="").encode(),
    "hexadecimal": lambda secret: secret.hex().encode(),
    "gzip": lambda secret: gzip.compress(b"x" * 100 + secret),
    "gzip twice": lambda secret: gzip.compress(gzip.compress(secret)),
    "gzip in base64": lambda secret: b'{"body": "' + base64.b64encode(gzip.compress(b"x" + secret)) + b'"}',
    "gzip in base64 on several lines": lambda secret: b"- !!binary |\n" + base64.encodebytes(
        gzip.compress(bytes(range(256)) + secret)
    ),
    "base64 in gzip": lambda secret: gzip.compress(base64.b64encode(secret)),
    "gzip cut short": lambda secret: gzip.compress(secret + bytes(range(256)) * 40)[:-20],
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("secret", "before"), [(KEY, b""), (SECRET, b"first line\n")])
def test_a_secret_is_found_in_every_form_and_never_shown(
    program: Program, folder: Path, form: str, secret: str, before: bytes
) -> None:
    (folder / "public").mkdir()
    (folder / "public" / "page-data.json").write_bytes(before + FORMS[form](secret.encode()))

    outcome = program("scan", "public")

    assert outcome.code == 1
    assert outcome.out.startswith("public/page-data.json:")
    assert ("API key" if secret == KEY else "API secret") in outcome.out
    assert secret not in outcome.out + outcome.err


def test_the_line_is_the_line(program: Program, folder: Path) -> None:
    (folder / "app.js").write_text(f"one\ntwo\nthree {SECRET} {SECRET}\nfour\n{SECRET}\n")

    found = json.loads(program("scan", "--json").out)["found"]

    assert [(each["place"], each["line"]) for each in found] == [("app.js", 3), ("app.js", 5)]


def test_the_current_token_is_looked_for_too(program: Program, folder: Path, getty: FakeGetty) -> None:
    keep(Setup.here().store(fingerprint(KEY, SECRET)), Record(token("test-token-canary", time.time())))
    (folder / "cassette.yaml").write_text("Authorization: Bearer test-token-canary\n")

    outcome = program("scan")

    assert outcome.code == 1
    assert outcome.out == "cassette.yaml:1: access token\n"


def test_nothing_found_is_exit_code_0_and_no_output(program: Program, folder: Path) -> None:
    (folder / "index.html").write_text("<h1>Sunsets</h1>")

    outcome = program("scan")

    assert (outcome.code, outcome.out) == (0, "")
    assert "nothing found in 1 file" in outcome.err


def test_the_dotenv_of_this_folder_is_where_secrets_belong_and_one_in_the_built_site_is_not(
    program: Program, folder: Path
) -> None:
    (folder / "public").mkdir()
    for path in (folder / ".env", folder / "public" / ".env"):
        path.write_text(f"GETTY_API_SECRET={SECRET}\n")
        path.chmod(0o600)

    assert program("scan").out == "public/.env:1: API secret\n"
    assert program("scan", ".env").code == 1


def test_node_modules_and_the_files_of_git_are_not_entered(program: Program, folder: Path) -> None:
    for name in ("node_modules", ".git"):
        (folder / name).mkdir()
        (folder / name / "x.js").write_text(SECRET)

    assert program("scan").code == 0


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.test", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def test_history_remembers_what_was_removed_and_names_the_commit_and_the_file(program: Program, folder: Path) -> None:
    git(folder, "init", "-q")
    (folder / "config.js").write_text(f"x\nkey = '{SECRET}'\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")
    (folder / "config.js").write_text("x\n")
    git(folder, "commit", "-qam", f"remove {SECRET}")

    without, with_history = program("scan"), program("scan", "--history")

    assert without.code == 0
    assert with_history.code == 1
    assert [line.split()[0] for line in with_history.out.splitlines()] == ["commit", "commit"]
    assert sum(line.endswith(" config.js:2: API secret") for line in with_history.out.splitlines()) == 1
    assert SECRET not in with_history.out


def test_an_object_that_no_commit_reaches_is_remembered_all_the_same(program: Program, folder: Path) -> None:
    git(folder, "init", "-q")
    (folder / "config.js").write_text(SECRET)
    git(folder, "add", ".")
    git(folder, "reset", "-q")
    (folder / "config.js").unlink()

    outcome = program("scan", "--history")

    assert "which no commit reaches" in outcome.out


def test_a_folder_without_git_has_no_history(program: Program, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))

    outcome = program("scan", "--history")

    assert (outcome.code, outcome.out) == (2, "")
    assert "no Git repository" in outcome.err


def test_a_path_that_holds_a_secret_is_not_shown_either(program: Program, folder: Path) -> None:
    (folder / f"{SECRET}.txt").write_text(SECRET)

    outcome = program("scan")

    assert outcome.out == "[redacted].txt:1: API secret\n"


def test_a_path_that_is_not_there_is_wrong_usage(program: Program, folder: Path) -> None:
    outcome = program("scan", "no-such-folder")

    assert (outcome.code, outcome.out) == (2, "")


def test_without_a_key_there_is_nothing_to_look_for(
    program: Program, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GETTY_API_KEY")
    monkeypatch.delenv("GETTY_API_SECRET")

    assert program("scan").code == 4


def test_a_file_that_cannot_be_read_is_named(program: Program, folder: Path) -> None:
    (folder / "a-link").symlink_to(folder / "nowhere")
    (folder / "big.log").touch()
    import os

    os.truncate(folder / "big.log", 600 * 1024 * 1024)

    outcome = program("scan")

    assert outcome.code == 0
    assert "not searched: big.log (larger than 512 MiB)" in outcome.err
