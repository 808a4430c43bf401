"""Tests of getty_token.oauth: what is sent to the authorization server, and what each of its answers means."""

import traceback
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from fakes import KEY, NOW, SECRET
from getty_token.credentials import Credentials
from getty_token.errors import CredentialsRejected, GettyRefused, GettyTokenError, GettyUnavailable, RateLimited
from getty_token.oauth import LONGEST_LIFETIME, read_token, token_request
from getty_token.tokens import Token

URL = "https://authentication.example.test:8443/oauth2/token"
GOOD = {"access_token": "test-token", "token_type": "Bearer", "expires_in": 1800}


def answer(status: int = 200, **content: Any) -> httpx.Response:
    """What the authorization server sends back."""
    return httpx.Response(status, request=httpx.Request("POST", URL), **content)


def test_key_and_secret_travel_in_the_body_and_nowhere_else() -> None:
    request = token_request(Credentials("test key+&=", "test/secret?", "a test"), URL)

    assert (request.method, str(request.url)) == ("POST", URL)
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["accept"] == "application/json"
    assert parse_qs(request.content.decode(), strict_parsing=True) == {
        "grant_type": ["client_credentials"],
        "client_id": ["test key+&="],
        "client_secret": ["test/secret?"],
    }
    assert "authorization" not in request.headers


def test_expiry_counts_from_before_the_request() -> None:
    token = read_token(answer(json=GOOD), NOW)

    assert token == Token("test-token", "Bearer", NOW, NOW + 1800)


@pytest.mark.parametrize("given", [1800, 1800.0, "1800", "1800.0"])
def test_a_lifetime_may_be_a_number_or_a_string(given: object) -> None:
    token = read_token(answer(json={**GOOD, "expires_in": given}), NOW)

    assert token.lifetime == 1800


@pytest.mark.parametrize("token_type", ["Bearer", "bearer", "BEARER"])
def test_the_token_type_is_bearer_in_any_letter_case(token_type: str) -> None:
    token = read_token(answer(json={**GOOD, "token_type": token_type}), NOW)

    assert token.token_type == "Bearer"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("null", "missing"),
        ("0", "0"),
        ("-1", "-1"),
        ("-1e400", "-inf"),
        ("86401", "86401"),
        ("1e300", "1e+300"),
        ("1e400", "inf"),
        ("Infinity", "inf"),
        ("NaN", "nan"),
        ('"nan"', "nan"),
        ("9" * 400, "not a number"),
        ("true", "not a number"),
        ("false", "not a number"),
        ("[1800]", "not a number"),
        ("{}", "not a number"),
        ('""', "not a number"),
        ('"soon"', "not a number"),
    ],
)
def test_a_lifetime_that_cannot_be_is_refused(given: str, said: str) -> None:
    body = f'{{"access_token": "test-token", "token_type": "Bearer", "expires_in": {given}}}'

    with pytest.raises(GettyUnavailable) as refused:
        read_token(answer(content=body), NOW)

    assert refused.value.why.startswith(f"expires_in is {said};")


def test_a_lifetime_may_be_a_day_and_must_be_there() -> None:
    longest = read_token(answer(json={**GOOD, "expires_in": LONGEST_LIFETIME}), NOW)

    assert longest.lifetime == 86_400
    with pytest.raises(GettyUnavailable, match="expires_in is missing"):
        read_token(answer(json={"access_token": "test-token"}), NOW)


@pytest.mark.parametrize(
    "content",
    [
        {"html": "<!doctype html><title>Maintenance</title>"},
        {"content": b'{"access_token": "test-to'},
        {"content": b""},
        {"content": b"\xff\xfe\x00garbage"},
        {"content": b"[" * 100_000},
        {"json": []},
        {"json": [GOOD]},
        {"json": "test-token"},
        {"json": None},
        {"json": {}},
        {"json": {**GOOD, "access_token": ""}},
        {"json": {**GOOD, "access_token": None}},
        {"json": {**GOOD, "access_token": 17}},
        {"json": {**GOOD, "access_token": "two\r\nX-Lines: 1"}},
        {"json": {**GOOD, "access_token": "t\u00f6ken"}},
        {"json": {**GOOD, "token_type": "mac"}},
        {"json": {**GOOD, "token_type": None}},
    ],
)
def test_an_answer_that_is_no_token_response_says_so_and_whose_it_was(content: dict[str, Any]) -> None:
    with pytest.raises(GettyUnavailable) as refused:
        read_token(answer(**content), NOW)

    assert refused.value.what == "no token from authentication.example.test:8443."
    assert refused.value.exit_code == 6


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (201, GOOD, GettyUnavailable),
        (204, None, GettyUnavailable),
        (302, None, GettyUnavailable),
        (307, GOOD, GettyUnavailable),
        (400, {"error": "invalid_client"}, CredentialsRejected),
        (400, {"error": "unauthorized_client"}, CredentialsRejected),
        (400, {"error": "invalid_request"}, GettyRefused),
        (400, ["a list"], GettyRefused),
        (401, {"error": "invalid_client"}, CredentialsRejected),
        (401, None, CredentialsRejected),
        (403, None, CredentialsRejected),
        (404, None, GettyRefused),
        (429, {"error": "slow_down"}, RateLimited),
        (500, None, GettyUnavailable),
        (503, GOOD, GettyUnavailable),
    ],
)
def test_every_status_but_200_is_an_error_of_its_kind(status: int, body: object, kind: type[GettyTokenError]) -> None:
    with pytest.raises(GettyTokenError) as refused:
        read_token(answer(status, json=body), NOW)

    assert type(refused.value) is kind
    assert str(status) in refused.value.why
    assert refused.value.mend


def test_a_code_of_the_specification_is_repeated() -> None:
    with pytest.raises(GettyRefused) as refused:
        read_token(answer(400, json={"error": "unsupported_grant_type"}), NOW)

    assert refused.value.why == 'authentication.example.test:8443 answered 400 and "unsupported_grant_type".'


CANARY = "testcanarysecret0123456789"


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 429, 500])
@pytest.mark.parametrize(
    "content",
    [
        {"text": f"your secret is {CANARY}"},
        {"json": {"error": CANARY, "error_description": CANARY}},
        {"json": {"access_token": f"\n{CANARY}", "expires_in": 1800}},
        {"json": {"access_token": CANARY, "expires_in": CANARY}},
        {"json": {"access_token": CANARY, "expires_in": [CANARY]}},
        {"json": {"access_token": CANARY, "token_type": CANARY, "expires_in": 1800}},
        {"json": {CANARY: CANARY}},
        {"text": "x", "headers": {"location": f"https://example.test/{CANARY}", "www-authenticate": CANARY}},
    ],
)
def test_no_message_repeats_a_secret_that_the_server_echoes(status: int, content: dict[str, Any]) -> None:
    with pytest.raises(GettyTokenError) as refused:
        read_token(answer(status, **content), NOW)

    shown = "".join(traceback.format_exception(refused.value))
    assert CANARY not in shown + str(refused.value) + repr(refused.value) + refused.value.sentence


def test_userinfo_in_the_address_is_not_repeated() -> None:
    response = httpx.Response(500, request=httpx.Request("POST", f"https://somebody:{CANARY}@example.test/"))

    with pytest.raises(GettyUnavailable) as refused:
        read_token(response, NOW)

    assert refused.value.what == "no token from example.test."


def test_no_repr_shows_key_or_secret() -> None:
    pair = Credentials(KEY, SECRET, "a test")

    assert repr(pair) == "Credentials(origin='a test')"
