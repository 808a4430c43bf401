"""How far a search is, on stderr: only on a terminal, and only once somebody may wonder."""

import time
from collections.abc import Callable

from getty_token.commands.terminal import Screen

QUIET = 0.5
"""Seconds in which nothing is shown: most searches are over by then."""
_OFTEN = 0.1
"""Seconds between two changes of the line."""


class Progress:
    """
    One line that changes, where `in_place` says that one can. `write` puts text on stderr at once; `steady` gives
    seconds.

    Whoever prints something else on the same terminal calls `clear` first.
    """

    def __init__(
        self,
        screen: Screen,
        in_place: bool,
        write: Callable[[str], None],
        steady: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._screen = screen
        self._in_place = in_place
        self._write = write
        self._steady = steady
        self._sleep = sleep
        self._began = steady()
        self._last = float("-inf")
        self._shown = False
        self._before: int | None = None

    def update(self, done: int, wanted: int, about: str = "") -> None:
        """`done` of `wanted` images are there. `about` says of what, where there is more than one question."""
        now = self._steady()
        if self._before is None:
            self._before = done  # what an earlier run brought says nothing about the rate
        if now - self._began < QUIET or now - self._last < _OFTEN:
            return
        rate = (done - self._before) / (now - self._began)
        left = f", {duration((wanted - done) / rate)} left" if rate and wanted > done else ""
        self._show(f"{done:,} of {wanted:,} images{about}, {rate:,.0f} a second{left}")
        self._last = now

    def wait(self, seconds: float, why: str) -> None:
        """Sleep that long. `why`, if there is a reason, is shown with a countdown; in a log, in one line."""
        if why and not self._in_place:
            self._write(f"getty-token: {why}; going on in {seconds:.0f} s\n")
        ends = self._steady() + seconds
        while (left := ends - self._steady()) > 0:
            if why:
                self._show(f"{why}; going on in {left:.0f} s")
            self._sleep(min(left, 1.0))
        if why:
            self.clear()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._write("\r\x1b[2K")
            self._shown = False

    def _show(self, text: str) -> None:
        if self._in_place:
            self._write(f"\r\x1b[2K{self._screen.plain(text)[: max(1, self._screen.width - 1)]}")
            self._shown = True


def duration(seconds: float) -> str:
    """Seconds in a person's words."""
    minutes, rest = divmod(int(seconds) + 1, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
