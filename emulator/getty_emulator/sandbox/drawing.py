"""A picture as SVG: the sky, the scene, and the title in a strip at the bottom. Small, and pretty at 170 pixels."""

from dataclasses import dataclass
from html import escape

from .dice import Dice
from .palettes import Palette
from .scenes import SCENES

_LONG_SIDE = 300
"""Of the canvas the scenes are drawn on; SVG scales it to any size."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a picture shows. `shape` is the image's width and height, of which only the proportion counts."""

    id: str
    title: str
    scene: str
    palette: Palette
    shape: tuple[int, int]
    style: str


def draw(look: Look, box: tuple[int, int]) -> str:
    """The picture, as large as fits in `box` (width and height in pixels)."""
    across, down = look.shape
    canvas = _LONG_SIDE / max(across, down)
    width, height = round(across * canvas), round(down * canvas)
    scale = min(box[0] / width, box[1] / height)
    dice = Dice("drawing", look.id, look.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{max(1, round(width * scale))}"'
        f' height="{max(1, round(height * scale))}" viewBox="0 0 {width} {height}">'
        f"<title>{escape(look.title)}</title>"
        f"{_sky(look)}"
        f"{SCENES[look.scene](dice, look.palette, width, height)}"
        f"{_finish(look, width, height)}"
        f"{_caption(look, width, height, scale)}</svg>"
    )


def _sky(look: Look) -> str:
    # Vectors and illustrations are flat; photographs have depth.
    top = look.palette.low if look.style in ("vector", "illustration") else look.palette.top
    return (
        f'<defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="{top}"/>'
        f'<stop offset=".8" stop-color="{look.palette.low}"/></linearGradient>'
        '<linearGradient id="t" x2="0" y2="1"><stop stop-opacity="0"/><stop offset="1" stop-opacity=".7"/>'
        '</linearGradient><radialGradient id="v" r=".8"><stop offset=".6" stop-opacity="0"/>'
        '<stop offset="1" stop-opacity=".3"/></radialGradient></defs>'
        '<rect width="100%" height="100%" fill="url(#s)"/>'
    )


def _finish(look: Look, width: int, height: int) -> str:
    if look.style == "photography":
        return '<rect width="100%" height="100%" fill="url(#v)"/>'
    if look.style == "fine_art":
        # A mount, as around a print.
        return (
            f'<rect x="4" y="4" width="{width - 8}" height="{height - 8}" fill="none" stroke="#fdfbf5"'
            ' stroke-width="8"/>'
        )
    return ""


def _caption(look: Look, width: int, height: int, scale: float) -> str:
    # In pixels first: the type must stay legible however small the picture is.
    pixels = min(16.0, max(9.0, width * scale * 0.026))
    size = pixels / scale
    margin = size * 0.8
    lines = _wrapped(look.title, int((width - 2 * margin) / (size * 0.52)))
    strip = size * (len(lines) * 1.2 + 3.2)
    first = height - size * (len(lines) * 1.2 + 0.65)
    title = "".join(
        f'<text x="{margin:.1f}" y="{first + size * 1.2 * number:.1f}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<rect y="{height - strip:.1f}" width="100%" height="{strip:.1f}" fill="url(#t)"/>'
        f'<g fill="#fff" font-family="system-ui,sans-serif" font-size="{size:.1f}">{title}'
        f'<text x="{margin:.1f}" y="{height - size * 0.65:.1f}" font-size="{size * 0.8:.1f}" opacity=".75">'
        f"{escape(look.id)}</text></g>"
    )


def _wrapped(title: str, room: int) -> list[str]:
    """`title` on at most two lines of `room` letters."""
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > 2:
        lines = [lines[0], f"{lines[1]}…"]
    return [line if len(line) <= room + 1 else f"{line[: max(room - 1, 1)]}…" for line in lines]
