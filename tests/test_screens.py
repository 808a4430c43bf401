"""
What a person sees, from a real pseudo-terminal: at 40, 80 and 200 columns, in colour and without, in ASCII too.

The screens are files in tests/screens, escape sequences written as ␛. After a change that is meant,
`UPDATE_SCREENS=1 .venv/bin/pytest tests/test_screens.py` writes them anew: look at each before you commit it.
"""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes import CHECKOUT, KEY, SECRET, FakeGetty, Terminal, command, keep, token
from getty_token.credentials import fingerprint
from getty_token.setup import Setup
from getty_token.stores.record import Record

pytestmark = pytest.mark.examples

SCREENS = CHECKOUT / "tests" / "screens"

LOOKS: dict[str, tuple[int, dict[str, str]]] = {
    "40-colour": (40, {"LC_ALL": "C.UTF-8"}),
    "80-colour": (80, {"LC_ALL": "C.UTF-8"}),
    "80-mono": (80, {"LC_ALL": "C.UTF-8", "NO_COLOR": "1"}),
    "200-ascii": (200, {"LC_ALL": "C", "TERM": "dumb"}),
}
"""Columns, and what else decides how things look."""

SHOWN: dict[str, list[str]] = {
    "status": ["status"],
    "no-token": ["status", "--profile", "work"],
    "profiles": ["profiles"],
    "config": ["config", "list", "--show-origin"],
    "doctor": ["doctor", "--offline"],
    "scan": ["scan", "public"],
    "init": ["init", "--dry-run"],
    "search": ["search", "sunset", "--offline", "--limit", "4"],
    "images": ["images", "1900000001", "9", "--offline"],
    "help": ["help", "refresh"],
    "exit-codes": ["help", "exit-codes"],
    "environment": ["help", "environment"],
    "error": ["token", "--profile", "nobody"],
    "typing-error": ["sttaus"],
}


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home whose name is as long in every run: what is broken into lines depends on it."""
    folder = Path(tempfile.mkdtemp(prefix="gt-", dir="/tmp"))
    for name, below in (("HOME", ""), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")):
        monkeypatch.setenv(name, str(folder / below).rstrip("/"))
    # Noon where this person lives, so that "until" is today's and names no date.
    monkeypatch.setenv("TZ", f"HERE{datetime.now(UTC).hour - 12:+d}")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def site(home: Path, signed_in: None) -> Path:
    """A site with something to say about everything."""
    site = home / "site"
    (site / "public").mkdir(parents=True)
    (site / "gatsby-config.js").write_text(
        'module.exports = {\n  proxy: { prefix: "/.netlify/functions", url: "http://localhost:19876" },\n}\n'
    )
    (site / "getty-token.toml").write_text("[serve]\nport = 19876\n")
    (site / "public" / "app.js").write_text(f"\n\n{SECRET}\n")
    return site


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", SHOWN)
def test_the_screen_is_as_it_was_when_somebody_looked(
    name: str, look: str, site: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site)
    # 25 minutes and some seconds of two digits, however slow this machine is.
    keep(Setup.here().store(fingerprint(KEY, SECRET)), Record(token(requested_at=time.time() - 250)))
    columns, environment = LOOKS[look]

    terminal = Terminal(command(*SHOWN[name]), site, environment, columns)
    terminal.finish()

    _hold_against(SCREENS / f"{name}-{look}.txt", _steady(terminal.seen, home))


def _steady(seen: str, home: Path) -> str:
    """What was seen, less what is different in every run and takes as much room."""
    seen = seen.replace("\r\n", "\n").replace(str(home), "/tmp/gt-12345678").replace("\x1b", "␛")
    seen = seen.replace("means ::1\n", "means 127.0.0.1\n")  # localhost, where IPv6 comes first
    return re.sub(r"\d\d:\d\d:\d\d", "12:00:00", re.sub(r"\d\d min \d\d s", "25 min 30 s", seen))


def _hold_against(file: Path, seen: str) -> None:
    if os.environ.get("UPDATE_SCREENS"):
        file.write_text(seen, encoding="utf-8")
    assert seen == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", sorted(SCREENS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_screen_is_what_its_name_says(file: Path) -> None:
    seen = file.read_text(encoding="utf-8")
    columns, look = re.search(r"-(\d+)-(\w+)$", file.stem).groups()  # type: ignore[union-attr]

    assert ("␛" in seen) <= (look == "colour")
    assert look != "ascii" or seen.isascii()
    # A path, an address or a command is copied, so it stays whole and the terminal breaks it.
    plain = re.sub(r"␛\[\d+m", "", seen)
    wide = [line for line in plain.splitlines() if len(line) > int(columns) and not re.search(r"[/`$]", line)]
    assert wide == []


def test_there_is_no_screen_of_what_is_not_shown_any_more() -> None:
    assert {path.stem for path in SCREENS.glob("*.txt")} == {f"{name}-{look}" for name in SHOWN for look in LOOKS}


def test_a_question_is_asked_where_it_can_be_answered(getty: FakeGetty, folder: Path) -> None:
    (folder / "netlify.toml").touch()
    asked = Terminal(command("init"), folder)
    asked.wait_for_question("Write 2 files? [y/N] ")
    asked.type("\x03")

    assert asked.finish() == 130
    assert not (folder / "getty-token.toml").exists()
