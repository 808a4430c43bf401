"""Tests of getty_token.client: pages of a search, and the error that each bad answer becomes."""

from typing import Any

import httpx
import pytest

from fakes import KEY, FakeGetty, Handler
from getty_token.answers import Page
from getty_token.client import Getty
from getty_token.errors import CredentialsRejected, GettyRefused, GettyTokenError, GettyUnavailable, RateLimited
from getty_token.paging import Search, pages
from getty_token.queries import Family

API = "https://api.example.test"


def getty_of(handler: Handler) -> Getty:
    """The client of a Getty that is a function."""
    return Getty(httpx.Client(transport=httpx.MockTransport(handler)), API)


def searches(total: int) -> tuple[FakeGetty, Getty]:
    """A Getty with `total` images, and its client with a token that is good."""
    getty = FakeGetty(total)
    form = {"client_id": KEY, "client_secret": "test-secret"}
    issued = getty.issue(httpx.Request("POST", API, data=form)).json()["access_token"]
    http = httpx.Client(
        transport=httpx.MockTransport(getty), headers={"api-key": KEY, "authorization": f"Bearer {issued}"}
    )
    return getty, Getty(http, API)


def answering(status: int = 200, **content: Any) -> Getty:
    """The client of a Getty that always says the same."""
    return getty_of(lambda _: httpx.Response(status, **content))


@pytest.mark.parametrize(
    ("family", "path"),
    [
        (Family.CREATIVE, "/v3/search/images/creative"),
        (Family.EDITORIAL, "/v3/search/images/editorial"),
        (Family.BOTH, "/v3/search/images"),
    ],
)
def test_a_page_is_asked_for_with_its_parameters(family: Family, path: str) -> None:
    seen: list[httpx.URL] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.url)
        return httpx.Response(200, json={"result_count": 1, "images": [{"id": "1"}]})

    page = getty_of(handler).page(family, {"phrase": "paper boats & \u00fcber", "page": "2"})

    assert page == Page(1, [{"id": "1"}])
    assert seen[0].path == path
    assert dict(seen[0].params) == {"phrase": "paper boats & \u00fcber", "page": "2"}


@pytest.mark.parametrize(
    ("total", "limit", "parameters", "asked", "found"),
    [
        (250, 30, {}, [("1", "30")], 30),
        (250, 100, {}, [("1", "100")], 100),
        (250, 101, {}, [("1", "100"), ("2", "100")], 101),
        (250, None, {}, [("1", "100"), ("2", "100"), ("3", "100")], 250),
        (200, None, {}, [("1", "100"), ("2", "100")], 200),
        (5, 30, {}, [("1", "30")], 5),
        (0, None, {}, [("1", "100")], 0),
        (250, 5, {"page_size": "2"}, [("1", "2"), ("2", "2"), ("3", "2")], 5),
        (250, 3, {"page_size": "50"}, [("1", "50")], 3),
        (250, None, {"page": "3"}, [("3", "100")], 50),
    ],
)
def test_as_many_pages_are_asked_for_as_the_limit_needs(
    total: int, limit: int | None, parameters: dict[str, str], asked: list[tuple[str, str]], found: int
) -> None:
    getty, client = searches(total)

    given = list(pages(client.page, Search(Family.BOTH, {"phrase": "boat", **parameters}, limit)))

    images = [image["id"] for page in given for image in page.images]
    assert [(sent.url.params["page"], sent.url.params["page_size"]) for sent in getty.requests] == asked
    assert len(images) == len(set(images)) == found
    assert {page.result_count for page in given} == {total}


def test_a_page_is_there_before_the_next_is_asked_for() -> None:
    getty, client = searches(250)

    next(client.pages("boat"))

    assert len(getty.requests) == 1


def test_an_empty_page_ends_a_search_that_promised_more() -> None:
    client = answering(json={"result_count": 1_000_000, "images": []})

    assert list(client.pages("boat", "both")) == [Page(1_000_000, [])]


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, GettyRefused, 1),
        (401, CredentialsRejected, 4),
        (403, GettyRefused, 1),
        (404, GettyRefused, 1),
        (429, RateLimited, 5),
        (204, GettyUnavailable, 6),
        (302, GettyUnavailable, 6),
        (500, GettyUnavailable, 6),
        (503, GettyUnavailable, 6),
    ],
)
@pytest.mark.parametrize("content", [{}, {"html": "<h1>Oops</h1>"}, {"json": ["a list"]}, {"content": b"[" * 100_000}])
def test_every_status_but_200_is_an_error_of_its_kind(
    status: int, kind: type[GettyTokenError], code: int, content: dict[str, Any]
) -> None:
    with pytest.raises(GettyTokenError) as refused:
        answering(status, **content).page(Family.BOTH, {})

    assert type(refused.value) is kind
    assert refused.value.exit_code == code
    assert refused.value.why == f"Getty answered {status}: no explanation."


@pytest.mark.parametrize(
    "body",
    [
        {"ErrorCode": "InvalidPhrase", "ErrorMessage": "The phrase is too long."},
        {"message": "The phrase is too long."},
        {"detail": "The phrase is too long"},
    ],
)
def test_what_getty_says_is_repeated(body: dict[str, str]) -> None:
    with pytest.raises(GettyRefused) as refused:
        answering(400, json=body).page(Family.BOTH, {})

    assert refused.value.why == "Getty answered 400: The phrase is too long."
    assert ("(InvalidPhrase)" in refused.value.what) is ("ErrorCode" in body)


def test_what_getty_says_commands_no_terminal() -> None:
    body = {"ErrorCode": "\x1b[2J", "ErrorMessage": "one\ntwo \x1b[2J" + "x" * 1000}

    with pytest.raises(GettyRefused) as refused:
        answering(400, json=body).page(Family.BOTH, {})

    assert refused.value.sentence.isprintable()
    assert len(refused.value.sentence) < 400


@pytest.mark.parametrize(
    "content",
    [
        {"html": "<!doctype html>"},
        {"content": b""},
        {"content": b'{"result_count": 1, "ima'},
        {"content": b"\xff\xfe\x00"},
        {"content": b"[" * 100_000},
        {"json": []},
        {"json": None},
        {"json": {}},
        {"json": {"result_count": "1", "images": []}},
        {"json": {"result_count": 1, "images": {}}},
        {"json": {"result_count": 1, "images": ["1"]}},
        {"json": {"images": []}},
    ],
)
def test_an_answer_that_is_no_page_says_so(content: dict[str, Any]) -> None:
    with pytest.raises(GettyUnavailable):
        answering(**content).page(Family.BOTH, {})


def test_a_connection_that_breaks_names_the_host() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("Connection reset by peer", request=request)

    with pytest.raises(GettyUnavailable) as refused:
        getty_of(broken).page(Family.BOTH, {})

    assert refused.value.what == "api.example.test broke off."
