"""Tests of what chooses a store and its windows: addresses, variables, and a clock that is wrong."""

from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path

import httpx
import pytest

from fakes import NOW, Clock, FakeGetty, Outcome, finish_renewals, token
from getty_token.clocks import GettyClock
from getty_token.config import Environment, windows
from getty_token.errors import WrongUsage
from getty_token.oauth import seconds_behind
from getty_token.source import TokenSource
from getty_token.stores.address import open_store
from getty_token.stores.disk import DiskStore
from getty_token.stores.memory import MemoryStore
from getty_token.tokens import Token, Windows

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
    ("theirs", "behind"), [(NOW, 0), (NOW - 59, 0), (NOW + 61, 0), (NOW - 3600, -3600), (NOW + 3602, 3600)]
)
def test_a_clock_that_is_wrong_by_a_minute_or_more_is_noticed(theirs: float, behind: float) -> None:
    request = httpx.Request("POST", "https://getty.test/oauth2/token")
    answer = httpx.Response(200, headers={"date": formatdate(theirs, usegmt=True)}, request=request)

    assert seconds_behind(answer, NOW, NOW + 2) == behind


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 99 Foo 2026 00:00:00 GMT"])
def test_an_answer_without_a_usable_date_says_nothing_about_the_clock(date: str) -> None:
    answer = httpx.Response(200, headers={"date": date}, request=httpx.Request("POST", "https://getty.test/"))

    assert seconds_behind(answer, NOW, NOW) == 0


@pytest.mark.parametrize("off", [3600.0, -3600.0])
def test_two_machines_share_a_token_though_the_clock_of_one_is_an_hour_off(off: float) -> None:
    true_time, requests, store = Clock(), [], MemoryStore()

    def machine(behind: float) -> TokenSource:
        clock = GettyClock(lambda: true_time() - behind)

        def request_token() -> Token:
            requests.append(behind)
            clock.learn(behind)
            return token(f"test-token-{len(requests)}", clock())

        return TokenSource(store, request_token, who="a machine", clock=clock, steady=true_time)

    right, wrong = machine(0.0), machine(off)
    for _ in range(100):
        right.token()
        wrong.token()
        finish_renewals()
        true_time.now += 10

    assert len(requests) <= 2  # the first, and one by which the machine that is wrong learns that it is
    assert wrong.token() == right.token()
