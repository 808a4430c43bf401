"""Pictures in pixels: JPEG, PNG and WebP out of the drawings, where the extra `pictures` is installed."""

from functools import cache
from importlib.util import find_spec
from io import BytesIO
from typing import Any

from getty_emulator.sandbox.drawing import Caption

LARGEST = 2048
"""Pixels of the long side, as of the largest comp. More than that is for vectors."""

_WHITE, _PALE = (255, 255, 255), (222, 222, 222)
_OPTIONS: dict[str, dict[str, Any]] = {
    "jpeg": {"quality": 82, "subsampling": 0},
    "png": {"compress_level": 6},
    "webp": {"quality": 80, "method": 2},
}


@cache
def available() -> bool:
    """Whether the libraries for it are there: resvg draws, Pillow writes words and files."""
    return all(find_spec(name) is not None for name in ("resvg_py", "PIL"))


def raster(svg: str, caption: Caption | None, kind: str) -> bytes:
    """`svg`, which has no words in it, and `caption`, as a file of `kind`: jpeg, png or webp."""
    import resvg_py
    from PIL import Image

    # The fonts of a machine would make its pictures unlike another's, and reading them takes a tenth of a second.
    drawn = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    with Image.open(BytesIO(bytes(drawn))) as opened:
        image = opened.convert("RGB")
    if caption:
        _write(image, caption)
    file = BytesIO()
    image.save(file, kind.upper(), **_OPTIONS[kind])
    return file.getvalue()


def _write(image: Any, caption: Caption) -> None:
    from PIL import ImageDraw, ImageFont

    pen = ImageDraw.Draw(image)
    font, small = (ImageFont.load_default(size) for size in (caption.size, caption.size * 0.8))
    for line, baseline in zip(caption.lines, caption.baselines, strict=True):
        pen.text((caption.left, baseline), line, _WHITE, font, anchor="ls")
    pen.text((caption.left, caption.id_baseline), caption.id, _PALE, small, anchor="ls")
