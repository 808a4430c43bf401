"""The made-up videos: every asset is a film, too, with an id of its own and what only films have."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from getty_emulator.sandbox import filters
from getty_emulator.sandbox.catalogue import FIRST_ID, Asset, index_of
from getty_emulator.sandbox.dice import Dice
from getty_emulator.sandbox.items import MEMBERS, Fields, Shape, signature
from getty_emulator.sandbox.queries import Query
from getty_token.parameters import FRAME_RATES, SUMMARY_FIELDS, VIDEO_FIELDS, VIEWPOINTS

FIRST_VIDEO = 1_500_000_001

_SITE = "https://www.gettyimages.com"
_API = "https://api.gettyimages.com"


@dataclass(frozen=True, slots=True)
class Film:
    """What an asset has as a film: seconds, frames per second, pixels, and how it was shot."""

    seconds: int
    frames: int
    frame_rate: str
    formats: tuple[str, ...]
    width: int
    height: int
    speed: str
    viewpoint: str
    raw: bool

    @property
    def clip_length(self) -> str:
        """Hours, minutes, seconds and frames."""
        return f"00:00:{self.seconds:02}:{self.frames:02}"

    @property
    def aspect_ratio(self) -> str:
        """As `aspect_ratios` asks for it."""
        return "9:16" if self.height > self.width else "16:9"


@lru_cache(maxsize=20_000)
def film(asset: Asset) -> Film:
    """The film that `asset` is; that of a further frame is the same."""
    dice = Dice("film", asset.title, asset.day, asset.popularity)
    rate = dice.pick(FRAME_RATES)
    formats, long, short = dice.pick(
        ((("sd", "hd", "hd_web", "4k"), 3840, 2160), (("sd", "hd", "hd_web"), 1920, 1080), (("sd", "hd_web"), 720, 405))
    )
    upright = asset.height > asset.width
    return Film(
        seconds=4 + dice.below(56),
        frames=dice.below(int(float(rate))),
        frame_rate=rate,
        formats=formats,
        width=short if upright else long,
        height=long if upright else short,
        speed=dice.pick(("Real Time", "Real Time", "Real Time", "Slow Motion", "Time Lapse")),
        viewpoint=dice.pick(VIEWPOINTS),
        raw=dice.chance(40),
    )


def video_index_of(video_id: str, assets: int) -> int | None:
    """The index of the video with this id in a catalogue of so many, or None."""
    if len(video_id) != len(str(FIRST_VIDEO)) or not (video_id.isascii() and video_id.isdecimal()):
        return None
    return index_of(str(int(video_id) - FIRST_VIDEO + FIRST_ID), assets)


def video(asset: Asset, shown: Fields, media_url: str) -> dict[str, object]:
    """One video of an answer."""
    content: dict[str, object] = {"id": video_id(asset)}
    for name in shown.members:
        if name == "display_sizes":
            content[name] = [_display_size(asset, size, media_url) for size in shown.sizes]
        else:
            content[name] = _MEMBERS[name](asset)
    return content


def tests(query: Query) -> list[filters.Test]:
    """What an asset must pass to be found by `query`, whatever its phrase."""
    rest = {name: value for name, value in query.values.items() if name != "orientations"}
    found = filters.tests(Query(rest))
    found += [_has(name, set(wanted)) for name in _HAS if (wanted := query.many(name))]
    least, most = query.number("min_clip_length", 0), query.number("max_clip_length", 0)
    if least > 0:
        found.append(lambda asset: film(asset).seconds >= least)
    if most > 0:
        found.append(lambda asset: film(asset).seconds <= most)
    return found


def _has(name: str, wanted: set[str]) -> filters.Test:
    has = _HAS[name]
    return lambda asset: not wanted.isdisjoint(has(asset))


def _techniques(asset: Asset) -> tuple[str, ...]:
    speed = {"Slow Motion": "slow_motion", "Time Lapse": "time_lapse"}.get(film(asset).speed, "realtime")
    return speed, "black_and_white" if "black_and_white" in asset.palette.moods else "color"


_HAS: dict[str, Callable[[Asset], tuple[str, ...]]] = {
    "orientations": lambda asset: ("vertical" if film(asset).aspect_ratio == "9:16" else "horizontal",),
    "aspect_ratios": lambda asset: (film(asset).aspect_ratio,),
    "format_available": lambda asset: film(asset).formats,
    "frame_rates": lambda asset: (film(asset).frame_rate,),
    "image_techniques": _techniques,
    "viewpoints": lambda asset: (film(asset).viewpoint,),
    "license_models": lambda asset: (
        "royaltyfree" if asset.collection.license_model == "royaltyfree" else "rightsready",
    ),
    "editorial_video_types": lambda asset: ("raw" if film(asset).raw else "produced",),
    "release_status": lambda asset: (
        "release_not_important",
        *(("fully_released",) if asset.family == "creative" else ()),
    ),
}


def video_id(asset: Asset) -> str:
    """The id of the film that the asset is."""
    return str(FIRST_VIDEO + asset.index)


def film_uri(asset: Asset, side: int, media_url: str) -> str:
    """Where the film would be: there are stills only, so this leads nowhere."""
    return _uri(asset, "mp4", f"s=mp4-{side}x{side}-gi&k=20", media_url)


def still_uri(asset: Asset, side: int, media_url: str) -> str:
    """The address of a still of the film, `side` pixels long."""
    return _uri(asset, "jpg", f"s={side}x{side}&k=20", media_url)


def referral_uri(asset: Asset) -> str:
    """The address of the video's page on Getty's site."""
    kind = "news-footage" if asset.family == "editorial" else "stock-footage"
    return f"{_SITE}/detail/video/{asset.slug}-{kind}/{video_id(asset)}"


def _uri(asset: Asset, ending: str, size: str, media_url: str) -> str:
    seal = signature(video_id(asset), asset.slug, size)
    return f"{media_url}/id/{video_id(asset)}/video/{asset.slug}.{ending}?{size}&c={seal}"


def _display_size(asset: Asset, name: str, media_url: str) -> dict[str, object]:
    return {
        "is_watermarked": name == "comp",
        "name": name,
        "uri": film_uri(asset, 640, media_url) if name == "comp" else still_uri(asset, 640, media_url),
        "aspect_ratio": film(asset).aspect_ratio,
    }


def _downloads(asset: Asset) -> list[dict[str, object]]:
    return [
        {
            "agreement_name": None,
            "product_id": str(31415 + number),
            "product_type": product,
            "uri": f"{_API}/v3/downloads/videos/{video_id(asset)}",
        }
        for number, product in enumerate(asset.collection.product_types)
    ]


def _download_sizes(asset: Asset) -> list[dict[str, object]]:
    shot = film(asset)
    return [
        {
            "bytes": shot.width * shot.height * shot.seconds // 4,
            "description": f"{shot.width}x{shot.height} {shot.frame_rate}p",
            "downloads": _downloads(asset),
            "height": shot.height,
            "name": name,
            "width": shot.width,
        }
        for name in shot.formats
    ]


def _mastered(asset: Asset) -> str:
    shot = film(asset)
    return f"QuickTime 10-bit ProRes 422 (HQ) {shot.width}x{shot.height} {shot.frame_rate}p"


_MEMBERS: dict[str, Callable[[Asset], object]] = {
    **{name: read for name, read in MEMBERS.items() if name in VIDEO_FIELDS},
    "clip_length": lambda asset: film(asset).clip_length,
    "download_sizes": _download_sizes,
    "era": lambda asset: "Archival" if asset.subject.segment == "archival" else "Contemporary",
    "key_frames": lambda asset: [],
    "largest_downloads": lambda asset: _downloads(asset)[:1],
    "mastered_to": _mastered,
    "max_dimensions": lambda asset: {"height": film(asset).height, "width": film(asset).width},
    "object_name": lambda asset: f"{video_id(asset)}.mov",
    "orientation": lambda asset: "Vertical" if film(asset).aspect_ratio == "9:16" else "Horizontal",
    "originally_shot_on": lambda asset: "4K Digital" if "4k" in film(asset).formats else "HD Digital",
    "referral_destinations": lambda asset: [{"site_name": "gettyimages", "uri": referral_uri(asset)}],
    "shot_speed": lambda asset: film(asset).speed,
    "source": lambda asset: f"{asset.collection.name} footage" if asset.family == "editorial" else None,
}

# What the sets of fields are for videos is not in the documents that we know: as for images, with what only films have.
_SUMMARY = (*(name for name in SUMMARY_FIELDS if name != "max_dimensions"), "clip_length", "thumb")
_MORE = tuple(
    """allowed_use artist color_type copyright date_created display_set era mastered_to originally_shot_on product_types
    referral_destinations shot_speed""".split()
)
_SETS = {"summary_set": _SUMMARY, "detail_set": (*_SUMMARY, *_MORE)}
_DETAIL_MORE = (*_MORE, *"city country download_sizes max_dimensions state_province".split())
_SEARCHED = frozenset(
    """allowed_use artist asset_family caption clip_length collection_code collection_id collection_name color_type
    copyright date_created download_product era event_ids keywords largest_downloads license_model mastered_to
    originally_shot_on product_types referral_destinations shot_speed title istock_licenses""".split()
)
VIDEO_CREATIVE = Shape(_SETS, _SEARCHED)
VIDEO_EDITORIAL = Shape({**_SETS, "detail_set": (*_SETS["detail_set"], "event_ids", "source")}, _SEARCHED | {"source"})
VIDEO_DETAIL = Shape({**_SETS, "detail_set": (*_SUMMARY, *_DETAIL_MORE)}, frozenset(_MEMBERS))
