"""Which function a path means, and what of it may be forwarded."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getty_emulator.netlify.paths import BadPath, Route, route

COUNTRIES = ("v3", "countries")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/.netlify/functions/getty", Route("getty")),
        ("/.netlify/functions/getty/", Route("getty")),
        ("/.netlify/functions/getty/v3/countries", Route("getty", COUNTRIES)),
        ("/.netlify/functions/getty/v3/countries/", Route("getty", COUNTRIES)),
        ("/getty/v3/countries", Route("getty", COUNTRIES, bare=True)),
        ("/search-images", Route("search-images", bare=True)),
        ("//.netlify/functions/getty/v3/countries", Route("getty", COUNTRIES)),
        ("///getty/v3/countries", Route("getty", COUNTRIES, bare=True)),
        ("/.netlify/functions//getty/v3/countries", Route("getty", COUNTRIES)),
        ("/.netlify/functions/Search_Images-2", Route("Search_Images-2")),
    ],
)
def test_a_function_is_found_with_its_prefix_without_it_and_behind_doubled_slashes(path: str, expected: Route) -> None:
    assert route(path) == expected


@pytest.mark.parametrize(
    "path",
    ["/", "//", "", "/.netlify/functions", "/.netlify/functions/", "/index.html", "/%"],
)
def test_a_path_that_names_no_function_is_nobodys(path: str) -> None:
    assert route(path) is None


@pytest.mark.parametrize("name", ["hello.js", "hello;a=b", "hello%2Fx", "%67etty", "ge tty", "gétty", "..", "%2e%2e"])
def test_a_name_that_netlify_would_refuse_is_refused_in_netlifys_words(name: str) -> None:
    with pytest.raises(BadPath) as refused:
        route(f"/.netlify/functions/{name}/v3")

    assert str(refused.value) == "Function name should consist only of alphanumeric characters, hyphen & underscores."


def test_the_name_of_a_function_keeps_its_case() -> None:
    found = route("/.netlify/functions/Getty/V3")

    assert found == Route("Getty", ("V3",))


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ("%", "percent sign that begins no escape"),
        ("a%2", "percent sign that begins no escape"),
        ("%zz", "percent sign that begins no escape"),
        ("%E9", "not UTF-8"),
        ("\xe9", "not UTF-8"),  # a byte of its own, as a server hands it on
        ("%C0%AE", "not UTF-8"),  # an overlong full stop
        ("a%2Fb", "slash"),
        ("a%5Cb", "backslash"),
        ("a\\b", "backslash"),
        ("a%00b", "control character"),
        ("a%0d%0ab", "control character"),
        ("a%1bb", "control character"),
        ("a%E2%80%AEb", "control character"),  # U+202E turns the rest of a terminal's line around
        ("a;b", "semicolon"),
        ("a%3Bb", "semicolon"),
        ("%252e%252e", "percent"),  # a second decoding would make it a dot segment
        (".", "dot segment"),
        ("..", "dot segment"),
        ("%2e%2E", "dot segment"),
        (".%2e", "dot segment"),
        ("/a", "two slashes"),
        ("a//b", "two slashes"),
        ("a//", "two slashes"),
    ],
)
def test_what_another_server_might_read_otherwise_is_refused_with_the_reason(rest: str, says: str) -> None:
    with pytest.raises(BadPath, match=says):
        route(f"/.netlify/functions/getty/v3/{rest}")


@pytest.mark.parametrize(
    ("given", "forwarded"),
    [
        ("caf\xc3\xa9", "caf%C3%A9"),
        ("caf%c3%a9", "caf%C3%A9"),
        ("a%20b", "a%20b"),
        ("a b", "a%20b"),
        ("a%3Fb%23c", "a%3Fb%23c"),
        ("a%2Cb,c", "a,b,c"),
        ("...", "..."),
        (".env", ".env"),
        ("~a-b_c.d", "~a-b_c.d"),
        ("%E2%9C%93", "%E2%9C%93"),
    ],
)
def test_what_follows_the_name_is_forwarded_in_one_canonical_spelling(given: str, forwarded: str) -> None:
    found = route(f"/.netlify/functions/getty/v3/{given}")

    assert found is not None
    assert found.rest == f"/v3/{forwarded}"


PIECES = [
    *"/.;%\\ aZé",
    "%2e",
    "%2F",
    "%5C",
    "%25",
    "%00",
    "%C3",
    "%A9",
    "%E2%80%A8",
    "..",
    "//",
    "getty",
    "\x7f",
    "\xa0",
]
ODD = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
ANYTHING = ODD | st.text(st.characters(max_codepoint=255), max_size=40)


@given(st.sampled_from(["/.netlify/functions/getty/", "/getty/", "/.netlify/functions/", "/", ""]), ANYTHING)
def test_whatever_arrives_is_nobodys_refused_or_harmless(prefix: str, tail: str) -> None:
    try:
        found = route(prefix + tail)
    except BadPath:
        return
    if found is None:
        return

    for segment in found.segments:
        assert segment not in ("", ".", "..")
        assert segment.isprintable()
        assert not set(segment) & set("/\\;%")
    assert found.rest.isascii()
    assert found.rest.isprintable()
    assert " " not in found.rest
    assert tuple(unquote(part, errors="strict") for part in found.rest.split("/")[1:]) == (found.segments or ("",))
