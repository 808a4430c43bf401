"""
Ten thousand lifetimes of a token while Getty's token endpoint goes away now and then. Prints a table; asserts nothing.

    python tests/benchmarks/outages.py

Pure numbers: the clock is one, and a token request succeeds or fails at once. A request arrives every 20 seconds; an
outage begins every 3 hours on the average and lasts 4 minutes on the average (both exponential, the same for all).
"""

import random
import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from getty_token.errors import GettyTokenError, GettyUnavailable
from getty_token.source import TokenSource
from getty_token.stores.memory import MemoryStore
from getty_token.tokens import Token, Windows

LIFETIMES, LIFETIME, EVERY = 10_000, 1800.0, 20.0
BETWEEN, LASTING = 10_800.0, 240.0


@dataclass
class World:
    """What time it is, and when Getty is away."""

    now: float = 1_700_000_000.0
    asked: int = 0
    failed: int = 0

    def __post_init__(self) -> None:
        dice, moment = random.Random(1), self.now
        self._turns = []
        while moment < self.now + LIFETIMES * LIFETIME * 1.1:
            for mean in (BETWEEN, LASTING):
                moment += dice.expovariate(1 / mean)
                self._turns.append(moment)

    def request_token(self) -> Token:
        """One token request."""
        self.asked += 1
        if bisect_right(self._turns, self.now) % 2:
            self.failed += 1
            raise GettyUnavailable("Getty is away.")
        return Token(f"test-token-{self.asked}", "Bearer", self.now, self.now + LIFETIME)


def engine(windows: Windows) -> Callable[[World], Callable[[], object]]:
    """The engine, with these windows; what it does in the background is done before the next request."""

    def asking(world: World) -> Callable[[], object]:
        clock = lambda: world.now  # noqa: E731
        source = TokenSource(
            MemoryStore(), world.request_token, who="simulation", windows=windows, clock=clock, steady=clock
        )

        def ask() -> object:
            token = source.token()
            source.settle()
            return token

        return ask

    return asking


def when_expired(world: World) -> Callable[[], object]:
    """What most people write first: a variable, and a new token once the old one has ended."""
    held: list[Token] = []

    def ask() -> object:
        if not held or world.now >= held[0].expires_at:
            held[:] = [world.request_token()]
        return held[0]

    return ask


def main() -> None:
    """Run every way and print its row."""
    ways = {
        "getty-token (300 s, 30 s)": engine(Windows()),
        "the same with botocore's windows (900 s, 600 s)": engine(Windows(900, 600)),
        "a new one when the old one has ended": when_expired,
    }
    print("| way | requests | of them failed | token requests | of them failed | seconds |\n|---|---|---|---|---|---|")
    for name, way in ways.items():
        world, began = World(), time.perf_counter()
        ask, end = way(world), world.now + LIFETIMES * LIFETIME
        requests = failed = 0
        while world.now < end:
            requests += 1
            try:
                ask()
            except GettyTokenError:
                failed += 1
            world.now += EVERY
        took = time.perf_counter() - began
        print(f"| {name} | {requests:,} | {failed:,} | {world.asked:,} | {world.failed:,} | {took:.0f} |", flush=True)


if __name__ == "__main__":
    main()
