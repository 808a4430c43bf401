"""Tests of what chooses a store and its windows: addresses, variables, and a clock that is wrong."""

from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path

import httpx
import pytest

from fakes import NOW, FakeGetty, Outcome
from getty_token.config import Environment, windows
from getty_token.errors import WrongUsage
from getty_token.oauth import clock_error
from getty_token.stores.address import open_store
from getty_token.stores.disk import DiskStore
from getty_token.stores.memory import MemoryStore
from getty_token.tokens import Windows

Program = Callable[..., Outcome]


def test_no_address_is_the_disk_and_a_folder_can_be_named(tmp_path: Path) -> None:
    usual = open_store("", "account", tmp_path / "usual", print)
    named = open_store(f"disk://{tmp_path}/named", "account", tmp_path / "usual", print)

    assert isinstance(usual, DiskStore) and usual.name == f"disk {tmp_path}/usual"
    assert isinstance(named, DiskStore) and named.name == f"disk {tmp_path}/named"
    assert isinstance(open_store("memory:", "account", tmp_path, print), MemoryStore)


@pytest.mark.parametrize("address", ["nope://x:test-password@host", "disk://relative", "etcd:", "://", "redis"])
def test_an_address_that_means_nothing_is_refused_without_its_password(address: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUsage) as refused:
        open_store(address, "account", tmp_path, print)

    assert "test-password" not in str(refused.value)


def test_an_address_with_a_password_is_no_argument(program: Program, signed_in: None) -> None:
    outcomes = [program(*each) for each in (
        ("status", "--store", "redis://:test-password@127.0.0.1"),
        ("store", "verify", "redis://:test-password@127.0.0.1"),
        ("store", "copy", "disk", "redis://:test-password@127.0.0.1"),
    )]  # fmt: skip

    assert [outcome.code for outcome in outcomes] == [2, 2, 2]
    assert all("GETTY_TOKEN_STORE" in outcome.err and "test-password" not in outcome.err for outcome in outcomes)


def test_a_token_is_copied_to_a_store_that_a_variable_names(
    program: Program, signed_in: None, getty: FakeGetty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELSEWHERE", f"disk://{tmp_path}/elsewhere")
    program("token")

    copied = program("store", "copy", "disk", "env:ELSEWHERE")

    assert copied.code == 0, copied.err
    assert program("token", "--store", f"disk://{tmp_path}/elsewhere").out == "test-token-1\n"
    assert getty.token_requests == 1


def test_nothing_is_copied_where_there_is_no_token(program: Program, signed_in: None, tmp_path: Path) -> None:
    outcome = program("store", "copy", "disk", f"disk://{tmp_path}/elsewhere")

    assert outcome.code == 1
    assert "no living token" in outcome.err
    assert not (tmp_path / "elsewhere" / "cache.db").exists()


def test_a_store_is_put_to_the_test_and_nothing_stays_behind(program: Program) -> None:
    outcome = program("store", "verify")

    assert outcome.code == 0, outcome.out
    assert [line.split()[0] for line in outcome.out.splitlines()] == ["ok"] * 7


def test_the_windows_are_settings_in_seconds(tmp_path: Path) -> None:
    given = Environment({"GETTY_TOKEN_ADVISORY": "600", "GETTY_TOKEN_MANDATORY": "60"}, tmp_path)

    assert windows(given) == Windows(600, 60)
    assert windows(Environment({}, tmp_path)) == Windows(300, 30)


@pytest.mark.parametrize(
    ("advisory", "mandatory"), [("soon", "30"), ("-5", "30"), ("5", "30"), ("99999999", "30"), ("20", "30")]
)
def test_windows_that_cannot_be_are_refused_by_name(advisory: str, mandatory: str, tmp_path: Path) -> None:
    given = {"GETTY_TOKEN_ADVISORY": advisory, "GETTY_TOKEN_MANDATORY": mandatory}

    with pytest.raises(WrongUsage, match="GETTY_TOKEN_ADVISORY"):
        windows(Environment(given, tmp_path))


@pytest.mark.parametrize(
    ("theirs", "said"),
    [(NOW, ""), (NOW - 59, ""), (NOW + 61, ""), (NOW - 3600, "60 min ahead of"), (NOW + 3602, "60 min behind")],
)
def test_a_clock_that_is_wrong_by_a_minute_or_more_is_told(theirs: float, said: str) -> None:
    request = httpx.Request("POST", "https://getty.test/oauth2/token")
    answer = httpx.Response(200, headers={"date": formatdate(theirs, usegmt=True)}, request=request)

    told = clock_error(answer, NOW, NOW + 2)

    assert (said in told) if said else told == ""


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 99 Foo 2026 00:00:00 GMT"])
def test_an_answer_without_a_usable_date_says_nothing_about_the_clock(date: str) -> None:
    answer = httpx.Response(200, headers={"date": date}, request=httpx.Request("POST", "https://getty.test/"))

    assert clock_error(answer, NOW, NOW) == ""
