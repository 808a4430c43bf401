"""The colours of the made-up pictures, so that what `color` and `moods` promise is what can be seen."""

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Palette:
    """Six colours as `#rrggbb`: the sky from top to bottom, the light in it, and three depths of ground."""

    name: str
    top: str
    low: str
    light: str
    far: str
    mid: str
    near: str
    moods: tuple[str, ...]

    @property
    def dominant(self) -> tuple[str, ...]:
        """The colours that cover most of a picture."""
        return self.top, self.low, self.mid


def _palette(name: str, colours: list[str], moods: list[str]) -> Palette:
    top, low, light, far, mid, near = colours
    return Palette(name, top, low, light, far, mid, near, tuple(moods))


PALETTES: dict[str, Palette] = {
    name: _palette(name, colours.split(), moods.split())
    for name, colours, moods in (
        line.split(" | ")
        for line in """\
ember | #3d2352 #f2784b #ffd98a #8c3a54 #5b2a4c #2c1833 | warm dramatic
peach | #f7b7a3 #fde3c8 #fff6e0 #e58f83 #b8616b #6e3b52 | warm natural
honey | #f6c667 #fbe7b2 #fffaf0 #d9923b #a8642a #5c3a21 | warm natural
rose | #7d5a9e #f4a6b8 #ffe9d6 #b5658f #7a3f73 #3f2450 | warm vivid
terracotta | #e9c9a4 #f5e3cc #fff8ea #d2764f #a64b36 #5d2a26 | warm bold
lagoon | #2a8fb5 #a9e0e3 #fdfbe8 #4fb3b5 #1f7f8c #124a5c | cool vivid
fjord | #5d83a6 #c9dbe3 #f7f8f2 #7f9db2 #4c6c85 #24384c | cool natural
frost | #a9c4dc #eef3f6 #ffffff #c5d6e2 #8ba6bd #4a6279 | cool natural
midnight | #0b1533 #2c4a7c #ffe9a8 #1d3160 #14224a #080e22 | cool dramatic
aurora | #0d1f3c #1f6f78 #b8f5c8 #194a5f #123349 #081a2b | cool dramatic
meadow | #8ec5d6 #e3f1cf #fff9d9 #9cc277 #5f9152 #2f5a3c | natural
moss | #a7bfa0 #e3e9cf #fdfbe7 #7f9c6f #4d6f50 #24402f | natural
pop | #ff7a59 #ffc145 #fff3d1 #2ec4b6 #1b8a9e #24325f | bold vivid
candy | #5f4bb6 #f58fb0 #fff0c9 #ef5d8f #8a3f9b #34206b | bold vivid
ink | #8d9096 #dcdddf #fbfbfb #a2a5aa #5e6166 #232427 | black_and_white dramatic
silver | #b9bcc0 #eeeeec #ffffff #c2c4c6 #85888c #3b3d40 | black_and_white""".splitlines()
    )
}

_SUITS = {
    "sea": "ember peach rose honey ember candy",
    "peaks": "fjord frost peach meadow rose ink",
    "skyline": "midnight rose ember fjord pop silver",
    "table": "honey terracotta peach moss pop silver",
    "dog": "meadow honey lagoon terracotta pop",
    "cat": "peach terracotta rose moss honey ink",
    "people": "meadow peach honey lagoon pop rose",
    "desk": "frost peach fjord moss terracotta candy",
    "beach": "lagoon fjord lagoon",
    "trees": "moss meadow fjord honey aurora silver",
    "flowers": "peach rose meadow candy moss",
    "cyclist": "honey meadow peach lagoon pop fjord",
    "train": "fjord honey ember meadow frost",
    "night": "midnight aurora midnight candy",
    "leaves": "honey terracotta moss ember meadow",
    "lighthouse": "lagoon fjord ember peach ink",
    "boat": "lagoon peach fjord rose ember",
    "pitch": "meadow midnight lagoon ember pop",
    "stage": "candy midnight rose ember aurora",
    "books": "terracotta honey moss peach frost",
    "snow": "frost fjord peach silver midnight",
    "dunes": "terracotta honey ember peach midnight",
    "bridge": "fjord rose peach ember ink",
    "balloons": "lagoon peach meadow rose pop",
    "circuit": "aurora midnight candy lagoon",
    "carpet": "candy ember rose midnight",
    "podium": "fjord terracotta lagoon midnight",
    "rain": "fjord ink silver midnight",
    "court": "terracotta lagoon meadow pop",
    "runners": "peach honey lagoon pop meadow",
    "palace": "honey rose fjord meadow",
    "street": "ink silver ink",
    "gallery": "frost silver peach terracotta",
    "pool": "lagoon lagoon aurora fjord",
    "market": "honey terracotta pop moss",
}


@cache
def palettes_for(scene: str) -> tuple[Palette, ...]:
    """The palettes that suit a scene; all of them for one that is not known."""
    return tuple(PALETTES[name] for name in _SUITS[scene].split()) if scene in _SUITS else tuple(PALETTES.values())
