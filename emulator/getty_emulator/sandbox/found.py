"""
What a search found: a list that may be hundreds of thousands long and is never written down.

A large catalogue repeats its first DISTINCT assets, frame after frame. Whatever a search goes by is the same in every
frame, so a result is an order of those, and any page of it is arithmetic.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice

from getty_emulator.sandbox.catalogue import DISTINCT
from getty_emulator.sandbox.dice import scatter


class Found:
    """
    Indices of assets in a catalogue of `assets`.

    `groups` are indices below DISTINCT, best first; those in a group are equally good. All first frames of a group
    come before its second ones, so that a page does not show the same thing thirty times.
    """

    __slots__ = ("_groups", "_rest", "_starts", "_whole", "assets")

    def __init__(self, groups: Sequence[Sequence[int]], assets: int) -> None:
        self.assets = assets
        self._whole, self._rest = divmod(assets, DISTINCT)
        self._groups = groups
        sizes = (len(group) * self._whole + sum(index < self._rest for index in group) for group in groups)
        self._starts = (0, *accumulate(sizes))

    def __len__(self) -> int:
        return self._starts[-1]

    def page(self, page: slice) -> list[int]:
        """The indices in `page`, which has both ends."""
        first = bisect_right(self._starts, page.start) - 1
        rest = (
            index
            for place in range(first, len(self._groups))
            for index in self._from(self._groups[place], max(0, page.start - self._starts[place]))
        )
        return list(islice(rest, page.stop - page.start))

    def distinct(self) -> Iterator[tuple[int, int]]:
        """The indices below DISTINCT, each with how many frames of it there are."""
        return ((index, frames(index, self.assets)) for group in self._groups for index in group)

    def _from(self, group: Sequence[int], start: int) -> Iterator[int]:
        frame, place = divmod(start, len(group))
        while frame <= self._whole:
            # The last frame may be cut off.
            there = group if frame < self._whole else [index for index in group if index < self._rest]
            # The order differs from frame to frame; that of the first is the group's.
            turn = scatter(frame, "turn") % len(there) if frame and there else 0
            for index in [*there[turn:], *there[:turn]][place:]:
                yield index + frame * DISTINCT
            frame, place = frame + 1, 0


def frames(index: int, assets: int) -> int:
    """How many frames a catalogue of `assets` has of the asset `index`, which is below DISTINCT."""
    return max(0, -(-(assets - index) // DISTINCT))
