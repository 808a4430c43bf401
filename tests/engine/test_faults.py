"""What went wrong once: two processes, a clock, a fork or a store at an awkward moment."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from fakes import KEY, PATIENCE, Clock, FakeGetty, MemoryStore, finish_renewals, keep, python, token
from getty_token.auth import GettyAuth
from getty_token.errors import GettyUnavailable, StoreError
from getty_token.source import TokenSource
from getty_token.stores.contract import Held
from getty_token.stores.disk import STOPPED_AFTER, DiskStore
from getty_token.stores.record import Record
from getty_token.tokens import Token


class Authority:
    """A token request as a function that counts; what `meanwhile` does happens before it answers."""

    def __init__(self, clock: Clock, name: str = "test-token") -> None:
        self.requests = 0
        self.error: Exception | None = None
        self.meanwhile: Callable[[], None] = lambda: None
        self._clock = clock
        self._name = name

    def __call__(self) -> Token:
        self.requests += 1
        issued = token(f"{self._name}-{self.requests}", self._clock())
        self.meanwhile()
        if self.error:
            raise self.error
        return issued


Source = partial(TokenSource, patience_in_trouble=PATIENCE)
"""In trouble a caller waits for a second only, and a busy machine may take that long until a thread has begun."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def authority(clock: Clock) -> Authority:
    return Authority(clock)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def test_a_failure_never_takes_the_place_of_a_token_that_another_process_has_stored_meanwhile(
    store: MemoryStore, authority: Authority, clock: Clock
) -> None:
    source = Source(store, authority, who="the one that was stopped", clock=clock)
    authority.meanwhile = lambda: keep(store, Record(token("test-token-theirs", clock())))
    authority.error = GettyUnavailable("Getty is away.")

    got = source.token()

    assert got.access_token == "test-token-theirs"
    assert store.get().record == Record(got)


def test_a_failure_is_no_news_to_a_store_that_was_cleared_meanwhile(
    store: MemoryStore, authority: Authority, clock: Clock
) -> None:
    keep(store, Record(token("test-token-old", clock())))
    authority.meanwhile = store.clear
    authority.error = GettyUnavailable("Getty is away.")
    clock.now += 1800

    with pytest.raises(GettyUnavailable):
        Source(store, authority, who="a test", clock=clock).token()

    assert store.get().record == Record()


def test_a_clock_set_back_makes_no_token_younger_that_was_seen_before(
    store: MemoryStore, authority: Authority, clock: Clock
) -> None:
    steady = Clock(50.0)
    source = Source(store, authority, who="a test", clock=clock, steady=steady)
    keep(store, Record(token("test-token-old", clock())))
    for each in (clock, steady):
        each.now += 1200
    assert source.token().access_token == "test-token-old"

    clock.now -= 1200
    for each in (clock, steady):
        each.now += 590

    assert source.token().access_token == "test-token-1"


def test_a_clock_that_jumps_forth_and_back_costs_one_token_and_no_more(
    store: MemoryStore, authority: Authority, clock: Clock
) -> None:
    source = Source(store, authority, who="a test", clock=clock, steady=Clock(50.0))
    source.token()

    for jump in (3600.0, -3600.0):
        clock.now += jump
        source.token()

    assert authority.requests == 2


def test_a_token_that_another_process_could_store_is_used_by_one_that_could_not_store_its_own(
    store: MemoryStore, authority: Authority, clock: Clock
) -> None:
    store.full = True
    source = Source(store, authority, who="a test", clock=clock)
    source.token()
    store.full = False
    clock.now += 900
    keep(store, Record(token("test-token-theirs", clock())))
    clock.now += 900

    got = source.token()

    assert got.access_token == "test-token-theirs"
    assert authority.requests == 1


class ShutStore(MemoryStore):
    """A store that nobody can read any more once it is `shut`."""

    shut = False

    def get(self) -> Held:
        if self.shut:
            raise StoreError("others on this machine can read it.")
        return super().get()


def test_a_renewal_whose_store_shuts_meanwhile_ends_with_a_warning_and_strands_nobody(
    authority: Authority, clock: Clock
) -> None:
    store, warnings = ShutStore(), list[str]()
    keep(store, Record(token("test-token-old", clock())))
    clock.now += 1600

    def shut() -> None:
        store.shut = True

    authority.meanwhile = shut
    authority.error = ValueError("something that nobody foresaw")
    source = Source(store, authority, who="a test", clock=clock, on_warning=warnings.append)

    source.token()
    finish_renewals()

    assert warnings == ["the token could not be renewed yet and is still being used: ValueError"]
    store.shut, authority.error, authority.meanwhile = False, None, lambda: None
    assert source.refresh()[0].access_token == "test-token-2"


