"""The reads the sandbox answers: one function for each, from a checked query to the content of the answer."""

from collections.abc import Callable
from functools import partial

from getty_emulator.exchange import Answer, Headers
from getty_emulator.sandbox import occasions
from getty_emulator.sandbox.affiliates import affiliate_images, affiliate_videos
from getty_emulator.sandbox.answers import application_error, success
from getty_emulator.sandbox.items import BLENDED, CREATIVE, EDITORIAL
from getty_emulator.sandbox.media import (
    IMAGES,
    VIDEOS,
    Question,
    Shelf,
    by_artist,
    by_image,
    looked_up,
    neighbours,
    one_of,
    searched,
)
from getty_emulator.sandbox.places import COLLECTIONS, COUNTRIES
from getty_emulator.sandbox.queries import Refused
from getty_emulator.sandbox.videos import VIDEO_CREATIVE, VIDEO_EDITORIAL

__all__ = ["ANSWERED", "Question", "Shelf", "read"]

_CREATIVE_HEADERS: Headers = (
    (b"cache-control", b"max-age=86400"),
    (b"vary", b"Accept-Encoding, Authorization, Api-Key, Accept, GI-Country-Code, Accept-Language"),
)
"""Getty documents caching for creative search and for nothing else."""


def read(question: Question) -> Answer:
    """The answer to `question`, whose template is one of ANSWERED. Raises Refused."""
    headers = _CREATIVE_HEADERS if question.template == "/v3/search/images/creative" else ()
    return success(ANSWERED[question.template](question), headers)


def _one_video(question: Question) -> object:
    # Other than for images, there is no envelope around a single one: so Getty's own client takes it.
    return one_of(question, VIDEOS)


def _customer(_: Question) -> object:
    return {"first_name": "Sandy", "middle_name": None, "last_name": "Box"}


def _collections(_: Question) -> object:
    return {
        "collections": [
            {
                "asset_family": one.family,
                "code": one.code,
                "id": one.id,
                "license_model": one.license_model,
                "name": one.name,
                "product_types": list(one.product_types),
            }
            for one in COLLECTIONS
        ]
    }


def _countries(_: Question) -> object:
    return {
        "countries": [
            {"iso_alpha_2": alpha_2, "iso_alpha_3": alpha_3, "name": name} for alpha_2, alpha_3, name in COUNTRIES
        ]
    }


def _search_events(question: Question) -> object:
    shelf, query = question.shelf, question.query
    found = occasions.search(query, shelf.assets, shelf.seed)
    page = found[query.page(len(found), largest=50)]
    events = occasions.items(page, query, shelf.media_url, shelf.assets, shelf.seed)
    return {"events": events, "result_count": len(found)}


def _events(question: Question) -> object:
    shelf, query = question.shelf, question.query
    wanted = (question.id,) if question.id else query.many("ids")
    if not wanted:
        raise Refused(application_error(400, "MissingRequiredQueryParameters", "ids must be specified"))
    found = occasions.by_id(wanted, shelf.assets, shelf.seed)
    if not found:
        raise Refused(application_error(404, "EventNotFound", f"Event id not found: {', '.join(wanted)}"))
    return {"events": occasions.items(found, query, shelf.media_url, shelf.assets, shelf.seed)}


_BOTH = ("creative", "editorial")

ANSWERED: dict[str, Callable[[Question], object]] = {
    "/v3/search/images/creative": partial(searched, medium=IMAGES, families=("creative",), shape=CREATIVE),
    "/v3/search/images/editorial": partial(searched, medium=IMAGES, families=("editorial",), shape=EDITORIAL),
    "/v3/search/images": partial(searched, medium=IMAGES, families=_BOTH, shape=BLENDED),
    "/v3/search/images/creative/by-image": partial(by_image, medium=IMAGES),
    "/v3/search/videos/creative": partial(searched, medium=VIDEOS, families=("creative",), shape=VIDEO_CREATIVE),
    "/v3/search/videos/editorial": partial(searched, medium=VIDEOS, families=("editorial",), shape=VIDEO_EDITORIAL),
    "/v3/search/videos/creative/by-image": partial(by_image, medium=VIDEOS),
    "/v3/images": partial(looked_up, medium=IMAGES),
    "/v3/images/{id}": partial(looked_up, medium=IMAGES),
    "/v3/images/{id}/similar": partial(neighbours, medium=IMAGES),
    "/v3/images/{id}/same-series": partial(neighbours, medium=IMAGES),
    "/v3/videos": partial(looked_up, medium=VIDEOS),
    "/v3/videos/{id}": _one_video,
    "/v3/videos/{id}/similar": partial(neighbours, medium=VIDEOS),
    "/v3/videos/{id}/same-series": partial(neighbours, medium=VIDEOS),
    "/v3/artists/images": partial(by_artist, medium=IMAGES),
    "/v3/artists/videos": partial(by_artist, medium=VIDEOS),
    "/v3/affiliates/search/images": affiliate_images,
    "/v3/affiliates/search/videos": affiliate_videos,
    "/v3/collections": _collections,
    "/v3/countries": _countries,
    "/v3/customers/current": _customer,
    "/v3/search/events": _search_events,
    "/v3/events": _events,
    "/v3/events/{id}": _events,
}
"""The reads there is data for, by path template."""
