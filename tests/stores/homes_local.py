"""The homes that run on this machine as they are: memory, disk, Redis, and DynamoDB in two imitations."""

import importlib.util
import os
import shutil
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from getty_token.stores.disk import DiskStore
from getty_token.stores.memory import MemoryStore
from getty_token.stores.record import Record
from programs import CHECKOUT, free_port, running
from stores.home import Home

DYNALITE = CHECKOUT / "tests" / "stores" / "dynalite"
TABLE = "getty-token-test"


@pytest.fixture(scope="session")
def memory() -> Home:
    """This process."""
    stores: dict[str, MemoryStore] = defaultdict(MemoryStore)

    def open_store(account: str, _on_warning: Callable[[str], None] = print, /) -> MemoryStore:
        return stores[account]

    return Home(open_store=open_store, processes=False)


@pytest.fixture(scope="session")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A folder of this machine."""
    folder = tmp_path_factory.mktemp("disk") / "store"

    def plant(account: str, raw: bytes) -> None:
        DiskStore(folder, account).put_if(Record(), None)
        try:
            value: str | bytes = raw.decode()
        except UnicodeDecodeError:
            value = raw
        with closing(sqlite3.connect(folder / "cache.db")) as database, database:
            database.execute("UPDATE Cache SET value = ?, tag = 'planted' WHERE key = ?", (value, f"token:{account}"))

    return Home(open_store=partial(DiskStore, folder), plant=plant)


@contextmanager
def redis_server(folder: Path, *options: str, tls: bool = False) -> Iterator[int]:
    """The port of a Redis server that keeps nothing."""
    if not (program := shutil.which("redis-server")):
        pytest.skip("redis-server is not installed")
    port = free_port()
    ports = ["--port", "0", "--tls-port", str(port)] if tls else ["--port", str(port)]
    command = [program, "--bind", "127.0.0.1", *ports, "--save", "", *options]
    with running(command, os.environ, folder) as server:
        server.wait_for("Ready to accept connections")
        yield port


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A real Redis server."""
    client = pytest.importorskip("redis", exc_type=ImportError).Redis
    from getty_token.stores.redis import RedisStore

    with redis_server(tmp_path_factory.mktemp("redis")) as port, client(port=port, protocol=2) as other:

        def plant(account: str, raw: bytes) -> None:
            other.hset(f"getty-token:{account}", mapping={"version": "planted", "record": raw})

        yield Home(
            open_store=partial(RedisStore, f"redis://127.0.0.1:{port}/0"),
            plant=plant,
            end_lease=lambda account: other.pexpire(f"getty-token-lease:{account}", 0),
            open_unreachable=partial(RedisStore, f"redis://test-user:test-password@127.0.0.1:{free_port()}"),
        )


@contextmanager
def dynamodb(command: Sequence[str], port: int, ready: str, folder: Path) -> Iterator[Home]:
    """The imitation that `command` starts on `port`, with an empty table."""
    import boto3

    from getty_token.stores.dynamodb import DynamoDBStore

    endpoint = f"http://127.0.0.1:{port}"
    with running(command, os.environ, folder) as server:
        server.wait_for(ready)
        other = boto3.client(
            "dynamodb",
            region_name="eu-west-1",
            endpoint_url=endpoint,
            aws_access_key_id="test-key",
            aws_secret_access_key="test-password",
        )
        other.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )
        other.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})

        def plant(account: str, raw: bytes) -> None:
            try:
                record = {"S": raw.decode()}
            except UnicodeDecodeError:
                record = {"B": raw}  # type: ignore[dict-item]
            key = {"pk": {"S": f"getty-token:{account}"}}
            other.put_item(TableName=TABLE, Item=key | {"version": {"S": "planted"}, "record": record})

        def end_lease(account: str) -> None:
            other.update_item(
                TableName=TABLE,
                Key={"pk": {"S": f"getty-token-lease:{account}"}},
                UpdateExpression="SET #until = :past",
                ExpressionAttributeNames={"#until": "until"},
                ExpressionAttributeValues={":past": {"N": "1"}},
            )

        url = f"dynamodb://{TABLE}?region=eu-west-1&endpoint=http://127.0.0.1"
        yield Home(
            open_store=partial(DynamoDBStore, f"{url}:{port}"),
            plant=plant,
            end_lease=end_lease,
            open_unreachable=partial(DynamoDBStore, f"{url}:{free_port()}"),
        )


@pytest.fixture(scope="session")
def dynamodb_moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """DynamoDB as moto imitates it."""
    for package in ("boto3", "moto", "flask"):
        if not importlib.util.find_spec(package):
            pytest.skip(f"{package} is not installed")
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with dynamodb(command, port, "Running on", tmp_path_factory.mktemp("moto")) as home:
        yield home


@pytest.fixture(scope="session")
def dynamodb_dynalite() -> Iterator[Home]:
    """DynamoDB as dynalite imitates it."""
    from test_site import NODE, install, missing

    if not importlib.util.find_spec("boto3"):
        pytest.skip("boto3 is not installed")
    if not all(NODE.values()):
        pytest.skip(missing(NODE))
    try:
        install(DYNALITE)
    except AssertionError as error:
        pytest.skip(f"dynalite cannot be installed: {error}")
    port = free_port()
    program = str(DYNALITE / "node_modules" / "dynalite" / "cli.js")
    command = ["node", program, "--host", "127.0.0.1", "--port", str(port), "--createTableMs", "0"]
    with dynamodb(command, port, "listening at", DYNALITE) as home:
        yield home
