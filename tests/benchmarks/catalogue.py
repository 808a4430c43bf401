"""
What the sandbox's catalogue costs at three sizes, beside the least there is to do: writing the same page as JSON.

    python tests/benchmarks/catalogue.py [--rounds N]

Each size in a process of its own, in turn, so that nothing is remembered from another; medians of all rounds.
`first search` has to make up every asset that a search knows. Prints a table; asserts nothing.
"""

import argparse
import json
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable

SIZES = (720, 100_000, 1_000_000)
STEPS = (
    "make the sandbox",
    "first search",
    "the same, next page",
    "another phrase",
    "last page of all",
    "JSON of that page",
    "every page, per page",
    "memory in MB",
)


def main() -> None:
    """Run all sizes in turn and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5, help="how often each size is measured")
    rounds = options.parse_args().rounds
    found: dict[int, list[list[float]]] = {size: [] for size in SIZES}
    spawn = multiprocessing.get_context("spawn")
    for _ in range(rounds):
        for size in SIZES:
            with spawn.Pool(1) as pool:
                found[size].append(pool.apply(measured, (size,)))
    print(f"milliseconds, medians of {rounds} rounds")
    print(f"{'':<24}" + "".join(f"{size:>14,}" for size in SIZES))
    for number, step in enumerate(STEPS):
        print(
            f"{step:<24}"
            + "".join(f"{statistics.median(each[number] for each in found[size]):>14.2f}" for size in SIZES)
        )


def measured(assets: int) -> list[float]:
    """Milliseconds of every step but the last, which is megabytes, at one size."""
    from getty_emulator.exchange import Call
    from getty_emulator.sandbox import Sandbox

    def ask(query: str) -> dict[str, object]:
        answer = sandbox.read(Call("GET", "/v3/search/images/creative", query))
        assert answer.status == 200, answer.reason
        content: dict[str, object] = json.loads(answer.body)
        return content

    took: list[float] = []

    def timed(step: Callable[[], object]) -> object:
        started = time.perf_counter()
        result = step()
        took.append((time.perf_counter() - started) * 1000)
        return result

    sandbox = timed(lambda: Sandbox(assets=assets))
    assert isinstance(sandbox, Sandbox)
    timed(lambda: ask("phrase=sunset"))
    timed(lambda: ask("phrase=sunset&page=2" if assets > 2000 else "phrase=sunset&page_size=10&page=2"))
    timed(lambda: ask("phrase=dog"))
    count = ask("fields=id&page_size=1")["result_count"]
    assert isinstance(count, int)
    last = -(-count // 100)
    page = timed(lambda: ask(f"page_size=100&page={last}"))
    timed(lambda: json.dumps(page))
    started = time.perf_counter()
    for number in range(1, last + 1):
        ask(f"fields=id&page_size=100&page={number}")
    took.append((time.perf_counter() - started) * 1000 / last)
    return [*took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]


if __name__ == "__main__":
    main()
