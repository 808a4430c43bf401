"""A minute of steady load while everything around `serve` goes wrong and gets well again; see soak.py."""

from pathlib import Path

import pytest

from soak import soak

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="memory and open files are read from /proc (Linux)"),
]


def test_every_request_gets_the_right_answer_whatever_goes_wrong_and_nothing_grows_or_stays_behind() -> None:
    assert soak(seconds=60) == []
