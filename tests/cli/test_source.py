"""Tests of getty_token.source: one token for everyone, by as few token requests as possible."""

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from fakes import (
    KEY,
    NOW,
    PATIENCE,
    SECRET,
    Clock,
    FakeGetty,
    MemoryStore,
    finish_renewals,
    keep,
    serving,
    surroundings,
    token,
)
from getty_token.errors import CredentialsRejected, GettyTokenError, GettyUnavailable, RateLimited
from getty_token.source import LONGEST_BACKOFF, TokenSource
from getty_token.stores.disk import DiskStore
from getty_token.stores.record import Record
from getty_token.tokens import Token

MANY = 32

Source = partial(TokenSource, patience_in_trouble=PATIENCE)
"""In trouble a caller waits for a second only, and a busy machine may take that long until a thread has begun."""


class Authority:
    """A token request as a function: it counts, and issues a new token or raises what it is told to."""

    def __init__(self, clock: Clock) -> None:
        self.requests = 0
        self.error: GettyTokenError | None = None
        self._clock = clock

    def __call__(self) -> Token:
        self.requests += 1
        if self.error:
            raise self.error
        return token(f"test-token-{self.requests}", self._clock())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def authority(clock: Clock) -> Authority:
    return Authority(clock)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def source(store: MemoryStore, authority: Authority, clock: Clock) -> TokenSource:
    return Source(store, authority, who="a test", clock=clock)


def all_at_once(ask: Callable[[], Token]) -> list[Token | GettyTokenError]:
    """What each of many threads gets that ask at the same moment."""
    barrier = threading.Barrier(MANY)

    def one(_: int) -> Token | GettyTokenError:
        barrier.wait()
        try:
            return ask()
        except GettyTokenError as error:
            return error

    with ThreadPoolExecutor(MANY) as threads:
        return list(threads.map(one, range(MANY)))


def test_a_fresh_token_costs_no_request(source: TokenSource, store: MemoryStore, authority: Authority) -> None:
    keep(store, Record(token()))

    assert source.usable() == source.token() == token()
    assert authority.requests == 0


def test_the_first_token_is_asked_for_and_kept_for_others(
    source: TokenSource, store: MemoryStore, authority: Authority, clock: Clock
) -> None:
    assert source.usable() is None

    first = source.token()

    assert first == token("test-token-1")._replace(requested_by="a test")
    assert store.get().record == Record(first)
    assert Source(store, authority, who="another", clock=clock).token() == first
    assert authority.requests == 1


def test_a_stale_token_is_handed_out_while_one_renewal_goes_on(store: MemoryStore, clock: Clock) -> None:
    keep(store, Record(token("test-token-old")))
    clock.now += 1600
    asked, go_on, requests = threading.Event(), threading.Event(), []

    def slow_request() -> Token:
        requests.append(1)
        asked.set()
        assert go_on.wait(PATIENCE)
        return token("test-token-new", clock())

    source = Source(store, slow_request, who="a test", clock=clock)

    handed_out = [source.token() for _ in range(MANY)]
    assert asked.wait(PATIENCE)
    handed_out += [source.token() for _ in range(MANY)]
    go_on.set()
    finish_renewals()

    assert {each.access_token for each in handed_out} == {"test-token-old"}
    assert len(requests) == 1
    assert source.token().access_token == "test-token-new"


def test_a_renewal_that_fails_in_the_background_leaves_the_old_token_and_waits_before_the_next(
    store: MemoryStore, authority: Authority, clock: Clock
) -> None:
    warnings: list[str] = []
    source = Source(store, authority, who="a test", clock=clock, on_warning=warnings.append)
    keep(store, Record(token("test-token-old")))
    clock.now += 1600
    authority.error = GettyUnavailable("Getty is away.")

    for _ in range(5):
        assert source.token().access_token == "test-token-old"
        finish_renewals()

    assert authority.requests == 1
    assert len(warnings) == 1
    assert "still being used: Getty is away." in warnings[0]


def test_an_expired_token_costs_one_request_however_many_threads_ask(
    source: TokenSource, store: MemoryStore, authority: Authority, clock: Clock
) -> None:
    keep(store, Record(token("test-token-old")))
    clock.now += 1800

    got = all_at_once(source.token)

    assert {each.access_token for each in got if isinstance(each, Token)} == {"test-token-1"}
    assert authority.requests == 1


def test_those_who_waited_share_a_failure(source: TokenSource, authority: Authority) -> None:
    authority.error = CredentialsRejected("Getty does not accept them.", "Getty answered 401.", "Check both.")

    got = all_at_once(source.token)

    assert {type(each) for each in got} == {CredentialsRejected}
    assert authority.requests == 1


class BusyStore(MemoryStore):
    """A store whose lock another process holds first, and what happens until it lets go."""

    meanwhile: Callable[[], None] = lambda: None

    def refresh_lock(self, timeout: float) -> AbstractContextManager[None]:
        self.meanwhile()
        return super().refresh_lock(timeout)


