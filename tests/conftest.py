"""What every test starts from: no setting of the person who runs it, and folders that nobody else uses."""

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from fakes import FOREIGN, KEY, SECRET, FakeGetty, Outcome, finish_renewals, serving

settings.register_profile("getty-token", deadline=None, database=None, derandomize=True)
settings.load_profile("getty-token")

# What a shell starts in its background is deaf to Ctrl-C, and so would be every program that a test starts and stops.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def clean_environment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    No `GETTY_` variable, no proxy, no keychain; a home and XDG folders of the test's own.

    A test of the real site keeps the environment: Node and npm live in it.
    """
    if request.node.get_closest_marker("site"):
        return
    for name in os.environ:
        if name.startswith("GETTY_") or name.lower().endswith("_proxy") or name in FOREIGN:
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    for name, folder in (("HOME", ""), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")):
        monkeypatch.setenv(name, str(home / folder))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    # A test must never open, or write to, the keychain of whoever runs it.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder a person is in."""
    path = tmp_path / "site"
    path.mkdir()
    return path


@pytest.fixture
def getty(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGetty]:
    """A Getty on a real socket, and the settings that point the program at it."""
    fake = FakeGetty()
    with serving(fake) as address:
        monkeypatch.setenv("GETTY_API_URL", address)
        monkeypatch.setenv("GETTY_AUTH_URL", address)
        yield fake


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key and secret in the environment."""
    monkeypatch.setenv("GETTY_API_KEY", KEY)
    monkeypatch.setenv("GETTY_API_SECRET", SECRET)


@pytest.fixture
def program(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """The program, run in this process: quicker than another one, and nothing else is different."""
    from getty_token.__main__ import run

    monkeypatch.chdir(folder)

    def program(*arguments: str, stdin: str = "") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = run(arguments)
        finish_renewals()
        return Outcome(code, *capsys.readouterr())

    return program
