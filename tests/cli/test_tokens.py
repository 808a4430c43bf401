"""Tests of getty_token.tokens: how old a token is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import NOW, token
from getty_token.tokens import Age, Token, Windows


@pytest.mark.parametrize(
    ("left", "age"),
    [
        (1800, Age.FRESH),
        (300.1, Age.FRESH),
        (300, Age.STALE),
        (30.1, Age.STALE),
        (30, Age.EXPIRED),
        (0, Age.EXPIRED),
        (-86_400, Age.EXPIRED),
    ],
)
def test_a_token_of_half_an_hour_is_stale_at_five_minutes_and_expired_at_thirty_seconds(left: float, age: Age) -> None:
    held = token()

    assert held.age(held.expires_at - left) is age


@pytest.mark.parametrize(("passed", "age"), [(0, Age.FRESH), (9.9, Age.FRESH), (10, Age.EXPIRED), (20, Age.EXPIRED)])
def test_a_short_token_is_good_for_the_first_half_of_its_life(passed: float, age: Age) -> None:
    assert token(lifetime=20).age(NOW + passed) is age


@pytest.mark.parametrize(("passed", "age"), [(0, Age.FRESH), (199.9, Age.FRESH), (200, Age.STALE), (370, Age.EXPIRED)])
def test_a_token_shorter_than_both_windows_is_stale_from_the_middle(passed: float, age: Age) -> None:
    assert token(lifetime=400).age(NOW + passed) is age


@pytest.mark.parametrize(("back", "age"), [(0, Age.FRESH), (30, Age.FRESH), (30.1, Age.EXPIRED), (3600, Age.EXPIRED)])
def test_a_token_from_the_future_is_not_trusted_after_the_clock_was_set_back(back: float, age: Age) -> None:
    assert token().age(NOW - back) is age


def test_a_token_that_ends_before_it_begins_is_expired_at_any_time() -> None:
    backwards = token(lifetime=-100)

    ages = {backwards.age(NOW + offset) for offset in range(-200, 200, 7)}

    assert ages == {Age.EXPIRED}


def test_windows_are_what_the_caller_says() -> None:
    windows = Windows(advisory=60, mandatory=10)

    ages = [token().age(NOW + passed, windows) for passed in (1739, 1740, 1790)]

    assert ages == [Age.FRESH, Age.STALE, Age.EXPIRED]


@given(
    lifetime=st.floats(0.001, 86_400),
    offset=st.floats(-200_000, 200_000),
    windows=st.builds(Windows, st.floats(0, 100_000), st.just(30.0)),
)
def test_no_token_is_ever_used_in_its_last_seconds(lifetime: float, offset: float, windows: Windows) -> None:
    held, now = token(lifetime=lifetime), NOW + offset

    usable = held.age(now, windows) in (Age.FRESH, Age.STALE)

    assert not usable or held.expires_at - now >= min(30, held.lifetime / 2) - 1e-3
    assert not usable or now >= held.requested_at - 30


def test_no_repr_shows_an_access_token() -> None:
    held = token("test-token-canary")._replace(requested_by="somebody")

    assert "canary" not in repr(held) + str(held) + f"{[held]}"
    assert isinstance(held, Token)
