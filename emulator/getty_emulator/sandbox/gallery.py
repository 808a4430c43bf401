"""The pictures behind the addresses: which drawing belongs to a path, and the frame around it."""

import re
from functools import lru_cache
from urllib.parse import parse_qs, unquote

from getty_emulator.exchange import JSON, Answer
from getty_emulator.sandbox.answers import ORIGIN, encode
from getty_emulator.sandbox.catalogue import asset, index_of
from getty_emulator.sandbox.dice import Dice
from getty_emulator.sandbox.drawing import Look, caption, draw
from getty_emulator.sandbox.palettes import palettes_for
from getty_emulator.sandbox.raster import LARGEST, available, raster
from getty_emulator.sandbox.subjects import subjects
from getty_emulator.sandbox.videos import video_index_of

PREFIX = "/media/"

_KINDS = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp", "svg": "svg+xml"}
"""The kinds of pictures by how an address ends, as in their content type."""

_KEPT = (b"cache-control", b"public, max-age=86400")
_ADDRESS = re.compile(r"/media/id/([^/]{1,40})/[a-z]+/([^/]{1,200})\.([a-z]{3,4})")
_BOX = re.compile(r"([1-9]\d{0,3})x([1-9]\d{0,3})")
_DEFAULT_BOX = (612, 612)
_SHAPES = ((3, 2), (3, 2), (2, 3), (1, 1))


@lru_cache(maxsize=512)
def picture(target: str, assets: int, seed: int) -> Answer:
    """
    The picture at `target`, a path with or without query; 404 if there can be none.

    It is of the kind that its address says, `f=webp` in the query included. Without the libraries for that it is SVG:
    browsers go by the content type.
    """
    path, _, query = target.partition("?")
    address = _ADDRESS.fullmatch(path)
    if address is None or address[3] not in _KINDS:
        reason = "Pictures are at /media/id/<id>/photo/<title>.jpg, .png, .webp or .svg."
        return Answer(404, ((b"content-type", JSON),), encode({"message": "Not Found"}), ORIGIN, reason)
    image_id, slug = unquote(address[1]), unquote(address[2])
    values = parse_qs(query)
    kind = "webp" if values.get("f") == ["webp"] else _KINDS[address[3]]
    look, box = _look(image_id, slug, assets, seed), _box(values)
    if kind == "svg+xml" or not available():
        return _shown("svg+xml", draw(look, box).encode())
    box = (min(box[0], LARGEST), min(box[1], LARGEST))
    return _shown(kind, raster(draw(look, box, words=False), caption(look, box), kind))


def _shown(kind: str, body: bytes) -> Answer:
    return Answer(200, ((b"content-type", f"image/{kind}".encode()), _KEPT), body, ORIGIN)


def _box(values: dict[str, list[str]]) -> tuple[int, int]:
    size = _BOX.fullmatch(values.get("s", [""])[0])
    return (int(size[1]), int(size[2])) if size else _DEFAULT_BOX


def _look(image_id: str, slug: str, assets: int, seed: int) -> Look:
    """What the picture shows. A recorded answer may name images we never made: those get a fitting drawing too."""
    index = index_of(image_id, assets)
    index = video_index_of(image_id, assets) if index is None else index
    if index is not None and (found := asset(index, seed)).slug == slug:
        shape = (found.width, found.height)
        return Look(image_id, found.title, found.subject.scene, found.palette, shape, found.style)
    dice = Dice("picture", image_id, slug)
    title = slug.replace("-", " ").strip()
    scene = _scene(title.lower().split(), dice)
    palette = dice.pick(palettes_for(scene))
    return Look(image_id, title[:1].upper() + title[1:], scene, palette, dice.pick(_SHAPES), "photography")


def _scene(words: list[str], dice: Dice) -> str:
    every = (*subjects("creative"), *subjects("editorial"))
    named = (one.scene for one in every if one.name in words)
    hinted = (one.scene for one in every if not set(words).isdisjoint(one.keywords))
    return next(named, None) or next(hinted, None) or dice.pick(every).scene
