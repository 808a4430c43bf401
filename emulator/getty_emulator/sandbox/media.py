"""Images and videos: the reads that are the same for both."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from getty_emulator.sandbox import filters, videos
from getty_emulator.sandbox.answers import application_error
from getty_emulator.sandbox.catalogue import Asset, asset, index_of
from getty_emulator.sandbox.facets import facets
from getty_emulator.sandbox.found import Found
from getty_emulator.sandbox.items import BLENDED, CREATIVE, DETAIL, TOKEN_FIELDS, Fields, Shape, fields, image
from getty_emulator.sandbox.queries import Query, Refused, bad_request
from getty_emulator.sandbox.related import correction, related
from getty_emulator.sandbox.searching import Tests, same_series, search, similar

_ARTISTS_PAGE = 10
"""Items on a page of an artist's works, where Getty documents another number than elsewhere."""


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


@dataclass(frozen=True, slots=True)
class Medium:
    """What differs between images and videos. `name` is one of them, `unknown` the code when all ids are unknown."""

    name: str
    unknown: str
    index_of: Callable[[str, int], int | None]
    item: Callable[[Asset, Fields, str], dict[str, object]]
    tests: Tests
    creative: Shape
    beside: Shape
    detail: Shape

    @property
    def plural(self) -> str:
        """The member that holds them."""
        return f"{self.name}s"


IMAGES = Medium("image", "ImageNotFound", index_of, image, filters.tests, CREATIVE, BLENDED, DETAIL)
VIDEOS = Medium(
    "video",
    "VideosNotFound",
    videos.video_index_of,
    videos.video,
    videos.tests,
    videos.VIDEO_CREATIVE,
    videos.VIDEO_EDITORIAL,
    videos.VIDEO_DETAIL,
)


def searched(question: Question, medium: Medium, families: tuple[str, ...], shape: Shape) -> dict[str, object]:
    """A search in `families`."""
    shelf, query = question.shelf, question.query
    found = search(query, families, shelf.assets, shelf.seed, medium.tests)
    content = _page(question, medium, found, shape)
    phrase = query.one("phrase")
    if families == ("creative",) and (better := correction(phrase)):
        content["auto_corrections"] = {"phrase": better}
    if query.flag("include_related_searches"):
        address = f"https://api.gettyimages.com{question.template}?phrase="
        content["related_searches"] = [
            {"phrase": one, "url": address + quote(one)} for one in related(phrase, families)
        ]
    return _with_facets(question, found, content)


def by_image(question: Question, medium: Medium) -> dict[str, object]:
    """What looks like an image: one of ours, or one at an address, of which only the last words are looked at."""
    shelf, query = question.shelf, question.query
    if asset_id := query.one("asset_id"):
        index = index_of(asset_id, shelf.assets)
        if index is None:
            raise Refused(application_error(404, "AssetNotFound", f"Asset id not found: {asset_id}"))
        like = asset(index, shelf.seed)
        found = similar(like if like.family == "creative" else asset(0, shelf.seed), shelf.assets, shelf.seed)
    elif address := query.one("image_url"):
        words = address.partition("?")[0].rstrip("/").rpartition("/")[2].partition(".")[0].replace("-", " ")
        found = search(Query({"phrase": words or "image"}), ("creative",), shelf.assets, shelf.seed)
    else:
        raise bad_request("MissingRequiredQueryParameters", "asset_id or image_url must be specified")
    return _with_facets(question, found, _page(question, medium, found, medium.creative))


def by_artist(question: Question, medium: Medium) -> dict[str, object]:
    """The works of one artist."""
    shelf, name = question.shelf, question.query.one("artist_name")
    if not name:
        raise bad_request("MissingRequiredQueryParameters", "artist_name must be specified")
    found = search(Query({"artists": name}), ("creative", "editorial"), shelf.assets, shelf.seed)
    return _page(question, medium, found, medium.beside, _ARTISTS_PAGE)


def looked_up(question: Question, medium: Medium) -> dict[str, object]:
    """Those with the ids asked for, and the ids that there are none with."""
    shelf = question.shelf
    ids = (question.id,) if question.id else tuple(dict.fromkeys(question.query.many("ids")))
    if not ids:
        code = "ImageIdMustBeSpecified" if medium is IMAGES else "MissingRequiredQueryParameters"
        raise bad_request(code, "ids must be specified")
    found = {one: index for one in ids if (index := medium.index_of(one, shelf.assets)) is not None}
    if not found:
        raise _not_found(medium, *ids)
    shown = _shown(question, medium.detail)
    return {
        medium.plural: [medium.item(asset(index, shelf.seed), shown, shelf.media_url) for index in found.values()],
        f"{medium.plural}_not_found": [one for one in ids if one not in found],
    }


def one_of(question: Question, medium: Medium) -> dict[str, object]:
    """The one with the id in the path."""
    shelf, index = question.shelf, medium.index_of(question.id, question.shelf.assets)
    if index is None:
        raise _not_found(medium, question.id)
    return medium.item(asset(index, shelf.seed), _shown(question, medium.detail), shelf.media_url)


def neighbours(question: Question, medium: Medium) -> dict[str, object]:
    """What is similar to one, or of the same series."""
    shelf = question.shelf
    index = medium.index_of(question.id, shelf.assets)
    if index is None:
        raise _not_found(medium, question.id)
    choose = similar if question.template.endswith("/similar") else same_series
    found = choose(asset(index, shelf.seed), shelf.assets, shelf.seed)
    return _page(question, medium, found, medium.beside)


def _page(question: Question, medium: Medium, found: Found, shape: Shape, usual: int = 30) -> dict[str, object]:
    shelf, shown = question.shelf, _shown(question, shape)
    page = found.page(question.query.page(len(found), usual=usual))
    items = [medium.item(asset(index, shelf.seed), shown, shelf.media_url) for index in page]
    return {"result_count": len(found), medium.plural: items}


def _with_facets(question: Question, found: Found, content: dict[str, object]) -> dict[str, object]:
    query, seed = question.query, question.shelf.seed
    if query.flag("include_facets"):
        counted = [(asset(index, seed), frames) for index, frames in found.distinct()]
        content["facets"] = facets(counted, query.many("facet_fields"), query.number("facet_max_count", 300))
    return content


def _shown(question: Question, shape: Shape) -> Fields:
    shown = fields(question.query.many("fields"), shape)
    # Asked for by name they need a token; in a set they are left out without one.
    return shown if question.signed else shown.without(TOKEN_FIELDS)


def _not_found(medium: Medium, *ids: str) -> Refused:
    message = f"{medium.name.capitalize()} id not found: {', '.join(ids)}"
    return Refused(application_error(404, medium.unknown, message))
