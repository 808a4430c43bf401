"""The sea, the beach, the harbour and the pool."""

from getty_emulator.sandbox.dice import Dice
from getty_emulator.sandbox.palettes import Palette
from getty_emulator.sandbox.scenes.shapes import (
    circle,
    clouds,
    d,
    dashed,
    ellipse,
    line,
    moved,
    path,
    rect,
    ridge,
    shape,
    sun,
)


def _water(dice: Dice, p: Palette, w: int, h: int, level: float, shine: float | None) -> str:
    """Water from `level` down, with glints; brighter below a light at `shine`."""
    drawn = rect(0, level, w, h - level, p.mid) + rect(0, level, w, (h - level) * 0.3, p.far, opacity=0.55)
    for step in range(9):
        y = level + (h - level) * (step + 0.6) / 9
        near = (step + 2) / 11
        x = w * dice.below(100) / 100 if shine is None or step % 3 == 2 else shine + (dice.below(21) - 10) * near
        length = w * (0.06 + 0.14 * near)
        drawn += rect(x - length / 2, y, length, 1 + 1.6 * near, p.light, opacity=0.55, round_=1)
    return drawn


def sea(dice: Dice, p: Palette, w: int, h: int) -> str:
    """The sun going down over water, between two headlands."""
    x, level, radius = w * (30 + dice.below(40)) / 100, h * 0.58, min(w, h) * 0.15
    drawn = clouds(dice, w, h, p.light, 2) + sun(x, level - radius * (dice.below(80) - 10) / 100, radius, p.light)
    drawn += path(
        d("M0", level, "V", level - h * 0.1, "Q", w * 0.16, level - h * 0.1, w * 0.3, level, "z"),
        p.far,
    )
    drawn += path(
        d("M", w, level, "V", level - h * 0.06, "Q", w * 0.88, level - h * 0.05, w * 0.76, level, "z"),
        p.mid,
    )
    drawn += _water(dice, p, w, h, level, x)
    for _ in range(3):
        bird, high = w * (10 + dice.below(80)) / 100, h * (14 + dice.below(20)) / 100
        drawn += line(d("M", bird - 5, high - 2, "q2.5 -2 5 2q2.5 -4 5 -2"), p.near, 1.2)
    return drawn


