"""Which assets a phrase finds: an inverted index from words to assets, made at the first search."""

import re
from collections.abc import Iterable
from functools import lru_cache

from getty_emulator.sandbox.catalogue import DISTINCT, Asset, asset

NOTHING = "nothing-matches"
"""A phrase with this word in it finds nothing. Any other finds something, so this is how to see an empty page."""

_WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = frozenset("a an and as at by for from in into near not of on or over the to under with without".split())

# How much a word counts for where it stands.
_TITLE, _KEYWORD, _CAPTION = 8, 4, 1
_HIT = 1000

Postings = dict[str, dict[int, int]]


def words(text: str) -> list[str]:
    """The words of `text` that a search goes by, in the singular."""
    return [stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP_WORDS]


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """`word` without a plural ending: enough for dogs, beaches and cities."""
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word.removesuffix("s")


@lru_cache(maxsize=4)
def index(assets: int, seed: int) -> Postings:
    """For every word the assets below DISTINCT that have it, with the weight of the places where they have it."""
    postings: Postings = {}
    for number in range(min(assets, DISTINCT)):
        for word, weight in _weights(asset(number, seed)).items():
            postings.setdefault(word, {})[number] = weight
    return postings


def _weights(found: Asset) -> dict[str, int]:
    weights: dict[str, int] = {}
    for weight, texts in (
        (_TITLE, (found.title, found.subject.name)),
        # Who looks for people does not mean pictures with the keyword "no people".
        (_KEYWORD, (text for text in found.keywords if text != "no people")),
        (_CAPTION, (found.caption, *(name.replace("_", " ") for name in found.compositions))),
    ):
        for word in {word for text in texts for word in words(text)}:
            weights[word] = weights.get(word, 0) + weight
    return weights


def matches(phrase: str, allowed: Iterable[int], postings: Postings) -> dict[int, int]:
    """
    Those of `allowed` that have a word of `phrase`, with their scores; empty when no word of it is known.

    Another word of the phrase counts for more than any number of places for the same word.
    """
    return _scores(words(phrase), set(allowed), postings)


def closest(scores: dict[int, int]) -> dict[int, int]:
    """Those of `scores` that have most words of the phrase: ideally all of them."""
    most = max((score // _HIT for score in scores.values()), default=0)
    return {number: score for number, score in scores.items() if score // _HIT == most}


def akin(keywords: Iterable[str], allowed: Iterable[int], postings: Postings) -> dict[int, int]:
    """Those of `allowed` that share at least two of the words in `keywords`, scored below any that match a phrase."""
    scores = _scores(words(" ".join(keywords)), set(allowed), postings)
    return {number: score // _HIT for number, score in scores.items() if score >= 2 * _HIT}


def _scores(wanted: Iterable[str], allowed: set[int], postings: Postings) -> dict[int, int]:
    scores: dict[int, int] = {}
    # In the order of the phrase: that of a set would differ from process to process.
    for word in dict.fromkeys(wanted):
        for number, weight in postings.get(word, {}).items():
            if number in allowed:
                scores[number] = scores.get(number, 0) + _HIT + weight
    return scores
