"""
The time by Getty's clock. For a token that several machines share: one whose clock is an hour off must neither use a
dead token nor take every token for dead.
"""

import time
from collections.abc import Callable

WRONG = 60.0
"""Seconds. What a clock may differ by without being wrong: answers take their time, and Date has whole seconds."""


class GettyClock:
    """Unix seconds by `local`, put right by what Getty's answers have told since."""

    def __init__(self, local: Callable[[], float] = time.time) -> None:
        self._local = local
        self._behind = 0.0

    def __call__(self) -> float:
        return self._local() + self._behind

    def learn(self, seconds_behind: float) -> None:
        """Our own clock is that much behind Getty's; a negative number if it is ahead."""
        self._behind = seconds_behind
