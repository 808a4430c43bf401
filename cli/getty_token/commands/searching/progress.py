"""How far a search is, on stderr: only on a terminal, and only once somebody may wonder."""

import time
from collections.abc import Callable
from math import ceil

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
        count = f"{done:,} of {wanted:,} images"
        self._show(f"{count}{about}, {rate:,.0f} a second{left}", f"{count}{left}", f"{done:,} of {wanted:,}")
        self._last = now

    def wait(self, seconds: float, why: str) -> None:
        """Sleep that long. `why`, if there is a reason, is shown with a countdown; in a log, in one line."""
        if why and not self._in_place:
            self._write(f"getty-token: {why}; going on in {ceil(seconds)} s\n")
        ends = self._steady() + seconds
        while (left := ends - self._steady()) > 0:
            if why:
                self._show(f"{why}; going on in {ceil(left)} s", f"waiting {ceil(left)} s")
            self._sleep(min(left, 1.0))
        if why:
            self.clear()

    def clear(self, interrupted: bool = False) -> None:
        """Take the line away; `interrupted`, the ^C that the terminal shows, too."""
        if self._shown or (interrupted and self._in_place):
            self._write("\r\x1b[2K")
            self._shown = False

    def _show(self, *texts: str) -> None:
        """The first of `texts` for which there is room; the last one is cut to fit."""
        if self._in_place:
            room = max(1, self._screen.width - 3)  # and for the ^C that a terminal shows, or it would break the line
            text = next((each for each in texts if len(each) <= room), texts[-1][:room])
            self._write(f"\r\x1b[2K{self._screen.plain(text)}")
            self._shown = True


def duration(seconds: float) -> str:
    """Seconds in a person's words."""
    minutes, rest = divmod(int(seconds) + 1, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