def lighthouse(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A striped lighthouse on a rock, its beam over the sea."""
    level, x, tall = h * 0.66, w * (26 + dice.below(48)) / 100, h * 0.48 if h < w else w * 0.62
    top = level + h * 0.02 - tall
    far = w if x < w / 2 else 0
    drawn = clouds(dice, w, h, p.light, 2)
    drawn += shape([(x, top), (far, top - h * 0.16), (far, top + h * 0.12)], p.light, opacity=0.45)
    drawn += _water(dice, p, w, h, level, None)
    drawn += _tower(p, x, level, top)
    rock = tall * 0.5
    return drawn + path(
        d("M", x - rock, level + tall * 0.16)
        + d("q", rock * 0.3, -tall * 0.2, rock, -tall * 0.18)
        + d("t", rock * 1.1, tall * 0.18, "z"),
        p.near,
    )


def _tower(p: Palette, x: float, level: float, top: float) -> str:
    tall = level - top
    thick = tall * 0.11
    drawn = shape(
        [(x - thick, level + 4), (x - thick * 0.6, top), (x + thick * 0.6, top), (x + thick, level + 4)], "#fff8ee"
    )
    for stripe in range(3):
        upper, lower = 0.14 + stripe * 0.3, 0.28 + stripe * 0.3
        a, b = thick * (0.6 + 0.4 * upper), thick * (0.6 + 0.4 * lower)
        drawn += shape(
            [
                (x - a, top + tall * upper),
                (x + a, top + tall * upper),
                (x + b, top + tall * lower),
                (x - b, top + tall * lower),
            ],
            "#d1495b",
        )
    drawn += rect(x - thick * 0.9, top - 2, thick * 1.8, 3, p.near) + rect(
        x - thick * 0.45, top - thick * 1.1, thick * 0.9, thick, "#ffe9a8"
    )
    drawn += shape(
        [(x - thick * 0.65, top - thick), (x, top - thick * 1.9), (x + thick * 0.65, top - thick)], "#d1495b"
    )
    return drawn


def boat(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A sailing boat and its reflection."""
    level, x, size = h * 0.6, w * (35 + dice.below(30)) / 100, min(w, h) * 0.3 / 40
    light = w * (15 + dice.below(70)) / 100
    drawn = sun(light, h * 0.3, min(w, h) * 0.09, p.light) + clouds(dice, w, h, p.light, 2)
    drawn += ridge(dice, w, level, level - h * 0.05, h * 0.04, p.far) + _water(dice, p, w, h, level, light)
    sails = path("M-1 -2V-44C-14 -30 -20 -16 -22 -2z", "#fffaf0") + path(
        "M3 -2V-38C14 -26 18 -14 19 -2z", dice.pick(("#e4572e", "#fffaf0", "#f3a712"))
    )
    hull = path("M-24 2H24Q20 12 12 13H-14Q-22 11 -24 2z", p.near) + line("M1 2V-46", p.near, 1.6)
    mirrored = f'<g transform="scale(1 -.55) translate(0 -26)" opacity=".25">{sails}{hull}</g>'
    return drawn + moved(x, level + h * 0.02, size, sails + hull) + moved(x, level + h * 0.02, size, mirrored)


def beach(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A beach from above: sand, foam and deepening water, with umbrellas and towels."""
    drawn = rect(0, 0, w, h, "#f3dfb8" if "black_and_white" not in p.moods else p.low)
    slope = (dice.below(31) - 15) / 100
    for level, fill, opacity in (
        (0.52, "#ffffff", 0.75),
        (0.47, p.far, 0.75),
        (0.36, p.far, 0.9),
        (0.33, "#ffffff", 0.4),
        (0.3, p.mid, 0.7),
        (0.14, p.mid, 0.9),
    ):
        start, end, swing = h * (level - slope), h * (level + slope), h * 0.035
        step = w / 4
        bends = "".join(
            d("q", step / 2, (swing if turn % 2 else -swing) + (end - start) / 8, step, (end - start) / 4)
            for turn in range(4)
        )
        drawn += path(d("M0", start, bends, "V0H0z"), fill, opacity=opacity)
    for place in range(4):
        x, y = w * (place + 0.3 + dice.below(40) / 100) / 4, h * (64 + dice.below(16)) / 100
        size, ink = min(w, h) * 0.055, dice.pick(("#e4572e", "#f3a712", p.mid, p.near))
        if dice.chance(65):
            # A ring as wide as its radius, dashed six times around.
            slices = circle(0, 0, 5, "none", extra='stroke="#fff" stroke-width="10" stroke-dasharray="5.24"')
            drawn += ellipse(x + size * 0.4, y + size * 0.5, size, size, "#000", opacity=0.15)
            drawn += moved(x, y, size / 10, circle(0, 0, 10, ink) + slices)
        else:
            drawn += moved(
                x,
                y,
                size / 10,
                rect(-5, -10, 10, 20, ink, round_=1) + rect(-5, -6, 10, 3, "#fff", opacity=0.7),
                dice.below(60) - 30,
            )
    return drawn


def bridge(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A suspension bridge over a wide river."""
    deck, level, left, right = h * 0.56, h * 0.68, w * 0.26, w * 0.74
    tall = min(h * 0.34, w * 0.5)
    drawn = sun(w * (20 + dice.below(60)) / 100, h * 0.32, min(w, h) * 0.11, p.light) + ridge(
        dice, w, h, h * 0.58, h * 0.06, p.far
    )
    drawn += _water(dice, p, w, h, level, None)
    top = deck - tall
    cable = (
        d("M0", deck - 4, "Q", left * 0.75, deck - 6, left, top)
        + d("Q", w / 2, deck + tall * 0.84, right, top)
        + d("Q", right + left * 0.25, deck - 6, w, deck - 4)
    )
    ink = dice.pick((p.near, "#c8452f", p.near))
    hangers = "".join(
        d("M", x, deck, "V", deck - 4 - (tall * 0.92) * ((x - w / 2) / (right - w / 2)) ** 2)
        for x in (left + (right - left) * step / 14 for step in range(1, 14))
    )
    drawn += line(hangers, ink, 0.8) + line(cable, ink, 2)
    for x in (left, right):
        drawn += rect(x - 3.5, top - 2, 3, level - top + 8, ink) + rect(x + 1.5, top - 2, 3, level - top + 8, ink)
        drawn += "".join(rect(x - 3, top + tall * step, 7, 2.4, ink) for step in (0.02, 0.35, 0.68))
    return drawn + rect(0, deck, w, 4, ink) + rect(0, deck + 5.5, w, 1.2, ink)


def pool(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Swimming lanes from above."""
    lanes = 4
    drawn = rect(0, 0, w, h, p.far) + rect(0, 0, w, h, p.mid, opacity=0.35)
    for lane in range(lanes):
        y = h * lane / lanes
        ripples = "".join(
            d("M", dice.below(w), y + h / lanes * (20 + dice.below(60)) / 100, "q5 -3 10 0t10 0") for _ in range(4)
        )
        drawn += line(ripples, "#fff", 1.2, opacity=0.5)
        if lane:
            rope = d("M0", y, "H", w)
            drawn += dashed(rope, "#e4572e", 4, "9 3") + dashed(rope, "#fff", 4, "3 21")
        if lane < lanes - 1:
            drawn += moved(w * (25 + dice.below(50)) / 100, y + h / lanes / 2, min(w, h) / lanes / 60, _swimmer(dice))
    return drawn


def _swimmer(dice: Dice) -> str:
    cap, skin = dice.pick(("#f3a712", "#ffffff", "#e4572e", "#24325f")), dice.pick(("#d9a066", "#8d5a3a", "#f0c39a"))
    wake = line("M-24 -6q-10 2 -20 -2M-24 6q-10 -2 -20 2M-30 0h-18", "#fff", 2, opacity=0.7)
    body = ellipse(-8, 0, 19, 7, skin) + rect(-24, -5.5, 14, 11, "#24325f", round_=5)
    arms = line("M6 -4Q16 -18 28 -12M2 5Q-8 18 -16 15", skin, 5)
    return wake + arms + body + circle(14, 0, 7, cap)
