"""The generated pictures as JPEG, PNG and WebP, where the libraries of the extra `pictures` are."""

from io import BytesIO

import pytest
from test_sandbox_pictures import COMP, THUMB, picture_of

from getty_emulator.sandbox import gallery
from getty_emulator.sandbox.catalogue import asset

Image = pytest.importorskip("PIL.Image", reason="Pillow is not installed: pip install '.[test]'")
pytest.importorskip("resvg_py", reason="resvg-py is not installed: pip install '.[test]'")


@pytest.mark.parametrize(
    ("ending", "query", "content_type", "begins"),
    [
        ("jpg", COMP, b"image/jpeg", b"\xff\xd8\xff"),
        ("jpeg", COMP, b"image/jpeg", b"\xff\xd8\xff"),
        ("png", COMP, b"image/png", b"\x89PNG\r\n\x1a\n"),
        ("webp", COMP, b"image/webp", b"RIFF"),
        ("jpg", f"f=webp&{COMP}", b"image/webp", b"RIFF"),
        ("svg", COMP, b"image/svg+xml", b"<svg "),
    ],
)
def test_a_picture_is_what_its_address_says(ending: str, query: str, content_type: bytes, begins: bytes) -> None:
    answer = picture_of(0, query, ending)

    assert dict(answer.headers)[b"content-type"] == content_type
    assert answer.body.startswith(begins)


@pytest.mark.parametrize(
    ("query", "longest"), [(THUMB, 170), (COMP, 612), ("s=1024x1024", 1024), ("s=9999x9999", 2048)]
)
def test_a_picture_in_pixels_has_the_documented_size_and_the_shape_of_its_asset(query: str, longest: int) -> None:
    one = asset(5, 1)

    with Image.open(BytesIO(picture_of(5, query, "jpg").body)) as image:
        image.load()

    assert max(image.size) == longest
    assert image.width / image.height == pytest.approx(one.width / one.height, rel=0.03)


def test_pictures_in_pixels_differ_in_what_they_show_and_are_always_the_same() -> None:
    first, second = (Image.open(BytesIO(picture_of(index, COMP, "png").body)) for index in (0, 3))
    gallery.picture.cache_clear()

    assert first.tobytes() != second.tobytes()
    assert Image.open(BytesIO(picture_of(0, COMP, "png").body)).tobytes() == first.tobytes()
    assert len(first.getcolors(1_000_000) or ()) > 200


def test_the_words_are_on_pictures_in_pixels_and_not_on_thumbs() -> None:
    """White type stands on a dark strip at the bottom; a thumb has neither."""
    wide = next(index for index in range(720) if asset(index, 1).orientation == "horizontal")
    comp = Image.open(BytesIO(picture_of(wide, COMP, "png").body)).convert("RGB")
    strip = comp.crop((0, comp.height - 50, comp.width, comp.height))

    assert dict(map(reversed, strip.getcolors(100_000) or ())).get((255, 255, 255), 0) > 100
