"""What a function lets through to Getty: nothing that is not on its list."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getty_emulator.exchange import Answer, Call
from getty_emulator.netlify.functions import BuiltIn, Defined, Permissions, Request
from getty_emulator.netlify.paths import BadPath, Route, route
from getty_token.operations import OPERATIONS, Effect, Operation, operation_named, operations_at

READS = [each for each in OPERATIONS if each.effect is Effect.READS]
OTHERS = [each for each in OPERATIONS if each.effect is not Effect.READS]
BUILT_IN = BuiltIn(Permissions())
SEARCH = Route("getty", ("v3", "search", "images", "creative"))


def named(name: str) -> Operation:
    operation = operation_named(name)
    assert operation is not None
    return operation


def asked(
    function: BuiltIn | Defined,
    path: Route = SEARCH,
    method: str = "GET",
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> Call | Answer:
    return function.call(path, Request(method, query, headers or {}, body))


def call(result: Call | Answer) -> Call:
    assert isinstance(result, Call), result
    return result


def refusal(result: Call | Answer) -> Answer:
    assert isinstance(result, Answer), result
    return result


def at(operation: Operation) -> Route:
    """A path of `operation`, its placeholders filled."""
    return Route("getty", tuple("1900000001" if part[0] == "{" else part for part in operation.segments))


def by_name(operation: Operation) -> str:
    return operation.name


@pytest.mark.parametrize("operation", READS, ids=by_name)
def test_the_built_in_function_passes_every_operation_that_only_reads(operation: Operation) -> None:
    result = call(asked(BUILT_IN, at(operation), operation.method))

    assert operations_at(result.path)[result.method] == operation


@pytest.mark.parametrize("operation", OTHERS, ids=by_name)
def test_the_built_in_function_refuses_every_other_one_and_says_how_to_allow_it(operation: Operation) -> None:
    result = refusal(asked(BUILT_IN, at(operation), operation.method))

    assert result.status == 403
    assert operation.name in result.reason
    assert operation.effect.value in result.reason
    assert f'add "{operation.name}" to allow under [serve] in getty-token.toml' in result.reason
    assert ("--allow-changes" in result.reason) == (operation.effect is not Effect.PRIVATE)
    assert json.loads(result.body)["detail"] == result.reason


DOWNLOAD = "POST /v3/downloads/images/{id}"
BOARDS = "GET /v3/boards"


@pytest.mark.parametrize(
    ("operation", "listed", "changes", "lacks"),
    [
        (DOWNLOAD, [], False, ["getty-token.toml", "--allow-changes"]),
        (DOWNLOAD, [DOWNLOAD], False, ["--allow-changes"]),
        (DOWNLOAD, [], True, ["getty-token.toml"]),
        (DOWNLOAD, [BOARDS], True, ["getty-token.toml"]),
        (DOWNLOAD, [DOWNLOAD], True, []),
        (BOARDS, [], False, ["getty-token.toml"]),
        (BOARDS, [], True, ["getty-token.toml"]),
        (BOARDS, [BOARDS], False, []),
    ],
)
def test_a_permission_names_the_steps_that_are_missing_and_only_those(
    operation: str, listed: list[str], changes: bool, lacks: list[str]
) -> None:
    said = Permissions(frozenset(listed), changes).refusal(named(operation))

    assert [step for step in ("getty-token.toml", "--allow-changes") if step in said] == lacks


def test_an_operation_that_is_allowed_by_name_keeps_its_body_and_content_type() -> None:
    function = BuiltIn(Permissions(frozenset({DOWNLOAD}), changes=True))
    path = Route("getty", ("v3", "downloads", "images", "12"))

    body = '{"notes": "café"}'.encode()
    result = call(asked(function, path, "POST", headers={"content-type": "application/json"}, body=body))

    assert result == Call("POST", "/v3/downloads/images/12", "", {"content-type": "application/json"}, body)


def test_a_head_request_asks_getty_with_get() -> None:
    result = call(asked(BUILT_IN, method="HEAD"))

    assert result.method == "GET"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get"])
def test_another_method_than_the_operations_is_405_and_allow_names_the_right_one(method: str) -> None:
    result = refusal(asked(BUILT_IN, method=method))

    assert result.status == 405
    assert (b"allow", b"GET") in result.headers
    assert method in result.reason


def test_allow_names_every_method_of_a_path() -> None:
    result = refusal(asked(BUILT_IN, Route("getty", ("v3", "boards", "1")), "PATCH"))

    assert dict(result.headers)[b"allow"] == b"DELETE, GET, PUT"


@pytest.mark.parametrize("segments", [(), ("v3",), ("v3", "search", "images", "creative", "x"), ("v4", "countries")])
def test_a_path_that_is_none_of_gettys_operations_is_404_and_named(segments: tuple[str, ...]) -> None:
    result = refusal(asked(BUILT_IN, Route("getty", segments)))

    assert result.status == 404
    assert "/".join(segments) in result.reason


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_body_where_none_belongs_is_400(method: str) -> None:
    result = refusal(asked(BUILT_IN, method=method, body=b"x" * 1234))

    assert result.status == 400
    assert "1,234 bytes" in result.reason


STAYS_HERE = [
    "authorization",
    "api-key",
    "cookie",
    "host",
    "origin",
    "referer",
    "user-agent",
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "forwarded",
    "gi-authorization",
    "if-none-match",
    "proxy-authorization",
    "range",
    "te",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-api-key",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-http-method-override",
    "x-original-url",
]


def test_only_language_and_country_of_the_browsers_header_fields_reach_getty() -> None:
    sent = {**dict.fromkeys(STAYS_HERE, "x"), "accept-language": "de", "gi-country-code": "AUT"}

    for function in (BUILT_IN, Defined("countries", named("GET /v3/countries"))):
        path = Route("countries") if isinstance(function, Defined) else SEARCH
        result = call(asked(function, path, headers=sent))
        assert result.headers == {"accept-language": "de", "gi-country-code": "AUT"}


@pytest.mark.parametrize(
    "query",
    [
        "phrase=a%2Cb,c",
        "phrase=a+b%20c",
        "phrase=%C3%A9%e9",
        "phrase=100%",
        "phrase=%zz",
        "a&&b=&=c",
        "sort_order=best_match&phrase=x&phrase=y",
        "phrase=a;b:c/d?e@f!g$h'i(j)k*l[m]n~",
    ],
)
def test_the_built_in_function_passes_the_query_byte_for_byte(query: str) -> None:
    assert call(asked(BUILT_IN, query=query)).query == query


@pytest.mark.parametrize(
    ("arrived", "forwarded"),
    [
        ("phrase=caf\xc3\xa9", "phrase=caf%C3%A9"),
        ("phrase=\xe9", "phrase=%E9"),
        ('phrase="<a>"', "phrase=%22%3Ca%3E%22"),
        ("phrase=a#b", "phrase=a%23b"),
        ("phrase=a b\r\n", "phrase=a%20b%0D%0A"),
    ],
)
def test_bytes_that_do_not_belong_into_a_query_are_percent_encoded(arrived: str, forwarded: str) -> None:
    assert call(asked(BUILT_IN, query=arrived)).query == forwarded


SEARCH_IMAGES = Defined(
    "search-images",
    named("GET /v3/search/images/creative"),
    ("phrase", "page", "orientations"),
    {"page_size": "12", "fields": "id,title,thumb"},
)
IMAGE = Defined("image", named("GET /v3/images/{id}"), ("fields",))
BARE = Route("search-images")


def sent(result: Call | Answer) -> list[tuple[str, str]]:
    return parse_qsl(call(result).query, keep_blank_values=True)


def test_a_defined_function_sends_what_the_browser_may_send_and_what_is_fixed() -> None:
    result = asked(SEARCH_IMAGES, BARE, query="phrase=caf%C3%A9+noir%2C+hot&page=2")

    assert call(result).path == "/v3/search/images/creative"
    fixed = [("page_size", "12"), ("fields", "id,title,thumb")]
    assert sent(result) == [("phrase", "café noir, hot"), ("page", "2"), *fixed]


def test_repeated_and_empty_parameters_of_a_defined_function_are_kept_in_their_order() -> None:
    result = asked(SEARCH_IMAGES, BARE, query="orientations=square&phrase=&orientations=vertical")

    assert sent(result)[:3] == [("orientations", "square"), ("phrase", ""), ("orientations", "vertical")]


def test_a_parameter_that_is_fixed_cannot_be_sent_and_the_refusal_says_so() -> None:
    result = refusal(asked(SEARCH_IMAGES, BARE, query="phrase=x&page_size=100"))

    assert result.status == 400
    assert "does not take page_size (page_size is fixed in getty-token.toml)" in result.reason


def test_a_stranger_among_the_parameters_is_refused_and_the_allowed_ones_are_named() -> None:
    result = refusal(asked(SEARCH_IMAGES, BARE, query="phrase=x&Page=2&zoom=3"))

    assert result.status == 400
    assert result.reason == ("search-images does not take Page, zoom. It takes phrase, page, orientations.")


def test_a_function_that_takes_nothing_says_so() -> None:
    result = refusal(asked(Defined("countries", named("GET /v3/countries")), Route("countries"), query="a=b"))

    assert "It takes no parameters." in result.reason


@pytest.mark.parametrize(("segments", "query"), [(("12",), ""), ((), "id=12"), (("12",), "id=99"), ((), "id=12&id=99")])
def test_a_placeholder_is_filled_from_the_path_or_else_from_the_query(segments: tuple[str, ...], query: str) -> None:
    result = call(asked(IMAGE, Route("image", segments), query=query))

    assert result.target == "/v3/images/12"


def test_several_placeholders_are_filled_in_order() -> None:
    both = Defined("asset", named("PUT /v3/boards/{board_id}/assets/{asset_id}"))

    result = call(asked(both, Route("asset", ("1",)), "PUT", query="asset_id=2"))

    assert result.target == "/v3/boards/1/assets/2"


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "a%2Fb", "%2e%2e", "a b", "12?x=1", "12%23", "a\n"])
def test_a_placeholder_takes_one_harmless_word(value: str) -> None:
    result = refusal(asked(IMAGE, Route("image"), query=f"id={quote(value)}"))

    assert result.status == 400
    assert "image needs id" in result.reason


def test_a_defined_function_takes_no_longer_path_than_it_has_placeholders() -> None:
    assert refusal(asked(IMAGE, Route("image", ("12", "similar")))).status == 404
    assert refusal(asked(SEARCH_IMAGES, Route("search-images", ("x",)))).status == 404


def test_a_defined_function_has_one_method_and_head() -> None:
    refused = refusal(asked(SEARCH_IMAGES, BARE, "POST"))

    assert (refused.status, dict(refused.headers)[b"allow"]) == (405, b"GET")
    assert call(asked(SEARCH_IMAGES, BARE, "HEAD")).method == "GET"
    assert refusal(asked(SEARCH_IMAGES, BARE, body=b"x")).status == 400


METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT"])
WORDS = st.sampled_from(
    [*sorted({part for each in OPERATIONS for part in each.segments}), "1", "", "..", "%2e%2e", "%2F", ";"]
)
PATHS = st.lists(WORDS, max_size=7).map("/".join) | st.sampled_from(OPERATIONS).map(lambda each: each.template[1:])


@given(METHODS, PATHS, st.text(st.characters(max_codepoint=255), max_size=30), st.booleans())
def test_no_call_leaves_that_does_not_only_read(method: str, path: str, query: str, bare: bool) -> None:
    try:
        found = route(("/getty/" if bare else "/.netlify/functions/getty/") + path)
    except BadPath:
        return
    assert found is not None

    result = BUILT_IN.call(found, Request(method, query, {}))

    if isinstance(result, Call):
        assert operations_at(result.path)[result.method].effect is Effect.READS
        assert result.target.isascii()
        assert result.target.isprintable()


@given(st.text(max_size=30), st.text(st.characters(max_codepoint=255), max_size=60))
def test_a_defined_function_never_leaves_its_endpoint(segment: str, query: str) -> None:
    for path in (Route("image"), Route("image", (segment,))):
        result = IMAGE.call(path, Request("GET", query, {}))
        if isinstance(result, Call):
            assert operations_at(result.path)["GET"].template == "/v3/images/{id}"
            assert {key for key, _ in parse_qsl(result.query, keep_blank_values=True)} <= {"fields"}
