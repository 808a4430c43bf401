"""Searches for affiliates, who show small pictures that lead to Getty's site."""

from getty_emulator.sandbox import videos
from getty_emulator.sandbox.catalogue import Asset, asset
from getty_emulator.sandbox.items import picture_uri, referral_uri
from getty_emulator.sandbox.media import Question
from getty_emulator.sandbox.queries import Query
from getty_emulator.sandbox.related import correction
from getty_emulator.sandbox.searching import search
from getty_emulator.sandbox.videos import film, film_uri, still_uri, video_id

_COUNT = 30
"""Items of an answer, which knows no pages. How many Getty gives is not published."""

_SIZES = {"small": 170, "medium": 340, "large": 612}
"""Pixels of the long side."""


def affiliate_images(question: Question) -> dict[str, object]:
    """Images for an affiliate's page."""
    styles = {"graphical_styles": style} if (style := question.query.one("style")) else {}
    return _answer(question, "images", [_image(one, question.shelf.media_url) for one in _found(question, styles)])


def affiliate_videos(question: Question) -> dict[str, object]:
    """Videos for an affiliate's page."""
    return _answer(question, "videos", [_video(one, question.shelf.media_url) for one in _found(question, {})])


def _found(question: Question, filters: dict[str, str]) -> list[Asset]:
    shelf = question.shelf
    query = Query({"phrase": question.query.one("phrase"), **filters})
    found = search(query, ("creative",), shelf.assets, shelf.seed)
    return [asset(index, shelf.seed) for index in found.page(slice(0, _COUNT))]


def _answer(question: Question, name: str, items: list[dict[str, object]]) -> dict[str, object]:
    better = correction(question.query.one("phrase"))
    return {name: items, **({"auto_corrections": {"phrase": better}} if better else {})}


def _image(one: Asset, media_url: str) -> dict[str, object]:
    urls: dict[str, object] = {}
    for name, side in _SIZES.items():
        scale = side / max(one.width, one.height)
        urls[name] = picture_uri(one, f"b=1&s={side}x{side}&k=20", media_url)
        urls[f"{name}_height"], urls[f"{name}_width"] = round(one.height * scale), round(one.width * scale)
    return {
        "id": one.id,
        "title": one.title,
        "caption": one.caption,
        "preview_urls": urls,
        "destination_url": referral_uri(one),
    }


def _video(one: Asset, media_url: str) -> dict[str, object]:
    stills = {f"{name}_still": still_uri(one, side, media_url) for name, side in _SIZES.items()}
    films = {f"{name}_motion": film_uri(one, _SIZES[name], media_url) for name in ("small", "large")}
    return {
        "id": video_id(one),
        "title": one.title,
        "caption": one.caption,
        "preview_urls": {**stills, **films},
        "destination_url": videos.referral_uri(one),
        "clip_length": film(one).clip_length,
    }
