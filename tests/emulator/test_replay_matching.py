"""When two requests are the same."""

from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getty_emulator.exchange import Call
from getty_emulator.replay.matching import normalised, query_pairs, recordings_for
from getty_emulator.replay.scrubbing import PLACEHOLDER

PATH = "/v3/search/images"
PAIRS = st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=12)), max_size=6)


def lowered_escapes(text: str) -> str:
    """`%C3%A9` as `%c3%a9`."""
    parts = text.split("%")
    return "%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("phrase=cat&page=2", "page=2&phrase=cat"),
        ("fields=id,title", "fields=id%2Ctitle"),
        ("fields=id%2ctitle", "fields=id%2Ctitle"),
        ("phrase=black+cat", "phrase=black%20cat"),
        ("phrase=caf%c3%a9", "phrase=caf%C3%A9"),
        ("phrase=", "phrase"),
        ("phrase=cat&", "&&phrase=cat"),
        ("phr%61se=cat", "phrase=cat"),
    ],
)
def test_queries_that_mean_the_same_are_the_same(one: str, other: str) -> None:
    assert query_pairs(one) == query_pairs(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("phrase=cat", "phrase=Cat"),
        ("phrase=a+b", "phrase=a%2Bb"),
        ("phrase=a%26page=2", "phrase=a&page=2"),
        ("phrase=a%3Db", "phrase%3Da=b"),
        ("phrase=%FF", "phrase=%FE"),
        ("%FF=phrase", "%FE=phrase"),
        ("phrase=cat", "phrase=cat&phrase=cat"),
        ("phrase=", ""),
    ],
)
def test_queries_that_mean_something_else_are_different(one: str, other: str) -> None:
    assert query_pairs(one) != query_pairs(other)


@given(PAIRS, st.randoms(use_true_random=False))
def test_order_and_spelling_of_a_query_do_not_matter(pairs: list[tuple[str, str]], random: object) -> None:
    written = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    otherwise = "&".join(f"{quote(name, safe='')}={quote(value, safe=',;:@/')}" for name, value in shuffled)

    assert query_pairs(written) == query_pairs(lowered_escapes(otherwise))


@given(PAIRS, PAIRS)
def test_two_queries_are_the_same_only_if_their_parameters_are(
    ours: list[tuple[str, str]], theirs: list[tuple[str, str]]
) -> None:
    one, other = ("&".join(f"{quote(n, safe='')}={quote(v, safe='')}" for n, v in each) for each in (ours, theirs))

    assert (query_pairs(one) == query_pairs(other)) == (sorted(ours) == sorted(theirs))


@given(st.text(alphabet="ab%+&=2fF5,;\x00é/", max_size=40))
def test_any_query_and_path_has_a_normal_form(text: str) -> None:
    call = Call("GET", "/" + text, text)

    assert normalised(call) == normalised(call)


def test_a_path_keeps_its_escaped_slash_and_percent() -> None:
    assert normalised(Call("GET", "/v3/images/a%2fb")) == normalised(Call("GET", "/v3/images/a%2Fb"))
    assert normalised(Call("GET", "/v3/images/a%2Fb")) != normalised(Call("GET", "/v3/images/a/b"))
    assert normalised(Call("GET", "/v3/images/%252F")) != normalised(Call("GET", "/v3/images/%2F"))
    assert normalised(Call("GET", "/v3/images/%31")) == normalised(Call("GET", "/v3/images/1/"))


def test_who_asks_for_german_is_answered_in_german_or_by_a_recording_in_no_language() -> None:
    german = normalised(Call("GET", PATH, headers={"accept-language": "de-DE,de;q=0.9,en;q=0.5"}))
    same = normalised(Call("GET", PATH, headers={"accept-language": "de-de, fr"}))
    french = normalised(Call("GET", PATH, headers={"accept-language": "fr"}))
    american = normalised(Call("GET", PATH, headers={"accept-language": "en-US,en;q=0.9"}))
    plain = normalised(Call("GET", PATH))

    assert german == same
    assert american == plain
    assert list(recordings_for(german)) == [german, plain]
    assert german not in list(recordings_for(french))
    assert german not in list(recordings_for(american))


def test_a_country_is_preferred_to_a_language() -> None:
    headers = {"accept-language": "de", "gi-country-code": "deu"}
    request = normalised(Call("GET", PATH, headers=headers))

    found = [(each.language, each.country) for each in recordings_for(request)]

    assert found == [("de", "DEU"), ("de", ""), ("", "DEU"), ("", "")]


def test_a_json_body_matches_whatever_its_spaces_and_order() -> None:
    one = Call("POST", PATH, body=b'{"a": 1, "b": [1, 2]}')
    other = Call("POST", PATH, body=b'{"b":[1,2],"a":1}')
    different = Call("POST", PATH, body=b'{"b":[2,1],"a":1}')

    assert normalised(one) == normalised(other) != normalised(different)


def test_a_secret_that_is_sent_matches_its_placeholder() -> None:
    sent = Call("POST", "/oauth2/token", "api_key=test-key", body=b"grant_type=x&client_secret=test-secret")
    kept = Call("POST", "/oauth2/token", f"api_key={PLACEHOLDER}", body=b"grant_type=x&client_secret=SCRUBBED")

    assert normalised(sent) == normalised(kept)
    assert "test-" not in repr(normalised(sent))
