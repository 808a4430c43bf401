"""The same requests have the same bytes in their answers: in any process, in any order, after anything."""

import os
import random
import subprocess
import sys
from hashlib import sha256
from itertools import permutations

import pytest

from fakes import surroundings
from getty_emulator.exchange import Answer, Call
from getty_emulator.sandbox import TEST_KEY, Sandbox
from getty_token.parameters import PARAMETERS, Kind, Parameter

WORDS = (
    "sunset dog beach football election lisbon kyoto red old city two people coast train qwertyuiop the sunst".split()
)


def requests(count: int, seed: int = 7) -> list[Call]:
    """So many calls of every read there is, with parameters of every kind; some of them wrong."""
    dice = random.Random(seed)
    # Two words that say different things: which of them counts must not depend on the process.
    calls = [
        Call("GET", "/v3/search/images/creative", f"phrase={one}+{other}&fields=id", {"api-key": TEST_KEY})
        for one, other in permutations(WORDS, 2)
    ]
    for _ in range(count):
        template = dice.choice(sorted(PARAMETERS))
        known = PARAMETERS[template]
        names = dice.sample(sorted(known), min(len(known), dice.randrange(5)))
        query = "&".join(f"{name}={_value(known[name], dice)}" for name in names)
        number = dice.choice(("1900000001", "1900000300", "1500000010", "775000001", "5"))
        calls.append(Call("GET", template.replace("{id}", number), query, {"api-key": TEST_KEY}))
    return calls


def _value(parameter: Parameter, dice: random.Random) -> str:
    if parameter.choices:
        return ",".join(dice.sample(parameter.choices, min(len(parameter.choices), 1 + 2 * parameter.many)))
    if parameter.kind is Kind.INTEGER:
        return str(dice.choice((1, 2, 5, 30, 101)))
    if parameter.kind is Kind.BOOLEAN:
        return dice.choice(("true", "False"))
    if parameter.kind is Kind.DATE:
        return f"20{dice.randrange(16, 26)}-0{dice.randrange(1, 10)}-11"
    return "+".join(dice.sample(WORDS, dice.randrange(1, 4)))


def seal(answers: list[Answer]) -> str:
    """A digest of statuses, header fields and bodies."""
    return sha256(repr([(answer.status, answer.headers, answer.body) for answer in answers]).encode()).hexdigest()


def answers(calls: list[Call]) -> list[Answer]:
    sandbox = Sandbox()
    return [sandbox.answer(call) for call in calls]


def test_the_requests_are_of_every_kind() -> None:
    statuses = [answer.status for answer in answers(requests(250))]

    assert {200, 400, 401, 404} == set(statuses)
    assert statuses.count(200) > 250


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_another_process_gives_the_same_bytes(hash_seed: str) -> None:
    script = "import test_sandbox_determinism as it; print(it.seal(it.answers(it.requests(250))))"
    environment = surroundings({"PYTHONHASHSEED": hash_seed})
    environment["PYTHONPATH"] += os.pathsep + os.path.dirname(__file__)

    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == seal(answers(requests(250)))


def test_the_order_of_requests_does_not_matter() -> None:
    calls = requests(300)
    sandbox = Sandbox()

    backwards = [sandbox.answer(call) for call in reversed(calls)]

    assert seal(backwards[::-1]) == seal(answers(calls))
