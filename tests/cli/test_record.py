"""Tests of getty_token.stores.record: what is kept, and what is not taken for it."""

import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import NOW, token
from getty_token.errors import CredentialsRejected, GettyUnavailable, RateLimited, StoreError
from getty_token.stores.record import VERSION, NotARecord, Record, Trouble, dumps, loads

TROUBLE = Trouble("RateLimited", "too often.", "Getty answered 429.", "Wait.", NOW - 75, NOW - 3, 4, NOW + 5)


def changed(part: str, **members: Any) -> str:
    """A good record with some members of its token or trouble replaced."""
    data = json.loads(dumps(Record(token(), TROUBLE)))
    data[part] |= members
    return json.dumps(data)


@pytest.mark.parametrize("record", [Record(), Record(token()), Record(None, TROUBLE), Record(token(), TROUBLE)])
def test_what_is_written_is_read(record: Record) -> None:
    assert loads(dumps(record)) == record


def test_a_record_is_json_that_names_its_version() -> None:
    data = json.loads(dumps(Record(token())))

    assert data["version"] == VERSION
    assert data["token"]["access_token"] == "test-token"
    assert data["trouble"] is None


def test_a_record_of_a_newer_version_is_refused_and_says_how_to_go_on() -> None:
    newer = json.dumps({"version": VERSION + 1, "tokens": ["unknown to us"]})

    with pytest.raises(StoreError) as refused:
        loads(newer)

    assert f"version {VERSION + 1}" in refused.value.what
    assert "getty-token clear" in refused.value.mend


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "17",
        '"text"',
        "{",
        "{}",
        '{"version": 1}',
        '{"version": 1, "token": [], "trouble": 3}',
        '{"version": 1, "token": {"access_token": "test-token"}, "trouble": null}',
        "[" * 100_000,
        pickle.dumps({"version": 1}, protocol=0).decode(),
        changed("token", access_token=None),
        changed("token", access_token="two\nlines"),
        changed("token", access_token="t\u00f6ken"),
        changed("token", token_type=7),
        changed("token", requested_by=["a", "list"]),
        changed("token", expires_at="soon"),
        changed("token", expires_at=float("nan")),
        changed("token", expires_at=float("inf")),
        changed("token", expires_at=9e11),
        changed("token", requested_at=-1e11),
        changed("token", unknown=1),
        changed("trouble", what=None),
        changed("trouble", retry_at="later"),
        changed("trouble", last_at=None),
        changed("trouble", since=float("nan")),
        changed("trouble", failures={}),
    ],
)
def test_what_is_no_record_is_told_apart(text: str) -> None:
    with pytest.raises(NotARecord):
        loads(text)


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner)).map(json.dumps))
def test_any_text_is_a_record_or_no_record(text: str) -> None:
    with pytest.raises(NotARecord):
        loads(text)


def test_trouble_becomes_the_same_kind_of_error_in_every_process() -> None:
    error = TROUBLE.as_error(NOW)

    assert isinstance(error, RateLimited)
    assert error.sentence == (
        "too often. Getty answered 429. Failing for 1 min 15 s, 4 token requests so far; the next one in 5 s. Wait."
    )


def test_trouble_counts_one_request_in_the_singular() -> None:
    once = Trouble("CredentialsRejected", "wrong.", "", "", NOW, NOW, 1, NOW + 0.7)

    error = once.as_error(NOW + 2)

    assert isinstance(error, CredentialsRejected)
    assert error.why == "Failing for 2 s, 1 token request so far; the next one in 0 s."


@pytest.mark.parametrize("name", ["", "Unheard", "__name__", "__doc__"])
def test_trouble_of_an_unknown_kind_counts_as_getty_being_unavailable(name: str) -> None:
    odd = Trouble(name, "what.", "why.", "mend.", NOW, NOW, 1, NOW)

    assert type(odd.as_error(NOW)) is GettyUnavailable


def test_no_repr_shows_the_token() -> None:
    assert "canary" not in repr(Record(token("test-token-canary")))
