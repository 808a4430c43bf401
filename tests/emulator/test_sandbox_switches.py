"""What Getty has not published: the sandbox's switches."""

import json
from urllib.parse import urlencode

import pytest

from getty_emulator.exchange import Answer, Call
from getty_emulator.sandbox import TEST_KEY, TEST_SECRET, Sandbox
from getty_emulator.switches import CHOICES, NUMBERS, Switches, described, switched
from getty_token.errors import WrongUsage

KEY = {"api-key": TEST_KEY}
GOOD = {"grant_type": "client_credentials", "client_id": TEST_KEY, "client_secret": TEST_SECRET}
SEARCH = "/v3/search/images/creative"


def made(*settings: str, **more: object) -> Sandbox:
    return Sandbox(switches=switched(settings), **more)  # type: ignore[arg-type]


def token_request(sandbox: Sandbox, **form: str) -> Answer:
    return sandbox.answer(Call("POST", "/oauth2/token", body=urlencode(GOOD | form).encode()))


def get(sandbox: Sandbox, path: str = SEARCH, query: str = "", **headers: str) -> Answer:
    return sandbox.answer(Call("GET", path, query, KEY | headers))


def test_without_a_setting_a_switch_is_at_its_first_value() -> None:
    usual = Switches()

    assert switched([]) == usual
    assert switched([f"{name}={values[0]}" for name, (values, _) in CHOICES.items()]) == usual


def test_every_switch_has_a_field_and_is_described() -> None:
    names = {*CHOICES, *NUMBERS}

    assert {name.replace("-", "_") for name in names} == set(Switches.__slots__)
    assert {name.partition("=")[0] for name, _ in described()} == names


@pytest.mark.parametrize("setting", ["", "nope=1", "qps", "qps=-1", "qps=1e3", "qps=５", "key=", "token-length=5"])
def test_a_setting_that_is_none_is_refused(setting: str) -> None:
    with pytest.raises(WrongUsage):
        switched([setting])


@pytest.mark.parametrize(("value", "expected"), [("number", 1800), ("string", "1800")])
def test_expires_in_is_a_number_or_a_string(value: str, expected: object) -> None:
    assert json.loads(token_request(made(f"expires-in={value}")).body)["expires_in"] == expected


@pytest.mark.parametrize("alphabet", CHOICES["token-alphabet"][0])
@pytest.mark.parametrize("length", [16, 43, 1200])
def test_a_token_is_as_long_as_it_shall_be_and_works(alphabet: str, length: int) -> None:
    sandbox = made(f"token-alphabet={alphabet}", f"token-length={length}")

    token = json.loads(token_request(sandbox).body)["access_token"]

    assert len(token) == len("sbx.") + length
    assert token.count(".") == (3 if alphabet == "jwt" else 1)
    assert get(sandbox, "/v3/collections", authorization=f"Bearer {token}").status == 200


@pytest.mark.parametrize(
    ("value", "status", "says"),
    [
        ("invalid-client", 401, {"error": "invalid_client"}),
        ("bad-request", 400, {"error": "invalid_client"}),
        ("old", 400, {"error": "unauthorized_client"}),
        ("gateway", 401, {"message": "Unauthorized"}),
    ],
)
def test_a_wrong_secret_has_four_answers(value: str, status: int, says: dict[str, str]) -> None:
    answer = token_request(made(f"wrong-secret={value}"), client_secret="wrong")

    assert answer.status == status
    assert says.items() <= json.loads(answer.body).items()


@pytest.mark.parametrize(
    ("value", "challenged", "member"),
    [("challenge", True, "message"), ("bare", False, "message"), ("application", False, "ErrorCode")],
)
def test_a_dead_token_has_three_answers(value: str, challenged: bool, member: str) -> None:
    answer = get(made(f"expired-token={value}"), authorization="Bearer sbx.dead")

    assert answer.status == 401
    assert (b"www-authenticate" in dict(answer.headers)) is challenged
    assert member in json.loads(answer.body)


def test_a_bad_bearer_may_be_ignored_where_the_key_would_do_and_only_there() -> None:
    sandbox = made("bad-bearer=ignored")

    assert get(sandbox, authorization="Bearer sbx.dead").status == 200
    assert get(sandbox, "/v3/collections", authorization="Bearer sbx.dead").status == 401
    assert get(sandbox, SEARCH, "fields=largest_downloads", authorization="Bearer sbx.dead").status == 401


