"""slowhttptest in each of its modes: the good client gets every answer. How quickly is the benchmark's to say."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = [
    pytest.mark.attack,
    pytest.mark.skipif(not shutil.which("slowhttptest"), reason="there is no slowhttptest (a Debian package)"),
]


def benchmark() -> ModuleType:
    """tests/benchmarks/slow_clients.py, which is no module of a package."""
    file = Path(__file__).parents[1] / "benchmarks" / "slow_clients.py"
    spec = importlib.util.spec_from_file_location("slow_clients", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("mode", ["slow headers", "slow bodies", "overlapping ranges", "slow reading"])
@pytest.mark.parametrize("connections", [500, 3000], ids=["below the limit", "far above it"])
def test_a_good_client_gets_every_answer_while_others_are_slow(mode: str, connections: int) -> None:
    script = benchmark()

    with script.serving() as port:
        seen, theirs = script.attacked(port, mode, 10, connections)

    print(f"\n{mode}, {connections}: {seen.summary()}; of the attacker's: {theirs}")
    assert seen.wrong == []
    # How many depends on the machine. Who had to wait until a slow one's five seconds are over would have had two.
    assert len(seen.fresh) > 20
