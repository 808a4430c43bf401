"""What is said of an asset: its title, its caption, its keywords."""

from getty_emulator.sandbox.dice import Dice
from getty_emulator.sandbox.places import Place, person
from getty_emulator.sandbox.subjects import Subject

_MONTHS = "January February March April May June July August September October November December".split()


def titled(subject: Subject, round_: int, seed: int, dice: Dice) -> tuple[str, tuple[str, ...], str]:
    """The title of the `round_`-th picture of a subject, the people it names, and how many can be seen."""
    openings, endings = subject.openings, subject.endings
    pairs = len(openings) * len(endings)
    # 7 and 36 share no factor: the first 36 pictures of a subject have 36 different titles.
    opening, ending = divmod((round_ * 7 + seed) % pairs, len(endings))
    pattern = f"{openings[opening]} {endings[(ending + opening) % len(endings)]}"
    people = tuple(person(dice, name == "{b}") for name in ("{a}", "{b}") if name in pattern)
    number = ("", "one", "two")[len(people)] or dice.pick(subject.people)
    return pattern.format(**dict(zip("ab", people, strict=False))), people, number


def caption(title: str, place: Place, day: str, event: str, subject: Subject, artist: str, dice: Dice) -> str:
    """The caption; an editorial one has a dateline, its event if there is one, and a credit."""
    year, month, number = day[:4], _MONTHS[int(day[5:7]) - 1], int(day[8:10])
    if subject.segment:
        dateline = f"{place.city.upper()}, {place.country.upper()} - {month.upper()} {number}"
        when = f"on {month} {number}, {year} in {place.city}, {place.country}"
        occasion = f"{event}. " if event else ""
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


def keywords(subject: Subject, place: Place, number_of_people: str, style: str) -> tuple[str, ...]:
    """The subject's keywords first, then where, how many people, and in which style."""
    people = {"none": "no people", "one": "one person", "two": "two people", "group": "group of people"}
    words = (*subject.keywords, place.city, place.country, people[number_of_people], style.replace("_", " "))
    return tuple(dict.fromkeys(words))


def slug(title: str) -> str:
    """`title` in lower-case ASCII letters and hyphens, as in Getty's addresses."""
    plain = title.lower().replace("é", "e").replace("'", "")
    return "-".join("".join(letter if letter.isascii() and letter.isalnum() else " " for letter in plain).split())
