"""Tests of getty_token.stores.redis beyond the contract: addresses, what is on the server, and servers that refuse."""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme

from fakes import NOW, FakeGetty, serving, token
from getty_token.errors import StoreError, WrongUsage
from getty_token.stores.lease import LEASE
from getty_token.stores.record import Record, dumps
from stores.homes_local import redis_server

redis = pytest.importorskip("redis", exc_type=ImportError)

from getty_token.stores.redis import KEEP, RedisStore  # noqa: E402 - it needs redis

ONE = Record(token("test-token-1"))


@contextmanager
def server(folder: Path, *options: str, **connection: Any) -> Iterator[Any]:
    """A client of a server of the test's own. A password, if any, is test-password."""
    with redis_server(folder, *options) as port, redis.Redis(port=port, protocol=2, **connection) as client:
        yield client


def url(client: Any, userinfo: str = "") -> str:
    """The address of the server that `client` talks to."""
    return f"redis://{userinfo}127.0.0.1:{client.connection_pool.connection_kwargs['port']}"


# Addresses


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("redis://localhost", "redis localhost:6379, database 0"),
        ("redis://localhost/", "redis localhost:6379, database 0"),
        ("redis://localhost:7000/3", "redis localhost:7000, database 3"),
        ("redis://localhost?db=4", "redis localhost:6379, database 4"),
        ("redis://:test-password@localhost", "redis localhost:6379, database 0"),
        ("redis://test-user:test-password@cache.example:7000/1", "redis cache.example:7000, database 1"),
        ("redis://localhost?username=test-user&password=test-password", "redis localhost:6379, database 0"),
        ("redis://[::1]:7000", "redis [::1]:7000, database 0"),
        ("rediss://cache.example", "redis cache.example:6379, database 0"),
        ("rediss://cache.example?ssl_cert_reqs=none", "redis cache.example:6379, database 0"),
        ("valkey://localhost:7000/3", "redis localhost:7000, database 3"),
        ("valkeys://:test-password@cache.example", "redis cache.example:6379, database 0"),
        ("unix:///run/redis/redis.sock", "redis /run/redis/redis.sock, database 0"),
        ("unix://:test-password@/run/redis.sock?db=2", "redis /run/redis.sock, database 2"),
    ],
)
def test_an_address_names_a_server_and_the_name_has_no_password(address: str, name: str) -> None:
    store = RedisStore(address, "account")

    assert store.name == name
    assert "test-password" not in repr(store)


