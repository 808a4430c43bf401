"""
Two clients that others wrote run whole scripts against the sandbox: the official SDK, npm's gettyimages-api
(tests/sdk/search.mjs), and PyPI's pygetty (tests/sdk/search.py).
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from programs import CHECKOUT, running, sandbox
from test_site import NODE, install, missing

SDK = CHECKOUT / "tests" / "sdk"
PYGETTY = "pygetty==1.3.5"

pytestmark = pytest.mark.site
needs_node = pytest.mark.skipif(not all(NODE.values()), reason=missing(NODE))


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the SDK got from the sandbox."""
    install(SDK)
    with (
        sandbox(tmp_path_factory.mktemp("sandbox")) as port,
        running(["node", "search.mjs", str(port)], os.environ, SDK) as node,
    ):
        got: dict[str, Any] = json.loads(node.finish().splitlines()[-1])
    return got


@needs_node
def test_the_sdk_finds_pictures_page_by_page(sdk: dict[str, Any]) -> None:
    first, second = ({image["id"] for image in sdk[page]["images"]} for page in ("first", "second"))

    assert sdk["first"]["result_count"] == sdk["second"]["result_count"] >= 10
    assert len(first) == len(second) == 5
    assert not first & second


@needs_node
def test_the_sdk_gets_the_fields_it_asks_for_and_no_others(sdk: dict[str, Any]) -> None:
    picture = sdk["first"]["images"][0]

    assert set(picture) == {"id", "title", "display_sizes"}
    assert {size["name"] for size in picture["display_sizes"]} == {"comp", "preview", "thumb"}


@needs_node
def test_the_sdk_reads_one_picture_by_its_id(sdk: dict[str, Any]) -> None:
    found = sdk["first"]["images"][0]

    assert sdk["picture"]["images"] == [{"id": found["id"], "title": found["title"]}]


@needs_node
def test_the_sdk_is_told_that_a_picture_does_not_exist(sdk: dict[str, Any]) -> None:
    assert sdk["unknownPicture"] == 404


@needs_node
def test_the_sdk_gets_a_token_for_half_an_hour(sdk: dict[str, Any]) -> None:
    token = sdk["token"]

    assert token["access_token"]
    assert token["token_type"] == "Bearer"
    assert int(token["expires_in"]) == 1800


@needs_node
def test_the_sdk_gets_no_token_for_a_wrong_secret(sdk: dict[str, Any]) -> None:
    assert sdk["tokenForWrongSecret"] is None


@needs_node
def test_the_sdk_narrows_an_editorial_search(sdk: dict[str, Any]) -> None:
    found = sdk["editorial"]["images"]

    assert found
    assert {image["editorial_segments"][0] for image in found} == {"sport"}
    assert {image["orientation"] for image in found} == {"Horizontal"}
    assert min(image["date_created"] for image in found) >= "2017-01-01"
    assert found == sorted(found, key=lambda image: image["date_created"], reverse=True)


@needs_node
def test_the_sdk_finds_both_families_at_once(sdk: dict[str, Any]) -> None:
    assert len(sdk["blended"]["images"]) == 3
    assert sdk["blended"]["result_count"] > 3


@needs_node
def test_the_sdk_finds_videos_and_reads_one(sdk: dict[str, Any]) -> None:
    first = sdk["videos"]["videos"][0]

    assert "sunset" in first["title"].lower()
    assert sdk["video"]["id"] == first["id"]
    assert sdk["video"]["title"] == first["title"]
    # What the SDK's own example prints.
    assert all(size["name"] and size["description"] for size in sdk["video"]["download_sizes"])
    assert sdk["twoVideos"]["videos_not_found"] == ["1"]
    assert len(sdk["newsVideos"]["videos"]) == 2


