"""
The made-up catalogue: asset number `index` of a seed, computed when somebody asks for it.

Nothing here looks at another asset, so the catalogue may have any size and costs nothing until it is read.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from .dice import Dice
from .palettes import Palette, palettes_for
from .places import COLLECTIONS, PLACES, Collection, Place, person
from .subjects import Subject, subjects

FIRST_ID = 1_900_000_001
FIRST_EVENT = 775_000_001

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
_PEOPLED = ("candid", "full_length", "looking_at_camera", "medium_shot", "portrait", "waist_up", "copy_space", "headshot")
_MONTHS = "January February March April May June July August September October November December".split()


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


def slug(title: str) -> str:
    """`title` in lower-case ASCII letters and hyphens, as in Getty's addresses."""
    plain = title.lower().replace("é", "e").replace("'", "")
    return "-".join("".join(letter if letter.isascii() and letter.isalnum() else " " for letter in plain).split())


def index_of(image_id: str, assets: int) -> int | None:
    """The index of the asset with this id in a catalogue of so many, or None."""
    if not (image_id.isascii() and image_id.isdecimal() and len(image_id) == len(str(FIRST_ID))):
        return None
    index = int(image_id) - FIRST_ID
    return index if 0 <= index < assets else None


@lru_cache(maxsize=20_000)
def asset(index: int, seed: int) -> Asset:
    """Asset number `index` of the catalogue that `seed` stands for. Every third one is editorial."""
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
    title, people, number_of_people = _title(subject, round_, seed, dice)
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
        caption=_caption(title, place, day, event, subject, artist, dice),
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
        keywords=_keywords(subject, place, number_of_people, style),
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
    """Every event with the indices of its images, in the order of their numbers."""
    found: dict[int, tuple[Happening, list[int]]] = {}
    for index in range(2, assets, 3):
        if event := happening(index // 3, seed):
            found.setdefault(event.number, (event, []))[1].append(index)
    return tuple((event, tuple(indices)) for _, (event, indices) in sorted(found.items()))


def _title(subject: Subject, round_: int, seed: int, dice: Dice) -> tuple[str, tuple[str, ...], str]:
    openings, endings = subject.openings, subject.endings
    pairs = len(openings) * len(endings)
    # 7 and 36 share no factor: the first 36 pictures of a subject have 36 different titles.
    opening, ending = divmod((round_ * 7 + seed) % pairs, len(endings))
    pattern = f"{openings[opening]} {endings[(ending + opening) % len(endings)]}"
    people = tuple(person(dice) for name in ("{a}", "{b}") if name in pattern)
    number = ("", "one", "two")[len(people)] or dice.pick(subject.people)
    return pattern.format(**dict(zip("ab", people, strict=False))), people, number


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


def _caption(
    title: str, place: Place, day: str, event: Happening | None, subject: Subject, artist: str, dice: Dice
) -> str:
    year, month, number = day[:4], _MONTHS[int(day[5:7]) - 1], int(day[8:10])
    if subject.segment:
        dateline = f"{place.city.upper()}, {place.country.upper()} - {month.upper()} {number}"
        when = f"on {month} {number}, {year} in {place.city}, {place.country}"
        occasion = f"{event.name}. " if event else ""
        return f"{dateline}: {title} {when}. {occasion}(Photo by {artist})"
    where = f", {place.country}" if title.endswith(place.city) else f" in {place.city}, {place.country}"
    return f"{title}{where}. " + dice.pick(
        (
            f"Made in {month} {year}.",
            f"One of a series from {place.city}.",
            f"Seen on an early {month} morning.",
            "A quiet moment, from a distance.",
            "With room for a headline.",
        )
    )


def _keywords(subject: Subject, place: Place, number_of_people: str, style: str) -> tuple[str, ...]:
    people = {"none": "no people", "one": "one person", "two": "two people", "group": "group of people"}
    words = (*subject.keywords, place.city, place.country, people[number_of_people], style.replace("_", " "))
    return tuple(dict.fromkeys(words))


def _day(dice: Dice, years_ago: int = 0) -> str:
    return date.fromordinal(_FIRST_DAY + dice.below(_DAYS) - years_ago * 365).isoformat()


def _later(day: str, days: int) -> str:
    return date.fromordinal(date.fromisoformat(day).toordinal() + days).isoformat()
