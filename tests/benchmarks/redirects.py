"""
How long it takes to find the rule for a path among ten thousand, beside looking at one rule after the other.

    python tests/benchmarks/redirects.py

Prints medians in microseconds and their ratio; asserts nothing. Seven kinds of sites, each with paths that meet the
first rule, one in the middle, the last, and none.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT / "cli"), str(CHECKOUT / "emulator")]

from getty_emulator.netlify.matching import Asked, Table  # noqa: E402
from getty_emulator.netlify.rules import Rule, of_file  # noqa: E402

RULES = 10_000
ROUNDS = 200
"""Matches that are timed for each path; the linear peer does a twentieth of them."""


def moved(number: int) -> str:
    return f"/old/{number % 100}/page-{number} /new/{number}"


def placeholders(number: int) -> str:
    return f"/section-{number}/:year/:slug /articles/:year/:slug?section={number}"


def splats(number: int) -> str:
    return f"/area-{number}/* /areas/{number}/:splat"


def queries(number: int) -> str:
    return f"/index.php p={number} /posts/{number}"


def endings(number: int) -> str:
    return f"/*/leaf-{number}/:id /leaves/{number}/:id"


def beginnings(number: int) -> str:
    return f"/shop/item-{number}-* /items/{number}/:splat"


def mixed(number: int) -> str:
    return (moved, placeholders, splats, queries, endings, beginnings)[number % 6](number)


SITES: dict[str, tuple[Callable[[int], str], Callable[[int], Asked]]] = {
    "paths that moved": (moved, lambda number: Asked(f"/old/{number % 100}/page-{number}")),
    "placeholders": (placeholders, lambda number: Asked(f"/section-{number}/2024/hello-world")),
    "splats": (splats, lambda number: Asked(f"/area-{number}/a/b/c")),
    "a query parameter": (queries, lambda number: Asked("/index.php", f"p={number}&preview=1")),
    "a splat in front": (endings, lambda number: Asked(f"/a/b/leaf-{number}/7")),
    "half a segment": (beginnings, lambda number: Asked(f"/shop/item-{number}-blue")),
    "all of these": (mixed, lambda number: SITES[list(SITES)[number % 6]][1](number)),
}


def linear(rules: list[Rule]) -> Callable[[Asked], object]:
    """The peer: the same patterns, tried one after the other."""
    tables = [Table([rule]) for rule in rules]

    def match(asked: Asked) -> object:
        return next((found for table in tables if (found := table.match(asked))), None)

    return match


def microseconds(match: Callable[[Asked], object], asked: Asked, rounds: int) -> float:
    """The median time of one match."""
    match(asked)
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        match(asked)
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1e6


def main() -> None:
    random.seed(1)
    print(f"{RULES:,} rules; microseconds for one path, median of {ROUNDS}; {sys.version.split()[0]}\n")
    print(f"{'site':<20} {'path':<8} {'tree':>8} {'linear':>10} {'ratio':>8}")
    worst = 0.0
    for name, (rule, asked) in SITES.items():
        text = "\n".join(rule(number) for number in range(RULES))
        started = time.perf_counter()
        rules = [each for each in of_file(text) if isinstance(each, Rule)]
        table = Table(rules)
        loading = time.perf_counter() - started
        peer = linear(rules)
        paths = {
            "first": asked(0),
            "middle": asked(RULES // 2),
            "last": asked(RULES - 1),
            "none": Asked("/nothing/at/all"),
        }
        for which, request in paths.items():
            assert (table.match(request) is None) == (which == "none")
            ours = microseconds(table.match, request, ROUNDS)
            theirs = microseconds(peer, request, ROUNDS // 20)
            worst = max(worst, ours)
            print(f"{name:<20} {which:<8} {ours:>8.1f} {theirs:>10.0f} {theirs / ours:>7.0f}x")
        print(f"{'':<20} reading the rules took {loading * 1000:.0f} ms")
    print(f"\nthe slowest: {worst:.1f} microseconds; the aim: under 100")


if __name__ == "__main__":
    main()
