"""
A pytest plugin: Getty without a key and without a network.

    def test_a_search_shows_what_was_found(getty_offline):
        response = getty_offline.client.get("/v3/search/images/creative", params={"phrase": "sunset"})
        assert response.json()["result_count"] > 0

`getty_offline` plays the cassettes of the project, by default those in `getty-cassettes`, and fails a test that asks
for anything else; `getty_sandbox` is a made-up Getty that answers every search. Both have a `client` (httpx), a `url`
for another process, and the `environment` that process needs.

Nothing is imported before a test asks for it: this module is loaded by every pytest on the machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from getty_emulator.testing import GettyInTests


def pytest_addoption(parser: pytest.Parser) -> None:
    """`getty_cassettes` in pytest's configuration names another folder than the project's."""
    parser.addini("getty_cassettes", "The folder of the cassettes that `getty_offline` plays.", default="")


@pytest.fixture
def getty_cassettes(pytestconfig: pytest.Config) -> Path | None:
    """The folder that `getty_offline` plays; a project may define a fixture of this name. None: what is bundled."""
    from getty_emulator.netlify.project import load

    if named := str(pytestconfig.getini("getty_cassettes")):
        folder = pytestconfig.rootpath / named
        if not folder.is_dir():
            pytest.fail(f"There is no folder {folder}, which `getty_cassettes` names.", pytrace=False)
        return folder
    usual = pytestconfig.rootpath / load(pytestconfig.rootpath).cassettes
    return usual if usual.is_dir() else None


@pytest.fixture
def getty_offline(getty_cassettes: Path | None) -> Iterator[GettyInTests]:
    """Recorded answers of Getty, and nothing else: a request that is not recorded fails the test."""
    from getty_emulator.testing import offline

    getty = offline([getty_cassettes] if getty_cassettes else [], _run())
    yield getty
    getty.close()
    if getty.missed:
        pytest.fail("\n".join(dict.fromkeys(getty.missed)), pytrace=False)


@pytest.fixture
def getty_sandbox() -> Iterator[GettyInTests]:
    """A made-up Getty."""
    from getty_emulator.testing import made_up

    getty = made_up()
    yield getty
    getty.close()


def _run() -> str:
    """The same for all workers of one run."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"pytest {os.getpid()}"
