"""Videos, works of an artist, search by image, and searches for affiliates."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from getty_emulator.exchange import Call
from getty_emulator.sandbox import Sandbox
from getty_emulator.sandbox.catalogue import asset
from getty_emulator.sandbox.videos import FIRST_VIDEO, film

CREATIVE, EDITORIAL = "/v3/search/videos/creative", "/v3/search/videos/editorial"
SANDBOX = Sandbox()


def ask(path: str, query: str = "", status: int = 200) -> dict[str, Any]:
    answer = SANDBOX.read(Call("GET", path, query))
    assert answer.status == status, answer
    content: dict[str, Any] = json.loads(answer.body)
    return content


def test_a_subject_finds_its_videos() -> None:
    content = ask(CREATIVE, "phrase=sunset&fields=title,clip_length&page_size=10")

    assert list(content) == ["result_count", "videos"]
    assert all("sunset" in video["title"].lower() for video in content["videos"])
    assert all(len(video["clip_length"].split(":")) == 4 for video in content["videos"])


def test_members_of_a_video_come_in_order_with_the_id_first() -> None:
    [video] = ask(EDITORIAL, "fields=detail_set&page_size=1")["videos"]

    first, *rest = video
    assert first == "id"
    assert rest == sorted(rest)
    assert [size["name"] for size in video["display_sizes"]] == ["comp", "preview", "thumb"]
    assert {size["aspect_ratio"] for size in video["display_sizes"]} <= {"16:9", "9:16"}


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("orientations=vertical", lambda one: one.aspect_ratio == "9:16"),
        ("aspect_ratios=16:9", lambda one: one.aspect_ratio == "16:9"),
        ("frame_rates=25,50", lambda one: one.frame_rate in ("25", "50")),
        ("format_available=4k", lambda one: one.width * one.height == 3840 * 2160),
        ("min_clip_length=30", lambda one: one.seconds >= 30),
        ("max_clip_length=10", lambda one: one.seconds <= 10),
        ("image_techniques=slow_motion", lambda one: one.speed == "Slow Motion"),
        ("viewpoints=tilt", lambda one: one.viewpoint == "tilt"),
    ],
)
def test_filters_of_videos_leave_only_what_they_name(query: str, holds: Any) -> None:
    everything = ask(CREATIVE, "fields=id")["result_count"]
    found = ask(CREATIVE, f"{query}&fields=id&page_size=100")

    assert 0 < found["result_count"] < everything
    assert all(holds(film(asset(int(video["id"]) - FIRST_VIDEO, 1))) for video in found["videos"])


def test_videos_are_looked_up_with_an_envelope_and_one_without() -> None:
    many = ask("/v3/videos", f"ids={FIRST_VIDEO},5&fields=title")
    one = ask(f"/v3/videos/{FIRST_VIDEO}", "fields=title")

    assert many == {"videos": [one], "videos_not_found": ["5"]}
    assert list(one) == ["id", "title"]
    assert ask("/v3/videos/5", status=404)["ErrorCode"] == "VideosNotFound"
    assert ask("/v3/videos", "ids=5,6", status=404)["ErrorCode"] == "VideosNotFound"


@pytest.mark.parametrize("path", ["similar", "same-series"])
def test_a_video_has_neighbours_that_are_videos(path: str) -> None:
    content = ask(f"/v3/videos/{FIRST_VIDEO}/{path}", "fields=id")

    assert content["result_count"] > 0
    assert str(FIRST_VIDEO) not in {video["id"] for video in content["videos"]}


def test_a_still_of_a_video_shows_its_title() -> None:
    uri = ask(CREATIVE, "fields=preview&page_size=1")["videos"][0]["display_sizes"][0]["uri"]

    picture = SANDBOX.picture("/media/" + uri.partition(".com/")[2])

    assert picture.status == 200


def test_an_artist_has_ten_works_on_a_page() -> None:
    artist = asset(0, 1).artist

    images = ask("/v3/artists/images", f"artist_name={quote(artist)}&fields=artist")
    videos = ask("/v3/artists/videos", f"artist_name={quote(artist)}&fields=artist")

    assert {one["artist"] for one in images["images"] + videos["videos"]} == {artist}
    assert len(images["images"]) == min(10, images["result_count"])
    assert ask("/v3/artists/images", status=400)["ErrorCode"] == "MissingRequiredQueryParameters"


@pytest.mark.parametrize(("path", "name"), [("images", "images"), ("videos", "videos")])
def test_an_image_finds_what_looks_like_it(path: str, name: str) -> None:
    by_id = ask(f"/v3/search/{path}/creative/by-image", "asset_id=1900000001&fields=title")
    by_address = ask(
        f"/v3/search/{path}/creative/by-image", "image_url=https://x.test/a/cat-on-a-wall.jpg?s=1&fields=title"
    )

    assert by_id["result_count"] > 0
    assert "cat" in by_address[name][0]["title"].lower()
    assert ask(f"/v3/search/{path}/creative/by-image", "asset_id=5", 404)["ErrorCode"] == "AssetNotFound"
    assert ask(f"/v3/search/{path}/creative/by-image", "", 400)["ErrorCode"] == "MissingRequiredQueryParameters"


def test_affiliates_get_small_pictures_with_their_sizes() -> None:
    images = ask("/v3/affiliates/search/images", "phrase=sunst&style=vector")
    videos = ask("/v3/affiliates/search/videos", "phrase=dog")

    first = images["images"][0]
    urls = first["preview_urls"]
    assert images["auto_corrections"] == {"phrase": "sunset"}
    assert asset(int(first["id"]) - 1_900_000_001, 1).style == "vector"
    assert max(urls["small_width"], urls["small_height"]) == 170
    assert set(videos["videos"][0]["preview_urls"]) == {
        "small_still", "medium_still", "large_still", "small_motion", "large_motion"
    }  # fmt: skip


def test_the_customer_is_the_documented_one() -> None:
    assert ask("/v3/customers/current") == {"first_name": "Sandy", "middle_name": None, "last_name": "Box"}
