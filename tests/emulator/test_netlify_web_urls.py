"""Addresses as the URL standard makes them. The expected values are those of Node's `new URL(text, "http://site.test")`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getty_emulator.netlify.paths import BadPath
from getty_emulator.netlify.web_urls import address, decoded, normal_path, pairs_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/a", "/a"),
        ("a", "/a"),
        ("", "/"),
        ("/a/../b/./c/", "/b/c/"),
        ("/a/%2E%2e/b", "/b"),
        ("/a/..", "/"),
        ("/../../a", "/a"),
        ("/a b/é\"<>`{}^|[]~'", "/a%20b/%C3%A9%22%3C%3E%60%7B%7D^|[]~'"),
        ("/a%zz%2f", "/a%zz%2f"),
        ("/a\\b", "/a/b"),
        ("/a?b c'd\"#e f", "/a?b%20c%27d%22#e%20f"),
        ("/a?x=é#ž", "/a?x=%C3%A9#%C5%BE"),
        ("/a?", "/a"),
        (" /a\n", "/a"),
        ("/a\r\nb", "/ab"),
        ("//other.test/x?y", "/x?y"),
        ("https://E.test", "https://e.test/"),
        ("https://e.test:443/x", "https://e.test/x"),
        ("http://e.test:443/../x?a=b#c", "http://e.test:443/x?a=b#c"),
        ("http://user:pw@e.test/x", "http://user:pw@e.test/x"),
        ("http://[::1]:80/", "http://[::1]/"),
        ("http://bücher.test/", "http://xn--bcher-kva.test/"),
    ],
)
def test_a_target_becomes_the_address_that_a_browser_would_make_of_it(text: str, expected: str) -> None:
    assert address(text).whole == expected


@pytest.mark.parametrize("text", ["http://", "http://:80/", "http://[x/", "http://e.test:99999/", "https://a b/", "//"])
def test_what_has_no_host_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="is no host"):
        address(text)


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("/t", "x=1&y=2", "/t?x=1&y=2"),
        ("/t", "x", "/t?x="),
        ("/t", "x=a%20b+c%2F~*", "/t?x=a+b+c%2F%7E*"),
        ("/t", "", "/t"),
        ("/t?own=1", "x=1", "/t?own=1"),
        ("/t?", "x=1", "/t?x=1"),
        ("/t#f", "x=1", "/t?x=1#f"),
    ],
)
def test_the_callers_query_is_taken_over_where_the_target_has_none(text: str, query: str, expected: str) -> None:
    assert address(text).with_query_of(query).whole == expected


@pytest.mark.parametrize("path", ["/%", "/a%2", "/%zz", "/%E9", "/%ff%fe", "/\xe9"])
def test_a_malformed_path_is_refused(path: str) -> None:
    with pytest.raises(BadPath):
        decoded(path)


@given(st.text(max_size=40))
def test_whatever_a_target_is_its_address_is_printable_ascii_or_it_has_none(text: str) -> None:
    try:
        found = address(text).with_query_of(text)
    except ValueError:
        return
    assert found.whole.isascii() and found.whole.isprintable() and " " not in found.whole
    assert found.path.startswith("/")


@given(st.text(st.sampled_from("/.%2eE\\a?"), max_size=20))
def test_a_normal_path_stays_as_it_is_and_climbs_nowhere(text: str) -> None:
    path = normal_path(text)

    assert normal_path(path) == path
    assert not {".", ".."} & set(path.lower().replace("%2e", ".").split("/"))


@given(st.text(max_size=40))
def test_any_query_can_be_read(query: str) -> None:
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in pairs_of(query))
