"""Tests of getty_token.stores.memory beyond the contract."""

from threading import Thread

import pytest

from fakes import python, token
from getty_token.errors import StoreBusy
from getty_token.stores.memory import MemoryStore
from getty_token.stores.record import Record


def test_every_store_in_memory_is_a_place_of_its_own() -> None:
    one, two = MemoryStore(), MemoryStore()

    one.put_if(Record(token()), None)

    assert two.get().record == Record()


def test_a_store_gives_the_very_record_it_was_given() -> None:
    store, record = MemoryStore(), Record(token())

    store.put_if(record, None)

    assert store.get().record is record


def test_a_thread_that_asks_for_too_long_is_named_as_the_reason() -> None:
    store = MemoryStore()

    with store.refresh_lock(0), pytest.raises(StoreBusy, match="another thread"), store.refresh_lock(0):
        pass


def test_the_lock_of_one_thread_keeps_another_out() -> None:
    store = MemoryStore()
    errors: list[StoreBusy] = []

    def ask() -> None:
        with pytest.raises(StoreBusy) as error, store.refresh_lock(0):
            pass
        errors.append(error.value)

    with store.refresh_lock(0):
        thread = Thread(target=ask)
        thread.start()
        thread.join()

    assert len(errors) == 1


def test_a_forked_child_does_not_wait_for_its_parents_threads() -> None:
    done = python(
        """if True:
        import os
        from getty_token.stores.memory import MemoryStore

        store = MemoryStore()
        with store.refresh_lock(0):
            if (child := os.fork()) == 0:
                with store.refresh_lock(0):
                    os._exit(0)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """
    )

    assert (done.stdout, done.stderr) == ("0\n", "")
