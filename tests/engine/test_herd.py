"""Sixty-four processes of sixteen threads that all want a token at the same moment, and none is there."""

import asyncio
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from fakes import KEY, SECRET, FakeGetty, surroundings
from getty_token import oauth
from getty_token.auth import GettyAuth
from getty_token.credentials import Credentials
from getty_token.source import TokenSource
from getty_token.stores.disk import DiskStore
from getty_token.tokens import Token

pytestmark = pytest.mark.proof

PROCESSES, THREADS = 64, 16
REQUESTS = 1000

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
    # then two, then four. Twelve would take minutes; if nobody shared, there would be one for each member at least.
    assert getty.token_requests <= 12


def test_a_thousand_requests_under_way_when_getty_revokes_the_token_cost_one_new_one(tmp_path: Path) -> None:
    getty, all_are_there = FakeGetty(), asyncio.Event()

    def request_token() -> Token:
        request = oauth.token_request(Credentials(KEY, SECRET, ""), "https://getty.example.test/oauth2/token")
        response = getty(request)
        response.request = request
        return oauth.read_token(response, time.time())

    async def answer(request: httpx.Request) -> httpx.Response:
        response = getty(request)
        if len(getty.requests) == REQUESTS:
            all_are_there.set()
        await all_are_there.wait()
        return response

    async def everyone() -> list[httpx.Response]:
        async with httpx.AsyncClient(auth=GettyAuth(KEY, source), transport=httpx.MockTransport(answer)) as http:
            return await asyncio.gather(*(http.get("https://getty.example.test/v3/search") for _ in range(REQUESTS)))

    source = TokenSource(DiskStore(tmp_path / "store", "account"), request_token, who="a test")
    source.token()
    getty.revoke_tokens()

    responses = asyncio.run(everyone())

    assert Counter(response.status_code for response in responses) == {200: REQUESTS}
    assert getty.token_requests == 2