def test_what_another_process_got_while_we_waited_is_taken(authority: Authority, clock: Clock) -> None:
    store = BusyStore()
    store.meanwhile = lambda: keep(store, Record(token("test-token-theirs", clock())))

    got = Source(store, authority, who="a test", clock=clock).token()

    assert got.access_token == "test-token-theirs"
    assert authority.requests == 0


def test_what_another_process_failed_at_while_we_waited_fails_us_too(authority: Authority, clock: Clock) -> None:
    store, theirs = BusyStore(), MemoryStore()
    authority.error = RateLimited("too often.")

    def another_fails_slowly() -> None:
        clock.now += 5
        with pytest.raises(RateLimited):
            Source(theirs, authority, who="another", clock=clock).token()
        keep(store, theirs.get().record)
        clock.now += 100

    store.meanwhile = another_fails_slowly

    with pytest.raises(RateLimited, match="1 token request so far"):
        Source(store, authority, who="a test", clock=clock).token()

    assert authority.requests == 1


def test_a_pause_after_a_failure_is_shared_by_all_who_use_the_store(
    source: TokenSource, store: MemoryStore, authority: Authority, clock: Clock
) -> None:
    other = Source(store, authority, who="another", clock=clock)
    authority.error = RateLimited("too often.", "Getty answered 429.", "Wait.")
    with pytest.raises(RateLimited):
        source.token()

    with pytest.raises(RateLimited) as refused:
        other.token()

    assert authority.requests == 1
    assert refused.value.why.startswith("Getty answered 429. Failing for 0 s, 1 token request so far")
    clock.now += LONGEST_BACKOFF
    authority.error = None
    assert other.token().access_token == "test-token-2"


def test_pauses_grow_to_a_minute_and_no_further(
    source: TokenSource, store: MemoryStore, authority: Authority, clock: Clock
) -> None:
    authority.error = GettyUnavailable("Getty is away.")
    pauses = []

    for _ in range(1100):
        with pytest.raises(GettyUnavailable):
            source.token()
        assert store.get().record.trouble
        pauses.append(store.get().record.trouble.retry_at - clock())
        clock.now = store.get().record.trouble.retry_at

    assert authority.requests == 1100
    assert all(0 <= pause <= min(60, 2**failures) for failures, pause in enumerate(pauses))
    assert 55 < max(pauses) <= LONGEST_BACKOFF
    assert store.get().record.trouble and store.get().record.trouble.since == NOW


def test_a_clock_set_back_ends_a_pause(source: TokenSource, authority: Authority, clock: Clock) -> None:
    authority.error = GettyUnavailable("Getty is away.")
    with pytest.raises(GettyUnavailable):
        source.token()
    authority.error = None

    clock.now -= 3600

    assert source.token().access_token == "test-token-2"


def test_a_token_from_before_the_clock_was_set_back_is_replaced(
    source: TokenSource, store: MemoryStore, clock: Clock
) -> None:
    keep(store, Record(token("test-token-old")))

    clock.now -= 3600

    assert source.token().access_token == "test-token-1"


def test_success_ends_the_trouble(source: TokenSource, store: MemoryStore, authority: Authority, clock: Clock) -> None:
    authority.error = GettyUnavailable("Getty is away.")
    with pytest.raises(GettyUnavailable):
        source.token()
    authority.error = None
    clock.now += LONGEST_BACKOFF

    source.token()

    assert store.get().record.trouble is None


def test_a_rejected_token_is_replaced(source: TokenSource, store: MemoryStore, authority: Authority) -> None:
    keep(store, Record(token("test-token-old")))

    got = source.token(rejected="test-token-old")

    assert got.access_token == "test-token-1"
    assert store.get().record.token == got


def test_a_rejected_token_that_is_no_longer_the_current_one_costs_nothing(
    source: TokenSource, store: MemoryStore, authority: Authority
) -> None:
    keep(store, Record(token("test-token-new")))

    assert source.token(rejected="test-token-old").access_token == "test-token-new"
    assert authority.requests == 0


def test_many_who_were_refused_the_same_token_cost_one_request(
    source: TokenSource, store: MemoryStore, authority: Authority
) -> None:
    keep(store, Record(token("test-token-old")))

    got = all_at_once(lambda: source.token(rejected="test-token-old"))

    assert {each.access_token for each in got if isinstance(each, Token)} == {"test-token-1"}
    assert authority.requests == 1


def test_a_rejected_token_is_forgotten_even_if_no_new_one_is_to_be_had(
    source: TokenSource, store: MemoryStore, authority: Authority
) -> None:
    keep(store, Record(token("test-token-old")))
    authority.error = GettyUnavailable("Getty is away.")

    with pytest.raises(GettyUnavailable):
        source.token(rejected="test-token-old")

    assert store.get().record.token is None


def test_a_failure_leaves_a_token_that_nobody_rejected(
    source: TokenSource, store: MemoryStore, authority: Authority
) -> None:
    keep(store, Record(token("test-token-old")))
    authority.error = GettyUnavailable("Getty is away.")

    with pytest.raises(GettyUnavailable):
        source.refresh(force=True)

    assert source.token().access_token == "test-token-old"


