"""The contract of getty_token.stores.contract, proved once for every home. A test is a sentence about all of them."""

import pickle
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from multiprocessing import get_context
from typing import Any

import pytest

from fakes import NOW, token
from getty_token.errors import StoreBusy, StoreError
from getty_token.stores.contract import Held, TokenStore
from getty_token.stores.record import Record, Trouble
from stores import racing
from stores.home import EVENTUAL, HOMES, Home, some

ONE, TWO = Record(token("test-token-1")), Record(token("test-token-2"))
TROUBLE = Trouble("RateLimited", "too often.", "Getty answered 429.", "Wait.", NOW - 75, NOW - 3, 4, NOW + 5)
PRINTABLE = "".join(map(chr, range(32, 127)))

RECORDS = {
    "nothing": Record(),
    "a token": ONE,
    "a token, every field its own": Record(token(PRINTABLE)._replace(token_type="bearer", requests=7)),
    "a token of 4 KB": Record(token("test-token" + 4096 * "x")),
    "a token of 100 KB": Record(token("test-token" + 100_000 * "x")),
    "a token that expired long ago": Record(token(requested_at=1.0)),
    "a token that expires next century": Record(token(lifetime=3e9)),
    "a token with fractions of seconds": Record(token(requested_at=NOW + 0.123456)),
    "asked for by a program with accents": Record(token()._replace(requested_by="Größe 写真 📷 \x00 \u2028 ' \" \\")),
    "a trouble": Record(None, TROUBLE),
    "a trouble in another language": Record(None, TROUBLE._replace(what="Überlastet。", why="429 📷\n", mend="")),
    "a token and a trouble": Record(token(), TROUBLE),
}

WITHIN = 9.0
"""
Seconds in which something that does not wait is done, on a machine that is slow and busy with other things too. Who
waits for a lease to run out, or for a library's own patience, takes longer.
"""


def put(store: TokenStore, record: Record = ONE) -> Held:
    """Write `record` over what is there; gives what `get` says afterwards."""
    assert store.put_if(record, store.get().version)
    return store.get()


# What is kept


def test_a_new_store_is_empty(store: TokenStore) -> None:
    assert store.get() == Held(Record(), None)


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS.keys())
def test_what_is_written_is_read_by_every_client(store: TokenStore, other: TokenStore, record: Record) -> None:
    put(store, record)

    assert store.get().record == record
    assert other.get().record == record


def test_a_client_that_is_opened_later_reads_it_too(home: Home, store: TokenStore, account: str) -> None:
    put(store)

    assert home.open_store(account).get().record == ONE


def test_every_write_is_seen_by_a_client_that_has_read_before(store: TokenStore, other: TokenStore) -> None:
    seen = [(put(store, record), other.get()) for record in (ONE, TWO, Record(), ONE)]

    assert all(ours == theirs for ours, theirs in seen)


def test_a_record_that_is_read_is_not_warned_of(home: Home, account: str) -> None:
    warnings: list[str] = []
    store = home.open_store(account, warnings.append)

    store.get()
    put(store)
    store.clear()

    assert warnings == []


def test_many_threads_may_share_a_client(store: TokenStore) -> None:
    held = put(store)

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: store.get(), range(80)))

    assert all(each == held for each in seen)


# Versions


def test_an_empty_store_takes_a_record(store: TokenStore) -> None:
    assert store.put_if(ONE, None) is True


def test_a_store_takes_a_record_at_the_version_it_is_at(store: TokenStore) -> None:
    held = put(store)

    assert store.put_if(TWO, held.version) is True
    assert store.get().record == TWO


def test_a_store_takes_a_record_at_the_version_that_another_client_has_read(
    store: TokenStore, other: TokenStore
) -> None:
    put(store)

    assert other.put_if(TWO, store.get().version) is True


def test_who_believes_a_full_store_empty_changes_nothing(store: TokenStore, other: TokenStore) -> None:
    held = put(store)

    assert other.put_if(TWO, None) is False
    assert store.get() == held


