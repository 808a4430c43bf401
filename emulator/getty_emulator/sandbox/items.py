"""An asset as it stands in an answer: the members asked for, `id` first and the rest by name."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256

from getty_emulator.sandbox.catalogue import Asset
from getty_emulator.sandbox.filters import keyword_id
from getty_token.parameters import SUMMARY_FIELDS

_SITE = "https://www.gettyimages.com"
_API = "https://api.gettyimages.com"

_SEARCH_DETAIL = (
    *SUMMARY_FIELDS,
    *"""allowed_use artist call_for_image copyright date_created display_set graphical_style orientation quality_rank
    referral_destinations""".split(),
)
_EDITORIAL_DETAIL = ("editorial_segments", "event_ids", "product_types")
_IMAGE_DETAIL = (
    *(name for name in _SEARCH_DETAIL if name != "display_set"),
    *_EDITORIAL_DETAIL,
    *"artist_title city color_type country credit_line date_submitted download_sizes state_province".split(),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """The items of one kind of answer: what a set of fields means there, and which members there are."""

    sets: dict[str, tuple[str, ...]]
    members: frozenset[str]


TOKEN_FIELDS = frozenset(("download_sizes", "downloads", "largest_downloads"))
"""Fields that need an access token."""

_DISPLAY_SET = ("comp", "preview", "thumb")
# Watermarked or not, and the part of the address that asks for the size. `preview` is the same file as `comp`.
_SIZES = {
    "comp": (True, "b=1&s=612x612&w=0&k=20"),
    "comp_webp": (True, "b=1&f=webp&s=612x612&w=0&k=20"),
    "high_res_comp_webp": (True, "b=1&f=webp&s=2048x2048&w=0&k=20"),
    "mid_res_comp_webp": (True, "b=1&f=webp&s=1024x1024&w=0&k=20"),
    "preview": (True, "b=1&s=612x612&w=0&k=20"),
    "thumb": (False, "b=1&s=170x170&k=20"),
}
_ORIENTATIONS = {"panoramic_horizontal": "PanoramicHorizontal", "panoramic_vertical": "PanoramicVertical"}


@dataclass(frozen=True, slots=True)
class Fields:
    """The members to show. `sizes` are the names of the display sizes, in the order they are shown in."""

    members: tuple[str, ...]
    sizes: tuple[str, ...]

    def without(self, names: Collection[str]) -> "Fields":
        """The same, less the members in `names`."""
        return Fields(tuple(name for name in self.members if name not in names), self.sizes)


def fields(asked: Iterable[str], shape: Shape) -> Fields:
    """The members behind the values of `fields`; the summary when nothing was asked for."""
    names = set(asked) or {"summary_set"}
    for name in names & shape.sets.keys():
        names.update(shape.sets[name])
    if "display_set" in names:
        names.update(_DISPLAY_SET)
    if "downloads" in names:
        names.add("download_sizes")  # no item has a member of that name: the sizes hold them
    sizes = tuple(name for name in sorted(_SIZES) if name in names)
    members = names & shape.members
    return Fields(tuple(sorted(members | {"display_sizes"} if sizes else members)), sizes)


def image(asset: Asset, shown: Fields, media_url: str) -> dict[str, object]:
    """One image of an answer."""
    content: dict[str, object] = {"id": asset.id}
    for name in shown.members:
        if name == "display_sizes":
            content[name] = display_sizes(asset, shown.sizes, media_url)
        else:
            content[name] = MEMBERS[name](asset)
    return content


def display_sizes(asset: Asset, names: Iterable[str], media_url: str) -> list[dict[str, object]]:
    """The addresses of the small pictures, signed as Getty's are."""
    found: list[dict[str, object]] = []
    for name in names:
        watermarked, size = _SIZES[name]
        found.append({"is_watermarked": watermarked, "name": name, "uri": picture_uri(asset, size, media_url)})
    return found


def picture_uri(asset: Asset, size: str, media_url: str) -> str:
    """The address of a picture; `size` is the part of its query that asks for one."""
    return f"{media_url}/id/{asset.id}/photo/{asset.slug}.jpg?{size}&c={signature(asset.id, asset.slug, size)}"


def signature(*words: str) -> str:
    """The end of an address. It is opaque to a client and only looks like the real one."""
    return urlsafe_b64encode(sha256(" ".join(words).encode()).digest()).decode()


def _timestamp(day: str) -> str:
    return f"{day}T00:00:00Z"


def _allowed_use(asset: Asset) -> dict[str, object]:
    editorial = asset.family == "editorial"
    released = "No release required" if asset.number_of_people == "none" else "Model released"
    return {
        "how_can_i_use_it": "Available for editorial use only."
        if editorial
        else "Available for all permitted uses under our |License Terms|.",
        "release_info": "Not released" if editorial else released,
        "usage_restrictions": [],
    }


def _keywords(asset: Asset) -> list[dict[str, object]]:
    subjects = len(asset.subject.keywords)
    texts = dict.fromkeys((*asset.keywords, *asset.people))
    return [
        {
            "keyword_id": str(keyword_id(text)),
            "text": text[:1].upper() + text[1:],
            "type": "SpecificPeople" if text in asset.people else "Unknown",
            "relevance": 100 - position * 5 if position < subjects else None,
            "entity_uris": [],
            "entity_types": [],
        }
        for position, text in enumerate(texts)
    ]


