"""What the made-up pictures show. A subject is a handful of openings and endings that make a title in any pairing."""

import os.path
from dataclasses import dataclass
from functools import cache

_STORIES = os.path.join(os.path.dirname(__file__), "stories.txt")


@dataclass(frozen=True, slots=True)
class Subject:
    """
    Something pictures are taken of.

    `scene` names the drawing in `scenes`; `people` says how many people can be seen, as `number_of_people` does; `{a}`
    and `{b}` in a title stand for invented people. Editorial subjects have a segment and, mostly, events.
    """

    name: str
    scene: str
    people: tuple[str, ...]
    openings: tuple[str, ...]
    endings: tuple[str, ...]
    keywords: tuple[str, ...]
    segment: str = ""
    events: tuple[str, ...] = ()


@cache
def subjects(family: str) -> tuple[Subject, ...]:
    """The subjects of one asset family, `creative` or `editorial`."""
    return _library()[family]


@cache
def _library() -> dict[str, tuple[Subject, ...]]:
    with open(_STORIES, encoding="utf-8") as file:
        _, creative, editorial = file.read().replace("\n# creative", "\n# editorial").split("\n# editorial\n")
    return {"creative": _blocks(creative), "editorial": _blocks(editorial)}


def _blocks(text: str) -> tuple[Subject, ...]:
    return tuple(_subject(block.splitlines()) for block in text.strip().split("\n\n"))


def _subject(lines: list[str]) -> Subject:
    heading, openings, endings, keywords, *events = lines
    name, scene, people, *segment = heading.split(" | ")
    return Subject(
        name,
        scene,
        tuple(people.split()),
        tuple(openings.split(" | ")),
        tuple(endings.split(" | ")),
        tuple(keywords.split(", ")),
        segment[0] if segment else "",
        tuple(events[0].split(" | ")) if events else (),
    )