def test_who_has_not_seen_the_last_write_changes_nothing(store: TokenStore, other: TokenStore) -> None:
    before = put(store)
    held = put(store, TWO)

    assert other.put_if(ONE, before.version) is False
    assert store.get() == held


def test_who_has_not_seen_that_it_was_cleared_changes_nothing(store: TokenStore, other: TokenStore) -> None:
    before = put(store)
    other.clear()

    assert store.put_if(TWO, before.version) is False
    assert store.get() == Held(Record(), None)


def test_who_has_not_seen_that_it_was_begun_again_changes_nothing(store: TokenStore, other: TokenStore) -> None:
    before = put(store)
    other.clear()
    held = put(other)

    assert store.put_if(TWO, before.version) is False
    assert store.get() == held


def test_the_same_record_written_again_is_another_version(store: TokenStore) -> None:
    versions = [put(store, ONE).version for _ in range(5)]

    assert len(set(versions)) == 5


def test_no_version_comes_back_after_a_store_was_cleared(store: TokenStore) -> None:
    versions = []
    for _ in range(5):
        versions.append(put(store, ONE).version)
        store.clear()

    assert len(set(versions)) == 5


def test_a_record_without_token_and_trouble_is_a_version_too(store: TokenStore) -> None:
    held = put(store, Record())

    assert held.version is not None
    assert store.put_if(ONE, None) is False
    assert store.put_if(ONE, held.version) is True


def test_reading_changes_no_version(store: TokenStore, other: TokenStore) -> None:
    held = put(store)

    assert {each.get().version for each in (store, other, store)} == {held.version}


# Clearing


def test_a_cleared_store_is_empty_for_every_client(store: TokenStore, other: TokenStore) -> None:
    put(store)
    other.get()

    store.clear()

    assert store.get() == other.get() == Held(Record(), None)


def test_clearing_twice_is_clearing(store: TokenStore) -> None:
    put(store)

    store.clear()
    store.clear()

    assert store.get() == Held(Record(), None)


def test_clearing_a_store_that_was_never_used_is_no_error(store: TokenStore) -> None:
    store.clear()

    assert store.get() == Held(Record(), None)


def test_a_cleared_store_takes_a_record_again(store: TokenStore) -> None:
    put(store)
    store.clear()

    assert store.put_if(TWO, None) is True
    assert store.get().record == TWO


# Accounts


@pytest.mark.parametrize("suffix", ["0", "-lease", "/1", "*"])
def test_an_account_knows_nothing_of_another(home: Home, store: TokenStore, account: str, suffix: str) -> None:
    neighbour = home.open_store(account + suffix)
    put(store, ONE)
    put(neighbour, TWO)

    with store.refresh_lock(0), neighbour.refresh_lock(0):
        before = store.get().record, neighbour.get().record
        store.clear()

    assert before == (ONE, TWO)
    assert store.get().record == Record()
    assert neighbour.get().record == TWO


# Races


@pytest.mark.parametrize("first", [None, ONE], ids=["empty", "full"])
def test_of_those_who_write_at_the_same_version_exactly_one_wins(
    home: Home, account: str, first: Record | None
) -> None:
    stores = [home.open_store(account) for _ in range(8)]
    version = put(stores[0], first).version if first else None
    together = threading.Barrier(len(stores))

    def write(number: int) -> bool:
        together.wait(30)
        return stores[number].put_if(Record(token(f"test-token-{number}")), version)

    with ThreadPoolExecutor(len(stores)) as pool:
        won = list(pool.map(write, range(len(stores))))

    kept = stores[0].get().record.token
    if stores[0].promise.single_flight:
        assert won.count(True) == 1
        assert kept == token(f"test-token-{won.index(True)}")
    else:
        assert True in won
        assert kept in [token(f"test-token-{number}") for number, one in enumerate(won) if one]


def test_no_accepted_write_is_lost_between_processes(home: Home, store: TokenStore, account: str) -> None:
    accepted = racing.everywhere(home, racing.count, account).count(True)

    counted = racing.counted(store.get().record)
    assert counted >= 1
    assert counted == accepted if store.promise.single_flight else counted <= accepted


