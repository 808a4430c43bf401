"""What several processes do at once to one store. A module of its own, for other processes have to import it."""

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

from fakes import token
from getty_token.stores.contract import TokenStore
from getty_token.stores.record import Record
from stores.home import Home, Opens

PROCESSES, THREADS, TIMES = 2, 4, 8

Act = Callable[[TokenStore], bool]


def everywhere(home: Home, act: Act, account: str) -> list[bool]:
    """What `act` gave each time, in PROCESSES x THREADS clients that each do it TIMES times."""
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) if home.processes else ThreadPoolExecutor() as pool:
        futures = [pool.submit(in_threads, home.open_store, act, account) for _ in range(PROCESSES)]
        return [gave for future in futures for gave in future.result()]


def in_threads(open_store: Opens, act: Act, account: str) -> list[bool]:
    """The same in one process."""

    def one_client(_: int) -> list[bool]:
        store = open_store(account)
        return [act(store) for _ in range(TIMES)]

    with ThreadPoolExecutor(THREADS) as pool:
        return [gave for each in pool.map(one_client, range(THREADS)) for gave in each]


def count(store: TokenStore) -> bool:
    """Writes a number that is one more than the one it reads; gives whether that was accepted."""
    held = store.get()
    return store.put_if(Record(token()._replace(requests=counted(held.record) + 1)), held.version)


def count_alone(store: TokenStore) -> bool:
    """The same while holding the refresh lock."""
    with store.refresh_lock(60):
        return count(store)


def counted(record: Record) -> int:
    """The number that `count` wrote last."""
    return record.token.requests if record.token else 0


def both_sides_of_a_fork(open_store: Opens, account: str) -> tuple[list[int], list[int]]:
    """
    What a parent reads and what its forked child may write at the same time, through one client in use before the fork.

    They do different things, lest one that gets the other's answer should not notice.
    """
    store = open_store(account)
    store.get()
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.write(writer, bytes(store.put_if(Record(), "nobody's version") for _ in range(50)))
        finally:
            os._exit(0)
    read = [counted(store.get().record) for _ in range(50)]
    os.close(writer)
    written = list(os.read(reader, 100))
    os.close(reader)
    os.waitpid(child, 0)
    return read, written
