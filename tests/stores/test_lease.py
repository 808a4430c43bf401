"""Tests of getty_token.stores.lease, with a store that is a variable and a time that passes when somebody waits."""

import random
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import pytest

from getty_token.errors import StoreBusy, StoreError
from getty_token.stores import lease


@dataclass
class World:
    """A store that leases, and the time. `log` is what was done, `pauses` how long was waited in between."""

    now: float = 1000.0
    holder: str = ""
    runs_out_at: float = 0.0
    broken: bool = False
    log: list[str] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def take(self, holder: str, seconds: float) -> bool:
        self.log.append("take")
        self.fail()
        if self.holder and self.now < self.runs_out_at:
            return False
        self.holder, self.runs_out_at = holder, self.now + seconds
        return True

    def give_back(self, holder: str) -> None:
        self.log.append("give back")
        self.fail()
        if self.holder == holder:
            self.holder = ""

    def fail(self) -> None:
        if self.broken:
            raise StoreError("cannot use the token store.", "It is down.")

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def warnings() -> list[str]:
    return []


def hold(world: World, timeout: float, warnings: list[str] | None = None) -> AbstractContextManager[None]:
    """The lock of this world's store."""
    waiting = lease.Waiting(lambda: world.now, world.sleep)
    warn = (warnings if warnings is not None else []).append
    return lease.held(world, timeout, name="memory", on_warning=warn, waiting=waiting)


def test_a_free_lease_is_had_without_waiting_and_given_back(world: World) -> None:
    with hold(world, 0):
        during = world.holder

    assert during
    assert world.holder == ""
    assert world.log == ["take", "give back"]
    assert world.pauses == []


def test_every_holder_is_somebody_else(world: World) -> None:
    holders = set()
    for _ in range(20):
        with hold(world, 0):
            holders.add(world.holder)

    assert len(holders) == 20


def test_a_lease_runs_out_by_itself_and_its_holder_leaves_the_next_one_alone(world: World) -> None:
    with hold(world, 0):
        first = world.holder
        world.now += lease.LEASE
        with hold(world, 0):
            second = world.holder
            world.give_back(first)
            after = world.holder

    assert first != second
    assert after == second


def test_whoever_waits_gets_the_lease_when_it_runs_out(world: World) -> None:
    world.take("somebody who was killed", lease.LEASE)
    began = world.now

    with hold(world, 60):
        waited = world.now - began

    assert lease.LEASE <= waited <= lease.LEASE + lease.LONGEST_PAUSE


@pytest.mark.parametrize("timeout", [0.0, 0.001, 0.02, 1.0, 7.77])
def test_waiting_ends_at_the_time_named_with_a_last_attempt(world: World, timeout: float) -> None:
    world.take("somebody else", 60)

    with pytest.raises(StoreBusy) as error, hold(world, timeout):
        pass

    assert sum(world.pauses) == pytest.approx(timeout)
    assert world.log[-1] == "take"
    assert f"{timeout:.0f} s" in error.value.what
    assert "memory" in error.value.why


def test_the_pauses_are_random_and_grow_up_to_a_quarter_of_a_second(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        bounds.append((low, high))
        return high

    monkeypatch.setattr(random, "uniform", uniform)
    world.take("somebody else", 60)

    with pytest.raises(StoreBusy), hold(world, 2):
        pass

    assert bounds[:5] == [(0.01, 0.02), (0.02, 0.04), (0.04, 0.08), (0.08, 0.16), (0.125, 0.25)]
    assert max(bounds) == (0.125, 0.25)


def test_a_minute_of_waiting_is_at_most_five_hundred_attempts(world: World) -> None:
    world.take("somebody else", 3600)

    with pytest.raises(StoreBusy), hold(world, 60):
        pass

    assert 240 <= len(world.log) <= 500


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, GeneratorExit])
def test_a_lease_is_given_back_after_an_error(world: World, error: type[BaseException]) -> None:
    with pytest.raises(error), hold(world, 0):
        raise error

    assert world.holder == ""


def test_a_store_that_is_down_is_asked_once(world: World) -> None:
    world.broken = True

    with pytest.raises(StoreError, match="It is down"), hold(world, 60):
        pass

    assert world.log == ["take"]


def test_a_lease_that_cannot_be_given_back_is_a_warning_and_no_error(world: World, warnings: list[str]) -> None:
    with hold(world, 0, warnings):
        world.broken = True

    assert warnings == [
        "others may have to wait up to 12 s for a token: cannot use the token store. It is down.",
    ]


def test_the_error_in_the_middle_is_not_hidden_by_a_lease_that_cannot_be_given_back(
    world: World, warnings: list[str]
) -> None:
    with pytest.raises(ZeroDivisionError), hold(world, 0, warnings):
        world.broken = True
        raise ZeroDivisionError

    assert len(warnings) == 1


def test_a_lease_is_longer_than_a_token_request_may_take() -> None:
    assert lease.LEASE >= 10 + 2
