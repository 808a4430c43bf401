"""A minute of steady load while everything around `serve` goes wrong and gets well again; see soak.py."""

import pytest

from soak import soak

pytestmark = pytest.mark.soak


def test_every_request_gets_the_right_answer_whatever_goes_wrong_and_nothing_grows_or_stays_behind() -> None:
    assert soak(seconds=60) == []