def test_the_lock_lets_in_one_at_a_time_of_all_processes(home: Home, store: TokenStore, account: str) -> None:
    accepted = racing.everywhere(home, racing.count_alone, account)

    counted = racing.counted(store.get().record)
    if store.promise.single_flight:
        # Nobody writes outside the lock: one refused write would be one that came in between.
        assert accepted == [True] * counted
        assert counted == racing.PROCESSES * racing.THREADS * racing.TIMES
    else:
        assert 1 <= counted <= len(accepted)


# What is in memory can only be forked where it is, among the threads of the test run: Python warns of that since 3.12.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_and_its_parent_do_not_get_each_others_answers(
    home: Home, store: TokenStore, account: str
) -> None:
    put(store, Record(token()._replace(requests=3)))

    with ProcessPoolExecutor(1, get_context("spawn")) if home.processes else ThreadPoolExecutor() as pool:
        read, written = pool.submit(racing.both_sides_of_a_fork, home.open_store, account).result()

    assert read == [3] * 50
    assert written == [0] * 50


# The refresh lock


def refused(store: TokenStore, timeout: float = 0) -> StoreBusy:
    """What somebody hears who does not get the lock."""
    with pytest.raises(StoreBusy) as error, store.refresh_lock(timeout):
        pass
    return error.value


exclusively = pytest.mark.parametrize("home", some(without=EVENTUAL), indirect=True)
"""In each home that promises single flight."""


@exclusively
def test_all_homes_but_the_eventual_ones_promise_single_flight(store: TokenStore) -> None:
    assert store.promise.single_flight


@pytest.mark.parametrize("home", some(without=HOMES.keys() - EVENTUAL), indirect=True)
def test_where_no_single_flight_is_promised_the_lock_never_stands_in_the_way_for_long(
    store: TokenStore, other: TokenStore
) -> None:
    with store.refresh_lock(0):
        began = time.monotonic()
        with suppress(StoreBusy), other.refresh_lock(0):
            pass
        waited = time.monotonic() - began

    assert not store.promise.single_flight
    assert waited < WITHIN


@exclusively
def test_the_lock_keeps_another_client_out(store: TokenStore, other: TokenStore) -> None:
    with store.refresh_lock(0):
        refused(other)


@exclusively
def test_who_has_the_lock_does_not_get_it_a_second_time(store: TokenStore) -> None:
    with store.refresh_lock(0):
        refused(store)


@exclusively
def test_who_does_not_get_the_lock_hears_what_why_and_what_to_do(store: TokenStore, other: TokenStore) -> None:
    with store.refresh_lock(0):
        error = refused(other)

    assert "asking for a token" in error.what
    assert error.why.endswith(".")
    assert error.mend.endswith(".")


@exclusively
@pytest.mark.parametrize("timeout", [0, 0.05, 0.3])
def test_waiting_for_the_lock_ends_after_the_time_named(store: TokenStore, other: TokenStore, timeout: float) -> None:
    with store.refresh_lock(0):
        began = time.monotonic()
        refused(other, timeout)
        waited = time.monotonic() - began

    assert timeout <= waited < timeout + WITHIN


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, StoreError])
def test_the_lock_is_free_again_after_an_error(
    store: TokenStore, other: TokenStore, error: type[BaseException]
) -> None:
    with pytest.raises(error), store.refresh_lock(0):
        raise error("in the middle")

    with other.refresh_lock(0):
        pass


@exclusively
def test_being_refused_opens_nobodys_lock(home: Home, account: str, store: TokenStore, other: TokenStore) -> None:
    with store.refresh_lock(0):
        refused(other)
        refused(home.open_store(account))


def test_the_lock_can_be_taken_again_and_again(store: TokenStore, other: TokenStore) -> None:
    for _ in range(10):
        with store.refresh_lock(0):
            pass
        with other.refresh_lock(0):
            pass


