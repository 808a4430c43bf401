"""What the sandbox refuses, and in which order."""

import json

import pytest

from getty_emulator.exchange import Answer, Call
from getty_emulator.sandbox import TEST_KEY, TEST_SECRET, Sandbox
from getty_token.operations import OPERATIONS, Effect

KEY = {"api-key": TEST_KEY}


def get(sandbox: Sandbox, target: str, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
    path, _, query = target.partition("?")
    return sandbox.answer(Call(method, path, query, headers or {}))


def signed(sandbox: Sandbox) -> dict[str, str]:
    form = f"grant_type=client_credentials&client_id={TEST_KEY}&client_secret={TEST_SECRET}"
    token = json.loads(sandbox.answer(Call("POST", "/oauth2/token", body=form.encode())).body)["access_token"]
    return {**KEY, "authorization": f"Bearer {token}"}


@pytest.mark.parametrize(("method", "path"), [("GET", "/v3/nowhere"), ("GET", "/"), ("POST", "/v3/search/images")])
def test_an_unrouted_path_is_403_and_never_404(method: str, path: str) -> None:
    answer = get(Sandbox(), path, KEY, method)

    assert answer.status == 403
    assert answer.body == b'{"message":"Missing Authentication Token"}'
    assert path in answer.reason


@pytest.mark.parametrize("headers", [{}, {"api-key": "wrong"}])
def test_a_missing_or_wrong_key_is_401(headers: dict[str, str]) -> None:
    answer = get(Sandbox(), "/v3/search/images/creative?phrase=dog", headers)

    assert answer.status == 401
    assert answer.body == b'{"message":"Unauthorized"}'
    assert b"www-authenticate" not in dict(answer.headers)


@pytest.mark.parametrize(
    "target",
    [
        "/v3/search/images/creative?phrase=dog",
        "/v3/search/videos/editorial?phrase=election",
        "/v3/search/events",
        "/v3/images/1900000001",
        "/v3/videos/1500000001",
        "/v3/countries",
        "/v3/affiliates/search/images?phrase=dog",
    ],
)
def test_the_key_alone_is_enough_where_getty_documents_it(target: str) -> None:
    assert get(Sandbox(), target, KEY).status == 200


@pytest.mark.parametrize(
    "target",
    [
        "/v3/collections",
        "/v3/images/1900000001/similar",
        "/v3/videos/1500000001/same-series",
        "/v3/artists/images?artist_name=x",
        "/v3/search/images/creative/by-image?asset_id=1900000001",
        "/v3/events/775000001",
        "/v3/customers/current",
        "/v3/images/1900000001?fields=id,download_sizes",
    ],
)
def test_some_reads_need_a_token_and_say_so(target: str) -> None:
    answer = get(Sandbox(), target, KEY)

    assert answer.status == 401
    assert dict(answer.headers)[b"www-authenticate"] == (
        b'Bearer realm="Download",error="invalid_token",error_description="The access token is missing"'
    )


@pytest.mark.parametrize("authorization", ["Bearer sbx.unknown", "Bearer", "Basic abc", ""])
def test_a_bad_token_is_refused_even_where_none_is_needed(authorization: str) -> None:
    answer = get(Sandbox(), "/v3/search/images/creative", {**KEY, "authorization": authorization})

    assert answer.status == 401


def test_a_good_token_counts_only_as_a_bearer() -> None:
    sandbox = Sandbox()
    bearer = signed(sandbox)
    basic = {**bearer, "authorization": bearer["authorization"].replace("Bearer", "Basic")}

    statuses = [get(sandbox, "/v3/collections", headers).status for headers in (bearer, basic)]

    assert statuses == [200, 401]


def test_faults_are_found_in_getty_s_order() -> None:
    sandbox = Sandbox()
    bad_token = {**KEY, "authorization": "Bearer no"}

    statuses = [
        get(sandbox, "/v3/nowhere?page=a").status,
        get(sandbox, "/v3/images/7?page=a", {"authorization": "Bearer no"}).status,
        get(sandbox, "/v3/images/7?page=a", bad_token).status,
        get(sandbox, "/v3/images/7?page=a", KEY).status,
        get(sandbox, "/v3/images/7", KEY).status,
    ]

    assert statuses == [403, 401, 401, 400, 404]


def test_nothing_that_costs_or_changes_is_ever_done() -> None:
    sandbox = Sandbox()
    headers = signed(sandbox)
    serious = [one for one in OPERATIONS if one.effect in (Effect.COSTS, Effect.CHANGES)]

    answers = [get(sandbox, one.template.replace("{", "").replace("}", ""), headers, one.method) for one in serious]

    assert {answer.status for answer in answers} == {403}
    assert {answer.body for answer in answers} == {b'{"message":"Forbidden"}'}
    assert all((b"x-amzn-errortype", b"ForbiddenException") in answer.headers for answer in answers)


@pytest.mark.parametrize(
    "path", ["/v3/boards", "/v3/downloads", "/v3/products", "/v3/images/1900000001/downloadhistory"]
)
def test_what_the_sandbox_has_no_data_for_is_501_and_says_so(path: str) -> None:
    sandbox = Sandbox()

    answer = get(sandbox, path, signed(sandbox))

    assert answer.status == 501
    assert json.loads(answer.body)["message"].startswith("The sandbox has no account data")
    assert answer.reason


def test_reading_offline_needs_neither_key_nor_token() -> None:
    sandbox = Sandbox()

    answers = [
        sandbox.read(Call("GET", path))
        for path in ("/v3/search/images/creative", "/v3/collections", "/v3/images/1900000001/similar")
    ]

    assert [answer.status for answer in answers] == [200, 200, 200]


def test_what_a_token_shows_is_not_remembered_for_those_without() -> None:
    sandbox = Sandbox()
    target = "/v3/images/1900000001?fields=detail_set"

    with_token = json.loads(get(sandbox, target, signed(sandbox)).body)["images"][0]
    without = json.loads(get(sandbox, target, KEY).body)["images"][0]

    assert "download_sizes" in with_token
    assert "download_sizes" not in without


def test_every_refusal_says_where_it_came_from_and_why() -> None:
    sandbox = Sandbox()

    answers = [
        get(sandbox, target, headers)
        for target in ("/v3/nowhere", "/v3/images/7", "/v3/images", "/v3/videos", "/v3/collections", "/media/x")
        for headers in ({}, KEY)
    ]

    assert {answer.origin for answer in answers} == {"sandbox"}
    assert all(answer.status >= 400 and answer.reason for answer in answers)
