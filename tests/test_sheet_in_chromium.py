"""
The contact sheet as somebody sees it: in a real Chromium without a network, at desktop and phone width, light and dark.

SITE_SCREENSHOTS names a folder to keep the screenshots in.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from programs import environment
from test_site import BROWSER, SITE, chromium, install, missing

pytestmark = [pytest.mark.site, pytest.mark.skipif(not all(BROWSER.values()), reason=missing(BROWSER))]

EVIL = '<img src="https://example.test/x" onerror="alert(1)">'


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What there was to see on the sheet of an offline search for two phrases."""
    install(SITE)
    home = tmp_path_factory.mktemp("sheet")
    pictures = Path(os.environ.get("SITE_SCREENSHOTS") or home)
    (home / "phrases.txt").write_text(f"sunset\n{EVIL}\n")
    search = ["search", "--from", "phrases.txt", "--limit", "15", "--offline", "--format", "html", "-o", "sheet.html"]
    subprocess.run([sys.executable, "-m", "getty_token", *search], cwd=home, env=environment(home), check=True)
    looking = ["node", str(SITE / "look.mjs"), str(home / "sheet.html"), str(chromium()), str(pictures)]
    done = subprocess.run(looking, cwd=SITE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def test_every_picture_is_in_the_page_and_nothing_is_loaded(look: dict[str, Any]) -> None:
    assert {(each["figures"], each["pictures"]) for each in look["seen"].values()} == {(30, 30)}
    assert all(re.match("file://|data:image/", url) for url in look["requests"])


def test_the_browser_has_nothing_to_complain_about(look: dict[str, Any]) -> None:
    assert look["complaints"] == []


def test_it_fits_every_window(look: dict[str, Any]) -> None:
    columns = {name.partition("-")[0]: each["columns"] for name, each in look["seen"].items()}

    assert [each["wider"] for each in look["seen"].values()] == [0] * 6
    assert columns == {"desktop": 6, "phone": 2, "small": 2}


def test_it_is_light_by_day_and_dark_by_night(look: dict[str, Any]) -> None:
    def brightness(colour: str) -> float:
        return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3

    for name, each in look["seen"].items():
        contrast = brightness(each["paper"]) - brightness(each["ink"])
        assert (contrast > 150) if name.endswith("light") else (contrast < -150), name