def test_who_waits_gets_the_lock_when_it_is_free(store: TokenStore, other: TokenStore) -> None:
    waits, has_it = threading.Event(), threading.Event()

    def wait() -> None:
        waits.set()
        with other.refresh_lock(30):
            has_it.set()

    waiter = threading.Thread(target=wait)
    with store.refresh_lock(0):
        waiter.start()
        waits.wait(30)
        early = has_it.is_set()
    in_time = has_it.wait(WITHIN)
    waiter.join()

    assert not (early and store.promise.single_flight)
    assert in_time


def test_the_lock_keeps_nobody_from_reading_writing_and_clearing(store: TokenStore, other: TokenStore) -> None:
    with store.refresh_lock(0):
        held = put(other)
        store.put_if(TWO, held.version)
        seen = other.get().record
        other.clear()

    assert seen == TWO
    assert store.get().record == Record()


@exclusively
def test_clearing_does_not_open_the_lock(store: TokenStore, other: TokenStore) -> None:
    put(store)

    with store.refresh_lock(0):
        other.clear()
        refused(other)


def test_a_lock_that_is_made_and_not_entered_keeps_nobody_out(store: TokenStore, other: TokenStore) -> None:
    store.refresh_lock(0)

    with other.refresh_lock(0):
        pass


# What it says of itself


def test_its_promise_makes_sense(store: TokenStore) -> None:
    promise = store.promise

    assert promise.shared_by
    assert 0 <= promise.stale_reads < 3600
    assert 0 < promise.remember <= 30
    assert promise.stale_reads == 0 or not promise.single_flight


def test_it_has_a_name_of_one_line(store: TokenStore, other: TokenStore) -> None:
    assert store.name == other.name
    assert store.name.isprintable() and store.name


def test_neither_a_store_nor_what_it_gives_shows_the_token(store: TokenStore) -> None:
    held = put(store, Record(token("test-token-1"), TROUBLE))

    assert "test-token" not in f"{store!r} {store} {store.name} {held!r} {held.version}"


# What others put there


