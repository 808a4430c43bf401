"""A search: filters, then the phrase, then the order."""

from collections import Counter
from collections.abc import Sequence
from zlib import crc32

from getty_emulator.sandbox import filters
from getty_emulator.sandbox.catalogue import Asset, asset
from getty_emulator.sandbox.dice import scatter
from getty_emulator.sandbox.index import NOTHING, Postings, akin, closest, index, matches
from getty_emulator.sandbox.queries import Query

_FEWEST, _MOST = 24, 120
"""How many assets a phrase that matches nothing finds all the same."""


def search(query: Query, families: Sequence[str], assets: int, seed: int) -> list[Asset]:
    """
    All assets that `query` finds, in the order it asks for: those with all words of its phrase first, then those with
    some, then those that show something akin.

    A phrase that matches no asset finds a selection that looks random and is always the same, so that a site under
    development never shows an empty page by accident; NOTHING in the phrase is the way to one. Filters are never
    relaxed: what they exclude together is not found.
    """
    phrase = query.one("phrase")
    if NOTHING in phrase.lower():
        return []
    every = (asset(number, seed) for number in range(assets))
    tests = filters.tests(query)
    allowed = {found.index: found for found in every if found.family in families and all(test(found) for test in tests)}
    scores = _scores(query, allowed, index(assets, seed)) if phrase else dict.fromkeys(allowed, 0)
    return _ordered([allowed[number] for number in scores], scores, query)


def similar(to: Asset, assets: int, seed: int) -> list[Asset]:
    """The assets of the same family that share most keywords with `to`, nearest first."""
    theirs = set(to.subject.keywords)
    shared = {
        other: len(theirs.intersection(other.subject.keywords)) * 2 + (other.palette is to.palette)
        for other in (asset(number, seed) for number in range(assets))
        if other.family == to.family and other.index != to.index
    }
    near = [other for other, score in shared.items() if score > 1]
    return sorted(near, key=lambda other: (-shared[other], scatter(other.index, to.id)))


def same_series(to: Asset, assets: int, seed: int) -> list[Asset]:
    """The other creative assets from the same photo shoot; Getty knows none of editorial assets."""
    if to.family == "editorial":
        return []
    every = (asset(number, seed) for number in range(assets))
    return [one for one in every if (one.family, one.series) == (to.family, to.series) and one.index != to.index]


def _scores(query: Query, allowed: dict[int, Asset], postings: Postings) -> dict[int, int]:
    found = matches(query.one("phrase"), allowed, postings)
    if not found:
        return _selection(query.one("phrase"), list(allowed))
    best = closest(found)
    # Literal matching, says Getty's documentation of `enhanced_search`, which is on unless turned off.
    if query.one("enhanced_search", "true").lower() == "false":
        return best
    [(subject, _)] = Counter(allowed[number].subject for number in best).most_common(1)
    return {**akin(subject.keywords, allowed, postings), **found}


def _selection(phrase: str, allowed: list[int]) -> dict[int, int]:
    size = _FEWEST + crc32(phrase.lower().encode()) % (_MOST - _FEWEST)
    return dict.fromkeys(sorted(allowed, key=lambda number: scatter(number, phrase.lower()))[:size], 0)


def _ordered(found: list[Asset], scores: dict[int, int], query: Query) -> list[Asset]:
    order, phrase = query.one("sort_order", "best_match"), query.one("phrase").lower()
    if order in ("newest", "oldest"):
        return sorted(found, key=lambda one: (one.day, one.index), reverse=order == "newest")
    if order == "most_popular":
        return sorted(found, key=lambda one: (-one.popularity, one.index))
    if order == "random":
        # Random to look at, yet the same whenever it is asked for again: pages must not overlap.
        return sorted(found, key=lambda one: scatter(one.index, f"random {phrase}"))
    return sorted(found, key=lambda one: (-scores[one.index], scatter(one.index, phrase)))