def test_a_store_that_cannot_be_read_is_the_error_and_no_warning_beside_it(authority: Authority, clock: Clock) -> None:
    store, warnings = ShutStore(), list[str]()
    source = Source(store, authority, who="a test", clock=clock, on_warning=warnings.append)
    attempt = source.renewal
    store.shut = True

    with pytest.raises(StoreError, match="others on this machine"):
        attempt().result(60)

    assert warnings == []
    assert authority.requests == 0


def test_who_gets_no_thread_is_told_so_and_strands_nobody(
    store: MemoryStore, authority: Authority, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(store, authority, who="a test", clock=clock)

    def no_more(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as exhausted:
        exhausted.setattr(threading.Thread, "start", no_more)
        with pytest.raises(GettyUnavailable, match="can't start new thread"):
            source.token()

    assert source.token().access_token == "test-token-1"


def test_a_forked_child_does_not_wait_for_what_its_parent_has_begun(tmp_path: Path) -> None:
    done = python(
        """if True:
        import os, pathlib, sys, threading, warnings
        from fakes import Clock, MemoryStore, finish_renewals, token
        from getty_token.source import TokenSource

        # A fork among threads, which this is about, is what Python warns of since 3.12.
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        parent, asked, go_on = os.getpid(), threading.Event(), threading.Event()

        def request_token():
            if os.getpid() == parent:
                asked.set()
                go_on.wait(60)
            return token(f"test-token-of-{'parent' if os.getpid() == parent else 'child'}")

        class Store(MemoryStore):
            "Without the lock, which is a thing of one process."
            def refresh_lock(self, timeout):
                return threading.Lock()

        source = TokenSource(Store(), request_token, who="a test", clock=Clock())
        waiting = source.renewal()
        asked.wait(60)
        if (child := os.fork()) == 0:
            source.settle()
            os._exit(0 if source.token().access_token == "test-token-of-child" else 1)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        go_on.set()
        print(code, waiting.result(60).access_token)
        finish_renewals()
        """
    )

    assert done.stderr == ""
    assert done.stdout == "0 test-token-of-parent\n"


def test_all_who_waited_for_one_that_was_stopped_get_the_token_of_the_one_that_passes_it_over(
    tmp_path: Path, clock: Clock
) -> None:
    folder, requests, several = tmp_path / "store", list[int](), threading.Barrier(3)

    def request_token() -> Token:
        requests.append(1)
        return token("test-token-new", clock())

    class Impatient(DiskStore):
        """Waits no longer than it has to: the lock is old already."""

        @contextmanager
        def refresh_lock(self, timeout: float) -> Iterator[None]:
            several.wait(PATIENCE)
            with super().refresh_lock(3):  # long enough for two who come first to write their token
                yield

    sources = [Source(Impatient(folder, "account"), request_token, who="a test", clock=clock) for _ in range(3)]
    with DiskStore(folder, "account").refresh_lock(1):
        lock = next(folder.glob("refresh-*.lock"))
        long_ago = lock.stat().st_mtime - STOPPED_AFTER - 1
        os.utime(lock, (long_ago, long_ago))

        got = [attempt.result(60) for attempt in [source.renewal() for source in sources]]

    assert {each.access_token for each in got} == {"test-token-new"}
    assert len(requests) == 1


def test_a_stopped_holder_is_passed_over_even_if_the_clock_was_set_back_meanwhile(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with DiskStore(folder, "account").refresh_lock(1):
        lock = next(folder.glob("refresh-*.lock"))
        to_come = lock.stat().st_mtime + 3600
        os.utime(lock, (to_come, to_come))

        with DiskStore(folder, "account").refresh_lock(0):
            held = True

    assert held


def test_a_get_that_was_on_its_way_beside_a_refused_post_is_repeated_with_the_new_token(
    store: MemoryStore, clock: Clock
) -> None:
    getty = FakeGetty()
    keep(store, Record(token("test-token-revoked", clock())))
    authority = Authority(clock)
    getty._valid.add("test-token-1")
    auth = GettyAuth(KEY, Source(store, authority, who="a test", clock=clock), clock=clock)
    url = "https://api.example.test/v3/search/images"

    async def both() -> tuple[int, int]:
        posted = asyncio.Event()

        async def answer(request: httpx.Request) -> httpx.Response:
            response = getty(request)
            if request.method == "GET" and response.status_code == 401:
                await posted.wait()
            return response

        async with httpx.AsyncClient(auth=auth, transport=httpx.MockTransport(answer)) as http:
            late = asyncio.create_task(http.get(url))
            while not getty.requests:
                await asyncio.sleep(0)
            post = await http.post(url)
            posted.set()
            return post.status_code, (await late).status_code

    statuses = asyncio.run(both())

    assert statuses == (401, 200)
    assert authority.requests == 1