class Creates:
    """A pickle of this raises the flag when somebody loads it."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[()]]:
        return loaded, ()


def loaded() -> None:
    """Somebody has unpickled what was planted."""
    global pickle_was_loaded
    pickle_was_loaded = True


pickle_was_loaded = False

GARBAGE = {
    "words": b"garbage",
    "a number": b"17",
    "null": b"null",
    "a list": b"[]",
    "an object": b"{}",
    "half a record": b'{"version": 1, "token": {"access_token": "test-',
    "a version alone": b'{"version": 1}',
    "a version that is no number": b'{"version": "one", "token": null, "trouble": 7}',
    "wrong types": b'{"version": 1, "token": {"access_token": 1}, "trouble": null}',
    "no time": b'{"version": 1, "token": {"access_token": "x", "token_type": "Bearer", "requested_at": NaN,'
    b' "expires_at": 1e999}, "trouble": null}',
    "a header in a token": b'{"version": 1, "token": {"access_token": "x\\r\\nX: y", "token_type": "Bearer",'
    b' "requested_at": 1, "expires_at": 2}, "trouble": null}',
    "a well without a bottom": 20_000 * b"[",
    "a pickle": pickle.dumps(Creates()),
    "a pickle of text": pickle.dumps("test", protocol=0),
    "Latin-1": "Größe".encode("latin-1"),
    "UTF-16": '{"version": 1, "token": null, "trouble": null}'.encode("utf-16"),
    "zeros": bytes(64),
}
NEWER = b'{"version": 2, "tokens": []}'


def plant(home: Home, account: str, raw: bytes) -> None:
    """Put `raw` where the record should be."""
    assert home.plant
    home.plant(account, raw)


@pytest.mark.parametrize("raw", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_counts_as_absent_with_one_warning_and_is_replaced(open_home: Home, account: str, raw: bytes) -> None:
    warnings: list[str] = []
    store = open_home.open_store(account, warnings.append)
    plant(open_home, account, raw)

    held = store.get()
    warned = list(warnings)
    replaced = store.put_if(ONE, held.version)

    assert held.record == Record()
    assert len(warned) == 1 and store.name.partition(" ")[2] in warned[0]
    assert replaced is True
    assert store.get().record == ONE
    assert not pickle_was_loaded


@pytest.mark.parametrize("raw", [GARBAGE["words"], GARBAGE["a pickle"], NEWER], ids=["words", "a pickle", "newer"])
def test_whatever_is_there_can_be_cleared(open_home: Home, account: str, raw: bytes) -> None:
    store = open_home.open_store(account)
    plant(open_home, account, raw)

    store.clear()

    assert store.get() == Held(Record(), None)
    assert store.put_if(ONE, None) is True


def test_garbage_is_replaced_by_one_of_two_who_have_seen_it(open_home: Home, account: str) -> None:
    store, other = open_home.open_store(account), open_home.open_store(account)
    plant(open_home, account, b"garbage")
    version = store.get().version

    won = [other.put_if(ONE, version), store.put_if(TWO, version)]

    assert won == [True, False]


def test_a_record_of_a_newer_version_is_refused_and_left_alone(open_home: Home, account: str) -> None:
    store = open_home.open_store(account)
    plant(open_home, account, NEWER)

    with pytest.raises(StoreError, match="version 2") as first:
        store.get()
    with pytest.raises(StoreError, match="version 2"):
        store.get()

    assert "clear" in first.value.mend


# A holder that dies or stops


def abandon(store: TokenStore) -> ExitStack:
    """Takes the lock and leaves it taken, as one does who is killed. Closing what it gives is its coming back."""
    holder = ExitStack()
    holder.enter_context(store.refresh_lock(0))
    return holder


def end_lease(home: Home, account: str) -> None:
    """As if the lease had been taken long ago."""
    assert home.end_lease
    home.end_lease(account)


def test_the_lease_of_one_that_died_runs_out(remote_home: Home, account: str) -> None:
    store, other = remote_home.open_store(account), remote_home.open_store(account)
    dead = abandon(store)
    refused(other)

    end_lease(remote_home, account)

    with other.refresh_lock(0):
        refused(remote_home.open_store(account))
    dead.close()


def test_one_that_comes_back_does_not_open_the_lock_of_the_next(remote_home: Home, account: str) -> None:
    store, other = remote_home.open_store(account), remote_home.open_store(account)
    stopped = abandon(store)
    end_lease(remote_home, account)

    with other.refresh_lock(0):
        stopped.close()
        refused(remote_home.open_store(account))


def test_one_that_comes_back_does_not_overwrite_the_token_of_the_next(remote_home: Home, account: str) -> None:
    store, other = remote_home.open_store(account), remote_home.open_store(account)
    seen_before_it_stopped = store.get().version
    with abandon(store):
        end_lease(remote_home, account)
        with other.refresh_lock(0):
            put(other, TWO)

        accepted = store.put_if(ONE, seen_before_it_stopped)

    assert accepted is False
    assert other.get().record == TWO


# A server that is down

USES: dict[str, Callable[[TokenStore], object]] = {
    "get": lambda store: store.get(),
    "put_if": lambda store: store.put_if(ONE, None),
    "clear": lambda store: store.clear(),
    "refresh_lock": lambda store: store.refresh_lock(30).__enter__(),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
def test_a_server_that_is_down_is_an_error_soon(
    remote_home: Home, account: str, use: Callable[[TokenStore], object]
) -> None:
    assert remote_home.open_unreachable
    store = remote_home.open_unreachable(account)

    began = time.monotonic()
    with pytest.raises(StoreError) as error:
        use(store)
    took = time.monotonic() - began

    assert took < WITHIN
    assert store.name in error.value.what
    assert error.value.why.endswith(".") and error.value.mend.endswith(".")
    assert not {"test-token", "test-password"} & set(error.value.sentence.replace(":", " ").replace("@", " ").split())


def test_no_password_shows_in_a_store_its_name_or_its_errors(remote_home: Home, account: str) -> None:
    assert remote_home.open_unreachable
    store = remote_home.open_unreachable(account)

    with pytest.raises(StoreError) as error:
        store.get()

    shown = f"{store!r} {store} {store.name} {error.value!r} {error.value} {error.value.__cause__}"
    assert "test-password" not in shown
