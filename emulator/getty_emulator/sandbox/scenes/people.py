"""People, alone and together, at sport and in front of cameras. They have no faces: they are nobody."""

from getty_emulator.sandbox.dice import Dice
from getty_emulator.sandbox.palettes import Palette
from getty_emulator.sandbox.scenes.shapes import (
    block,
    circle,
    clouds,
    d,
    dashed,
    dots,
    ellipse,
    line,
    moved,
    path,
    rect,
    ridge,
    shape,
    sun,
)

_SKINS = ("#f3c9a0", "#d9a066", "#a9714b", "#7a4a2e", "#f0c39a")
_HAIRS = ("#2a1d1a", "#5b3620", "#c98d3f", "#8a8a8a", "#1c1c24")
_CLOTHES = ("#e4572e", "#2ec4b6", "#f3a712", "#4f6db8", "#d1495b", "#fff4e0", "#6a9e63")


def figure(dice: Dice, p: Palette, dark: str = "") -> str:
    """Somebody standing at 0,0, some 50 high; all in `dark` as a silhouette."""
    skin, hair = dark or dice.pick(_SKINS), dark or dice.pick(_HAIRS)
    top, legs = dark or dice.pick((*_CLOTHES, p.mid)), dark or dice.pick((p.near, "#2b2d42", "#5b6078"))
    body = path("M-9 -16Q-10 -36 0 -36Q10 -36 9 -16z", top)
    head = circle(0, -42, 6, skin) + path("M-6.3 -42A6.3 6.3 0 0 1 6.3 -42Q2 -46 -6.3 -42z", hair)
    return line("M-3.7 -16V-3M3.7 -16V-3", legs, 5.6) + body + head


def crowd(dice: Dice, w: int, h: int, level: float, fill: str, hands: bool = False) -> str:
    """Heads and shoulders from behind, along the bottom; some with a hand in the air."""
    heads, bodies, arms, x, size = "", "", "", -4.0, min(w, h) / 150
    while x < w + 8:
        y = level + dice.below(int(8 * size) + 1)
        heads += d("M", x, y, "h0")
        bodies += d("M", x, y + 17 * size, "V", h + 20)
        if hands and dice.chance(45):
            arms += d("M", x + 8 * size, y + 12 * size, "l", 3 * size, -(18 + dice.below(12)) * size)
        x += (17 + dice.below(8)) * size
    return line(heads, fill, 13 * size) + line(bodies, fill, 22 * size) + (line(arms, fill, 4 * size) if arms else "")