@pytest.mark.parametrize(
    "address",
    [
        "redis://",
        "redis:///3",
        "redis://:test-password@",
        "unix://",
        "unix:///",
        "http://localhost",
        "redis+tls://localhost",
        "redis://localhost:port",
        "redis://localhost:700000",
        "redis://localhost/one",
        "redis://localhost/1/2",
        "redis://localhost/-1",
        "redis://localhost?db=one",
        "redis://localhost?decode_responses=True",
        "redis://localhost?test-password",
        "redis://localhost#test-password",
        "redis://[localhost",
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_without_showing_it(address: str) -> None:
    with pytest.raises(WrongUsage) as error:
        RedisStore(address, "account")

    assert "redis://127.0.0.1:6379/0" in error.value.mend
    assert "test-password" not in str(error.value)


def test_without_the_package_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)

    with pytest.raises(WrongUsage) as error:
        RedisStore("redis://localhost", "account")

    assert error.value.mend == "Run `pip install 'getty-token[redis]'`."


def test_a_host_that_cannot_be_one_is_an_error_like_any_other() -> None:
    store = RedisStore(f"redis://{'x' * 64}.example", "account")

    with pytest.raises(StoreError, match="cannot use the token store"):
        store.get()


# A server that answers


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of a server that all tests here share."""
    with server(tmp_path_factory.mktemp("redis")) as client:
        yield client


@pytest.mark.stores
def test_other_programs_find_the_record_as_json_in_a_hash(client: Any, account: str) -> None:
    RedisStore(url(client), account).put_if(ONE, None)

    found = client.hgetall(f"getty-token:{account}")

    assert found.keys() == {b"version", b"record"}
    assert found[b"record"].decode() == dumps(ONE)


@pytest.mark.stores
@pytest.mark.parametrize(
    ("record", "keeps"),
    [
        (Record(), KEEP),
        (ONE, KEEP + 1800),
        (Record(token(requested_at=1.0)), KEEP),
        (Record(token(lifetime=1e9)), KEEP + 1e9),
    ],
)
def test_a_record_goes_a_day_after_its_token_expired(client: Any, account: str, record: Record, keeps: float) -> None:
    RedisStore(url(client), account, clock=lambda: NOW).put_if(record, None)

    assert client.pttl(f"getty-token:{account}") / 1000 == pytest.approx(keeps, abs=5)


@pytest.mark.stores
def test_a_lease_runs_out_on_the_server_and_leaves_nothing_behind(client: Any, account: str) -> None:
    store = RedisStore(url(client), account)

    with store.refresh_lock(0):
        lasts = client.pttl(f"getty-token-lease:{account}") / 1000

    assert LEASE - 5 < lasts <= LEASE
    assert not client.exists(f"getty-token-lease:{account}")


@pytest.mark.stores
@pytest.mark.parametrize("plant", [lambda c, k: c.set(k, "not ours"), lambda c, k: c.rpush(k, "not", "ours")])
def test_what_another_program_keeps_under_our_key_is_left_alone_until_it_is_cleared(
    client: Any, account: str, plant: Any
) -> None:
    store = RedisStore(url(client), account)
    plant(client, f"getty-token:{account}")

    for use in (store.get, lambda: store.put_if(ONE, None)):
        with pytest.raises(StoreError) as error:
            use()
        assert f"getty-token:{account}" in error.value.mend
        assert "getty-token clear" in error.value.mend
    store.clear()

    assert store.put_if(ONE, None)


@pytest.mark.stores
def test_a_record_without_a_version_can_be_read_and_replaced(client: Any, account: str) -> None:
    store = RedisStore(url(client), account)
    client.hset(f"getty-token:{account}", "record", dumps(ONE))

    held = store.get()

    assert held.record == ONE
    assert store.put_if(Record(), held.version)


@pytest.mark.stores
def test_two_databases_of_a_server_are_two_places(client: Any, account: str) -> None:
    RedisStore(f"{url(client)}/1", account).put_if(ONE, None)

    assert RedisStore(f"{url(client)}/2", account).get().record == Record()


# Servers of other kinds


@pytest.mark.stores
def test_a_server_behind_a_socket_and_a_password_is_reached(tmp_path: Path) -> None:
    path = tmp_path / "redis.sock"
    with server(tmp_path, "--unixsocket", str(path), "--requirepass", "test-password", password="test-password"):
        store = RedisStore(f"unix://:test-password@{path}?db=1", "account")

        assert store.put_if(ONE, None)
        assert store.get().record == ONE


@pytest.mark.stores
def test_a_server_is_reached_through_tls_if_its_certificate_is_known(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate = authority.issue_cert("localhost")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    tls = ["--tls-cert-file", "cert.pem", "--tls-key-file", "key.pem", "--tls-ca-cert-file", "ca.pem"]
    with redis_server(tmp_path, *tls, "--tls-auth-clients", "no", tls=True) as port:
        known = RedisStore(f"rediss://localhost:{port}?ssl_ca_certs={tmp_path / 'ca.pem'}", "account")
        unknown = RedisStore(f"rediss://localhost:{port}", "account")

        assert known.put_if(ONE, None)
        with pytest.raises(StoreError, match="certificate"):
            unknown.get()


@pytest.mark.stores
@pytest.mark.parametrize("userinfo", ["", ":test-password-2@", "test-user:test-password-2@"])
def test_a_wrong_password_is_an_error_that_shows_none(tmp_path: Path, userinfo: str) -> None:
    with server(tmp_path, "--requirepass", "test-password", password="test-password") as client:
        store = RedisStore(url(client, userinfo), "account")

        with pytest.raises(StoreError) as error:
            store.get()

    assert "USER:PASSWORD" in error.value.mend
    assert "test-password" not in f"{error.value} {error.value.__context__}"


@pytest.mark.stores
def test_a_user_who_may_not_write_is_told_so(tmp_path: Path) -> None:
    with server(tmp_path) as client:
        client.acl_setuser("reader", enabled=True, passwords=["+test-password"], keys=["*"], commands=["+hmget"])
        store = RedisStore(url(client, "reader:test-password@"), "account")

        with pytest.raises(StoreError, match="permission") as error:
            store.put_if(ONE, store.get().version)

    assert "test-token" not in str(error.value)


@pytest.mark.stores
def test_a_server_that_is_full_says_so(tmp_path: Path) -> None:
    with server(tmp_path, "--maxmemory", "1") as client:
        store = RedisStore(url(client), "account")

        with pytest.raises(StoreError, match="maxmemory"), store.refresh_lock(0):
            pass


@pytest.mark.stores
def test_a_server_that_quotes_what_it_was_sent_is_not_quoted(tmp_path: Path) -> None:
    with server(tmp_path, "--rename-command", "EVAL", "") as client:
        store = RedisStore(url(client), "account")

        with pytest.raises(StoreError, match="unknown command") as error:
            store.put_if(ONE, None)

    assert "args" not in str(error.value)
    assert "HGET" not in str(error.value)


@pytest.mark.stores
def test_a_server_that_went_away_and_came_back_is_used_again(client: Any, account: str) -> None:
    store = RedisStore(url(client), account)
    store.put_if(ONE, None)
    client.client_kill_filter(_type="normal", skipme=True)

    assert store.get().record == ONE


@pytest.mark.stores
def test_a_server_that_never_answers_is_an_error_soon_and_is_asked_once(account: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0)
        store = RedisStore(f"redis://127.0.0.1:{silent.getsockname()[1]}", account)

        began = time.monotonic()
        with pytest.raises(StoreError, match=r"[Tt]imeout"):
            store.get()
        took = time.monotonic() - began
        silent.accept()[0].close()

        with pytest.raises(BlockingIOError):
            silent.accept()
    assert took < 10  # of which it waits two; redis-py by itself waits without end


@pytest.mark.stores
def test_something_else_than_redis_is_an_error(account: str) -> None:
    with serving(FakeGetty()) as address:
        store = RedisStore(address.replace("http:", "redis:"), account)

        with pytest.raises(StoreError, match="cannot use the token store"):
            store.get()
