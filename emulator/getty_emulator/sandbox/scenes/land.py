"""Hills, mountains, trees, snow, sand and stars."""

from getty_emulator.sandbox.dice import Dice
from getty_emulator.sandbox.palettes import Palette
from getty_emulator.sandbox.scenes.shapes import (
    circle,
    clouds,
    d,
    dots,
    ellipse,
    line,
    moved,
    path,
    rect,
    ridge,
    shape,
    specks,
    sun,
)


def peaks(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Three ranges of mountains, the nearest with snow."""
    small = min(w, h)
    drawn = sun(w * (20 + dice.below(60)) / 100, h * 0.26, small * 0.09, p.light) + clouds(dice, w, h, p.light, 2)
    drawn += ridge(dice, w, h, h * 0.52, h * 0.08, p.far, 5)
    for place, size, fill in ((0.24 + dice.below(12) / 100, 0.95, p.mid), (0.66 + dice.below(12) / 100, 1.15, p.mid)):
        x, top, half = w * place, h * (1.02 - 0.66 * size), small * 0.55 * size
        foot = top + half * 1.15
        drawn += shape([(x, top), (x + half, foot), (x + half, h), (x - half, h), (x - half, foot)], fill)
        drawn += shape([(x, top), (x + half, foot), (x + half * 0.2, foot)], p.near, opacity=0.22)
        snow = half * 0.3
        drawn += shape(
            [
                (x, top),
                (x + snow, top + snow * 1.15),
                (x + snow * 0.4, top + snow * 0.95),
                (x, top + snow * 1.4),
                (x - snow * 0.45, top + snow),
                (x - snow, top + snow * 1.15),
            ],
            p.light,
        )
    return drawn + ridge(dice, w, h, h * 0.82, h * 0.05, p.near)


def dunes(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Sand dunes, each with a lit and a shaded side."""
    drawn = sun(w * (25 + dice.below(50)) / 100, h * 0.3, min(w, h) * 0.1, p.light)
    for level, fill, shade in ((0.5, p.far, p.mid), (0.62, p.mid, p.near), (0.78, p.far, p.mid)):
        x, top = w * (20 + dice.below(60)) / 100, h * level
        crest = d("M", x, top)
        left = d("Q", x * 0.5, top + h * 0.12, -w * 0.2, top + h * 0.16, "V", h, "H", x, "z")
        bend = d("q", -w * 0.05, h * 0.14, w * 0.12, h * 0.5)
        right = d("H", w, "V", top + h * 0.2, "Q", (x + w) / 2, top + h * 0.13, x, top, "z")
        drawn += path(crest + left, fill) + path(crest + bend + right, shade)
        drawn += path(d(crest, "V", h, "h", w * 0.13, "z"), fill)
    return drawn


def trees(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Rows of firs in the mist, the nearest darkest."""
    drawn = sun(w * (25 + dice.below(50)) / 100, h * 0.28, min(w, h) * 0.1, p.light)
    for level, size, fill in ((0.66, 0.3, p.far), (0.8, 0.42, p.mid), (1.0, 0.62, p.near)):
        tall = h * size if h < w * 1.4 else w * size
        firs, x = "", -tall * 0.1
        while x < w + tall * 0.1:
            grown = tall * (70 + dice.below(45)) / 100
            foot, half = h * level, grown * 0.17
            firs += d("M", x - half, foot, "l", half, -grown, half, grown, "z")
            x += tall * (22 + dice.below(14)) / 100
        drawn += path(firs, fill) + rect(0, h * level - 1, w, h, fill)
        drawn += rect(0, h * level - tall * 0.25, w, tall * 0.3, p.light, opacity=0.08)
    return drawn


def snow(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A winter landscape: a house with a lit window, firs, and falling snow."""
    small = min(w, h)
    drawn = sun(w * (20 + dice.below(60)) / 100, h * 0.24, small * 0.07, p.light)
    drawn += ridge(dice, w, h, h * 0.5, h * 0.07, p.far) + ridge(dice, w, h, h * 0.64, h * 0.04, "#f4f8fb")
    x, y, size = w * (22 + dice.below(40)) / 100, h * 0.66, small * 0.2
    drawn += rect(x, y - size * 0.7, size, size * 0.7, p.mid) + rect(
        x + size * 0.3, y - size * 0.5, size * 0.24, size * 0.24, "#ffd98a"
    )
    drawn += shape(
        [(x - size * 0.12, y - size * 0.65), (x + size / 2, y - size * 1.2), (x + size * 1.12, y - size * 0.65)], "#fff"
    )
    for _ in range(5):
        tree, tall = w * dice.below(100) / 100, small * (18 + dice.below(16)) / 100
        foot = h * 0.72
        drawn += shape([(tree - tall * 0.28, foot), (tree, foot - tall), (tree + tall * 0.28, foot)], p.near)
        drawn += shape(
            [(tree - tall * 0.12, foot - tall * 0.58), (tree, foot - tall), (tree + tall * 0.12, foot - tall * 0.58)],
            "#fff",
        )
    drawn += ridge(dice, w, h, h * 0.76, h * 0.03, "#fff")
    return drawn + specks(dice, w, h, 14, 2) + specks(dice, w, h, 12, 3.4)


def night(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Stars, a band of them across the sky, and a tent with a lamp inside."""
    small = min(w, h)
    haze = ellipse(0, 0, max(w, h) * 0.75, small * 0.16, p.light, opacity=0.13) + ellipse(
        0, 0, w * 0.6, small * 0.07, p.light, opacity=0.16
    )
    drawn = moved(w * 0.5, h * 0.4, 1, haze, -28 - dice.below(25))
    high = int(h * 0.72)
    drawn += specks(dice, w, high, 30, 1.2) + specks(dice, w, high, 12, 2.2) + specks(dice, w, high, 4, 3)
    drawn += sun(w * (15 + dice.below(70)) / 100, h * 0.18, small * 0.06, p.light)
    drawn += ridge(dice, w, h, h * 0.68, h * 0.07, p.mid, 5) + ridge(dice, w, h, h * 0.8, h * 0.03, p.near)
    x, y, size = w * (25 + dice.below(50)) / 100, h * 0.81, small * 0.13
    drawn += circle(x, y - size * 0.3, size * 1.6, p.light, opacity=0.14)
    drawn += shape([(x - size, y), (x, y - size), (x + size, y)], p.light)
    return drawn + shape([(x - size, y), (x, y - size), (x - size * 0.25, y)], "#f2a65a", opacity=0.8)


def balloons(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Hot air balloons over hills."""
    drawn = (
        clouds(dice, w, h, p.light)
        + ridge(dice, w, h, h * 0.68, h * 0.07, p.far)
        + ridge(dice, w, h, h * 0.8, h * 0.05, p.mid)
    )
    inks = [(p.near, p.light), ("#e4572e", "#ffe8c2"), (p.mid, p.light), ("#f3a712", "#fff4da")]
    for number_, (place, level, size) in enumerate(((0.3, 0.34, 0.2), (0.72, 0.25, 0.13), (0.56, 0.56, 0.09))):
        dark, bright = inks[(number_ + dice.below(4)) % 4]
        x, y = w * (place + (dice.below(13) - 6) / 100), h * level
        drawn += moved(x, y, min(w, h) * size / 20, _balloon(dark, bright))
    return drawn + ridge(dice, w, h, h * 0.88, h * 0.03, p.near)


def _balloon(dark: str, bright: str) -> str:
    envelope = "M0 -20C14 -20 20 -10 20 -1C20 9 8 17 4 22H-4C-8 17 -20 9 -20 -1C-20 -10 -14 -20 0 -20z"
    stripe = "M0 -20C7 -17 10 -9 10 -1C10 9 4 17 2 22H-2C-4 17 -10 9 -10 -1C-10 -9 -7 -17 0 -20z"
    ropes = line("M-3 22L-2 28M3 22L2 28", dark, 0.8)
    return path(envelope, dark) + path(stripe, bright) + ropes + rect(-3, 27, 6, 4.5, "#5c3a21", round_=1)


def leaves(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Leaves and twigs, scattered over a bright ground."""
    drawn = circle(w * 0.5, h * 0.4, max(w, h) * 0.45, p.light, opacity=0.45)
    leaf = '<path d="M0 26C-17 12 -15 -12 0 -28C15 -12 17 12 0 26z"/>'
    veins = line("M0 36V-20M0 14L-8 6M0 14L8 6M0 2L-8 -6M0 2L8 -6M0 -10L-5 -15M0 -10L5 -15", p.light, 1.2, opacity=0.7)
    drawn += f'<defs><g id="l">{leaf}{veins}</g></defs>'
    across = 4 if w >= h else 3
    down = max(2, round(across * h / w))
    for row in range(down):
        for column in range(across):
            x = w * (column + 0.5 + (dice.below(41) - 20) / 100) / across
            y = h * (row + 0.5 + (dice.below(41) - 20) / 100) / down
            size = min(w / across, h / down) * (75 + dice.below(40)) / 6000
            ink = dice.pick((p.far, p.mid, p.near))
            drawn += moved(x, y, size, f'<use href="#l" fill="{ink}"/>', dice.below(360))
    return drawn


def flowers(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A bed of flowers on long stems."""
    drawn = circle(w * 0.7, h * 0.3, min(w, h) * 0.3, p.light, opacity=0.5) + ridge(
        dice, w, h, h * 0.86, h * 0.03, "#5f9152"
    )
    inks = ("#e85d75", "#f3a712", p.mid, "#ffffff", p.far)
    count = 6 if w > h else 4
    for place in range(count):
        x = w * (place + 0.5 + (dice.below(31) - 15) / 100) / count
        y, size = h * (30 + dice.below(30)) / 100, min(w, h) * (9 + dice.below(5)) / 100
        bend = dice.below(21) - 10
        drawn += line(d("M", x, y, "Q", x + bend, h * 0.75, x + bend / 2, h), "#3f7a4a", 2.2) + path(
            d("M", x + bend / 2, h * 0.86, "q12 -4 18 -18q-14 2 -18 18z"), "#4d8a55"
        )
        petals = dots("M-6 0a6 6 0 1 1 12 0a6 6 0 1 1 -12 0", dice.pick(inks), 7.6, 37.7 / 6)
        drawn += moved(x, y, size / 10, petals + circle(0, 0, 4, dice.pick(("#ffd98a", p.near))), dice.below(60))
    return drawn