def people(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A group on a hill under a large sun."""
    drawn = sun(w * (35 + dice.below(30)) / 100, h * 0.42, min(w, h) * 0.2, p.light) + clouds(dice, w, h, p.light, 2)
    drawn += ridge(dice, w, h, h * 0.66, h * 0.05, p.far) + ridge(dice, w, h, h * 0.76, h * 0.02, p.mid)
    sizes = dice.pick(((1.25, 0.75, 1.2), (1.2, 1.25), (1.25, 0.8, 0.6, 1.15), (1.2, 1.2, 1.25)))
    width = min(w, h) * 0.2
    for place, size in enumerate(sizes):
        x = w / 2 + (place - (len(sizes) - 1) / 2) * width
        drawn += moved(x, h * 0.8, size * min(w, h) / 140, figure(dice, p))
    if dice.chance(35):
        kite = w * 0.8, h * 0.2
        drawn += line(
            d("M", w / 2 + width, h * 0.66, "Q", w * 0.7, h * 0.4, kite[0], kite[1]),
            "#fff",
            0.8,
        )
        drawn += shape(
            [(kite[0], kite[1] - 14), (kite[0] + 9, kite[1]), (kite[0], kite[1] + 16), (kite[0] - 9, kite[1])],
            "#e4572e",
        )
    return drawn + ridge(dice, w, h, h * 0.88, h * 0.02, p.near)


def cyclist(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A bicycle on a road through hills."""
    drawn = sun(w * (20 + dice.below(60)) / 100, h * 0.26, min(w, h) * 0.1, p.light) + clouds(dice, w, h, p.light, 2)
    drawn += ridge(dice, w, h, h * 0.52, h * 0.08, p.far) + ridge(dice, w, h, h * 0.66, h * 0.05, p.mid)
    drawn += rect(0, h * 0.76, w, h, p.near) + dashed(d("M0", h * 0.87, "H", w), p.light, 2, "14 12", opacity=0.6)
    ink, skin = dice.pick(_CLOTHES), dice.pick(_SKINS)
    wheels = "".join(
        f'<circle cx="{x}" cy="-15" r="14" fill="none" stroke="#1c1c24" stroke-width="2.4"/>' for x in (-24, 24)
    )
    frame = line("M-24 -15L-8 -38H16L24 -15M-8 -38L0 -15H-24M0 -15L16 -38M14 -46L16 -38M-12 -41H-4", "#fdf6e8", 2.6)
    rider = line("M-8 -44L2 -66", ink, 9) + line("M2 -62L12 -48", skin, 3.4) + line("M-8 -42L6 -32L0 -16", "#2b2d42", 5)
    head = circle(7, -76, 6.5, skin) + path("M0 -77A7 7 0 0 1 14 -77z", dice.pick(("#e4572e", "#fff", "#f3a712")))
    return drawn + moved(w * (35 + dice.below(30)) / 100, h * 0.82, min(w, h) / 165, wheels + frame + rider + head)


def runners(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Runners on a road, a city behind them."""
    towers, x = "", -4
    while x < w:
        wide, tall = 18 + dice.below(24), h * (16 + dice.below(26)) / 100
        towers += block(x, h * 0.66 - tall, wide, tall)
        x += wide + 2
    drawn = sun(w * (20 + dice.below(60)) / 100, h * 0.28, min(w, h) * 0.12, p.light) + path(towers, p.far)
    drawn += ridge(dice, w, h, h * 0.66, h * 0.02, p.mid) + rect(0, h * 0.74, w, h, p.near)
    count = 3
    for place in range(count):
        ink, skin, hair = dice.pick(_CLOTHES), dice.pick(_SKINS), dice.pick(_HAIRS)
        legs = line("M0 -24L10 -14L6 0M0 -24L-6 -12L-18 -10", skin, 4.4) + line(
            "M0 -25L5 -19M0 -25L-4 -18", "#2b2d42", 6
        )
        arms = line("M3 -42L12 -34L20 -40M3 -42L-8 -36L-10 -26", skin, 3.6)
        bib = rect(-3.4, -40, 8, 8, "#fff", opacity=0.9)
        body = (
            line("M0 -26L3 -42", ink, 10)
            + bib
            + circle(6, -54, 6, skin)
            + path("M0 -55A6 6 0 0 1 12 -56Q6 -58 0 -55z", hair)
        )
        at = w * (place + 0.5 + (dice.below(31) - 15) / 100) / count
        drawn += moved(at, h * (82 + dice.below(8)) / 100, min(w, h) / 150, legs + arms + body)
    return drawn


def pitch(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A football before the goal, under floodlights."""
    level = h * 0.55
    drawn = rect(0, level - h * 0.18, w, h * 0.2, p.near, opacity=0.85)
    for row, ink in enumerate(("#fff", p.far, p.light, "#e4572e", p.mid)):
        start, y = -dice.below(20), level - h * (0.02 + 0.032 * row)
        drawn += dots(d("M", start, y, "H", w), ink, 3.4, 7 + dice.below(9))
    for x, lean in ((w * 0.06, 1), (w * 0.94, -1)):
        drawn += rect(x - 1.5, h * 0.1, 3, level - h * 0.1, p.near) + rect(x - 12, h * 0.07, 24, 11, p.light, round_=2)
        drawn += shape(
            [(x - 10, h * 0.1), (x + 10, h * 0.1), (x + lean * w * 0.5, h), (x + lean * w * 0.1, h)],
            "#fff",
            opacity=0.1,
        )
    for stripe in range(6):
        top, low = level + (h - level) * stripe**1.5 / 15, level + (h - level) * (stripe + 1) ** 1.5 / 14.6
        drawn += rect(0, top, w, low - top + 1, "#4f9d5b" if stripe % 2 else "#3f8a4e")
    wide, tall, x = min(w * 0.5, h * 0.6), min(w, h) * 0.2, w * (40 + dice.below(20)) / 100
    net = "".join(
        d("M", x - wide / 2 + wide * step / 9, level - tall, "v", tall + 4) for step in range(1, 9)
    ) + "".join(d("M", x - wide / 2, level - tall * step / 4, "h", wide) for step in range(1, 4))
    drawn += line(net, "#fff", 0.5, opacity=0.6) + line(
        d("M", x - wide / 2, level + 4, "v", -tall - 4, "h", wide, "v", tall + 4), "#fff", 3
    )
    ball = (
        circle(0, 0, 12, "#fff")
        + shape([(0, -5), (5, -1.5), (3, 4.5), (-3, 4.5), (-5, -1.5)], "#222")
        + line("M0 -5V-11M5 -1.500L11 -4M3 4.500L7 9M-3 4.500L-7 9M-5 -1.500L-11 -4", "#222", 1.6)
    )
    at = w * (30 + dice.below(40)) / 100
    return (
        drawn
        + ellipse(at, h * 0.8, min(w, h) * 0.09, 3, "#000", opacity=0.3)
        + moved(at, h * 0.73, min(w, h) / 165, ball, dice.below(60))
    )


def court(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A tennis court with a player and the ball."""
    level = h * 0.4
    drawn = rect(0, 0, w, level, p.near)
    for row in range(6):
        ink, y = dice.pick((*_SKINS, *_CLOTHES)), level * (0.35 + 0.09 * row)
        drawn += dots(d("M", -dice.below(20), y, "H", w), ink, 5, 9 + dice.below(14))
    drawn += rect(0, level - h * 0.06, w, h * 0.07, p.mid) + rect(0, level, w, h, p.far)
    drawn += line(
        d("M", w * 0.22, level + h * 0.06, "H", w * 0.78, "L", w * 1.1, h)
        + d("H", -w * 0.1, "zM", w * 0.13, level + h * 0.24, "H", w * 0.87)
        + d("M", w / 2, level + h * 0.06, "V", level + h * 0.24),
        "#fff",
        2,
    )
    drawn += rect(w * 0.1, level + h * 0.12, w * 0.8, h * 0.05, "#fff", opacity=0.35) + rect(
        w * 0.1, level + h * 0.11, w * 0.8, 2.4, "#fff"
    )
    x, side = w * (30 + dice.below(40)) / 100, dice.pick((-1, 1))
    frame = 'stroke="#222" stroke-width="2" fill-opacity=".35" transform="rotate(25 27 -58)"'
    player = (
        figure(dice, p) + line("M7 -32L17 -40L23 -50", "#d9a066", 3.4) + ellipse(27, -58, 7, 10, "#fff", extra=frame)
    )
    size = min(w, h) / 120
    drawn += moved(x, h * 0.82, size, f'<g transform="scale({side} 1)">{player}</g>')
    return drawn + circle(x + side * min(w, h) * 0.36, h * 0.28, 4, "#dfff4f")


def carpet(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A curtain, a carpet, somebody on it, and flashes."""
    drawn = rect(0, 0, w, h * 0.72, p.mid)
    for fold in range(12):
        drawn += rect(w * fold / 12, 0, w / 24, h * 0.72, p.near, opacity=0.4)
    drawn += rect(0, h * 0.7, w, h, p.near) + shape(
        [(w * 0.38, h * 0.7), (w * 0.62, h * 0.7), (w * 0.95, h), (w * 0.05, h)], "#c8202f"
    )
    if dice.chance(60):
        drawn += moved(w * 0.42, h * 0.84, min(w, h) / 100, _dressed(dice, p)) + moved(
            w * 0.6, h * 0.84, min(w, h) / 100, figure(dice, p)
        )
    else:
        drawn += moved(w * 0.5, h * 0.84, min(w, h) / 92, _dressed(dice, p))
    for _ in range(6):
        x, y, size = dice.below(w), h * (8 + dice.below(46)) / 100, 2 + dice.below(4)
        drawn += circle(x, y, size * 2.6, "#fff", opacity=0.25) + shape(
            [
                (x, y - size * 2),
                (x + size * 0.4, y - size * 0.4),
                (x + size * 2, y),
                (x + size * 0.4, y + size * 0.4),
                (x, y + size * 2),
                (x - size * 0.4, y + size * 0.4),
                (x - size * 2, y),
                (x - size * 0.4, y - size * 0.4),
            ],
            "#fff",
        )
    return drawn


def _dressed(dice: Dice, p: Palette) -> str:
    gown = dice.pick(("#f3a712", "#2ec4b6", p.light, "#f58fb0", "#fff4e0"))
    skin, hair = dice.pick(_SKINS), dice.pick(_HAIRS)
    return (
        path("M-5 -36H5L4 -26Q10 -10 15 0H-15Q-10 -10 -4 -26z", gown)
        + line("M-5 -34L-9 -22M5 -34L9 -22", skin, 2.6)
        + circle(0, -42, 6.8, hair)
        + circle(0, -41, 5, skin)
    )


def podium(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A speaker at a lectern before flags, and the heads of listeners."""
    drawn = rect(0, 0, w, h, p.mid, opacity=0.5)
    inks = dice.some(("#e4572e", "#24325f", "#f3a712", "#2ec4b6", "#fff4e0", p.far), 3)
    for place in range(4):
        x = w * (0.14 + place * 0.24)
        drawn += rect(x, h * 0.12, 2.4, h * 0.6, "#c9a66b")
        drawn += "".join(
            path(
                d("M", x + 2, h * (0.14 + 0.09 * band))
                + d("q", w * 0.07, h * 0.03, w * 0.13, h * 0.01, "v", h * 0.09)
                + d("q", -w * 0.06, h * 0.02, -w * 0.13, -h * 0.01, "z"),
                inks[(band + place) % 3],
            )
            for band in range(3)
        )
    drawn += rect(0, h * 0.72, w, h, p.near)
    speaker = (
        figure(dice, p)
        + rect(-15, -26, 30, 26, "#8a5a34", round_=2)
        + rect(-17, -29, 34, 4, "#b98350", round_=1)
        + line("M-5 -29L-2 -36M5 -29L2 -36", "#222", 1.2)
        + circle(0, -13, 6, p.light)
    )
    return drawn + moved(w * 0.5, h * 0.76, min(w, h) / 95, speaker) + crowd(dice, w, h, h * 0.87, "#14131f")
