"""The reads the sandbox answers: one function for each, from a checked query to the content of the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from getty_emulator.exchange import Answer, Headers
from getty_emulator.sandbox import occasions
from getty_emulator.sandbox.answers import application_error, success
from getty_emulator.sandbox.catalogue import asset, index_of
from getty_emulator.sandbox.facets import facets
from getty_emulator.sandbox.found import Found
from getty_emulator.sandbox.items import BLENDED, CREATIVE, DETAIL, EDITORIAL, TOKEN_FIELDS, Fields, Shape, fields, item
from getty_emulator.sandbox.places import COLLECTIONS, COUNTRIES
from getty_emulator.sandbox.queries import Query, Refused
from getty_emulator.sandbox.related import correction, related
from getty_emulator.sandbox.searching import same_series, search, similar


@dataclass(frozen=True, slots=True)
class Shelf:
    """The catalogue that is read: how many assets, of which seed, and where their pictures are."""

    assets: int
    seed: int
    media_url: str


@dataclass(frozen=True, slots=True)
class Question:
    """
    One read of a shelf, checked. `id` is the one in the path, if the template has one; `signed` says whether a valid
    token came along.
    """

    shelf: Shelf
    template: str
    id: str
    query: Query
    signed: bool


_SEARCHES = {
    "/v3/search/images/creative": (("creative",), CREATIVE),
    "/v3/search/images/editorial": (("editorial",), EDITORIAL),
    "/v3/search/images": (("creative", "editorial"), BLENDED),
}

_CREATIVE_HEADERS: Headers = (
    (b"cache-control", b"max-age=86400"),
    (b"vary", b"Accept-Encoding, Authorization, Api-Key, Accept, GI-Country-Code, Accept-Language"),
)
"""Getty documents caching for creative search and for nothing else."""


def read(question: Question) -> Answer:
    """The answer to `question`, whose template is one of ANSWERED. Raises Refused."""
    headers = _CREATIVE_HEADERS if question.template == "/v3/search/images/creative" else ()
    return success(ANSWERED[question.template](question), headers)


def _search(question: Question) -> object:
    shelf, query, template = question.shelf, question.query, question.template
    families, shape = _SEARCHES[template]
    found = search(query, families, shelf.assets, shelf.seed)
    content = _page(question, found, _shown(question, shape))
    phrase = query.one("phrase")
    if template == "/v3/search/images/creative" and (better := correction(phrase)):
        content["auto_corrections"] = {"phrase": better}
    if query.flag("include_related_searches"):
        address = f"https://api.gettyimages.com{template}?phrase="
        content["related_searches"] = [
            {"phrase": one, "url": address + quote(one)} for one in related(phrase, families)
        ]
    if query.flag("include_facets"):
        counted = [(asset(index, shelf.seed), frames) for index, frames in found.distinct()]
        content["facets"] = facets(counted, query.many("facet_fields"), query.number("facet_max_count", 300))
    return content


def _images(question: Question) -> object:
    shelf = question.shelf
    ids = (question.id,) if question.id else tuple(dict.fromkeys(question.query.many("ids")))
    if not ids:
        raise Refused(application_error(400, "ImageIdMustBeSpecified", "ids must be specified"))
    found = {one: index for one in ids if (index := index_of(one, shelf.assets)) is not None}
    if not found:
        raise _not_found(*ids)
    shown = _shown(question, DETAIL)
    return {
        "images": [item(asset(index, shelf.seed), shown, shelf.media_url) for index in found.values()],
        "images_not_found": [one for one in ids if one not in found],
    }


def _neighbours(question: Question) -> object:
    shelf = question.shelf
    index = index_of(question.id, shelf.assets)
    if index is None:
        raise _not_found(question.id)
    choose = similar if question.template.endswith("/similar") else same_series
    found = choose(asset(index, shelf.seed), shelf.assets, shelf.seed)
    return _page(question, found, _shown(question, BLENDED))


def _page(question: Question, found: Found, shown: Fields) -> dict[str, object]:
    shelf = question.shelf
    page = found.page(question.query.page(len(found)))
    images = [item(asset(index, shelf.seed), shown, shelf.media_url) for index in page]
    return {"result_count": len(found), "images": images}


def _shown(question: Question, shape: Shape) -> Fields:
    shown = fields(question.query.many("fields"), shape)
    # Asked for by name they need a token; in a set they are left out without one.
    return shown if question.signed else shown.without(TOKEN_FIELDS)


def _not_found(*ids: str) -> Refused:
    return Refused(application_error(404, "ImageNotFound", f"Image id not found: {', '.join(ids)}"))


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
    return {
        "events": occasions.items(page, query, shelf.media_url, shelf.assets, shelf.seed),
        "result_count": len(found),
    }


def _events(question: Question) -> object:
    shelf, query = question.shelf, question.query
    wanted = (question.id,) if question.id else query.many("ids")
    if not wanted:
        raise Refused(application_error(400, "MissingRequiredQueryParameters", "ids must be specified"))
    found = occasions.by_id(wanted, shelf.assets, shelf.seed)
    if not found:
        raise Refused(application_error(404, "EventNotFound", f"Event id not found: {', '.join(wanted)}"))
    return {"events": occasions.items(found, query, shelf.media_url, shelf.assets, shelf.seed)}


ANSWERED: dict[str, Callable[[Question], object]] = {
    **dict.fromkeys(_SEARCHES, _search),
    "/v3/images": _images,
    "/v3/images/{id}": _images,
    "/v3/images/{id}/similar": _neighbours,
    "/v3/images/{id}/same-series": _neighbours,
    "/v3/collections": _collections,
    "/v3/countries": _countries,
    "/v3/search/events": _search_events,
    "/v3/events": _events,
    "/v3/events/{id}": _events,
}
"""The reads there is data for, by path template."""
