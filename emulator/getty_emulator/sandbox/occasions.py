"""Events: search, lookup, and how one stands in an answer."""

from collections.abc import Iterable, Sequence

from getty_emulator.sandbox.catalogue import Asset, Happening, asset, happenings
from getty_emulator.sandbox.filters import day
from getty_emulator.sandbox.found import frames
from getty_emulator.sandbox.index import words
from getty_emulator.sandbox.items import display_sizes
from getty_emulator.sandbox.queries import Query

Occasion = tuple[Happening, tuple[int, ...]]
"""An event and the indices of its images below DISTINCT."""

_DEFAULT_FIELDS = ("id", "name", "start_date")


def search(query: Query, assets: int, seed: int) -> list[Occasion]:
    """
    The events a search finds, newest first unless it asks for the oldest.

    Unlike images, events are never made up to suit a phrase: one that matches no event finds none.
    """
    wanted, segment = set(words(query.one("phrase"))), query.one("editorial_segment")
    first, last = query.one("date_from"), query.one("date_to")
    found = [
        (event, images)
        for event, images in happenings(assets, seed)
        if wanted <= set(words(f"{event.name} {event.subject} {event.place.city} {event.place.country}"))
        and segment in ("", event.segment)
        and (not first or event.day >= day(first))
        and (not last or event.day <= day(last))
    ]
    return sorted(found, key=lambda one: (one[0].day, one[0].number), reverse=query.one("sort_order") != "oldest")


def by_id(ids: Iterable[str], assets: int, seed: int) -> list[Occasion]:
    """The events with these ids, in their order; ids that are none of ours are left out."""
    known = {str(event.number): (event, images) for event, images in happenings(assets, seed)}
    return [known[one] for one in dict.fromkeys(ids) if one in known]


def items(found: Sequence[Occasion], query: Query, media_url: str, assets: int, seed: int) -> list[dict[str, object]]:
    """The events of an answer, with the fields asked for."""
    # `type` and `keywords` may be asked for, but no documented event has a member for them.
    names = set(query.many("fields")) or set(_DEFAULT_FIELDS)
    return [
        _item(event, asset(images[0], seed), sum(frames(index, assets) for index in images), names, media_url)
        for event, images in found
    ]


def _item(event: Happening, hero: Asset, images: int, names: set[str], media_url: str) -> dict[str, object]:
    members: dict[str, object] = {
        "id": event.number,
        "child_event_count": 0,
        "editorial_segments": [event.segment],
        "hero_image": {"id": hero.id, "display_sizes": display_sizes(hero, ("comp", "preview", "thumb"), media_url)},
        "image_count": images,
        "location": {
            "city": event.place.city,
            "country": event.place.country,
            "state_province": event.place.state,
            "venue": None,
        },
        "name": event.name,
        "start_date": f"{event.day}T00:00:00Z",
    }
    return {name: value for name, value in members.items() if name in names or name == "id"}
