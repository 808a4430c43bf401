"""How often a key may ask: so many times in any second."""

from collections import deque
from collections.abc import Callable


class Rate:
    """
    Counts what a key asks. `per_second` 0 is any number; `steady` gives seconds on a clock that nobody sets.

    What is refused does not count: a client that waits a second is always let in again.
    """

    def __init__(self, per_second: int, steady: Callable[[], float]) -> None:
        self._per_second = per_second
        self._steady = steady
        self._times: dict[str, deque[float]] = {}

    def exceeded(self, key: str) -> bool:
        """Whether `key` asks too often; counts this time if not."""
        if not self._per_second:
            return False
        now, times = self._steady(), self._times.setdefault(key, deque())
        while times and now - times[0] >= 1.0:
            times.popleft()
        if len(times) >= self._per_second:
            return True
        times.append(now)
        return False
