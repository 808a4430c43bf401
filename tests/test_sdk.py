"""The official SDK, npm's gettyimages-api, as a second real client of the sandbox: tests/sdk/search.mjs."""

import json
import os
from typing import Any

import pytest

from programs import CHECKOUT, running, sandbox
from test_site import NODE, install, missing

SDK = CHECKOUT / "tests" / "sdk"

pytestmark = [pytest.mark.site, pytest.mark.skipif(not all(NODE.values()), reason=missing(NODE))]


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


def test_the_sdk_finds_pictures_page_by_page(sdk: dict[str, Any]) -> None:
    first, second = ({image["id"] for image in sdk[page]["images"]} for page in ("first", "second"))

    assert sdk["first"]["result_count"] == sdk["second"]["result_count"] >= 10
    assert len(first) == len(second) == 5
    assert not first & second


def test_the_sdk_gets_the_fields_it_asks_for_and_no_others(sdk: dict[str, Any]) -> None:
    picture = sdk["first"]["images"][0]

    assert set(picture) == {"id", "title", "display_sizes"}
    assert {size["name"] for size in picture["display_sizes"]} == {"comp", "preview", "thumb"}


def test_the_sdk_reads_one_picture_by_its_id(sdk: dict[str, Any]) -> None:
    found = sdk["first"]["images"][0]

    assert sdk["picture"]["images"] == [{"id": found["id"], "title": found["title"]}]


def test_the_sdk_is_told_that_a_picture_does_not_exist(sdk: dict[str, Any]) -> None:
    assert sdk["unknownPicture"] == 404


def test_the_sdk_gets_a_token_for_half_an_hour(sdk: dict[str, Any]) -> None:
    token = sdk["token"]

    assert token["access_token"]
    assert token["token_type"] == "Bearer"
    assert int(token["expires_in"]) == 1800


def test_the_sdk_gets_no_token_for_a_wrong_secret(sdk: dict[str, Any]) -> None:
    assert sdk["tokenForWrongSecret"] is None


def test_the_lock_file_names_no_download_address() -> None:
    assert '"resolved"' not in (SDK / "package-lock.json").read_text()
