"""A search: filters, then the phrase, then the order."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from zlib import crc32

from getty_emulator.sandbox import filters
from getty_emulator.sandbox.catalogue import DISTINCT, Asset, asset
from getty_emulator.sandbox.dice import scatter
from getty_emulator.sandbox.found import Found
from getty_emulator.sandbox.index import NOTHING, Postings, akin, closest, index, matches, words
from getty_emulator.sandbox.queries import Query

_FEWEST, _MOST = 24, 120
"""How many assets a phrase that matches nothing finds all the same; in a large catalogue, frames of so many."""

Tests = Callable[[Query], list[filters.Test]]

_SHOWN = (
    "page",
    "page_size",
    "fields",
    "include_related_searches",
    "include_facets",
    "facet_fields",
    "facet_max_count",
)
"""What a search is asked that does not change what it finds."""


def search(query: Query, families: tuple[str, ...], assets: int, seed: int, tests: Tests = filters.tests) -> Found:
    """
    All assets that `query` finds and that pass its `tests`, in the order it asks for: those with all words of its
    phrase first, then those with some, then those that show something akin.

    A phrase that matches no asset finds a selection that looks random and is always the same, so that a site under
    development never shows an empty page by accident; NOTHING in the phrase is the way to one. Filters are never
    relaxed: what they exclude together is not found.
    """
    # One search for all of its pages, whatever is shown of them.
    asked = tuple(sorted((name, value) for name, value in query.values.items() if name not in _SHOWN))
    return _search(asked, families, assets, seed, tests)


@lru_cache(maxsize=64)
def _search(
    asked: tuple[tuple[str, str], ...], families: tuple[str, ...], assets: int, seed: int, tests: Tests
) -> Found:
    query = Query(dict(asked))
    phrase = query.one("phrase")
    if NOTHING in phrase.lower():
        return Found((), assets)
    wanted = tests(query)
    allowed = {
        found.index: found
        for found in _distinct(assets, seed)
        if found.family in families and all(test(found) for test in wanted)
    }
    scores = _scores(query, allowed, index(assets, seed)) if phrase else dict.fromkeys(allowed, 0)
    return Found(_ordered([allowed[number] for number in scores], scores, query), assets)


@lru_cache(maxsize=256)
def similar(to: Asset, assets: int, seed: int) -> Found:
    """The assets of the same family that share most keywords with `to`, nearest first."""
    theirs = set(to.subject.keywords)
    shared = {
        other: len(theirs.intersection(other.subject.keywords)) * 2 + (other.palette is to.palette)
        for other in _others(to, assets, seed)
    }
    near = [other for other, score in shared.items() if score > 1]
    near.sort(key=lambda other: (-shared[other], scatter(other.index, to.id)))
    return Found(_grouped(near, lambda other: shared[other]), assets)


@lru_cache(maxsize=256)
def same_series(to: Asset, assets: int, seed: int) -> Found:
    """The other creative assets from the same photo shoot; Getty knows none of editorial assets."""
    series = [one.index for one in _others(to, assets, seed) if one.series == to.series]
    return Found([series] if series and to.family == "creative" else [], assets)


def _distinct(assets: int, seed: int) -> Iterator[Asset]:
    return (asset(number, seed) for number in range(min(assets, DISTINCT)))


def _others(to: Asset, assets: int, seed: int) -> Iterator[Asset]:
    """What is of the family of `to`, less `to` and its other frames."""
    same = to.index % DISTINCT
    return (one for one in _distinct(assets, seed) if one.family == to.family and one.index != same)


def _scores(query: Query, allowed: dict[int, Asset], postings: Postings) -> dict[int, int]:
    found = matches(query.one("phrase"), allowed, postings)
    if not found:
        return _selection(query.one("phrase"), list(allowed))
    best = closest(found)
    # Literal matching, says Getty's documentation of `enhanced_search`, which is on unless turned off.
    if query.one("enhanced_search", "true").lower() == "false":
        return best
    [(subject, _)] = Counter(allowed[number].subject for number in best).most_common(1)
    meant = {*words(subject.name), *(word for text in subject.keywords for word in words(text))}
    # What is akin to a subject is not akin to a place or a person that pictures of it happen to name.
    return {**akin(subject.keywords, allowed, postings), **found} if meant & set(words(query.one("phrase"))) else found


def _selection(phrase: str, allowed: list[int]) -> dict[int, int]:
    size = _FEWEST + crc32(phrase.lower().encode()) % (_MOST - _FEWEST)
    return dict.fromkeys(sorted(allowed, key=lambda number: scatter(number, phrase.lower()))[:size], 0)


def _ordered(found: list[Asset], scores: dict[int, int], query: Query) -> list[list[int]]:
    """`found` in the order that `query` asks for, with those together that it does not tell apart."""
    order, phrase = query.one("sort_order", "best_match"), query.one("phrase").lower()
    if order in ("newest", "oldest"):
        found.sort(key=lambda one: (one.day, one.index), reverse=order == "newest")
        return _grouped(found, lambda one: one.day)
    if order == "most_popular":
        found.sort(key=lambda one: (-one.popularity, one.index))
        return _grouped(found, lambda one: one.popularity)
    if order == "random":
        # Random to look at, yet the same whenever it is asked for again: pages must not overlap.
        found.sort(key=lambda one: scatter(one.index, f"random {phrase}"))
        return _grouped(found, lambda one: "")
    found.sort(key=lambda one: (-scores[one.index], scatter(one.index, phrase)))
    return _grouped(found, lambda one: scores[one.index])


def _grouped(found: Iterable[Asset], key: Callable[[Asset], object]) -> list[list[int]]:
    return [[one.index for one in group] for _, group in groupby(found, key)]
