"""The search parameters that narrow the catalogue down: each names something an asset has, and what of it is wanted."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import lru_cache
from zlib import crc32

from getty_emulator.sandbox.catalogue import Asset
from getty_emulator.sandbox.queries import Query
from getty_token.parameters import MINIMUM_SIZES

Test = Callable[[Asset], bool]

_HAS: dict[str, Callable[[Asset], Collection[str]]] = {
    "orientations": lambda asset: (asset.orientation,),
    "number_of_people": lambda asset: (asset.number_of_people,),
    "graphical_styles": lambda asset: (asset.style,),
    "collection_codes": lambda asset: (asset.collection.code,),
    "editorial_segments": lambda asset: (asset.subject.segment,),
    "compositions": lambda asset: asset.compositions,
    "ethnicity": lambda asset: asset.ethnicities,
    "age_of_people": lambda asset: asset.ages,
    "moods": lambda asset: asset.palette.moods,
    "event_ids": lambda asset: (str(asset.event.number),) if asset.event else (),
    "keyword_ids": lambda asset: keyword_ids(asset),
    "file_types": lambda asset: ("eps",) if asset.style == "vector" else (),
    "download_product": lambda asset: asset.collection.product_types,
}
"""Any one of the values asked for is enough."""

_EXCLUDED_BY = {
    "graphical_styles": "graphical_styles_filter_type",
    "collection_codes": "collections_filter_type",
}

# The long side, in pixels, from which an image counts as so large.
_LONG_SIDES = dict(zip(MINIMUM_SIZES, (0, 600, 1200, 2500, 4500, 6500), strict=False))

_NEAR = 90
"""How far apart, in 255ths and summed over red, green and blue, colours may be and still be alike."""


@lru_cache(maxsize=2048)
def keyword_id(text: str) -> int:
    """The number of a keyword: the same word has the same one on every asset."""
    return 60_000 + crc32(text.lower().encode()) % 900_000


def keyword_ids(asset: Asset) -> tuple[str, ...]:
    """The numbers of an asset's keywords, as they stand in a query."""
    return tuple(str(keyword_id(text)) for text in asset.keywords)


def tests(query: Query) -> list[Test]:
    """What an asset must pass to be found by `query`, whatever its phrase."""
    found = [_membership(name, query) for name in _HAS if query.one(name)]
    if unwanted := set(query.many("exclude_keyword_ids")):
        found.append(lambda asset: unwanted.isdisjoint(keyword_ids(asset)))
    if people := _names(query, "specific_people"):
        found.append(lambda asset: not people.isdisjoint(_lower(asset.people)))
    if artists := _names(query, "artists"):
        found.append(lambda asset: asset.artist.lower() in artists)
    if query.flag("embed_content_only"):
        found.append(lambda asset: asset.embeddable)
    if query.flag("exclude_editorial_use_only"):
        found.append(lambda asset: asset.family == "creative")
    if best := query.one("minimum_quality_rank"):
        found.append(lambda asset: asset.quality <= int(best))
    if size := query.one("minimum_size"):
        found.append(_size(size))
    if colour := query.one("color"):
        found.append(_colour(colour))
    return [*found, *_dates(query)]


def _membership(name: str, query: Query) -> Test:
    has, wanted = _HAS[name], set(query.many(name))
    if query.one(_EXCLUDED_BY.get(name, "")) == "exclude":
        return lambda asset: wanted.isdisjoint(has(asset))
    return lambda asset: not wanted.isdisjoint(has(asset))


def _names(query: Query, name: str) -> set[str]:
    return _lower(query.many(name))


def _lower(names: Iterable[str]) -> set[str]:
    return {name.lower() for name in names}


def _size(size: str) -> Test:
    # Vectors have no size of their own: they are large enough for anything.
    if size == "vector":
        return lambda asset: asset.style == "vector"
    return lambda asset: asset.style == "vector" or max(asset.width, asset.height) >= _LONG_SIDES[size]


def _colour(wanted: str) -> Test:
    red, green, blue = _rgb(wanted)

    def test(asset: Asset) -> bool:
        return any(
            abs(red - r) + abs(green - g) + abs(blue - b) <= _NEAR for r, g, b in map(_rgb, asset.palette.dominant)
        )

    return test


@lru_cache(maxsize=512)
def _rgb(colour: str) -> tuple[int, int, int]:
    number = int(colour.removeprefix("#"), 16)
    return number >> 16 & 255, number >> 8 & 255, number & 255


def _dates(query: Query) -> Iterable[Test]:
    # To the day: the catalogue knows no hours. ISO 8601 days sort as text.
    if first := query.one("date_from"):
        start = day(first)
        yield lambda asset: asset.day >= start
    if last := query.one("date_to"):
        end = day(last)
        yield lambda asset: asset.day <= end


def day(text: str) -> str:
    """The day of an ISO 8601 date or time, in the one spelling that sorts."""
    return datetime.fromisoformat(text).date().isoformat()
