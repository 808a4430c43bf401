"""The bound that stands in workers_kv.py, with the real token engine, at the worst that eventual consistency can do."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from fakes import Clock, token
from getty_token.source import LOCK_TIMEOUT, TokenSource
from getty_token.stores.lease import Waiting
from getty_token.stores.workers_kv import STALE_READS, WorkersKVStore
from getty_token.tokens import Age, Token, Windows
from stores.cloud.eventual import EventualKV, serving

LIFETIME = 1800.0
PROCESSES = 4
TOKEN_REQUEST = 0.5
"""Seconds that one takes."""


class World:
    """Some processes that share a namespace, and the token requests they have made."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.clock = clock
        self.requests: list[tuple[int, float]] = []
        """Who made one, and when."""
        self.longest_wait = 0.0
        self._sources = [self._source(url, number) for number in range(PROCESSES)]

    def _source(self, url: str, number: int) -> TokenSource:
        def request_token() -> Token:
            self.requests.append((number, self.clock.now))
            asked_at = self.clock.now
            self.clock.now += TOKEN_REQUEST
            return token(f"test-token-{len(self.requests)}", asked_at, LIFETIME)

        def sleep(seconds: float) -> None:
            self.clock.now += seconds

        store = WorkersKVStore(
            url,
            "0123456789abcdef",
            environment={"CLOUDFLARE_API_TOKEN": "test-token"},
            clock=self.clock,
            steady=self.clock,
            waiting=Waiting(self.clock, sleep),
        )
        return TokenSource(store, request_token, who="test", clock=self.clock, steady=self.clock)

    def ask(self, number: int) -> None:
        """One process wants a token, and gets one that can be used."""
        began = self.clock.now
        source = self._sources[number]
        got = source.token()
        source.settle()
        self.longest_wait = max(self.longest_wait, self.clock.now - began)
        assert got.age(self.clock.now) is not Age.EXPIRED

    def live(self, until: float, dice: random.Random) -> None:
        """All ask again and again, most often around the time when tokens are new."""
        end = self.clock.now + until
        while self.clock.now < end:
            for number in dice.sample(range(PROCESSES), PROCESSES):
                self.ask(number)
            newest = max(at for _, at in self.requests)
            self.clock.now += dice.uniform(0, 8 if self.clock.now - newest < 2 * STALE_READS else 90)


@contextmanager
def world(lag: Callable[[], float]) -> Iterator[World]:
    """Nobody has asked for a token yet."""
    clock = Clock()
    with serving(EventualKV(clock, lag)) as url:
        yield World(url, clock)


LAGS: dict[str, Callable[[random.Random], float]] = {
    "none": lambda dice: 0,
    "a second": lambda dice: 1,
    "the most": lambda dice: STALE_READS,
    "none or the most": lambda dice: dice.choice([0, STALE_READS]),
    "any": lambda dice: dice.uniform(0, STALE_READS),
}


@pytest.mark.parametrize("lag", LAGS.values(), ids=LAGS.keys())
def test_each_process_makes_at_most_one_token_request_in_a_lifetime(lag: Callable[[random.Random], float]) -> None:
    dice = random.Random(1)
    with world(lambda: lag(dice)) as processes:
        processes.live(until=2.5 * LIFETIME, dice=dice)

    for number in range(PROCESSES):
        own = [at for who, at in processes.requests if who == number]
        assert all(later - earlier >= LIFETIME - Windows().advisory for earlier, later in pairwise(own))
    assert processes.longest_wait < LOCK_TIMEOUT


def test_at_worst_each_process_makes_one() -> None:
    with world(lambda: STALE_READS) as processes:
        for _ in range(3):
            for number in range(PROCESSES):
                processes.ask(number)

    assert Counter(who for who, _ in processes.requests) == dict.fromkeys(range(PROCESSES), 1)


def test_who_comes_after_a_minute_makes_none() -> None:
    with world(lambda: STALE_READS) as processes:
        processes.ask(0)
        processes.clock.now += STALE_READS
        for number in range(PROCESSES):
            processes.ask(number)

    assert [who for who, _ in processes.requests] == [0]


def test_where_reads_are_as_new_as_writes_one_process_makes_one_for_all() -> None:
    with world(lambda: 0) as processes:
        for number in range(PROCESSES):
            processes.ask(number)

    assert [who for who, _ in processes.requests] == [0]
