"""Tests of getty_token.stores.disk: one real store in a real folder, shared by real processes."""

import os
import pickle
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diskcache
import pytest

from fakes import NOW, keep, python, surroundings, token
from getty_token.errors import StoreError
from getty_token.stores.disk import STOPPED_AFTER, DiskStore
from getty_token.stores.record import Record, Trouble
from getty_token.stores.text_only import TextOnly

TROUBLE = Trouble("RateLimited", "too often.", "Getty answered 429.", "Wait.", NOW - 75, NOW - 3, 4, NOW + 5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def store(folder: Path, warnings: list[str]) -> DiskStore:
    return DiskStore(folder, "account", warnings.append)


def planted(folder: Path, value: object, mode: int, raw: bool = True, filename: str | None = None) -> None:
    """Put `value` where the record of `account` should be, as diskcache would mark it with `mode`."""
    with sqlite3.connect(folder / "cache.db") as database:
        database.execute(
            "UPDATE Cache SET value = ?, mode = ?, raw = ?, filename = ?", (value, mode, int(raw), filename)
        )
    database.close()


def test_a_new_store_is_empty_and_reading_it_makes_nothing(store: DiskStore, folder: Path) -> None:
    record = store.get().record

    assert record == Record()
    assert not folder.exists()


@pytest.mark.parametrize("record", [Record(), Record(token()), Record(None, TROUBLE), Record(token(), TROUBLE)])
def test_what_is_written_is_read_by_this_store_and_by_another(
    store: DiskStore, folder: Path, warnings: list[str], record: Record
) -> None:
    keep(store, record)

    assert store.get().record == record
    assert DiskStore(folder, "account").get().record == record
    assert warnings == []


def test_accounts_do_not_see_each_other(store: DiskStore, folder: Path) -> None:
    keep(store, Record(token("test-token-1")))
    keep(DiskStore(folder, "other"), Record(token("test-token-2")))

    store.clear()

    assert store.get().record == Record()
    assert DiskStore(folder, "other").get().record == Record(token("test-token-2"))


def test_clearing_a_store_that_is_not_there_makes_nothing(store: DiskStore, folder: Path) -> None:
    store.clear()

    assert not folder.exists()


def test_everything_in_the_folder_is_the_owners_alone(store: DiskStore, folder: Path) -> None:
    before = os.umask(0)
    try:
        with store.refresh_lock(1):
            keep(store, Record(token()))
        store.get()
        writer = diskcache.Cache(str(folder), disk=TextOnly)
        writer.set("another", "row")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
        writer.close()
    finally:
        os.umask(before)

    assert modes.pop("store") == 0o700
    assert {"cache.db", "cache.db-wal", "cache.db-shm"} <= modes.keys()
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize(("name", "mode", "mend"), [("", 0o755, "700"), ("cache.db", 0o644, "600")])
def test_a_store_that_others_can_read_is_refused_with_the_chmod_that_mends_it(
    store: DiskStore, folder: Path, name: str, mode: int, mend: str
) -> None:
    keep(store, Record(token()))
    open_to_others = folder / name
    open_to_others.chmod(mode)

    for use in (DiskStore(folder, "account").get, lambda: keep(store, Record()), store.clear):
        with pytest.raises(StoreError) as refused:
            use()

        assert refused.value.what == f"others on this machine can read {open_to_others}."
        assert f"chmod {mend} '{open_to_others}'" in refused.value.mend


def test_a_write_of_another_process_is_seen_at_once(store: DiskStore, folder: Path) -> None:
    keep(store, Record(token("test-token-1")))
    assert store.get().record.token == token("test-token-1")

    done = python(
        "import sys, pathlib, fakes; from getty_token.stores.disk import DiskStore;"
        "from getty_token.stores.record import Record;"
        "fakes.keep(DiskStore(pathlib.Path(sys.argv[1]), 'account'), Record(fakes.token('test-token-2')))",
        str(folder),
    )

    assert done.stderr == ""
    assert store.get().record.token == token("test-token-2")


def test_a_write_of_another_process_is_seen_while_it_keeps_the_store_open(store: DiskStore, folder: Path) -> None:
    keep(store, Record(token()))
    store.get()

    with diskcache.Cache(str(folder), disk=TextOnly) as another:
        another.set("token:account", '{"version": 1, "token": null, "trouble": null}')

        assert store.get().record == Record()


def test_a_store_that_is_deleted_under_its_reader_is_empty_and_can_be_begun_again(
    store: DiskStore, folder: Path
) -> None:
    keep(store, Record(token("test-token-1")))
    store.get()
    for path in folder.iterdir():
        path.unlink()

    gone = store.get().record
    keep(DiskStore(folder, "account"), Record(token("test-token-2")))

    assert gone == Record()
    assert store.get().record.token == token("test-token-2")


def test_a_forked_child_reads_for_itself_and_its_parent_reads_on(folder: Path) -> None:
    done = python(
        """if True:
        import os, pathlib, sys
        from fakes import keep, token
        from getty_token.stores.disk import DiskStore
        from getty_token.stores.record import Record

        store, other = (DiskStore(pathlib.Path(sys.argv[1]), "account") for _ in "12")
        keep(other, Record(token("test-token-1")))
        store.get()
        if (child := os.fork()) == 0:
            keep(other, Record(token("test-token-2")))
            os._exit(0 if store.get().record == Record(token("test-token-2")) else 1)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(code, store.get().record.token.access_token)
        """,
        str(folder),
    )

    assert done.stderr == ""
    assert done.stdout == "0 test-token-2\n"


class Creates:
    """A pickle of this makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, int]]:
        return os.open, (str(self.path), os.O_CREAT)


@pytest.mark.parametrize("mode", [1, 4])
def test_a_pickle_that_somebody_planted_is_never_run(store: DiskStore, folder: Path, tmp_path: Path, mode: int) -> None:
    keep(store, Record(token()))
    witness = tmp_path / "witness"
    planted(folder, sqlite3.Binary(pickle.dumps(Creates(witness))), mode)

    record = DiskStore(folder, "account").get().record
    keep(store, Record(token("test-token-2")))
    store.clear()

    assert record == Record()
    assert not witness.exists()


def test_a_pickled_row_that_diskcache_itself_reads_is_refused_unread(
    store: DiskStore, folder: Path, tmp_path: Path
) -> None:
    keep(store, Record(token()))
    witness = tmp_path / "witness"
    planted(folder, sqlite3.Binary(pickle.dumps(Creates(witness))), mode=4)

    with diskcache.Cache(str(folder), disk=TextOnly) as cache:
        assert cache.get("token:account") is None

    assert not witness.exists()


def test_a_garbage_row_is_put_into_quarantine_by_the_next_write(store: DiskStore, folder: Path) -> None:
    keep(store, Record(token()))
    planted(folder, "no record", mode=1)

    keep(store, Record(token("test-token-2")))

    with diskcache.Cache(str(folder), disk=TextOnly) as cache:
        assert cache.get("quarantined:token:account") == "no record"
    assert store.get().record == Record(token("test-token-2"))
    store.clear()
    with diskcache.Cache(str(folder), disk=TextOnly) as cache:
        assert list(cache) == []


def test_a_row_that_names_a_file_reads_and_removes_nothing(store: DiskStore, folder: Path, tmp_path: Path) -> None:
    keep(store, Record(token()))
    bystander = tmp_path / "bystander.txt"
    bystander.write_text("not ours")
    planted(folder, None, mode=3, filename="../bystander.txt")

    record = store.get().record
    keep(store, Record(token("test-token-2")))
    planted(folder, None, mode=3, filename="../bystander.txt")
    store.clear()

    assert record == Record()
    assert bystander.read_text() == "not ours"


@pytest.mark.parametrize(
    "text", ["", "garbage", "[]", '{"version": 1}', '{"version": 1, "token": {"access_token": 1}, "trouble": null}']
)
def test_a_garbage_row_counts_as_absent_with_a_warning_and_is_replaced(
    store: DiskStore, folder: Path, warnings: list[str], text: str
) -> None:
    keep(store, Record(token("test-token-1")))
    planted(folder, text, mode=1)

    record = store.get().record
    keep(store, Record(token("test-token-2")))

    assert record == Record()
    assert warnings == [f"the token store in {folder} holds something else than a token; ignoring it"]
    assert store.get().record.token == token("test-token-2")


def test_a_record_of_a_newer_version_is_refused_until_it_is_cleared(store: DiskStore, folder: Path) -> None:
    keep(store, Record(token()))
    planted(folder, '{"version": 2, "tokens": []}', mode=1)

    with pytest.raises(StoreError, match="version 2"):
        store.get()
    store.clear()

    assert store.get().record == Record()


def test_a_cache_that_is_not_sqlite_is_put_aside_and_begun_again(
    store: DiskStore, folder: Path, warnings: list[str]
) -> None:
    folder.mkdir(mode=0o700)
    database = folder / "cache.db"
    database.write_bytes(b"this was never a database" * 100)
    database.chmod(0o600)

    record = store.get().record
    keep(store, Record(token()))

    assert record == Record()
    assert store.get().record == Record(token())
    assert (folder / "cache.db.broken").read_bytes().startswith(b"this was never")
    assert set(warnings) == {
        f"cannot read the token store in {folder}: file is not a database",
        f"the token store was damaged (file is not a database); it is now {folder}/cache.db.broken"
        " and a new one was begun",
    }
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


@pytest.mark.parametrize("begin", range(0, 28_672, 4096))
def test_a_store_that_is_damaged_anywhere_mends_itself_at_the_next_write(folder: Path, begin: int) -> None:
    keep(DiskStore(folder, "account"), Record(token("test-token-1")))
    with (folder / "cache.db").open("r+b") as database:
        database.seek(begin)
        database.write(b"\xa5" * 4096)
    store = DiskStore(folder, "account")

    found = store.get().record
    keep(store, Record(token("test-token-2")))
    written = store.get().record
    store.clear()

    assert found in (Record(), Record(token("test-token-1")))
    assert written == Record(token("test-token-2"))
    assert store.get().record == Record()


@pytest.mark.parametrize("size", [0, 60, 2000, 4096, 6000, 12_288])
def test_a_truncated_store_loses_no_more_than_the_token(folder: Path, size: int) -> None:
    keep(DiskStore(folder, "account"), Record(token("test-token-1")))
    os.truncate(folder / "cache.db", size)
    store = DiskStore(folder, "account")

    found = store.get().record
    keep(store, Record(token("test-token-2")))

    assert found == Record()
    assert store.get().record.token == token("test-token-2")


def test_a_folder_that_cannot_be_made_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    store = DiskStore(tmp_path / "file" / "store", "account")

    def write() -> None:
        keep(store, Record())

    def lock() -> None:
        with store.refresh_lock(1):
            pass

    for use in (write, lock):
        with pytest.raises(StoreError) as refused:
            use()

        assert refused.value.what == f"cannot use the token store in {tmp_path}/file/store."
        assert "XDG_CACHE_HOME" in refused.value.mend


def test_a_lock_that_somebody_holds_is_given_up_after_the_time_named(store: DiskStore, folder: Path) -> None:
    with (
        store.refresh_lock(1),
        pytest.raises(StoreError) as refused,
        DiskStore(folder, "account").refresh_lock(0),
    ):
        pass

    assert "has been asking for a token" in refused.value.what
    assert str(folder) in refused.value.why


def test_a_holder_that_was_stopped_is_passed_over(store: DiskStore, folder: Path) -> None:
    keep(store, Record(token("test-token-1")))
    seen = store.get().version
    with store.refresh_lock(1):
        long_ago = time.time() - STOPPED_AFTER - 1
        os.utime(next(folder.glob("refresh-*.lock")), (long_ago, long_ago))

        with DiskStore(folder, "account").refresh_lock(0):
            keep(store, Record(token("test-token-2")))

        # The one that was stopped goes on: what it has got is older than what is there.
        assert not store.put_if(Record(token("test-token-late")), seen)

    assert store.get().record.token == token("test-token-2")


def test_a_lock_is_free_again_after_an_error(store: DiskStore) -> None:
    with pytest.raises(ZeroDivisionError), store.refresh_lock(1):
        raise ZeroDivisionError

    with store.refresh_lock(0):
        pass


def test_a_holder_that_is_killed_lets_go_of_the_lock(store: DiskStore, folder: Path) -> None:
    code = (
        "import pathlib, sys; from getty_token.stores.disk import DiskStore\n"
        "with DiskStore(pathlib.Path(sys.argv[1]), 'account').refresh_lock(1): print('held', flush=True); input()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        env=surroundings(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        with pytest.raises(StoreError), store.refresh_lock(0):
            pass
        holder.send_signal(signal.SIGKILL)

    with store.refresh_lock(0):
        held = True

    assert held
