"""Streets, houses, trains and stages."""

from getty_emulator.sandbox.dice import Dice
from getty_emulator.sandbox.palettes import Palette
from getty_emulator.sandbox.scenes.people import crowd, figure
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


def skyline(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Towers with lit windows in front of paler ones."""
    drawn = sun(w * (20 + dice.below(60)) / 100, h * 0.26, min(w, h) * 0.1, p.light)
    for low, high, fill, lit in ((36, 58, p.far, False), (24, 52, p.mid, True), (14, 34, p.near, True)):
        x, towers, windows = -dice.below(12), "", ""
        while x < w:
            wide, tall = 16 + dice.below(20), h * (low + dice.below(high - low)) / 100
            towers += block(x, h - tall, wide, tall)
            if dice.chance(25):
                towers += block(x + wide / 2 - 0.7, h - tall - 10, 1.4, 10)
            for column in range(wide // 6 if lit else 0):
                if dice.chance(55):
                    first, last = h - tall + 5 + 7 * dice.below(3), h - tall * dice.between(25, 60) / 100
                    windows += d("M", x + 4.5 + 6 * column, first, "V", max(first + 3, last))
            x += wide + (2 if dice.chance(40) else 0)
        drawn += path(towers, fill) + dashed(windows, p.light, 2.5, "3.5", opacity=0.85)
    return drawn


def street(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A row of old houses, a tram in front of them, people on the pavement."""
    ground, drawn, panes, x = h * 0.72, clouds(dice, w, h, p.light, 2), "", -6.0
    while x < w:
        wide, tall = 38 + dice.below(22), h * (34 + dice.below(20)) / 100
        drawn += rect(x, ground - tall, wide, tall, dice.pick((p.far, p.mid, p.low)))
        drawn += shape(
            [(x - 2, ground - tall), (x + wide / 2, ground - tall - 16), (x + wide + 2, ground - tall)], p.near
        )
        panes += "".join(
            d("M", x + wide * place, ground - tall + 8, "V", ground - 6 - dice.below(10)) for place in (0.22, 0.5, 0.78)
        )
        x += wide
    drawn += dashed(panes, p.light, 7, "10 9", opacity=0.75)
    drawn += rect(0, ground, w, h, p.mid) + rect(0, ground, w, 3, p.light, opacity=0.4)
    tram = (
        rect(-34, -34, 68, 30, p.near, round_=5)
        + rect(-34, -16, 68, 4, p.light)
        + line("M0 -34L10 -48H-6", p.near, 1.4)
    )
    tram += dashed("M-29 -24.5H29", p.light, 11, "9 3.2") + line("M-18 -3h0M18 -3h0", "#222", 10)
    drawn += moved(w * (30 + dice.below(40)) / 100, ground + 8, 1, tram)
    return drawn + moved(w * 0.14, h * 0.84, 0.8, figure(dice, p)) + moved(w * 0.88, h * 0.85, 0.8, figure(dice, p))


def train(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A train on a viaduct."""
    deck, ink = h * 0.56, dice.pick(("#d1495b", "#e4572e", p.near))
    drawn = sun(w * (20 + dice.below(60)) / 100, h * 0.24, min(w, h) * 0.09, p.light) + clouds(dice, w, h, p.light, 2)
    drawn += ridge(dice, w, h, h * 0.55, h * 0.1, p.far, 5) + ridge(dice, w, h, h * 0.72, h * 0.05, p.mid)
    span = max(36, w / 6)
    arches = "".join(
        d("M", x + 6, h, "V", deck + 12 + span * 0.4, "a", span / 2 - 6, span / 2 - 6, "0 0 1", span - 12, "0V", h, "z")
        for x in (span * step for step in range(int(w / span) + 1))
    )
    drawn += path(d("M0", deck, "H", w, "V", h, "H0z", arches), p.near, extra='fill-rule="evenodd"')
    long, start = min(w * 0.26, 60), w * (8 + dice.below(14)) / 100
    for wagon in range(3):
        x = start + wagon * (long + 3)
        corner = d("h", long - 10, "q10 2 10 16v1H", x, "z") if wagon == 2 else d("h", long, "v17H", x, "z")
        drawn += path(d("M", x, deck - 20, corner), ink)
        drawn += "".join(
            rect(x + 4 + step * (long - 14) / 4, deck - 16, (long - 14) / 4 - 3, 6, p.light, round_=1)
            for step in range(4)
        )
        drawn += (
            rect(x, deck - 7, long, 1.5, "#fff", opacity=0.7)
            + circle(x + 9, deck - 2, 2.4, "#222")
            + circle(x + long - 9, deck - 2, 2.4, "#222")
        )
    return drawn


def stage(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Beams of light, somebody on the stage, and the hands of a crowd."""
    drawn = rect(0, 0, w, h, p.near, opacity=0.75)
    for beam in range(5):
        x, foot = w * (beam + 0.5) / 5, w * (10 + dice.below(80)) / 100
        spread = w * 0.07
        drawn += shape(
            [(x - 2, 0), (x + 2, 0), (foot + spread, h * 0.78), (foot - spread, h * 0.78)],
            dice.pick((p.light, p.low, p.far, p.top)),
            opacity=0.3,
        )
        drawn += circle(x, 3, 4.5, p.light)
    floor = h * 0.7
    drawn += ellipse(w / 2, floor, w * 0.36, h * 0.06, p.light, opacity=0.35) + rect(0, floor, w, h, p.near)
    drawn += moved(
        w * (42 + dice.below(16)) / 100,
        floor,
        min(w, h) / 150,
        figure(dice, p, dark="#120d20") + line("M9 0V-34", "#120d20", 1.4),
    )
    return drawn + crowd(dice, w, h, h * 0.86, "#0d0a18", hands=True)


def rain(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Umbrellas in a wet street."""
    houses, x = "", -5
    while x < w:
        wide, tall = 26 + dice.below(30), h * (40 + dice.below(30)) / 100
        houses += block(x, h * 0.74 - tall, wide, tall)
        x += wide + 3
    drawn = path(houses, p.far, opacity=0.7)
    drawn += rect(0, h * 0.74, w, h, p.mid) + rect(0, h * 0.74, w, h * 0.08, p.light, opacity=0.25)
    count = 3 if w >= h else 2
    for place in range(count):
        at, size = w * (place + 0.5 + (dice.below(31) - 15) / 100) / count, min(w, h) / 170
        ink = dice.pick(("#e4572e", "#f3a712", "#2ec4b6", p.near))
        canopy = path(
            "M-24 -44A24 22 0 0 1 24 -44Q18 -49 12 -44Q6 -49 0 -44Q-6 -49 -12 -44Q-18 -49 -24 -44z", ink
        ) + line("M0 -66V-24", "#222", 1.4)
        drawn += moved(at, h * (82 + dice.below(6)) / 100, size * 1.3, figure(dice, p) + canopy)
    drops = "".join(f"M{dice.below(w)} {dice.below(h)}l-3 11" for _ in range(34))
    return drawn + line(drops, "#fff", 0.9, opacity=0.55)


def market(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Striped awnings over crates of fruit."""
    drawn, wide = rect(0, 0, w, h * 0.9, p.mid, opacity=0.35), w / (3 if w >= h else 2)
    bottom = h * 0.56
    for stall in range(3 if w >= h else 2):
        x, ink = stall * wide, dice.pick(("#e4572e", "#2ec4b6", p.mid, p.near, "#d1495b"))
        drawn += path(
            block(x + wide * 0.08, h * 0.3, 2.5, h * 0.4) + block(x + wide * 0.9, h * 0.3, 2.5, h * 0.4), p.near
        )
        drawn += moved(x + wide * 0.5, bottom + 4, min(w, h) / 190, figure(dice, p))
        strip = wide * 0.96 / 6
        cloth = ["", ""]
        for stripe in range(6):
            edge = d("M", x + wide * 0.02 + strip * stripe, h * 0.16, "h", strip, "v", h * 0.14)
            cloth[stripe % 2] += d(edge, "a", strip / 2, strip / 2, "0 0 1", -strip, "0z")
        drawn += path(cloth[0], "#fff6e6") + path(cloth[1], ink)
        drawn += rect(x + wide * 0.05, bottom, wide * 0.9, h, "#8a5a34")
        fruit = dice.pick(("#e4572e", "#f3a712", "#7cb350", "#c44569"))
        for row in range(2):
            start, step = x + wide * (0.16 + 0.06 * (row % 2)), wide * 0.135
            run = step * (5 - row % 2) + 1
            drawn += dots(d("M", start, bottom - 2 - row * 6.5, "h", run), fruit, wide * 0.124, step)
    return drawn


def gallery(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Paintings under spotlights, and somebody who looks at them."""
    floor = h * 0.74
    drawn = rect(0, floor, w, h, p.mid) + rect(0, floor, w, 2, p.near, opacity=0.4)
    count = 3 if w > h * 1.2 else 2 if w >= h * 0.8 else 1
    for place in range(count):
        x, wide, tall = w * (place + 0.5) / count, w / count * 0.58, h * (30 + dice.below(10)) / 100
        top = h * 0.42 - tall / 2
        drawn += shape(
            [(x - 3, 0), (x + 3, 0), (x + wide * 0.75, top + tall), (x - wide * 0.75, top + tall)], "#fff", opacity=0.3
        )
        drawn += rect(x - wide / 2 - 3, top - 3, wide + 6, tall + 6, p.near) + rect(
            x - wide / 2, top, wide, tall, dice.pick(("#fff4da", p.light, "#f4a6b8"))
        )
        for _ in range(4):
            ink, size = (
                dice.pick(("#e4572e", "#f3a712", "#2ec4b6", "#24325f", p.mid)),
                wide * (10 + dice.below(12)) / 100,
            )
            at, high = x - wide * 0.28 + wide * dice.below(56) / 100, top + tall * (25 + dice.below(50)) / 100
            drawn += (
                circle(at, high, size, ink, opacity=0.85)
                if dice.chance(55)
                else rect(at - size, high - size / 2, size * 2, size, ink, opacity=0.85)
            )
    return drawn + moved(w * (30 + dice.below(40)) / 100, floor + h * 0.1, min(w, h) / 130, figure(dice, p))


def palace(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A palace with flags, a guard before it."""
    ground, half = h * 0.72, min(w * 0.42, h * 0.75)
    x, tall = w / 2, min(h * 0.34, half * 0.75)
    drawn = (
        clouds(dice, w, h, p.light)
        + rect(x - half, ground - tall, half * 2, tall, "#fbf3e2")
        + rect(x - half - 3, ground - tall - 4, half * 2 + 6, 5, p.mid)
    )
    drawn += shape(
        [(x - half * 0.36, ground - tall - 4), (x, ground - tall * 1.42), (x + half * 0.36, ground - tall - 4)],
        "#f1e3c8",
    )
    step = half * 2 / 9
    windows = ""
    for column in range(9):
        left = x - half + step * (column + 0.3)
        windows += block(left, ground - tall * 0.82, step * 0.4, tall * 0.3)
        windows += block(left, ground - tall * 0.42, step * 0.4, tall * 0.42)
    drawn += path(windows, p.mid, opacity=0.75)
    drawn += line(d("M", x, ground - tall * 1.42, "v", -tall * 0.5), p.near, 1.5) + path(
        d("M", x, ground - tall * 1.9, "q8 -4 14 0t14 0v12q-8 4 -14 0t-14 0z"), "#d1495b"
    )
    drawn += rect(0, ground, w, h, "#c9a66b") + rect(0, ground, w, h * 0.06, "#5f9152")
    for place in (0.2, 0.8):
        guard = (
            rect(-6, -30, 12, 20, "#c8202f", round_=3)
            + rect(-6, -12, 12, 12, "#1d1d28")
            + circle(0, -33, 4.5, "#e8b48a")
            + rect(-6, -49, 12, 15, "#1d1d28", round_=6)
            + rect(-6, -19, 12, 2, "#fff")
        )
        drawn += moved(w * place, h * 0.84, min(w, h) / 160, guard)
    return drawn
