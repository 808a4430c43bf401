"""The generated pictures."""

import xml.etree.ElementTree as ET

import pytest

from getty_emulator.exchange import Answer, Call
from getty_emulator.sandbox import Sandbox, gallery
from getty_emulator.sandbox.catalogue import asset
from getty_emulator.sandbox.scenes import SCENES

SVG = "{http://www.w3.org/2000/svg}"
THUMB = "b=1&s=170x170&k=20&c=abc"
COMP = "b=1&s=612x612&w=0&k=20&c=abc"


def picture_of(index: int, query: str = THUMB, ending: str = "svg") -> Answer:
    one = asset(index, 1)
    return Sandbox().picture(f"/media/id/{one.id}/photo/{one.slug}.{ending}?{query}")


def size(answer: Answer) -> tuple[int, int]:
    root = ET.fromstring(answer.body)
    return int(root.attrib["width"]), int(root.attrib["height"])


def text(answer: Answer) -> str:
    return " ".join("".join(ET.fromstring(answer.body).itertext()).split())


def test_a_picture_is_svg_that_may_be_kept() -> None:
    answer = picture_of(0)

    assert answer.status == 200
    assert answer.headers == (
        (b"content-type", b"image/svg+xml"),
        (b"cache-control", b"public, max-age=86400"),
    )
    assert ET.fromstring(answer.body).tag == f"{SVG}svg"


def test_the_same_address_gives_the_same_bytes_and_another_asset_others() -> None:
    assert picture_of(3).body == picture_of(3).body
    assert picture_of(3).body != picture_of(87).body


def test_a_picture_is_as_large_as_fits_and_keeps_the_shape_of_its_asset() -> None:
    for index in range(40):
        one = asset(index, 1)
        width, height = size(picture_of(index))
        assert max(width, height) == 170
        assert width / height == pytest.approx(one.width / one.height, rel=0.03)
        assert max(size(picture_of(index, COMP))) == 612


@pytest.mark.parametrize("scene", sorted(SCENES))
def test_every_scene_is_well_formed_and_small_in_every_shape(scene: str) -> None:
    indices = [index for index in range(720) if asset(index, 1).subject.scene == scene]

    answers = [picture_of(index, COMP) for index in indices]

    assert answers
    assert all(ET.fromstring(answer.body) is not None for answer in answers)
    assert max(len(answer.body) for answer in answers) <= 4096


def test_title_and_id_can_be_read() -> None:
    wide = next(index for index in range(720) if asset(index, 1).orientation == "horizontal")

    shown = text(picture_of(wide, COMP))

    assert asset(wide, 1).title in shown
    assert asset(wide, 1).id in shown


def test_black_and_white_pictures_have_no_colour() -> None:
    grey = next(index for index in range(720) if "black_and_white" in asset(index, 1).palette.moods)
    bright = next(index for index in range(720) if "black_and_white" not in asset(index, 1).palette.moods)

    assert b"saturate" in picture_of(grey).body
    assert b"saturate" not in picture_of(bright).body


@pytest.mark.parametrize("image_id", ["42", "1900009999", "abc-1"])
def test_ids_that_are_not_in_the_catalogue_get_a_picture_from_their_title(image_id: str) -> None:
    answer = Sandbox().picture(f"/media/id/{image_id}/photo/a-lighthouse-far-away.svg?{COMP}")

    assert answer.status == 200
    assert "A lighthouse far away" in text(answer)
    assert image_id in text(answer)


def test_an_address_cannot_put_markup_into_a_picture() -> None:
    answer = Sandbox().picture("/media/id/%3Cscript%3E/photo/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%00.svg")

    assert answer.status == 200
    assert not list(ET.fromstring(answer.body).iter(f"{SVG}script"))
    assert b"<script" not in answer.body


def test_without_the_libraries_for_pixels_every_picture_is_svg(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery.picture.cache_clear()
    monkeypatch.setattr(gallery, "available", lambda: False)

    answers = [picture_of(0, ending=ending) for ending in ("jpg", "png", "webp")]

    gallery.picture.cache_clear()
    assert {dict(answer.headers)[b"content-type"] for answer in answers} == {b"image/svg+xml"}
    assert {answer.body for answer in answers} == {picture_of(0).body}


@pytest.mark.parametrize("query", ["", "s=0x0", "s=99999x1", "s=axb", "s=170x170&s=1x1"])
def test_a_size_that_is_none_gives_the_usual_one(query: str) -> None:
    width, height = size(Sandbox().picture(f"/media/id/1900000001/photo/x.svg?{query}"))

    assert max(width, height) == (170 if query.startswith("s=170") else 612)


@pytest.mark.parametrize(
    "path",
    [
        "/media/",
        "/media/id/1/photo/x.gif",
        "/other/id/1/photo/x.jpg",
        "/media/id//photo/x.jpg",
        "/media/id/1/photo/x.jpg/y",
    ],
)
def test_other_paths_are_not_found(path: str) -> None:
    answer = Sandbox().picture(path)

    assert answer.status == 404
    assert "/media/id/" in answer.reason


def test_the_gateway_serves_pictures_without_a_key() -> None:
    answer = Sandbox().answer(Call("GET", "/media/id/1900000001/photo/x.jpg", THUMB))

    assert answer.status == 200
