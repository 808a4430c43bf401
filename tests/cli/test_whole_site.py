"""What `serve` answers with beside functions, while the files of the site change."""

import asyncio
from pathlib import Path

import pytest

from getty_emulator.exchange import Answer, Call, Incoming
from getty_emulator.netlify import book
from getty_emulator.netlify.site import Site
from getty_emulator.watch import Watch
from getty_token.commands.serving.options import Options
from getty_token.commands.serving.whole_site import whole_site


class Nobody:
    async def answer(self, call: Call) -> Answer:
        raise AssertionError(call)


def test_a_first_rule_that_is_written_after_the_start_applies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "LOOK", 0.0)
    site = whole_site(Site({}, Nobody()), tmp_path, Options(), (), Watch(), lambda event: None)
    request = Incoming("GET", "/old", "", [(b"host", b"localhost")], b"")

    before = asyncio.run(site.answer(request))
    (tmp_path / "_redirects").write_text("/old /new 302")
    after = asyncio.run(site.answer(request))

    assert (before.status, after.status) == (404, 302)