@needs_node
def test_the_sdk_reads_several_pictures_an_event_and_what_else_there_is(sdk: dict[str, Any]) -> None:
    assert [image["id"] for image in sdk["pictures"]["images"]] == [image["id"] for image in sdk["first"]["images"]]
    assert all(image["keywords"] and image["download_sizes"] for image in sdk["pictures"]["images"])
    assert sdk["event"]["events"][0]["name"]
    assert {"iso_alpha_2": "CA", "iso_alpha_3": "CAN", "name": "Canada"} in sdk["countries"]["countries"]
    assert sdk["collections"]["collections"][0]["code"] == "SBX"
    assert len(sdk["similar"]["images"]) == 4


@needs_node
def test_the_sdk_is_refused_what_costs_or_changes_and_a_page_that_is_not_there(sdk: dict[str, Any]) -> None:
    assert (sdk["download"], sdk["board"], sdk["pageThatIsNotThere"]) == (403, 403, 400)


@pytest.fixture(scope="module")
def pygetty(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What pygetty got from the sandbox."""
    python = with_pygetty()
    with (
        sandbox(tmp_path_factory.mktemp("sandbox")) as port,
        running([str(python), "search.py", str(port)], os.environ, SDK) as program,
    ):
        printed = program.finish().splitlines()
    got: dict[str, Any] = json.loads(next(line for line in printed if line.startswith('{"coast"')))
    return got


def with_pygetty() -> Path:
    """A Python of its own that has the client: what it wants of others is years old, and ours shall not care."""
    folder = SDK / ".venv"
    python, done = folder / "bin" / "python", folder / ".installed"
    if not (done.is_file() and done.read_text() == PYGETTY):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        command = [str(python), "-m", "pip", "install", "--quiet", PYGETTY]
        installed = subprocess.run(command, capture_output=True, text=True, check=False)
        if installed.returncode:
            pytest.skip(f"{PYGETTY} cannot be installed here: {installed.stderr.strip().splitlines()[-1]}")
        done.write_text(PYGETTY)
    return python


def test_pygetty_goes_through_all_pages(pygetty: dict[str, Any]) -> None:
    ids = [image["id"] for image in pygetty["coast"]]

    assert len(ids) == len(set(ids)) > 30
    assert all(set(image) == {"id", "title"} for image in pygetty["coast"])


def test_pygetty_finds_news_and_both_families(pygetty: dict[str, Any]) -> None:
    assert len(pygetty["news"]) == 12
    assert {image["asset_family"] for image in pygetty["news"]} == {"editorial"}
    assert {image["asset_family"] for image in pygetty["both"]} == {"creative", "editorial"}
    # The client has made a time of it.
    assert all(image["date_created"].startswith("20") for image in pygetty["news"])


def test_pygetty_understands_the_length_and_the_size_of_videos(pygetty: dict[str, Any]) -> None:
    assert len(pygetty["clips"]) == 5
    assert all("second" in clip["clip_length"] for clip in pygetty["clips"])
    assert all(clip["parsed_dimensions"]["width"] >= 405 for clip in pygetty["clips"])
    assert pygetty["video"]["title"] == pygetty["clips"][0]["title"]
    assert pygetty["videos"]["videos_not_found"] == ["1"]
    assert len(pygetty["newsClips"]) == 3


def test_pygetty_reads_pictures_and_collections(pygetty: dict[str, Any]) -> None:
    [one] = pygetty["image"]["images"]

    assert one["id"] == pygetty["coast"][0]["id"]
    assert one["keywords"][0]["text"]
    assert pygetty["images"]["images_not_found"] == ["1"]
    assert len(pygetty["collections"]["collections"]) == 9


def test_pygetty_hears_what_is_refused(pygetty: dict[str, Any]) -> None:
    assert (pygetty["unknown"], pygetty["badField"], pygetty["stranger"]) == (404, 400, 401)


def test_the_lock_file_names_no_download_address() -> None:
    assert '"resolved"' not in (SDK / "package-lock.json").read_text()
