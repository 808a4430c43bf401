"""
The made-up catalogue: asset number `index` of a seed, computed when somebody asks for it.

Nothing here looks at another asset, so the catalogue may have any size and costs nothing until it is read. Beyond
DISTINCT assets it goes on with further frames of the same: other ids, other pictures, the same words.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from getty_emulator.sandbox.dice import Dice
from getty_emulator.sandbox.palettes import Palette, palettes_for
from getty_emulator.sandbox.places import COLLECTIONS, PLACES, Collection, Place, person
from getty_emulator.sandbox.subjects import Subject, subjects
from getty_emulator.sandbox.wording import caption, keywords, slug, titled

FIRST_ID = 1_900_000_001
FIRST_EVENT = 775_000_001

DISTINCT = 3024
"""
Assets that are made up one by one: every subject has all of its 36 titles twice.

A search has to know each of them, which takes a sixth of a second. A multiple of three: every third is editorial.
"""

LARGEST = 1_000_000
"""Assets of the largest catalogue."""

_SERIES = 4
"""Creative assets from one photo shoot."""

_FIRST_DAY = date(2016, 1, 1).toordinal()
_DAYS = 3650

# Long side first; how often each is drawn follows from how often it is listed.
_SHAPES = (
    *(("horizontal", 3, 2),) * 9,
    *(("vertical", 2, 3),) * 5,
    *(("square", 1, 1),) * 3,
    ("panoramic_horizontal", 5, 2),
    ("panoramic_vertical", 2, 5),
)
_LONG_SIDES = (1200, 2400, 3600, 5000, 6000, 6000, 7200)
_STYLES = (*("photography",) * 13, *("illustration",) * 3, *("vector",) * 3, "fine_art")
_AGES = ("child", "teenager", "young_adult", "adult", "mature_adult", "senior_adult")
_ETHNICITIES = (
    "black", "white", "east_asian", "hispanic_latinx", "middle_eastern", "multiracial_person", "south_asian",
    "southeast_asian",
)  # fmt: skip
_STILL = ("close_up", "copy_space", "full_frame", "still_life", "wide_shot", "part_of_a_series", "macro", "abstract")
_PEOPLED = (
    "candid",
    "full_length",
    "looking_at_camera",
    "medium_shot",
    "portrait",
    "waist_up",
    "copy_space",
    "headshot",
)


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that editorial assets belong to. `number` is what `event_ids` holds."""

    number: int
    name: str
    segment: str
    subject: str
    day: str
    place: Place


@dataclass(frozen=True, slots=True)
class Asset:
    """
    One made-up image.

    Words in the request's spelling (`panoramic_horizontal`); days are ISO 8601; `popularity` is 0 to 9999 and
    `quality` 1 (best) to 3; `series` is the number of the photo shoot, within its family.
    """

    index: int
    family: str
    subject: Subject
    title: str
    caption: str
    artist: str
    collection: Collection
    style: str
    orientation: str
    width: int
    height: int
    number_of_people: str
    people: tuple[str, ...]
    ages: tuple[str, ...]
    ethnicities: tuple[str, ...]
    compositions: tuple[str, ...]
    palette: Palette
    place: Place
    day: str
    submitted: str
    keywords: tuple[str, ...]
    quality: int
    popularity: int
    series: int
    embeddable: bool
    event: Happening | None

    @property
    def id(self) -> str:
        """The id Getty's answers carry, a string of digits."""
        return str(FIRST_ID + self.index)

    @property
    def slug(self) -> str:
        """The title as it stands in addresses."""
        return slug(self.title)


def index_of(image_id: str, assets: int) -> int | None:
    """The index of the asset with this id in a catalogue of so many, or None."""
    if not (image_id.isascii() and image_id.isdecimal() and len(image_id) == len(str(FIRST_ID))):
        return None
    index = int(image_id) - FIRST_ID
    return index if 0 <= index < assets else None


