"""What every test of functions starts from: a machine that may be slow."""

import pytest

from getty_emulator.netlify.javascript import registry


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request waits until all files have said where they answer, however long Node takes to start."""
    monkeypatch.setattr(registry, "PATIENCE", 60.0)
