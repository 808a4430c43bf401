"""Tests of getty_token.auth: signing, and what a 401 costs; with a Client, an AsyncClient and an Upstream."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
import pytest

from fakes import KEY, PATIENCE, SECRET, Clock, FakeGetty, MemoryStore, finish_renewals, keep, token
from getty_token import oauth
from getty_token.auth import FRUITLESS, GettyAuth
from getty_token.connection import Reply
from getty_token.credentials import Credentials
from getty_token.errors import GettyRefused, GettyUnavailable
from getty_token.source import TokenSource
from getty_token.stores.record import Record
from getty_token.tokens import Token
from getty_token.upstream import Proxied, Upstream

IMAGES = "https://api.example.test/v3/search/images"
TOKENS = "https://authentication.example.test/oauth2/token"


@dataclass
class Signed:
    """A Getty, and what is needed to ask it with signed requests, one at a time or many at once."""

    getty: FakeGetty = field(default_factory=FakeGetty)
    store: MemoryStore = field(default_factory=MemoryStore)
    clock: Clock = field(default_factory=Clock)
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.source = TokenSource(
            self.store, self.request_token, who="a test", clock=self.clock, patience_in_trouble=PATIENCE
        )
        self.auth = GettyAuth(KEY, self.source, self.heard.append, self.clock)

    def request_token(self) -> Token:
        response = self.getty(oauth.token_request(Credentials(KEY, SECRET, ""), TOKENS))
        response.request = httpx.Request("POST", TOKENS)
        return oauth.read_token(response, self.clock())

    def ask(self, method: str = "GET", url: str = IMAGES) -> httpx.Response:
        with httpx.Client(auth=self.auth, transport=httpx.MockTransport(self.getty)) as http:
            return http.request(method, url)

    def ask_async(self, method: str = "GET", url: str = IMAGES) -> httpx.Response:
        return self.together(lambda http: http.request(method, url))[0]

    def ask_upstream(self, method: str = "GET", url: str = IMAGES) -> Reply:
        return self.together_upstream(1, method, url)[0]

    def together_upstream(self, number: int, method: str = "GET", url: str = IMAGES) -> list[Reply]:
        origin, _, target = url.rpartition("/v3")

        def as_on_the_wire(request: httpx.Request) -> httpx.Response:
            response = self.getty(request)  # has its content decoded already
            return httpx.Response(response.status_code, stream=httpx.ByteStream(response.content))

        async def all_of_them() -> list[Reply]:
            way = Proxied(origin, httpx.AsyncClient(transport=httpx.MockTransport(as_on_the_wire)))
            upstream = Upstream(origin, self.auth, way)
            try:
                asks = (upstream.send(method, f"/v3{target}", {}, b"", 10_000) for _ in range(number))
                return await asyncio.gather(*asks)
            finally:
                await upstream.aclose()

        return asyncio.run(all_of_them())

    def together(self, *asks: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]) -> list[httpx.Response]:
        async def all_of_them() -> list[httpx.Response]:
            async with httpx.AsyncClient(auth=self.auth, transport=httpx.MockTransport(self.getty)) as http:
                return await asyncio.gather(*(ask(http) for ask in asks))

        return asyncio.run(all_of_them())


@pytest.fixture
def signed() -> Signed:
    return Signed()


Ask = Callable[..., httpx.Response | Reply]


@pytest.fixture(params=["sync", "async", "upstream"])
def ask(request: pytest.FixtureRequest, signed: Signed) -> Ask:
    ways: dict[str, Ask] = {"sync": signed.ask, "async": signed.ask_async, "upstream": signed.ask_upstream}
    return ways[request.param]


def test_a_request_carries_key_and_token(signed: Signed, ask: Ask) -> None:
    response = ask()

    assert response.status_code == 200
    sent = signed.getty.requests[0]
    assert (sent.headers["api-key"], sent.headers["authorization"]) == (KEY, "Bearer test-token-1")
    assert str(sent.url) == IMAGES


def test_one_token_serves_many_requests(signed: Signed, ask: Ask) -> None:
    statuses = {ask().status_code for _ in range(5)}

    assert statuses == {200}
    assert signed.getty.token_requests == 1


def test_every_token_is_told_before_it_is_sent(signed: Signed, ask: Ask) -> None:
    ask()
    signed.getty.revoke_tokens()
    ask()

    assert signed.heard == ["test-token-1", "test-token-1", "test-token-2"]


def test_a_401_is_retried_once_with_a_new_token(signed: Signed, ask: Ask) -> None:
    ask()
    signed.getty.revoke_tokens()

    response = ask()

    assert response.status_code == 200
    assert signed.getty.token_requests == 2
    assert [sent.headers["authorization"] for sent in signed.getty.requests] == [
        "Bearer test-token-1",
        "Bearer test-token-1",
        "Bearer test-token-2",
    ]


def test_a_second_401_is_the_answer_and_no_token_is_asked_for_again_for_a_while(signed: Signed, ask: Ask) -> None:
    signed.getty.instead["/v3/search/images"] = lambda _: httpx.Response(401)

    statuses = [ask().status_code for _ in range(4)]
    signed.clock.now += FRUITLESS - 0.1
    statuses.append(ask().status_code)

    assert statuses == [401] * 5
    assert signed.getty.token_requests == 2
    assert len(signed.getty.requests) == 6


def test_after_a_while_a_401_is_worth_a_new_token_again(signed: Signed, ask: Ask) -> None:
    signed.getty.instead["/v3/search/images"] = lambda _: httpx.Response(401)
    ask()
    del signed.getty.instead["/v3/search/images"]
    signed.getty.revoke_tokens()

    signed.clock.now += FRUITLESS

    assert ask().status_code == 200
    assert signed.getty.token_requests == 3


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_no_other_answer_costs_a_token_or_a_second_request(signed: Signed, ask: Ask, status: int) -> None:
    signed.getty.instead["/v3/search/images"] = lambda _: httpx.Response(status)

    response = ask()

    assert response.status_code == status
    assert (signed.getty.token_requests, len(signed.getty.requests)) == (1, 1)


@pytest.mark.parametrize(("method", "sent"), [("GET", 2), ("HEAD", 2), ("OPTIONS", 2)])
def test_a_safe_request_is_repeated(signed: Signed, ask: Ask, method: str, sent: int) -> None:
    keep(signed.store, Record(token("test-token-revoked")))

    response = ask(method)

    assert response.status_code == 200
    assert len(signed.getty.requests) == sent


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_request_that_changes_something_is_not_repeated_but_the_next_one_is_signed_anew(
    signed: Signed, ask: Ask, method: str
) -> None:
    keep(signed.store, Record(token("test-token-revoked")))

    first, second = ask(method), ask(method)

    assert (first.status_code, second.status_code) == (401, 200)
    assert len(signed.getty.requests) == 2
    assert signed.getty.token_requests == 1


def test_a_token_that_is_not_to_be_had_is_an_error_not_an_answer(signed: Signed, ask: Ask) -> None:
    signed.getty.instead["/oauth2/token"] = lambda _: httpx.Response(500)

    with pytest.raises(GettyUnavailable):
        ask()

    assert signed.getty.requests == []


def test_a_new_token_that_is_not_to_be_had_after_a_401_is_an_error(signed: Signed, ask: Ask) -> None:
    keep(signed.store, Record(token("test-token-revoked")))
    signed.getty.instead["/oauth2/token"] = lambda _: httpx.Response(404)

    with pytest.raises(GettyRefused):
        ask()

    assert len(signed.getty.requests) == 1


def test_two_hundred_requests_at_once_with_a_revoked_token_cost_one_new_one(signed: Signed) -> None:
    signed.ask()
    signed.getty.revoke_tokens()

    responses = signed.together(*[lambda http: http.get(IMAGES)] * 200)

    assert {response.status_code for response in responses} == {200}
    assert signed.getty.token_requests == 2


def test_two_hundred_requests_at_once_upstream_cost_one_token_and_one_more_when_it_is_revoked(signed: Signed) -> None:
    first = signed.together_upstream(200)
    signed.getty.revoke_tokens()

    second = signed.together_upstream(200)

    assert {reply.status_code for reply in [*first, *second]} == {200}
    assert signed.getty.token_requests == 2


def test_two_hundred_requests_at_once_without_a_token_cost_one(signed: Signed) -> None:
    responses = signed.together(*[lambda http: http.get(IMAGES)] * 200)

    assert {response.status_code for response in responses} == {200}
    assert signed.getty.token_requests == 1


def test_two_hundred_tasks_that_wait_for_the_same_token_occupy_one_thread(signed: Signed) -> None:
    threads: list[str] = []
    finish_renewals()  # of other tests

    def request_token() -> Token:
        threads.extend(each.name for each in threading.enumerate() if each.name == "getty-token refresh")
        return signed.request_token()

    signed.auth = GettyAuth(KEY, TokenSource(signed.store, request_token, who="a test", clock=signed.clock))

    signed.together(*[lambda http: http.get(IMAGES)] * 200)

    assert len(threads) == 1


def test_two_hundred_requests_at_once_share_a_failure(signed: Signed) -> None:
    signed.getty.instead["/oauth2/token"] = lambda _: httpx.Response(500)

    async def everyone() -> list[httpx.Response | BaseException]:
        async with httpx.AsyncClient(auth=signed.auth, transport=httpx.MockTransport(signed.getty)) as http:
            return await asyncio.gather(*(http.get(IMAGES) for _ in range(200)), return_exceptions=True)

    got = asyncio.run(everyone())

    assert {type(each) for each in got} == {GettyUnavailable}
    assert signed.getty.token_requests == 1


def test_who_is_cancelled_first_strands_nobody_who_waits_for_the_same_token(signed: Signed) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slowly(request: httpx.Request) -> httpx.Response:
        asked.set()
        assert go_on.wait(PATIENCE)
        return signed.getty.issue(request)

    signed.getty.instead["/oauth2/token"] = slowly

    async def cancel_the_first() -> list[httpx.Response | BaseException]:
        async with httpx.AsyncClient(auth=signed.auth, transport=httpx.MockTransport(signed.getty)) as http:
            waiting = [asyncio.create_task(http.get(IMAGES)) for _ in range(3)]
            await asyncio.to_thread(asked.wait, PATIENCE)
            waiting[0].cancel()
            go_on.set()
            return await asyncio.gather(*waiting, return_exceptions=True)

    first, *others = asyncio.run(cancel_the_first())

    assert isinstance(first, asyncio.CancelledError)
    assert [each.status_code for each in others if isinstance(each, httpx.Response)] == [200, 200]
    assert signed.getty.token_requests == 1


def test_a_failure_that_nobody_waits_for_any_more_is_nobodys_concern(signed: Signed) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slowly(_: httpx.Request) -> httpx.Response:
        asked.set()
        assert go_on.wait(PATIENCE)
        return httpx.Response(500)

    signed.getty.instead["/oauth2/token"] = slowly

    async def cancel_the_only_one() -> None:
        complaints: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        async with httpx.AsyncClient(auth=signed.auth, transport=httpx.MockTransport(signed.getty)) as http:
            waiting = asyncio.create_task(http.get(IMAGES))
            await asyncio.to_thread(asked.wait, PATIENCE)
            waiting.cancel()
            go_on.set()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            with pytest.raises(GettyUnavailable):
                await http.get(IMAGES)
        assert complaints == []

    asyncio.run(cancel_the_only_one())

    assert signed.getty.token_requests == 1


def test_a_stale_token_is_sent_without_waiting_for_the_new_one(signed: Signed, ask: Ask) -> None:
    signed.ask()
    signed.clock.now += 1600
    go_on = threading.Event()

    def slowly(request: httpx.Request) -> httpx.Response:
        assert go_on.wait(PATIENCE)
        return signed.getty.issue(request)

    signed.getty.instead["/oauth2/token"] = slowly

    response = ask()
    go_on.set()
    finish_renewals()

    assert response.status_code == 200
    assert signed.getty.requests[-1].headers["authorization"] == "Bearer test-token-1"
    assert signed.source.token().access_token == "test-token-2"
