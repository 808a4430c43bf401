"""Sixty-four processes of sixteen threads that all want a token at the same moment, and none is there."""

import subprocess
import sys
from collections import Counter

import httpx
import pytest

from fakes import FakeGetty, surroundings

pytestmark = pytest.mark.proof

PROCESSES, THREADS = 64, 16

MEMBER = f"""if True:
    import sys
    from concurrent.futures import ThreadPoolExecutor
    from getty_token.commands.wiring import Setup
    from getty_token.errors import GettyTokenError

    setup = Setup.here()
    source = setup.source(setup.credentials(), "serve")

    def ask(_):
        try:
            return source.token().access_token
        except GettyTokenError as error:
            return type(error).__name__

    with ThreadPoolExecutor({THREADS}) as threads:
        print("ready", flush=True)
        sys.stdin.readline()
        print(*threads.map(ask, range({THREADS})), flush=True)
    """


def asked_at_once() -> Counter[str]:
    """What the herd gets: how often each token, or each kind of error."""
    command = [sys.executable, "-c", MEMBER]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    members = [subprocess.Popen(command, env=surroundings(), text=True, **pipes) for _ in range(PROCESSES)]  # type: ignore[call-overload]
    for member in members:
        assert member.stdout.readline() == "ready\n"
    for member in members:
        member.stdin.write("go\n")
        member.stdin.flush()
    got: Counter[str] = Counter()
    for member in members:
        got.update(member.communicate(timeout=120)[0].split())
    return got


def test_a_cold_herd_makes_one_token_request(getty: FakeGetty, signed_in: None) -> None:
    got = asked_at_once()

    assert got == {"test-token-1": PROCESSES * THREADS}
    assert getty.token_requests == 1


def test_a_herd_shares_a_failure(getty: FakeGetty, signed_in: None) -> None:
    getty.instead["/oauth2/token"] = lambda _: httpx.Response(503)

    got = asked_at_once()

    assert got == {"GettyUnavailable": PROCESSES * THREADS}
    # A member that is so late that the first pause is over asks again, once it is: the pause is a second at the most,
    # then two, then four.
    assert getty.token_requests <= 5