def test_the_key_alone_may_be_enough_where_getty_leaves_it_open() -> None:
    sandbox = made("key-alone=enough")

    assert get(sandbox, "/v3/images/1900000001/similar").status == 200
    assert get(sandbox, "/v3/customers/current").status == 401


def test_a_disabled_key_is_forbidden_everywhere() -> None:
    sandbox = made("key=disabled")

    answers = [get(sandbox), get(sandbox, "/v3/countries"), token_request(sandbox)]

    assert {(answer.status, answer.body) for answer in answers} == {(403, b'{"message":"Forbidden"}')}
    assert get(sandbox, "/v3/nowhere").body == b'{"message":"Missing Authentication Token"}'


def test_page_sizes_outside_the_list_may_be_refused() -> None:
    listed, anyhow = made("page-size=listed"), made()

    assert get(anyhow, SEARCH, "page_size=7").status == 200
    assert json.loads(get(listed, SEARCH, "page_size=7").body)["ErrorCode"] == "InvalidPageSize"
    assert get(listed, SEARCH, "page_size=12").status == 200


def test_the_code_for_a_wrong_type_can_be_the_old_one() -> None:
    answer = get(made("wrong-type=InvalidRequest"), SEARCH, "page_size=a")
    other = get(made("wrong-type=InvalidRequest"), SEARCH, "orientations=diagonal")

    assert json.loads(answer.body)["ErrorCode"] == "InvalidRequest"
    assert json.loads(other.body)["ErrorCode"] == "InvalidParameterValue"


GATEWAY = {b"x-amzn-requestid", b"x-amz-apigw-id", b"x-cache", b"via", b"x-amz-cf-pop", b"x-amz-cf-id"}


@pytest.mark.parametrize(("value", "on_success", "on_errors"), [("errors", 0, 6), ("all", 6, 6), ("none", 0, 0)])
def test_the_gateways_header_fields_are_where_they_shall_be(value: str, on_success: int, on_errors: int) -> None:
    sandbox = made(f"headers={value}")

    fine, unrouted = get(sandbox), get(sandbox, "/v3/nowhere")

    assert len(GATEWAY & dict(fine.headers).keys()) == on_success
    assert len(GATEWAY & dict(unrouted.headers).keys()) == on_errors
    assert get(sandbox, "/v3/nowhere").headers == unrouted.headers


def test_anybody_may_read_answers_but_not_tokens() -> None:
    anybody = (b"access-control-allow-origin", b"*")

    assert anybody in get(Sandbox()).headers
    assert anybody in get(Sandbox(), "/v3/nowhere").headers
    assert anybody not in token_request(Sandbox()).headers


def test_more_requests_than_the_key_may_make_in_a_second_are_429() -> None:
    now = [0.0]
    sandbox = made("qps=3", steady=lambda: now[0])

    statuses = [get(sandbox).status for _ in range(4)]
    now[0] = 0.999
    still = get(sandbox)
    now[0] = 1.0
    later = [get(sandbox).status for _ in range(4)]

    assert statuses == [200, 200, 200, 429]
    assert still.body == b'{"message":"Too Many Requests"}'
    assert (b"x-error-detail", b"Account Over Queries Per Second Limit") in still.headers
    assert not {b"retry-after"} & dict(still.headers).keys()
    assert later == [200, 200, 200, 429]


def test_token_requests_count_and_requests_without_the_key_do_not() -> None:
    sandbox = made("qps=2", steady=lambda: 0.0)

    stranger = [sandbox.answer(Call("GET", SEARCH)).status for _ in range(5)]
    ours = [token_request(sandbox).status, get(sandbox).status, get(sandbox).status, token_request(sandbox).status]

    assert stranger == [401] * 5
    assert ours == [200, 200, 429, 429]


def test_the_rate_is_judged_after_the_key_and_before_the_token() -> None:
    sandbox = made("qps=1", steady=lambda: 0.0)
    get(sandbox)

    assert get(sandbox, "/v3/nowhere").status == 403
    assert sandbox.answer(Call("GET", SEARCH, "", {"api-key": "wrong"})).status == 401
    assert get(sandbox, "/v3/collections", authorization="Bearer sbx.dead").status == 429
