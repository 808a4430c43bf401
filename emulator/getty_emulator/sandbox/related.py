"""What else to search for: related phrases, and the phrase that was probably meant."""

from collections.abc import Iterable

from getty_emulator.sandbox.dice import Dice
from getty_emulator.sandbox.index import words
from getty_emulator.sandbox.subjects import Subject, subjects

_MOST = 6


def related(phrase: str, families: Iterable[str]) -> list[str]:
    """Phrases near to `phrase`: keywords of the subjects it names, or of some subject when it names none."""
    every = [subject for family in families for subject in subjects(family)]
    theirs = set(words(phrase))
    near = [one for one in every if theirs & _vocabulary(one)] or [Dice("related", phrase.lower()).pick(every)]
    found = dict.fromkeys(word for one in near for word in one.keywords if not theirs & set(words(word)))
    return list(found)[:_MOST]


def correction(phrase: str) -> str:
    """The subject that was meant by a phrase with one letter too few or too many; empty when nothing is wrong."""
    typed = phrase.strip().lower()
    names = {name for subject in subjects("creative") for name in (subject.name, *subject.keywords)}
    if len(typed) < 4 or {typed, *words(typed)} & names:
        return ""
    fewer = _one_letter_less(typed)
    return next((name for name in sorted(names) if name in fewer or typed in _one_letter_less(name)), "")


def _vocabulary(subject: Subject) -> set[str]:
    return set(words(" ".join((subject.name, *subject.keywords))))


def _one_letter_less(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))}
