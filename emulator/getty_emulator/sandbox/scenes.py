"""placeholder"""
from collections import defaultdict
from collections.abc import Callable
from .dice import Dice
from .palettes import Palette
def _hills(dice: Dice, p: Palette, w: int, h: int) -> str:
    return f'<circle cx="{w*.6:g}" cy="{h*.4:g}" r="{h*.12:g}" fill="{p.light}"/><path d="M0 {h*.6:g}q{w*.3:g} {-h*.2:g} {w*.6:g} 0t{w*.4:g} 0V{h}H0z" fill="{p.mid}"/>'
SCENES: dict[str, Callable[[Dice, Palette, int, int], str]] = defaultdict(lambda: _hills)