@lru_cache(maxsize=20_000)
def asset(index: int, seed: int) -> Asset:
    """Asset number `index` of the catalogue that `seed` stands for. Every third one is editorial."""
    if index >= DISTINCT:
        return replace(asset(index % DISTINCT, seed), index=index)
    family, position = ("editorial", index // 3) if index % 3 == 2 else ("creative", index - index // 3)
    themes = subjects(family)
    subject, round_ = themes[position % len(themes)], position // len(themes)
    dice = Dice("asset", seed, index)
    event = happening(position, seed) if family == "editorial" else None
    series = themes.index(subject) + len(themes) * (round_ // _SERIES)
    shoot = Dice("shoot", seed, family, series)
    place = event.place if event else shoot.pick(PLACES)
    day = event.day if event else _day(shoot, years_ago=66 if subject.segment == "archival" else 0)
    style = "photography" if family == "editorial" else dice.pick(_STYLES)
    title, people, number_of_people = titled(subject, round_, seed, dice)
    artist = person(dice if event else shoot)
    orientation, width, height = _dimensions(dice)
    if family == "creative" and dice.chance(30):
        title = f"{title}, {place.city}"
    shown = number_of_people != "none"
    return Asset(
        index=index,
        family=family,
        subject=subject,
        title=title,
        caption=caption(title, place, day, event.name if event else "", subject, artist, dice),
        artist=artist,
        collection=_collection(family, subject, shoot),
        style=style,
        orientation=orientation,
        width=width,
        height=height,
        number_of_people=number_of_people,
        people=people,
        ages=dice.some(_AGES, 1 + dice.below(2)) if shown else (),
        ethnicities=dice.some(_ETHNICITIES, 1 + dice.below(2)) if shown else (),
        compositions=dice.some(_PEOPLED if shown else _STILL, 2),
        palette=dice.pick(palettes_for(subject.scene)),
        place=place,
        day=day,
        submitted=_later(day, 1 + dice.below(20)),
        keywords=keywords(subject, place, number_of_people, style),
        quality=1 + dice.below(3),
        popularity=dice.below(10_000),
        series=series,
        embeddable=dice.chance(70),
        event=event,
    )


def happening(position: int, seed: int) -> Happening | None:
    """The event of the editorial asset at this position among the editorial ones; some belong to none."""
    themes = subjects("editorial")
    where, round_ = position % len(themes), position // len(themes)
    subject = themes[where]
    if not subject.events:
        return None
    which = round_ % len(subject.events)
    dice = Dice("event", seed, where, which)
    number = FIRST_EVENT + sum(len(theme.events) for theme in themes[:where]) + which
    return Happening(number, subject.events[which], subject.segment, subject.name, _day(dice), dice.pick(PLACES))


@lru_cache(maxsize=16)
def happenings(assets: int, seed: int) -> tuple[tuple[Happening, tuple[int, ...]], ...]:
    """Every event with the indices of its images below DISTINCT, in the order of their numbers."""
    found: dict[int, tuple[Happening, list[int]]] = {}
    for index in range(2, min(assets, DISTINCT), 3):
        if event := happening(index // 3, seed):
            found.setdefault(event.number, (event, []))[1].append(index)
    return tuple((event, tuple(indices)) for _, (event, indices) in sorted(found.items()))


def _dimensions(dice: Dice) -> tuple[str, int, int]:
    orientation, across, down = dice.pick(_SHAPES)
    long_side = dice.pick(_LONG_SIDES)
    scale = long_side / max(across, down)
    return orientation, round(across * scale), round(down * scale)


def _collection(family: str, subject: Subject, dice: Dice) -> Collection:
    if family == "creative":
        return dice.pick([collection for collection in COLLECTIONS if collection.family == family])
    code = {"sport": "SBS", "entertainment": "SBE", "publicity": "SBE", "archival": "SBA"}.get(subject.segment, "SBN")
    return next(collection for collection in COLLECTIONS if collection.code == code)


def _day(dice: Dice, years_ago: int = 0) -> str:
    return date.fromordinal(_FIRST_DAY + dice.below(_DAYS) - years_ago * 365).isoformat()


def _later(day: str, days: int) -> str:
    return date.fromordinal(date.fromisoformat(day).toordinal() + days).isoformat()
