"""Tests of getty_token.commands.searching.pace and progress: how fast, how patient, and what a person sees of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from fakes import Clock
from getty_token.commands.searching.pace import LONGEST_PAUSE, RETRIES, Pace
from getty_token.commands.searching.progress import Progress
from getty_token.commands.terminal import Screen
from getty_token.errors import GettyRefused, GettyTokenError, GettyUnavailable, RateLimited

BUSY, DOWN = RateLimited("too often", "Getty answered 429."), GettyUnavailable("down")


@dataclass
class Time(Clock):
    """A clock that sleeping moves, and what was slept for."""

    slept: list[tuple[float, str]] = field(default_factory=list)

    def wait(self, seconds: float, why: str = "") -> None:
        """Sleep."""
        self.slept.append((seconds, why))
        self.now += seconds


def answering(*answers: str | GettyTokenError) -> Callable[[], str]:
    """A question to which these are the answers, one after another."""
    left = list(answers)

    def question() -> str:
        answer = left.pop(0)
        if isinstance(answer, GettyTokenError):
            raise answer
        return answer

    return question


def test_requests_keep_their_distance() -> None:
    time = Time()
    pace = Pace(4, 60, time.wait, time)

    starts = [(pace.ask(lambda: time.now)) for _ in range(4)]

    assert [start - starts[0] for start in starts] == [0, 0.25, 0.5, 0.75]


def test_an_answer_that_took_longer_than_the_distance_is_not_waited_for_again() -> None:
    time = Time()
    pace = Pace(4, 60, time.wait, time)

    pace.ask(lambda: time.wait(5))
    pace.ask(lambda: None)

    assert [seconds for seconds, why in time.slept if seconds != 5] == []


def test_without_a_rate_nothing_waits() -> None:
    time = Time()
    pace = Pace(None, 60, time.wait, time)

    for _ in range(10):
        pace.ask(lambda: None)

    assert time.slept == []


def test_a_429_is_waited_out_with_pauses_that_double_and_are_never_the_same() -> None:
    time = Time()
    pace = Pace(None, 600, time.wait, time)

    assert pace.ask(answering(*[BUSY] * 8, "here")) == "here"

    pauses = [seconds for seconds, _ in time.slept]
    bounds = [min(2.0**n, LONGEST_PAUSE) for n in range(8)]
    assert all(bound / 2 <= pause <= bound for pause, bound in zip(pauses, bounds, strict=True))
    assert {why for _, why in time.slept} == {"Getty asks for fewer requests"}


def test_patience_ends_and_says_how_long_it_was() -> None:
    time = Time()
    pace = Pace(None, 20, time.wait, time)

    with pytest.raises(RateLimited) as refused:
        pace.ask(answering(*[BUSY] * 100))

    assert sum(seconds for seconds, _ in time.slept) <= 20
    assert "Waited" in refused.value.why and refused.value.exit_code == 5


def test_without_patience_the_first_429_is_final() -> None:
    time = Time()

    with pytest.raises(RateLimited) as refused:
        Pace(None, 0, time.wait, time).ask(answering(BUSY, "here"))

    assert refused.value is BUSY and time.slept == []


def test_a_failure_at_the_first_question_is_final_and_a_later_one_is_tried_again() -> None:
    time = Time()
    pace = Pace(None, 600, time.wait, time)

    with pytest.raises(GettyUnavailable):
        pace.ask(answering(DOWN, "here"))
    pace.ask(answering("first"))

    assert pace.ask(answering(*[DOWN] * RETRIES, "second")) == "second"
    with pytest.raises(GettyUnavailable):
        pace.ask(answering(*[DOWN] * (RETRIES + 1), "third"))


def test_what_waiting_cannot_mend_is_not_waited_for() -> None:
    time = Time()
    pace = Pace(None, 600, time.wait, time)
    pace.ask(answering("first"))

    with pytest.raises(GettyRefused):
        pace.ask(answering(GettyRefused("no"), "here"))

    assert time.slept == []


class Shown:
    """A progress line in front of somebody."""

    def __init__(self, width: int = 80, in_place: bool = True) -> None:
        self.time = Time()
        self.written: list[str] = []
        screen = Screen(is_terminal=in_place, colour=False, unicode=True, width=width)
        self.progress = Progress(screen, in_place, self.written.append, self.time, self.time.wait)

    @property
    def line(self) -> str:
        """What stands there now."""
        return "".join(self.written).rpartition("\x1b[2K")[2]


def test_a_search_of_half_a_second_shows_nothing() -> None:
    shown = Shown()

    for _ in range(4):
        shown.time.now += 0.12
        shown.progress.update(100, 1000)

    assert shown.written == []


def test_a_longer_one_shows_how_far_how_fast_and_how_long_still() -> None:
    shown = Shown()
    shown.progress.update(0, 4000)
    shown.time.now += 2

    shown.progress.update(1000, 4000)

    assert shown.line == "1,000 of 4,000 images, 500 a second, 7 s left"


def test_what_an_earlier_run_brought_says_nothing_about_the_rate() -> None:
    shown = Shown()
    shown.progress.update(90_000, 100_000)
    shown.time.now += 10

    shown.progress.update(91_000, 100_000)

    assert "100 a second, 1 min 31 s left" in shown.line


@pytest.mark.parametrize(("width", "line"), [(200, 45), (40, 31), (20, 14), (8, 5)])
def test_a_narrow_terminal_gets_a_shorter_line(width: int, line: int) -> None:
    shown = Shown(width)
    shown.progress.update(0, 4000)
    shown.time.now += 2

    shown.progress.update(1000, 4000)

    assert len(shown.line) == line <= width - 3


def test_the_line_changes_ten_times_a_second_and_no_more() -> None:
    shown = Shown()
    shown.time.now += 1

    for done in range(1000):
        shown.time.now += 0.001
        shown.progress.update(done, 1000)

    assert 9 <= len(shown.written) <= 11


def test_a_wait_counts_down_and_leaves_no_trace() -> None:
    shown = Shown()

    shown.progress.wait(3.5, "Getty asks for fewer requests")

    assert [text.rpartition(" in ")[2] for text in shown.written[:-1]] == ["4 s", "3 s", "2 s", "1 s"]
    assert shown.line == ""


def test_in_a_log_a_wait_is_one_line_and_progress_none() -> None:
    shown = Shown(in_place=False)

    shown.progress.wait(3.5, "Getty asks for fewer requests")
    shown.time.now += 100
    shown.progress.update(10, 20)

    assert shown.written == ["getty-token: Getty asks for fewer requests; going on in 4 s\n"]


def test_keeping_a_distance_is_nobodys_business() -> None:
    shown = Shown()

    shown.progress.wait(2, "")

    assert shown.written == [] and shown.time.now == Clock().now + 2
