"""Facets: what else the images found have in common, most frequent first."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from getty_emulator.sandbox.catalogue import Asset
from getty_emulator.sandbox.filters import keyword_id

Value = tuple[tuple[str, object], ...]
Read = Callable[[Asset], list[Value]]

_FACETS: dict[str, Read] = {
    "specific_people": lambda asset: [(("id", keyword_id(name)), ("name", name)) for name in asset.people],
    "events": lambda asset: [
        (("id", event.number), ("name", event.name), ("date", f"{event.day}T00:00:00Z"))
        for event in [asset.event]
        if event
    ],
    "locations": lambda asset: [(("id", asset.place.number), ("name", asset.place.city))],
    "artists": lambda asset: [(("name", asset.artist),)],
}
"""What each facet reads off an image, as the members of its values."""


def facets(found: Sequence[tuple[Asset, int]], names: Iterable[str], most: int) -> dict[str, list[dict[str, object]]]:
    """
    The facets called `names`, or all that have a value, with at most `most` values each.

    `found` are assets and how many of each there are.
    """
    wanted = set(names)
    counted = {name: _counted(found, read) for name, read in _FACETS.items() if not wanted or name in wanted}
    return {
        name: [dict(value) for value, _ in counter.most_common(max(most, 0))]
        for name, counter in counted.items()
        if counter or name in wanted
    }


def _counted(found: Sequence[tuple[Asset, int]], read: Read) -> Counter[Value]:
    counter: Counter[Value] = Counter()
    for asset, frames in found:
        for value in read(asset):
            counter[value] += frames
    return counter
