"""The few SVG shapes that the scenes are made of. Coordinates are rounded: a picture stays under 4 KB."""

from collections.abc import Iterable

from getty_emulator.sandbox.dice import Dice

Point = tuple[float, float]


def number(value: float) -> str:
    """`value` with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


def d(*parts: str | float) -> str:
    """Path data: commands and coordinates, in turn."""
    texts = (part if isinstance(part, str) else number(part) for part in parts)
    return "".join(text if text[:1].isalpha() else f" {text}" for text in texts)


def _more(opacity: float, extra: str) -> str:
    return (f' opacity="{opacity:g}"' if opacity < 1 else "") + (f" {extra}" if extra else "")


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    fill: str,
    *,
    opacity: float = 1,
    round_: float = 0,
    extra: str = "",
) -> str:
    """A rectangle; `round_` is the radius of its corners."""
    corner = f' rx="{number(round_)}"' if round_ else ""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"{corner}'
        f' fill="{fill}"{_more(opacity, extra)}/>'
    )


def circle(x: float, y: float, radius: float, fill: str, *, opacity: float = 1, extra: str = "") -> str:
    """A disc."""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"{_more(opacity, extra)}/>'


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, *, opacity: float = 1, extra: str = "") -> str:
    """An upright ellipse."""
    return (
        f'<ellipse cx="{number(x)}" cy="{number(y)}" rx="{number(rx)}" ry="{number(ry)}" fill="{fill}"'
        f"{_more(opacity, extra)}/>"
    )


def shape(points: Iterable[Point], fill: str, *, opacity: float = 1) -> str:
    """A polygon."""
    return path("M" + "L".join(d(x, y) for x, y in points) + "z", fill, opacity=opacity)


def path(data: str, fill: str, *, opacity: float = 1, extra: str = "") -> str:
    """A filled path."""
    return f'<path d="{data}" fill="{fill}"{_more(opacity, extra)}/>'


def line(data: str, stroke: str, width: float, *, opacity: float = 1) -> str:
    """A drawn path with round ends."""
    return (
        f'<path d="{data}" fill="none" stroke="{stroke}" stroke-width="{number(width)}" stroke-linecap="round"'
        f' stroke-linejoin="round"{_more(opacity, "")}/>'
    )


def dots(data: str, stroke: str, size: float, step: float) -> str:
    """Discs of `size` along a path, one every `step`: far shorter than a circle for each."""
    return (
        f'<path d="{data}" fill="none" stroke="{stroke}" stroke-width="{number(size)}" stroke-linecap="round"'
        f' stroke-dasharray="0 {step:.2f}"/>'
    )


def block(x: float, y: float, width: float, height: float) -> str:
    """Path data of a rectangle, to draw many of one colour as one path."""
    return d("M", x, y, "h", width, "v", height, "h", -width, "z")


def specks(dice: Dice, width: int, height: int, count: int, size: float) -> str:
    """Small white discs all over: stars, or snow."""
    data = "".join(f"M{dice.below(width)} {dice.below(height)}h0" for _ in range(count))
    return line(data, "#fff", size, opacity=0.9)


def dashed(data: str, stroke: str, width: float, pattern: str, *, opacity: float = 1) -> str:
    """A drawn path in dashes: a row of windows, a lane, a rope. `pattern` is on and off in turn."""
    return (
        f'<path d="{data}" fill="none" stroke="{stroke}" stroke-width="{number(width)}" stroke-dasharray="{pattern}"'
        f"{_more(opacity, '')}/>"
    )


def moved(x: float, y: float, scale: float, content: str, turn: float = 0) -> str:
    """`content` drawn around 0,0, put elsewhere and scaled, after a turn in degrees."""
    turned = f" rotate({number(turn)})" if turn else ""
    return f'<g transform="translate({number(x)} {number(y)}) scale({scale:.2f}){turned}">{content}</g>'


def ridge(dice: Dice, width: float, height: float, level: float, swing: float, fill: str, steps: int = 4) -> str:
    """A soft line of hills across the picture at `level`, at most `swing` off it, filled to the ground."""
    xs = [width * step / steps for step in range(steps + 1)]
    ys = [level + swing * (dice.below(201) - 100) / 100 for _ in xs]
    data = d("M0", ys[0])
    for step in range(1, steps):
        middle = (xs[step] + xs[step + 1]) / 2, (ys[step] + ys[step + 1]) / 2
        data += d("Q", xs[step], ys[step], *middle)
    return path(d(data, "L", width, ys[-1], "V", height, "H0z"), fill)


def sun(x: float, y: float, radius: float, fill: str) -> str:
    """A sun or a moon with a glow."""
    return (
        circle(x, y, radius * 2, fill, opacity=0.18)
        + circle(x, y, radius * 1.45, fill, opacity=0.25)
        + circle(x, y, radius, fill)
    )


def clouds(dice: Dice, width: float, height: float, fill: str, count: int = 3) -> str:
    """A few flat clouds in the upper part."""
    found = ""
    for _ in range(count):
        x, y = dice.below(int(width)), height * (8 + dice.below(26)) / 100
        size = min(width, height) * (6 + dice.below(5)) / 100
        found += rect(x - size * 2, y, size * 4, size * 0.7, fill, round_=size * 0.35, opacity=0.5)
        found += rect(x - size, y - size * 0.45, size * 2.2, size * 0.9, fill, round_=size * 0.45, opacity=0.5)
    return found
