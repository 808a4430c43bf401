"""The sandbox's authorization server."""

import json
from base64 import b64encode
from urllib.parse import urlencode

import pytest

from getty_emulator.exchange import Answer, Call
from getty_emulator.sandbox import TEST_KEY, TEST_SECRET, Sandbox

GOOD = {"grant_type": "client_credentials", "client_id": TEST_KEY, "client_secret": TEST_SECRET}


def token_request(sandbox: Sandbox, form: dict[str, str], path: str = "/oauth2/token", **headers: str) -> Answer:
    headers["content-type"] = "application/x-www-form-urlencoded"
    return sandbox.answer(Call("POST", path, headers=headers, body=urlencode(form).encode()))


def search_with(sandbox: Sandbox, token: str) -> Answer:
    headers = {"api-key": TEST_KEY, "authorization": f"Bearer {token}"}
    return sandbox.answer(Call("GET", "/v3/search/images/creative", "phrase=dog", headers))


def error_of(answer: Answer) -> str:
    error = json.loads(answer.body)["error"]
    assert isinstance(error, str)
    return error


@pytest.mark.parametrize("path", ["/oauth2/token", "/v4/oauth2/token"])
def test_key_and_secret_buy_a_token(path: str) -> None:
    sandbox = Sandbox(token_lifetime=900)

    answer = token_request(sandbox, GOOD, path)

    token = json.loads(answer.body)
    assert answer.status == 200
    assert list(token) == ["access_token", "token_type", "expires_in"]
    assert token["access_token"].startswith("sbx.")
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 900)
    assert (b"cache-control", b"no-store") in answer.headers
    assert sandbox.tokens_issued == 1


def test_http_basic_is_as_good_as_the_form() -> None:
    basic = "Basic " + b64encode(f"{TEST_KEY}:{TEST_SECRET}".encode()).decode()

    answer = token_request(Sandbox(), {"grant_type": "client_credentials"}, authorization=basic)

    assert answer.status == 200


def test_the_same_seed_gives_the_same_tokens_and_another_seed_others() -> None:
    first = [token_request(sandbox, GOOD).body for sandbox in [Sandbox(seed=5)] for _ in range(2)]
    again = [token_request(sandbox, GOOD).body for sandbox in [Sandbox(seed=5)] for _ in range(2)]

    assert first == again
    assert first[0] != first[1]
    assert token_request(Sandbox(seed=6), GOOD).body not in first


@pytest.mark.parametrize("field", ["client_id", "client_secret"])
def test_a_wrong_key_or_secret_is_an_invalid_client(field: str) -> None:
    sandbox = Sandbox()

    answer = token_request(sandbox, {**GOOD, field: "wrong"})

    assert answer.status in (400, 401)
    assert error_of(answer) == "invalid_client"
    assert "wrong" in answer.reason
    assert sandbox.tokens_issued == 0


@pytest.mark.parametrize("basic", ["Basic !!!", "Basic " + b64encode(b"\xff:\xff").decode(), "Basic"])
def test_a_basic_header_that_is_none_is_refused(basic: str) -> None:
    answer = token_request(Sandbox(), {"grant_type": "client_credentials"}, authorization=basic)

    assert error_of(answer) == "invalid_request"


def test_other_grants_are_unsupported() -> None:
    answer = token_request(Sandbox(), {**GOOD, "grant_type": "implicit"})

    assert answer.status == 400
    assert error_of(answer) == "unsupported_grant_type"


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_a_token_request_without_all_fields_is_invalid(missing: str) -> None:
    form = {name: value for name, value in GOOD.items() if name != missing}

    answer = token_request(Sandbox(), form)

    assert answer.status == 400
    assert error_of(answer) == "invalid_request"


def test_the_token_endpoint_takes_post_only() -> None:
    answer = Sandbox().answer(Call("GET", "/oauth2/token"))

    assert answer.status == 405
    assert (b"allow", b"POST") in answer.headers


def test_a_token_works_until_it_expires() -> None:
    now = [1000.0]
    sandbox = Sandbox(clock=lambda: now[0], token_lifetime=60)
    token = json.loads(token_request(sandbox, GOOD).body)["access_token"]

    now[0] = 1059.9
    before = search_with(sandbox, token).status
    now[0] = 1060.0
    after = search_with(sandbox, token)

    assert before == 200
    assert after.status == 401
    assert b"invalid_token" in dict(after.headers)[b"www-authenticate"]


def test_revoking_ends_every_token_and_a_new_one_works() -> None:
    sandbox = Sandbox()
    old = json.loads(token_request(sandbox, GOOD).body)["access_token"]

    sandbox.revoke_tokens()
    new = json.loads(token_request(sandbox, GOOD).body)["access_token"]

    assert search_with(sandbox, old).status == 401
    assert search_with(sandbox, new).status == 200
    assert sandbox.tokens_issued == 2


USER = {**GOOD, "grant_type": "password", "username": "test-user", "password": "test-password"}


def test_a_password_buys_a_refresh_token_too_and_that_buys_more_than_once() -> None:
    sandbox = Sandbox()

    first = json.loads(token_request(sandbox, USER).body)
    refresh = {**GOOD, "grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    later = [json.loads(token_request(sandbox, refresh).body) for _ in range(2)]

    assert list(first) == ["access_token", "token_type", "expires_in", "refresh_token"]
    assert all(list(one) == ["access_token", "token_type", "expires_in"] for one in later)
    assert {search_with(sandbox, one["access_token"]).status for one in (first, *later)} == {200}
    assert search_with(sandbox, first["refresh_token"]).status == 401


@pytest.mark.parametrize(
    "form",
    [
        {**USER, "password": "wrong"},
        {**GOOD, "grant_type": "refresh_token", "refresh_token": "sbr.unknown"},
        {**GOOD, "grant_type": "refresh_token"},
    ],
)
def test_a_rejected_user_or_refresh_token_gets_the_answer_that_was_once_recorded(form: dict[str, str]) -> None:
    answer = token_request(Sandbox(), form)

    assert answer.status == 400
    assert json.loads(answer.body) == {
        "error": "unauthorized_client",
        "error_description": "The authorization grant or refresh token is invalid, expired, revoked or issued to "
        "another client",
    }


def test_tokens_that_have_expired_are_forgotten_and_live_ones_are_not() -> None:
    now = [0.0]
    sandbox = Sandbox(clock=lambda: now[0], token_lifetime=1800)
    for _ in range(5000):
        now[0] += 1
        last = token_request(sandbox, GOOD)
    early = json.loads(token_request(Sandbox(), GOOD).body)["access_token"]

    assert len(sandbox.tokens._expiries) <= 4096
    assert search_with(sandbox, json.loads(last.body)["access_token"]).status == 200
    assert search_with(sandbox, early).status == 401
