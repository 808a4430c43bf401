"""A picture as SVG: sky, scene, and on larger sizes a strip with the title at the bottom. Pretty at 170 pixels."""

from dataclasses import dataclass

from getty_emulator.sandbox.dice import Dice
from getty_emulator.sandbox.palettes import Palette
from getty_emulator.sandbox.scenes import SCENES

_LONG_SIDE = 300
"""Of the canvas the scenes are drawn on; SVG scales it to any size."""

_THUMB = 170
"""Pixels. Up to this size a picture carries no words: Getty marks its larger sizes only, and pages caption thumbs."""

_MOUNT = 10
"""The width of the passe-partout around fine art."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a picture shows. `shape` is the image's width and height, of which only the proportion counts."""

    id: str
    title: str
    scene: str
    palette: Palette
    shape: tuple[int, int]
    style: str


@dataclass(frozen=True, slots=True)
class Caption:
    """The words on a picture. In pixels: the size of the type, where it begins, and where each line stands."""

    lines: tuple[str, ...]
    id: str
    size: float
    left: float
    top: float
    baselines: tuple[float, ...]
    id_baseline: float


def draw(look: Look, box: tuple[int, int], words: bool = True) -> str:
    """The picture, as large as fits in `box` (width and height in pixels); without `words` only the room for them."""
    width, height, scale = _canvas(look, box)
    dice = Dice("drawing", look.id, look.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{max(1, round(width * scale))}"'
        f' height="{max(1, round(height * scale))}" viewBox="0 0 {width} {height}">'
        f"<title>{escape(look.title)}</title>"
        f"{_sky(look)}"
        f"{_grey(look, SCENES[look.scene](dice, look.palette, width, height))}"
        f"{_strip(caption(look, box), scale, words)}"
        f"{_finish(look, width, height)}</svg>"
    )


def escape(text: str) -> str:
    """`text` as it may stand between tags."""
    # XML knows no control characters, not even escaped. Python's own `html` would cost 2 ms to import.
    printable = "".join(letter for letter in text if letter.isprintable())
    return printable.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


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


def _grey(look: Look, scene: str) -> str:
    if "black_and_white" not in look.palette.moods:
        return scene
    return f'<filter id="g"><feColorMatrix type="saturate" values="0"/></filter><g filter="url(#g)">{scene}</g>'


def _finish(look: Look, width: int, height: int) -> str:
    if look.style == "photography":
        return '<rect width="100%" height="100%" fill="url(#v)"/>'
    if look.style == "fine_art":
        # As around a print.
        half = _MOUNT / 2
        return (
            f'<rect x="{half:g}" y="{half:g}" width="{width - _MOUNT}" height="{height - _MOUNT}" fill="none"'
            f' stroke="#fdfbf5" stroke-width="{_MOUNT}"/>'
        )
    return ""


def caption(look: Look, box: tuple[int, int]) -> Caption | None:
    """What is written on the picture that fits in `box`; nothing on a thumb."""
    if max(box) <= _THUMB:
        return None
    width, height, scale = _canvas(look, box)
    across, down = width * scale, height * scale
    # The type must stay legible however small the picture is.
    size = min(16.0, max(9.0, max(across, down) * 0.026))
    inset = _MOUNT * scale if look.style == "fine_art" else 0
    margin, across, down = size * 0.8 + inset, across - inset, down - inset
    lines = _wrapped(look.title, int((across - 2 * margin) / (size * 0.58)))
    first = down - size * (len(lines) * 1.2 + 0.65)
    return Caption(
        lines=tuple(lines),
        id=look.id,
        size=size,
        left=margin,
        top=down - size * (len(lines) * 1.2 + 3.2),
        baselines=tuple(first + size * 1.2 * number for number in range(len(lines))),
        id_baseline=down - size * 0.65,
    )


def _canvas(look: Look, box: tuple[int, int]) -> tuple[int, int, float]:
    """Width and height of what is drawn on, and pixels for each of its units."""
    across, down = look.shape
    canvas = _LONG_SIDE / max(across, down)
    width, height = round(across * canvas), round(down * canvas)
    return width, height, min(box[0] / width, box[1] / height)


def _strip(caption: Caption | None, scale: float, words: bool) -> str:
    if caption is None:
        return ""
    high = caption.size * (len(caption.lines) * 1.2 + 3.2)
    shade = f'<rect y="{caption.top / scale:.1f}" width="100%" height="{high / scale:.1f}" fill="url(#t)"/>'
    if not words:
        return shade
    left, size = caption.left / scale, caption.size / scale
    title = "".join(
        f'<text x="{left:.1f}" y="{baseline / scale:.1f}">{escape(line)}</text>'
        for line, baseline in zip(caption.lines, caption.baselines, strict=True)
    )
    return (
        f'{shade}<g fill="#fff" font-family="system-ui,sans-serif" font-size="{size:.1f}">{title}'
        f'<text x="{left:.1f}" y="{caption.id_baseline / scale:.1f}" font-size="{size * 0.8:.1f}" opacity=".75">'
        f"{escape(caption.id)}</text></g>"
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
