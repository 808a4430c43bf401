"""Choices that look random and never change: the same words give the same choices on every machine."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar
from zlib import crc32

T = TypeVar("T")

_LOW = 1 << 64


class Dice:
    """A stream of choices that follows from the words it was made of, and from nothing else."""

    __slots__ = ("_bits",)

    def __init__(self, *words: object) -> None:
        self._bits = _digest("\0".join(map(str, words)).encode())

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1."""
        # One digest is enough for some sixty choices; each takes its share off the number, so a draw costs a division.
        if self._bits < _LOW:
            self._bits = _digest(self._bits.to_bytes(8, "big"))
        self._bits, choice = divmod(self._bits, limit)
        return choice

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """True `percent` times in a hundred."""
        return self.below(100) < percent

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`."""
        return choices[self.below(len(choices))]

    def some(self, choices: Sequence[T], count: int) -> tuple[T, ...]:
        """`count` different ones of `choices`."""
        left = list(choices)
        return tuple(left.pop(self.below(len(left))) for _ in range(min(count, len(left))))


def _digest(data: bytes) -> int:
    return int.from_bytes(blake2b(data).digest(), "big")


def scatter(number: int, salt: str) -> int:
    """`number` at an arbitrary place that depends on `salt`: sorting by it shuffles. Cheap, for thousands at a time."""
    mixed = (number * 0x9E3779B97F4A7C15 + crc32(salt.encode()) * 0xD6E8FEB86659FD93) & 0xFFFFFFFFFFFFFFFF
    mixed = (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93 & 0xFFFFFFFFFFFFFFFF
    return mixed ^ (mixed >> 29)