def _downloads(asset: Asset) -> list[dict[str, object]]:
    return [
        {
            "agreement_name": None,
            "product_id": str(31415 + number),
            "product_type": product,
            "uri": f"{_API}/v3/downloads/images/{asset.id}",
        }
        for number, product in enumerate(asset.collection.product_types)
    ]


def _download_sizes(asset: Asset) -> list[dict[str, object]]:
    long_side = max(asset.width, asset.height)
    return [
        {
            "bytes": width * height // 4,
            "height": height,
            "media_type": "image/jpeg",
            "name": name,
            "width": width,
            "dpi": 72 if side <= 1024 else 300,
            "downloads": _downloads(asset),
        }
        for name, side in (("x_small", 400), ("small", 724), ("medium", 2121), ("large", 4200), ("x_large", 7200))
        if side <= long_side or side == 400
        for width, height in [(asset.width * side // long_side, asset.height * side // long_side)]
    ]


def referral_uri(asset: Asset) -> str:
    """The address of the image's page on Getty's site."""
    kind, ending = ("news-photo", "news-photo") if asset.family == "editorial" else ("photo", "royalty-free-image")
    return f"{_SITE}/detail/{kind}/{asset.slug}-{ending}/{asset.id}"


MEMBERS: dict[str, Callable[[Asset], object]] = {
    "allowed_use": _allowed_use,
    "alternative_ids": lambda asset: None,
    "artist": lambda asset: asset.artist,
    "artist_title": lambda asset: "Contributor" if asset.family == "creative" else "Staff",
    "asset_family": lambda asset: asset.family,
    "call_for_image": lambda asset: False,
    "caption": lambda asset: asset.caption,
    "city": lambda asset: asset.place.city,
    "collection_code": lambda asset: asset.collection.code,
    "collection_id": lambda asset: asset.collection.id,
    "collection_name": lambda asset: asset.collection.name,
    "color_type": lambda asset: "black and white" if "black_and_white" in asset.palette.moods else "color",
    "copyright": lambda asset: f"{asset.day[:4]} {asset.artist}",
    "country": lambda asset: asset.place.country,
    "credit_line": lambda asset: f"{asset.artist}/{asset.collection.name}",
    "date_camera_shot": lambda asset: _timestamp(asset.day) if asset.style == "photography" else None,
    "date_created": lambda asset: _timestamp(asset.day),
    "date_submitted": lambda asset: _timestamp(asset.submitted),
    "download_product": lambda asset: asset.collection.product_types[0],
    "download_sizes": _download_sizes,
    "editorial_segments": lambda asset: [asset.subject.segment] if asset.subject.segment else [],
    "editorial_source": lambda asset: {"id": asset.collection.id},
    "event_ids": lambda asset: [asset.event.number] if asset.event else [],
    "graphical_style": lambda asset: asset.style,
    "is_ai_editable": lambda asset: asset.family == "creative",
    "istock_licenses": lambda asset: [],
    "keywords": _keywords,
    "largest_downloads": lambda asset: _downloads(asset)[:1],
    "license_model": lambda asset: asset.collection.license_model,
    "links": lambda asset: [],
    "max_dimensions": lambda asset: {"height": asset.height, "width": asset.width},
    "object_name": lambda asset: f"{asset.id}.jpg",
    "orientation": lambda asset: _ORIENTATIONS.get(asset.orientation, asset.orientation.title()),
    "people": lambda asset: list(asset.people),
    "product_types": lambda asset: list(asset.collection.product_types),
    "quality_rank": lambda asset: asset.quality,
    "referral_destinations": lambda asset: [{"site_name": "gettyimages", "uri": referral_uri(asset)}],
    "state_province": lambda asset: asset.place.state,
    "title": lambda asset: asset.title,
    "uri_oembed": lambda asset: f"{_SITE}/embed/{asset.id}" if asset.embeddable else None,
}
"""`entity_details` and `istock_collection` may be asked for too, and no documented item has a member for them."""

_SUMMARY = (*SUMMARY_FIELDS, "thumb")
_DETAIL_ONLY = frozenset(
    """artist_title city country credit_line date_submitted download_sizes downloads is_ai_editable istock_licenses
    links object_name state_province""".split()
)
_EDITORIAL_ONLY = frozenset("editorial_segments editorial_source event_ids people product_types".split())

# A search takes more names in `fields` than its items have members: those it takes and leaves out.
_SEARCHED = frozenset(MEMBERS) - _DETAIL_ONLY
_EITHER = {"summary_set": _SUMMARY, "detail_set": (*_SEARCH_DETAIL, *_EDITORIAL_DETAIL)}
CREATIVE = Shape({"summary_set": _SUMMARY, "detail_set": _SEARCH_DETAIL}, _SEARCHED - _EDITORIAL_ONLY)
EDITORIAL = Shape(_EITHER, _SEARCHED)
BLENDED = Shape(_EITHER, _SEARCHED - {"editorial_source"})
DETAIL = Shape({"summary_set": (*SUMMARY_FIELDS, "artist"), "detail_set": _IMAGE_DETAIL}, frozenset(MEMBERS))
