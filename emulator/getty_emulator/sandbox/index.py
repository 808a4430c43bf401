"""Which assets a phrase finds: an inverted index from words to assets, made at the first search."""

import re
from collections.abc import Iterable
from functools import lru_cache

from .catalogue import Asset, asset

NOTHING = "nothing-matches"
"""A phrase with this word in it finds nothing. Any other phrase finds something, so this is how to see an empty page."""

FAMILIES = {"creative": ("creative",), "editorial": ("editorial",), "blended": ("creative", "editorial")}

_WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = frozenset("a an and as at by for from in into near not of on or over the to under with without".split())

# How much a word counts for where it stands.
_TITLE, _KEYWORD, _CAPTION = 8, 4, 1

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
    """For every word the assets that have it, with the weight of the places where they have it."""
    postings: Postings = {}
    for number in range(assets):
        for word, weight in _weights(asset(number, seed)).items():
            postings.setdefault(word, {})[number] = weight
    return postings


def _weights(found: Asset) -> dict[str, int]:
    weights: dict[str, int] = {}
    for weight, texts in (
        (_TITLE, (found.title, found.subject.name)),
        (_KEYWORD, found.keywords),
        (_CAPTION, (found.caption,)),
    ):
        for word in {word for text in texts for word in words(text)}:
            weights[word] = weights.get(word, 0) + weight
    return weights


def matches(phrase: str, allowed: Iterable[int], postings: Postings) -> dict[int, int]:
    """
    Those of `allowed` that match `phrase`, with how well.

    Every word counts if any asset has them all; otherwise those that have most of them. Empty when no word is known.
    """
    scores: dict[int, tuple[int, int]] = {}
    permitted = set(allowed)
    for word in set(words(phrase)):
        for number, weight in postings.get(word, {}).items():
            if number in permitted:
                hits, score = scores.get(number, (0, 0))
                scores[number] = hits + 1, score + weight
    most = max((hits for hits, _ in scores.values()), default=0)
    return {number: score for number, (hits, score) in scores.items() if hits == most}
