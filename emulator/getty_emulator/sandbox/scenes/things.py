"""Tables, desks and shelves, and the animals that lie on them."""

from getty_emulator.sandbox.dice import Dice
from getty_emulator.sandbox.palettes import Palette
from getty_emulator.sandbox.scenes.shapes import block, circle, d, ellipse, line, moved, path, rect, shape


def table(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A table from above: cups, plates and spoons."""
    drawn = rect(0, 0, w, h, p.far)
    drawn += line("".join(d("M0", h * step / 5, "H", w) for step in range(1, 5)), p.near, 1, opacity=0.25)
    small, middle = min(w, h), (w * (42 + dice.below(16)) / 100, h * 0.42)
    drawn += moved(*middle, small / 100, _cup(dice, p) if dice.chance(55) else _plate(dice, p), dice.below(90))
    for place in dice.pick((((0.12, 0.2), (0.9, 0.24), (0.88, 0.74)), ((0.12, 0.74), (0.9, 0.22), (0.14, 0.2)))):
        x, y = w * place[0], h * place[1]
        drawn += moved(x, y, small / 150, dice.pick((_cup, _plate, _sprig, _sprig))(dice, p), dice.below(360))
    return drawn


def _cup(dice: Dice, p: Palette) -> str:
    shadow = circle(3, 4, 31, "#000", opacity=0.16)
    saucer = circle(0, 0, 27, p.low, extra='stroke="#fffaf2" stroke-width="6"')
    handle = rect(15, -4, 17, 8, "#fffaf2", round_=4)
    drink = circle(0, 0, 20, "#fffaf2") + circle(0, 0, 15, "#8a5632", extra='stroke="#5b3420" stroke-width="3"')
    art = path("M0 9C-12 1 -8 -9 0 -4C8 -9 12 1 0 9z", "#f1d7b0") if dice.chance(70) else ""
    return shadow + saucer + handle + drink + art


def _plate(dice: Dice, p: Palette) -> str:
    rim = 'stroke="#fffaf2" stroke-width="8"'
    drawn = circle(3, 4, 33, "#000", opacity=0.16) + circle(0, 0, 28, p.light, extra=rim)
    for ink in dice.some(("#e4572e", "#f3a712", "#7cb350", "#4d8a55", "#c44569", "#f4e3b2"), 3):
        bites = "".join(
            d("M", dice.between(-14, 14), dice.between(-14, 14), "l", dice.between(-6, 6), dice.between(-6, 6))
            for _ in range(2)
        )
        drawn += line(bites, ink, 6 + dice.below(4))
    return drawn + line("M42 -24V24M-42 24V-6M-46 -24V-10Q-42 -4 -38 -10V-24", "#fffaf2", 2.6)


def _sprig(dice: Dice, p: Palette) -> str:
    ink = dice.pick(("#4d8a55", "#6f9d5a", p.mid))
    leaf = "".join(f"M{side * 4} {step * 9 - 15}l{side * 7} -6" for step in range(4) for side in (-1, 1))
    return line("M0 -26V24", ink, 1.6) + line(leaf, ink, 6.5) + ellipse(0, -28, 3.6, 7, ink)


def desk(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A screen on a desk before a window, with a lamp and a plant."""
    level, small = h * 0.72, min(w, h)
    view = (w * 0.12, h * 0.08, w * 0.76, level * 0.62)
    drawn = (
        rect(0, 0, w, h, p.low)
        + rect(*view, p.top)
        + circle(w * (25 + dice.below(50)) / 100, h * 0.22, small * 0.07, p.light)
    )
    drawn += path(
        d("M", view[0], view[1] + view[3], "v", -h * 0.12)
        + d("q", w * 0.2, -h * 0.14, w * 0.4, "0t", w * 0.36, -h * 0.02)
        + d("v", h * 0.14, "z"),
        p.far,
    )
    drawn += line(d("M", w / 2, view[1], "v", view[3]), p.light, 3) + rect(
        *view, "none", extra=f'stroke="{p.light}" stroke-width="4"'
    )
    drawn += rect(0, level, w, h, p.mid) + rect(0, level, w, 5, p.near, opacity=0.5)
    middle = dice.pick((-1, 1))
    drawn += moved(w * 0.5, level + 3, small / 105, _screen(dice, p)) + moved(
        w * (0.5 + middle * 0.32), level + 3, small / 120, _plant(dice)
    )
    return drawn + moved(w * (0.5 - middle * 0.33), level + 3, small / 120, _LAMP)


def _screen(dice: Dice, p: Palette) -> str:
    lines = "".join(
        rect(-22, -42 + row * 6, 14 + dice.below(28), 2.4, dice.pick((p.light, "#f3a712", "#2ec4b6", p.far)), round_=1)
        for row in range(4)
    )
    foot = shape([(-5, -12), (5, -12), (8, 0), (-8, 0)], "#9aa0aa") + rect(-14, -2, 28, 3, "#9aa0aa", round_=1)
    return rect(-30, -50, 60, 38, "#22242e", round_=3) + rect(-27, -47, 54, 32, p.near) + lines + foot


def _plant(dice: Dice) -> str:
    leaves = "".join(
        path(
            "M0 -14Q-9 -26 0 -42Q9 -26 0 -14z",
            dice.pick(("#4d8a55", "#6f9d5a")),
            extra=f'transform="rotate({turn} 0 -14)"',
        )
        for turn in (-48, -22, 4, 28, 50)
    )
    return path("M-8 -16H8L6 0H-6z", "#d2764f") + leaves


_LAMP = (
    line("M0 0V-4L-12 -26L4 -42", "#33353f", 2.6)
    + shape([(-2, -48), (10, -40), (16, -30), (-4, -34)], "#f3a712")
    + rect(-10, -3, 20, 3, "#33353f", round_=1)
)


def books(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Shelves of books."""
    rows = 2 if w >= h * 0.9 else 3 if h < w * 2 else 5
    drawn, tall = rect(0, 0, w, h, p.near), h / rows
    inks = (p.far, p.mid, p.light, p.low, "#d1495b", "#f3a712", "#2f6f73", "#24325f")
    spines: dict[str, str] = {}
    bands = ""
    for row in range(rows):
        foot, x = tall * (row + 1) - 6, 6.0
        while x < w - 12:
            wide, high = 9 + dice.below(12), tall * (58 + dice.below(26)) / 100
            ink = dice.pick(inks)
            spines[ink] = spines.get(ink, "") + block(x, foot - high, wide, high)
            bands += d("M", x, foot - high * 0.8, "h", wide) if dice.chance(60) else ""
            x += wide + 1
        drawn += rect(0, foot, w, 6, "#8a5a34")
    drawn += "".join(path(data, ink) for ink, data in spines.items())
    return drawn + f'<path d="{bands}" stroke="{p.light}" stroke-width="2.4" opacity=".7"/>'


def circuit(dice: Dice, p: Palette, w: int, h: int) -> str:
    """Traces and lights around a chip."""
    x, y, half = w / 2, h * 0.44, min(w, h) * 0.17
    drawn, lights = rect(0, 0, w, h, p.near, opacity=0.7), ""
    traces = ""
    for step in range(6):
        offset = half * (step - 2.5) / 3
        for side in (-1, 1):
            run, bend = half * (20 + dice.below(60)) / 100, half * (dice.below(120) - 60) / 100
            end = x + side * (half + run + abs(bend) + w * (5 + dice.below(25)) / 100)
            traces += d("M", x + side * half, y + offset, "h", side * run, "l", side * abs(bend), bend, "H", end)
            lights += circle(end, y + offset + bend, 2.8, dice.pick((p.light, "#f3a712", p.low)))
            depth = half * (20 + dice.below(60)) / 100
            low = y + side * (half + depth + abs(bend))
            traces += d("M", x + offset, y + side * half, "v", side * depth, "l", bend, side * abs(bend))
            lights += circle(x + offset + bend, low, 2.8, dice.pick((p.light, p.low)))
    chip = rect(x - half, y - half, half * 2, half * 2, p.near, round_=6) + rect(
        x - half * 0.62, y - half * 0.62, half * 1.24, half * 1.24, p.far, round_=3
    )
    glow = circle(x, y, half * 2.4, p.low, opacity=0.25)
    return drawn + glow + line(traces, p.low, 1.8, opacity=0.8) + lights + chip + circle(x, y, half * 0.26, p.light)


def dog(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A dog's face, close up."""
    fur, ear, muzzle = dice.pick(
        (
            ("#c98d5a", "#8a5632", "#f4e0c4"),
            ("#5b4636", "#3a2a20", "#d9b48a"),
            ("#e9dcc8", "#b98a5e", "#fffaf2"),
            ("#3b3b44", "#24242c", "#d8d8de"),
        )
    )
    tilt, side = dice.below(25) - 12, dice.pick((-1, 1))
    drawn = circle(w / 2, h * 0.5, min(w, h) * 0.52, p.light, opacity=0.35)
    ears = path("M-30 -30Q-56 -34 -52 10Q-48 26 -36 14Q-30 -4 -22 -22z", ear) + path(
        "M30 -30Q56 -34 52 10Q48 26 36 14Q30 -4 22 -22z", ear
    )
    head = path("M0 -44C28 -44 38 -22 38 4C38 34 18 48 0 48C-18 48 -38 34 -38 4C-38 -22 -28 -44 0 -44z", fur)
    patch = ellipse(side * 16, -8, 13, 16, ear, opacity=0.6)
    eyes = "".join(circle(x, -8, 5.4, "#1c1410") + circle(x + 1.6, -9.8, 1.7, "#fff") for x in (-16, 16))
    nose = (
        ellipse(0, 24, 22, 19, muzzle)
        + path("M-8 12Q0 8 8 12Q8 20 0 22Q-8 20 -8 12z", "#1c1410")
        + line("M0 22V28Q-6 36 -12 31M0 28Q6 36 12 31", "#1c1410", 1.8)
    )
    tongue = path("M-5 33H5V40Q0 47 -5 40z", "#ef7d8e") if dice.chance(60) else ""
    shoulders = path("M-60 110Q-56 44 0 44Q56 44 60 110z", fur) + path(
        "M-34 42Q0 62 34 42L32 52Q0 70 -32 52z", dice.pick(("#d1495b", "#2ec4b6", "#f3a712"))
    )
    size = min(w * 0.9, h) / 125
    return (
        drawn
        + moved(w / 2, h * 0.44, size, shoulders)
        + moved(w / 2, h * 0.44, size, ears + head + patch + eyes + nose + tongue, tilt)
    )


def cat(dice: Dice, p: Palette, w: int, h: int) -> str:
    """A cat's face, close up."""
    fur, dark, eye = dice.pick(
        (
            ("#e8954a", "#b9652a", "#8fb84a"),
            ("#2e2e36", "#1b1b21", "#e8c547"),
            ("#9aa0a8", "#6d737c", "#7fb2d9"),
            ("#f3ece0", "#c9b8a0", "#6fa8c9"),
            ("#8a6a4a", "#4f3a28", "#9cc277"),
        )
    )
    drawn = circle(w / 2, h * 0.5, min(w, h) * 0.52, p.light, opacity=0.35)
    ears = (
        path("M-38 -14L-40 -56L-8 -36z", fur)
        + path("M38 -14L40 -56L8 -36z", fur)
        + path("M-33 -22L-35 -46L-17 -34z", "#e9a3a3")
        + path("M33 -22L35 -46L17 -34z", "#e9a3a3")
    )
    head = ellipse(0, 0, 44, 38, fur)
    stripes = line("M0 -37V-24M-10 -35L-8 -25M10 -35L8 -25M-43 2L-32 4M-41 12L-31 11M43 2L32 4M41 12L31 11", dark, 3.4)
    slit = 2 + dice.below(4)
    eyes = "".join(
        ellipse(x, -4, 9, 8, eye) + ellipse(x, -4, slit, 7, "#15120f") + circle(x + 2.5, -6.5, 1.7, "#fff")
        for x in (-18, 18)
    )
    face = (
        ellipse(-7, 17, 9, 7, "#fffaf2", opacity=0.75)
        + ellipse(7, 17, 9, 7, "#fffaf2", opacity=0.75)
        + shape([(-4.5, 9), (4.5, 9), (0, 14)], "#e07a7a")
    )
    whiskers = line("M-14 16L-48 10M-14 19L-48 21M14 16L48 10M14 19L48 21", "#fff", 1, opacity=0.8)
    body = path("M-50 110Q-54 30 0 28Q54 30 50 110z", fur) + ellipse(0, 66, 20, 30, "#fffaf2", opacity=0.35)
    size = min(w * 0.95, h) / 125
    return (
        drawn
        + moved(w / 2, h * 0.48, size, body)
        + moved(w / 2, h * 0.46, size, ears + head + stripes + eyes + face + whiskers, dice.below(19) - 9)
    )