def test_refresh_asks_only_if_the_token_is_not_fresh(
    source: TokenSource, store: MemoryStore, authority: Authority, clock: Clock
) -> None:
    keep(store, Record(token("test-token-old")))

    fresh = source.refresh()
    clock.now += 1600
    stale = source.refresh()

    assert (fresh[0].access_token, fresh[1]) == ("test-token-old", False)
    assert (stale[0].access_token, stale[1]) == ("test-token-1", True)
    assert authority.requests == 1


def test_a_forced_refresh_asks_however_fresh_the_token_is_and_whatever_failed_before(
    source: TokenSource, store: MemoryStore, authority: Authority
) -> None:
    keep(store, Record(token("test-token-old")))
    authority.error = GettyUnavailable("Getty is away.")
    with pytest.raises(GettyUnavailable):
        source.refresh(force=True)
    authority.error = None

    got, is_new = source.refresh(force=True)

    assert (got.access_token, is_new) == ("test-token-2", True)


def test_a_token_knows_what_its_lifetime_has_cost(source: TokenSource, authority: Authority, clock: Clock) -> None:
    costs = [source.token().requests]
    costs.append(source.refresh(force=True)[0].requests)
    costs.append(source.token(rejected="test-token-2").requests)
    clock.now += 1600
    costs.append(source.refresh()[0].requests)
    clock.now += 1800
    authority.error = GettyUnavailable("Getty is away.")
    with pytest.raises(GettyUnavailable):
        source.token()
    authority.error = None
    clock.now += 1
    costs.append(source.token().requests)

    assert costs == [1, 2, 3, 1, 2]


def test_who_listens_hears_of_each_new_token_and_why(store: MemoryStore, authority: Authority, clock: Clock) -> None:
    heard: list[tuple[str, str]] = []
    source = Source(
        store,
        authority,
        who="a test",
        clock=clock,
        on_renewed=lambda new, reason: heard.append((new.access_token, reason)),
    )

    source.token()
    source.token()
    source.token(rejected="test-token-1")
    source.refresh(force=True)

    assert heard == [
        ("test-token-1", ""),
        ("test-token-2", "Getty refused the old one"),
        ("test-token-3", "forced"),
    ]


def test_a_store_that_cannot_be_written_costs_nobody_a_token_and_no_second_request(
    store: MemoryStore, authority: Authority, clock: Clock
) -> None:
    store.full = True
    warnings: list[str] = []
    source = Source(store, authority, who="a test", clock=clock, on_warning=warnings.append)

    got = {source.token().access_token for _ in range(MANY)}

    assert got == {"test-token-1"}
    assert authority.requests == 1
    assert warnings == ["the token could not be kept for others: cannot use the token store. No space left on device."]


def test_a_store_that_can_be_written_again_is_used_again(
    source: TokenSource, store: MemoryStore, authority: Authority, clock: Clock
) -> None:
    store.full = True
    source.token()
    store.full = False
    clock.now += 1800

    source.token()

    assert source.usable() == store.get().record.token == token("test-token-2", clock())._replace(requested_by="a test")
    store.clear()
    assert Source(store, authority, who="another", clock=clock).usable() is None


def test_a_failure_is_shared_even_if_the_store_cannot_be_written(
    source: TokenSource, store: MemoryStore, authority: Authority
) -> None:
    store.full = True
    authority.error = RateLimited("too often.")

    got = all_at_once(source.token)

    assert {type(each) for each in got} == {RateLimited}
    assert authority.requests == 1


def test_sources_share_one_token_through_a_store_on_disk(tmp_path: Path, authority: Authority, clock: Clock) -> None:
    sources = [Source(DiskStore(tmp_path / "store", "account"), authority, who="a test", clock=clock) for _ in range(4)]
    turns = iter(sources * (MANY // 4))
    mutex = threading.Lock()

    def ask() -> Token:
        with mutex:
            source = next(turns)
        return source.token()

    got = all_at_once(ask)

    assert {each.access_token for each in got if isinstance(each, Token)} == {"test-token-1"}
    assert authority.requests == 1


COLD_START = """if True:
    from concurrent.futures import ThreadPoolExecutor
    from getty_token.commands.wiring import Setup

    setup = Setup.here()
    source = setup.source(setup.credentials(), "a test")
    with ThreadPoolExecutor(4) as threads:
        print(*(each.access_token for each in threads.map(lambda _: source.token(), range(4))))
"""


def test_eight_processes_that_start_cold_make_one_token_request() -> None:
    getty = FakeGetty()
    with serving(getty) as address:
        environment = surroundings(
            {"GETTY_AUTH_URL": address, "GETTY_API_KEY": KEY, "GETTY_API_SECRET": SECRET},
        )
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", COLD_START],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(8)
        ]
        outcomes = [process.communicate(timeout=3 * PATIENCE) for process in processes]

    assert outcomes == [("test-token-1 test-token-1 test-token-1 test-token-1\n", "")] * 8
    assert getty.token_requests == 1
