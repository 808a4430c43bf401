"""Tests of the contact sheet: it holds its pictures, runs and loads nothing, and takes no text for HTML."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from fakes import Handler, serving
from getty_token.commands.searching.formats import Batch, Found
from getty_token.commands.searching.pictures import LARGEST, drawn, fetched
from getty_token.commands.searching.sheet import Picture, Sheet

PIXEL = Picture("image/gif", b"GIF89a-test")
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
BOAT: Any = {
    "id": "1900000001",
    "title": "Paper boat",
    "artist": "Ottoline Coppermoor",
    "collection_name": "Northlight",
    "max_dimensions": {"height": 4000, "width": 6000},
    "display_sizes": [{"name": "thumb", "uri": "https://media.example.test/1.jpg?a=1&b=2"}],
    "referral_destinations": [{"site_name": "gettyimages", "uri": "https://www.example.test/1?a=1&b=2"}],
}


class Page(HTMLParser):
    """A sheet as a browser reads it: its elements, and the text in each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each `tag`."""
        return [attributes for name, attributes in self.elements if name == tag]


def sheet(
    *images: Any,
    title: str = "boats",
    phrase: str | None = None,
    pictures: Mapping[str, Picture] | None = None,
    credit_lines: Mapping[str, str] | None = None,
) -> str:
    """A sheet of `images`."""

    def found(addresses: Sequence[str]) -> Mapping[str, Picture]:
        return {address: PIXEL for address in addresses} if pictures is None else pictures

    form = Sheet(title, "Creative images", found, lambda _: credit_lines or {})
    return form.begin() + form.batch(Batch(images, 0, phrase)) + form.end([Found("boats", 52, len(images))])


def test_a_figure_has_its_picture_title_id_and_credit_line() -> None:
    page = Page(sheet(BOAT, credit_lines={"1900000001": "Ottoline Coppermoor/Northlight Images"}))

    (image,) = page.all("img")
    assert image["src"] == f"data:image/gif;base64,{base64.b64encode(PIXEL.content).decode()}"
    for text in ("Paper boat", "1900000001", "Ottoline Coppermoor/Northlight Images", "6000 × 4000", "1 of 52 images"):
        assert text in page.text
    assert [each["href"] for each in page.all("a")] == ["https://www.example.test/1?a=1&b=2"]


def test_without_a_credit_line_artist_and_collection_stand_there() -> None:
    assert "Ottoline Coppermoor/Northlight" in Page(sheet(BOAT)).text


def test_its_policy_allows_its_style_and_its_pictures_and_nothing_else() -> None:
    text = sheet(BOAT)
    page = Page(text)

    policy = next(each["content"] for each in page.all("meta") if "http-equiv" in each)
    style = re.findall("<style>(.*)</style>", text, re.DOTALL)[0]
    known = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{known}'; base-uri 'none'; form-action 'none'"
    )
    assert not page.all("script") and not page.all("link") and not page.all("iframe")
    assert not [attributes for _, attributes in page.elements if "style" in attributes or "onerror" in attributes]
    assert "@import" not in style and "url(" not in style


@pytest.mark.parametrize("member", ["id", "title", "caption", "artist", "collection_name"])
def test_nothing_that_getty_says_is_taken_for_html(member: str) -> None:
    boat = {**BOAT, "title": None, member: EVIL}

    page = Page(sheet(boat, credit_lines={}))

    assert not page.all("script") and len(page.all("img")) == 1
    assert not [attributes for _, attributes in page.elements if any(name.startswith("on") for name in attributes)]


@pytest.mark.parametrize("given", [{"title": EVIL}, {"phrase": EVIL}, {"credit_lines": {"1900000001": EVIL}}])
def test_nothing_that_a_person_or_a_credit_line_says_is_taken_for_html(given: dict[str, Any]) -> None:
    page = Page(sheet(BOAT, **given))

    assert not page.all("script") and len(page.all("img")) == 1
    assert EVIL in page.text


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "http://plain.example.test", "data:text/html,x", "", None, 3])
def test_only_https_is_linked_to(uri: object) -> None:
    page = Page(sheet({**BOAT, "referral_destinations": [{"uri": uri}, None, "odd"]}))

    assert page.all("a") == []
    assert len(page.all("img")) == 1


@pytest.mark.parametrize("odd", [{}, {"display_sizes": None}, {"display_sizes": [1]}, {"max_dimensions": None}])
def test_an_image_with_next_to_nothing_still_has_its_figure(odd: dict[str, Any]) -> None:
    page = Page(sheet({"id": "1", **odd}))

    assert "no thumbnail" in page.text and "Untitled" in page.text


def test_each_phrase_has_a_heading_once() -> None:
    form = Sheet("two", "", lambda _: {}, lambda _: {})

    text = "".join(form.batch(Batch([BOAT], 0, *each)) for each in (("boats", 0), ("boats", 1), ("harbours", 0)))

    assert len(Page(text).all("h2")) == 2


def pictures_of(handler: Handler) -> tuple[Mapping[str, Picture], str]:
    """What is fetched from a server for one address on it."""
    with serving(handler) as address:
        return fetched(address)([f"{address}/1.jpg"]), f"{address}/1.jpg"


def test_a_thumbnail_is_fetched_without_key_or_token() -> None:
    seen: list[httpx.Headers] = []

    def media(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(200, content=PIXEL.content, headers={"content-type": "image/gif; x"})

    found, address = pictures_of(media)

    assert found == {address: PIXEL}
    assert "api-key" not in seen[0] and "authorization" not in seen[0]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404),
        httpx.Response(302, headers={"location": "https://elsewhere.example.test"}),
        httpx.Response(200, html="<h1>no picture</h1>"),
        httpx.Response(200, content=b"x" * (LARGEST + 1), headers={"content-type": "image/jpeg"}),
    ],
)
def test_what_is_no_thumbnail_leaves_a_gap(answer: httpx.Response) -> None:
    assert pictures_of(lambda _: answer)[0] == {}


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/1.jpg", "file:///etc/passwd", "ftp://x/1", "//x/1.jpg", "\x00"]
)
def test_a_getty_elsewhere_has_its_pictures_behind_https_only(address: str) -> None:
    assert fetched("https://api.example.test")([address]) == {}


def test_the_sandbox_draws_them_without_a_network() -> None:
    from getty_emulator.sandbox import Sandbox

    address = "https://media.gettyimages.com/id/1900000446/photo/ferry-boat-on-a-pond-jaipur.jpg?s=170x170"

    found = drawn(Sandbox().picture)([address, "https://media.gettyimages.com/nothing"])

    assert list(found) == [address]
    # JPEG as the address says, or SVG where the libraries for that are not installed.
    begins = {"image/jpeg": b"\xff\xd8\xff", "image/svg+xml": b"<svg"}[found[address].kind]
    assert found[address].content.startswith(begins)
