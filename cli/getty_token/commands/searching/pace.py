"""How fast Getty is asked: one request at a time, no more than so many a second, and slower when it says so."""

import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from getty_token.errors import GettyUnavailable, RateLimited

LONGEST_PAUSE = 30.0
"""Seconds. Pauses after a 429 double from 1 to this, each shortened by chance, so that many programs spread out."""
RETRIES = 3
"""How often a question is repeated that Getty failed to answer, once it has answered others."""

T = TypeVar("T")


class Pace:
    """
    Asks, and waits where it has to; several threads may ask. Getty sends no Retry-After
    (https://developer.gettyimages.com/docs), so pauses are ours.

    `qps` is requests a second, None for as fast as answers come. `patience` is how many seconds the pauses may
    take for one question. `wait` sleeps, and tells a person why; `steady` gives seconds that nobody can set back.
    """

    def __init__(
        self,
        qps: float | None,
        patience: float,
        wait: Callable[[float, str], None],
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval = 1 / qps if qps else 0.0
        self._patience = patience
        self._wait = wait
        self._steady = steady
        self._next = float("-inf")
        self._turns = threading.Lock()
        self._answered = False

    def ask(self, question: Callable[[], T]) -> T:
        """
        The answer to `question`, asked when it may be, and again after a 429.

        Raises RateLimited when patience is at its end, and whatever else `question` raises. A failure of Getty's is
        final at the first question; later on, when there is something to lose, it is tried RETRIES times more.
        """
        pause, waited, failures = 1.0, 0.0, 0
        while True:
            self._take_turn()
            chosen = random.uniform(pause / 2, pause)  # noqa: S311 - not a secret
            try:
                answer = question()
            except RateLimited as error:
                if waited + chosen > self._patience:
                    raise _enough(error, waited) from None
                why = "Getty asks for fewer requests"
            except GettyUnavailable:
                failures += 1
                if not self._answered or failures > RETRIES or waited + chosen > self._patience:
                    raise
                why = "Getty could not answer"
            else:
                self._answered = True
                return answer
            self._wait(chosen, why)
            waited += chosen
            pause = min(2 * pause, LONGEST_PAUSE)

    def _take_turn(self) -> None:
        with self._turns:
            turn = max(self._steady(), self._next)
            self._next = turn + self._interval
        early = turn - self._steady()
        if early > 0:
            self._wait(early, "")


def _enough(error: RateLimited, waited: float) -> RateLimited:
    if not waited:
        return error
    return RateLimited(error.what, f"{error.why} Waited {waited:.0f} s for it.", "Try again later, or slower: --qps 1")
