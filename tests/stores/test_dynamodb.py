"""Tests of getty_token.stores.dynamodb beyond the contract: addresses, items, clocks, lost answers, refusals."""

import json
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from fakes import NOW, serving, token
from getty_token.errors import StoreBusy, StoreError, WrongUsage
from getty_token.stores.lease import LEASE
from getty_token.stores.record import Record, dumps
from programs import free_port
from stores.home import Home
from stores.homes_local import DYNALITE, TABLE

boto3 = pytest.importorskip("boto3", exc_type=ImportError)

from getty_token.stores.dynamodb import KEEP, DynamoDBStore, Table, read_url  # noqa: E402 - it needs boto3

ONE, TWO = Record(token("test-token-1")), Record(token("test-token-2"))
CREATE = (
    "aws dynamodb create-table --table-name tokens --billing-mode PAY_PER_REQUEST"
    " --attribute-definitions AttributeName=pk,AttributeType=S --key-schema AttributeName=pk,KeyType=HASH"
    " --region eu-west-1"
)


# Addresses


@pytest.mark.parametrize(
    ("address", "table", "name"),
    [
        ("dynamodb://tokens?region=eu-west-1", Table("tokens", "eu-west-1"), "dynamodb tokens in eu-west-1"),
        ("dynamodb://Tok.en_s-1/?region=us-gov-east-1", Table("Tok.en_s-1", "us-gov-east-1"), None),
        ("dynamodb://tokens", Table("tokens"), "dynamodb tokens in ap-southeast-2"),
        (
            "dynamodb://tokens?region=eu-west-1&endpoint=http://127.0.0.1:8000",
            Table("tokens", "eu-west-1", "http://127.0.0.1:8000"),
            "dynamodb tokens in eu-west-1 at http://127.0.0.1:8000",
        ),
        (
            "dynamodb://tokens?endpoint=https%3A%2F%2Fdynamodb.example%2Fpath",
            Table("tokens", None, "https://dynamodb.example/path"),
            "dynamodb tokens in ap-southeast-2 at https://dynamodb.example/path",
        ),
    ],
)
def test_an_address_names_a_table(
    monkeypatch: pytest.MonkeyPatch, address: str, table: Table, name: str | None
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-southeast-2")

    assert read_url(address) == table
    assert name is None or DynamoDBStore(address, "account").name == name


@pytest.mark.parametrize(
    "address",
    [
        "dynamodb://",
        "dynamodb://ab",
        "dynamodb:///tokens",
        "dynamodb://tokens/more",
        "dynamodb://to kens",
        f"dynamodb://{'x' * 256}",
        "dynamodb://test-key:test-password@tokens",
        "dynamodb://tokens:8000",
        "dynamodb://tokens#test-password",
        "dynamodb://tokens?region",
        "dynamodb://tokens?region=",
        "dynamodb://tokens?region=eu-west-1&region=eu-west-2",
        "dynamodb://tokens?region=eu west",
        "dynamodb://tokens?aws_secret_access_key=test-password",
        "dynamodb://tokens?name=tokens",
        "dynamodb://tokens?endpoint=",
        "dynamodb://tokens?endpoint=127.0.0.1:8000",
        "dynamodb://tokens?endpoint=ftp://127.0.0.1",
        "dynamodb://tokens?endpoint=http://test-key:test-password@127.0.0.1",
        "dynamodb://tokens?endpoint=http://[127.0.0.1",
        "dynamo://tokens",
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_without_showing_it(address: str) -> None:
    with pytest.raises(WrongUsage) as error:
        DynamoDBStore(address, "account")

    assert "dynamodb://getty-token?region=eu-west-1" in error.value.mend
    assert "test-password" not in str(error.value)


def test_without_a_region_the_error_says_where_to_write_it() -> None:
    with pytest.raises(WrongUsage) as error:
        DynamoDBStore("dynamodb://tokens", "account")

    assert error.value.mend == "Write dynamodb://tokens?region=eu-west-1, or set AWS_DEFAULT_REGION."


@pytest.mark.parametrize("package", ["boto3", "botocore.config"])
def test_without_the_package_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(WrongUsage) as error:
        DynamoDBStore("dynamodb://tokens?region=eu-west-1", "account")

    assert error.value.mend == "Run `pip install 'getty-token[dynamodb]'`."


# Credentials


@pytest.mark.parametrize("missing", [("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ("AWS_SECRET_ACCESS_KEY",)])
def test_without_credentials_the_error_says_how_to_give_them(
    monkeypatch: pytest.MonkeyPatch, missing: tuple[str, ...]
) -> None:
    for name in missing:
        monkeypatch.delenv(name)

    with pytest.raises(StoreError) as error:
        DynamoDBStore("dynamodb://tokens?region=eu-west-1&endpoint=http://127.0.0.1:9", "account").get()

    assert error.value.why == "boto3 found no AWS credentials, or only half of them."
    assert "AWS_ACCESS_KEY_ID" in error.value.mend


def test_a_profile_that_does_not_exist_is_an_error_about_the_aws_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    with pytest.raises(StoreError) as error:
        DynamoDBStore("dynamodb://tokens?region=eu-west-1", "account")

    assert error.value.why == "boto3 cannot use the AWS settings (ProfileNotFound)."


# What DynamoDB may answer


@contextmanager
def answering(handler: Callable[[httpx.Request], httpx.Response]) -> Iterator[DynamoDBStore]:
    """A store whose DynamoDB is `handler`."""
    with serving(handler) as address:
        yield DynamoDBStore(f"dynamodb://tokens?region=eu-west-1&endpoint={address}", "account")


def refusal(code: str, message: str, status: int = 400) -> httpx.Response:
    """DynamoDB's answer that says no."""
    said = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message}
    return httpx.Response(status, json=said)


SECRETIVE = "The Canonical String was x-amz-security-token:test-password, test-token-1, expected test-key."


@pytest.mark.parametrize(
    ("code", "why", "mend"),
    [
        ("UnrecognizedClientException", "UnrecognizedClientException", "Renew the AWS credentials"),
        ("InvalidSignatureException", "InvalidSignatureException", "this machine's clock"),
        ("ExpiredTokenException", "ExpiredTokenException", "Renew the AWS credentials"),
        ("MissingAuthenticationTokenException", "MissingAuthentication", "Renew the AWS credentials"),
        ("ValidationException", "ValidationException", CREATE),
        ("ResourceNotFoundException", "no such table", CREATE),
        ("SomethingNew", "SomethingNew", "Try again"),
    ],
)
def test_a_refusal_says_what_to_do_and_repeats_nothing_of_what_was_sent(code: str, why: str, mend: str) -> None:
    with answering(lambda _: refusal(code, SECRETIVE)) as store, pytest.raises(StoreError) as error:
        store.put_if(ONE, None)

    assert why in error.value.why
    assert mend in error.value.mend
    assert not any(secret in f"{error.value!r} {error.value}" for secret in ("test-password", "test-token", "test-key"))


def test_who_may_not_is_told_what_he_may_not_and_what_to_allow() -> None:
    message = "User: test-user is not authorized to perform: dynamodb:PutItem on resource: table/tokens"
    with answering(lambda _: refusal("AccessDeniedException", message)) as store, pytest.raises(StoreError) as error:
        store.put_if(ONE, None)

    assert error.value.why == f"{message}."
    assert "dynamodb:GetItem, dynamodb:PutItem and dynamodb:DeleteItem" in error.value.mend


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<h1>Sign in to this network</h1>"),
        httpx.Response(200, content=b"\xff\xfe"),
        httpx.Response(200, json=["Item"]),
        httpx.Response(200, json={"Item": "test-token"}),
        httpx.Response(200, json={"Item": {"record": "test-token"}}),
        httpx.Response(200),
        httpx.Response(302, headers={"location": "https://login.example/"}),
        httpx.Response(502, html="<h1>Bad gateway</h1>"),
        httpx.Response(418, content=20_000 * b"["),
    ],
    ids=["a login page", "not UTF-8", "a list", "no item", "no attribute", "nothing", "redirect", "gateway", "a well"],
)
@pytest.mark.parametrize("use", ["get", "put_if", "clear", "refresh_lock"])
def test_an_answer_that_is_none_of_dynamodbs_is_an_error(answer: httpx.Response, use: str) -> None:
    uses: dict[str, Callable[[DynamoDBStore], object]] = {
        "get": lambda store: store.get(),
        "put_if": lambda store: store.put_if(ONE, None),
        "clear": lambda store: store.clear(),
        "refresh_lock": lambda store: store.refresh_lock(0).__enter__(),
    }
    with answering(lambda _: answer) as store, pytest.raises(StoreError) as error:
        uses[use](store)

    assert "test-token" not in str(error.value)


def test_a_server_that_hangs_up_is_an_error_about_the_network() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    store = DynamoDBStore(f"dynamodb://tokens?region=eu-west-1&endpoint={address}", "account")

    with pytest.raises(StoreError) as error:
        store.get()

    assert error.value.why == "DynamoDB did not answer (EndpointConnectionError)."
    assert "network" in error.value.mend


# Answers that get lost: boto3 sends such a request again


@pytest.fixture(params=["dynamodb_moto", "dynamodb_dynalite"])
def imitation(request: pytest.FixtureRequest) -> Home:
    """DynamoDB in two imitations."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.fixture
def client(imitation: Home, account: str) -> Any:
    """boto3's own client for the imitation."""
    endpoint = imitation.open_store(account).name.rpartition(" at ")[2]
    return boto3.client("dynamodb", region_name="eu-west-1", endpoint_url=endpoint)


@contextmanager
def losing(client: Any, account: str, lose: str) -> Iterator[DynamoDBStore]:
    """A store that talks to the imitation through somebody who loses the answer to the first `lose`."""
    lost: list[str] = []

    def hand_on(request: httpx.Request) -> httpx.Response:
        fields = {name: value for name, value in request.headers.items() if name.startswith(("x-amz", "auth", "cont"))}
        answer = httpx.post(client.meta.endpoint_url, headers=fields, content=request.content, timeout=60)
        if request.headers["x-amz-target"].endswith(lose) and not lost:
            lost.append(lose)
            return httpx.Response(500)
        answer.headers.pop("transfer-encoding", None)
        answer.headers["content-length"] = str(len(answer.content))
        return answer

    with serving(hand_on) as address:
        yield DynamoDBStore(f"dynamodb://{TABLE}?region=eu-west-1&endpoint={address}", account)
    assert lost == [lose]


@pytest.mark.stores
@pytest.mark.parametrize("full", [False, True], ids=["empty", "full"])
def test_a_write_whose_answer_got_lost_counts_as_accepted(client: Any, account: str, full: bool) -> None:
    with losing(client, account, "PutItem") as store:
        if full:
            client.put_item(TableName=TABLE, Item=item(account, version={"S": "before"}))

        accepted = store.put_if(ONE, "before" if full else None)

        assert accepted is True
        assert store.get().record == ONE


@pytest.mark.stores
def test_a_lease_whose_answer_got_lost_is_had(client: Any, account: str, imitation: Home) -> None:
    with (
        losing(client, account, "PutItem") as store,
        store.refresh_lock(0),
        pytest.raises(StoreBusy),
        imitation.open_store(account).refresh_lock(0),
    ):
        pass


@pytest.mark.stores
def test_a_lease_that_was_given_back_and_the_answer_got_lost_is_free(
    client: Any, account: str, imitation: Home
) -> None:
    with losing(client, account, "DeleteItem") as store, store.refresh_lock(0):
        pass

    with imitation.open_store(account).refresh_lock(0):
        pass


# Clocks


@pytest.mark.stores
@pytest.mark.parametrize("wrong_by", [-3600.0, -20.0, 20.0, 3600.0])
def test_a_machine_whose_clock_is_wrong_takes_nobodys_lease(
    imitation: Home, client: Any, account: str, wrong_by: float
) -> None:
    wrong = opened(client, account, wrong_by)

    with imitation.open_store(account).refresh_lock(0), pytest.raises(StoreBusy), wrong.refresh_lock(0):
        pass


@pytest.mark.stores
@pytest.mark.parametrize("wrong_by", [-3600.0, 3600.0])
def test_a_machine_whose_clock_is_wrong_keeps_nobody_out_for_longer(client: Any, account: str, wrong_by: float) -> None:
    wrong = opened(client, account, wrong_by)

    before = time.time()
    with wrong.refresh_lock(0):
        until = float(lease(client, account)["until"]["N"])
    after = time.time()

    # The Date of an answer has no fractions of a second, and is that of a moment before the answer arrives.
    assert before - 2 < until - LEASE < after + 2


def opened(client: Any, account: str, wrong_by: float) -> DynamoDBStore:
    """A store on a machine whose clock is wrong by so many seconds."""
    url = f"dynamodb://{TABLE}?region=eu-west-1&endpoint={client.meta.endpoint_url}"
    return DynamoDBStore(url, account, clock=lambda: time.time() + wrong_by)


# What is in the table


def item(account: str, **attributes: object) -> dict[str, object]:
    """The item of an account's record."""
    return {"pk": {"S": f"getty-token:{account}"}, **attributes}


def lease(client: Any, account: str) -> Any:
    """The item of an account's lease."""
    return client.get_item(TableName=TABLE, Key={"pk": {"S": f"getty-token-lease:{account}"}}).get("Item")


@pytest.mark.stores
def test_other_programs_find_the_record_as_json_text(imitation: Home, client: Any, account: str) -> None:
    imitation.open_store(account).put_if(ONE, None)

    found = client.get_item(TableName=TABLE, Key=item(account))["Item"]

    assert found.keys() == {"pk", "record", "version", "ttl"}
    assert found["record"] == {"S": dumps(ONE)}


@pytest.mark.stores
@pytest.mark.parametrize(
    ("record", "keeps"), [(Record(), KEEP), (ONE, KEEP + 1800), (Record(token(requested_at=1.0)), KEEP)]
)
def test_a_record_may_go_a_day_after_its_token_expired(client: Any, account: str, record: Record, keeps: float) -> None:
    url = f"dynamodb://{TABLE}?region=eu-west-1&endpoint={client.meta.endpoint_url}"
    DynamoDBStore(url, account, clock=lambda: NOW).put_if(record, None)

    found = client.get_item(TableName=TABLE, Key=item(account))["Item"]

    assert float(found["ttl"]["N"]) == NOW + keeps


@pytest.mark.stores
def test_a_lease_that_was_given_back_leaves_nothing_behind(imitation: Home, client: Any, account: str) -> None:
    with imitation.open_store(account).refresh_lock(0):
        during = lease(client, account)

    assert during.keys() == {"pk", "holder", "until", "ttl"}
    assert lease(client, account) is None


@pytest.mark.stores
@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"record": {"S": "garbage"}},
        {"record": {"N": "1"}, "version": {"N": "1"}},
        {"record": {"S": "garbage"}, "version": {"BOOL": True}},
        {"record": {"M": {}}, "version": {"S": "x"}, "ttl": {"S": "never"}},
    ],
    ids=["nothing", "no version", "numbers", "a Boolean as version", "a map"],
)
def test_an_item_of_another_shape_counts_as_absent_and_is_replaced(
    imitation: Home, client: Any, account: str, attributes: dict[str, object]
) -> None:
    warnings: list[str] = []
    store = imitation.open_store(account, warnings.append)
    client.put_item(TableName=TABLE, Item=item(account, **attributes))

    held = store.get()

    assert held.record == Record()
    assert len(warnings) == 1
    assert store.put_if(TWO, held.version) is True
    assert store.get().record == TWO


@pytest.mark.stores
@pytest.mark.parametrize("until", [{}, {"until": {"S": "tomorrow"}}], ids=["no time", "words"])
def test_a_lease_that_nobody_understands_keeps_nobody_out(
    imitation: Home, client: Any, account: str, until: dict[str, object]
) -> None:
    client.put_item(TableName=TABLE, Item={"pk": {"S": f"getty-token-lease:{account}"}, **until})

    with imitation.open_store(account).refresh_lock(0):
        pass


@pytest.mark.stores
def test_a_table_that_does_not_exist_can_be_made_with_the_command_of_the_error(client: Any, account: str) -> None:
    name = f"tokens-{account}"
    store = DynamoDBStore(f"dynamodb://{name}?region=eu-west-1&endpoint={client.meta.endpoint_url}", account)
    with pytest.raises(StoreError) as error:
        store.get()

    make(client, error.value.mend)

    assert store.put_if(ONE, None)
    assert store.get().record == ONE


def make(client: Any, mend: str) -> None:
    """What the AWS command line does with "Run `aws dynamodb create-table ...`."."""
    words = shlex.split(mend.removeprefix("Run `").removesuffix("`."))
    options = dict(zip(words[3::2], words[4::2], strict=True))
    attributes, keys = (
        dict(pair.split("=") for pair in options[name].split(","))
        for name in ("--attribute-definitions", "--key-schema")
    )
    assert words[:3] == ["aws", "dynamodb", "create-table"]
    assert options["--endpoint-url"] == client.meta.endpoint_url
    client.create_table(
        TableName=options["--table-name"],
        BillingMode=options["--billing-mode"],
        AttributeDefinitions=[attributes],
        KeySchema=[keys],
    )
    client.get_waiter("table_exists").wait(TableName=options["--table-name"], WaiterConfig={"Delay": 1})


@pytest.mark.stores
def test_a_table_with_another_key_is_an_error_that_says_which_it_has_to_be(client: Any, account: str) -> None:
    name = f"tokens-{account}"
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    store = DynamoDBStore(f"dynamodb://{name}?region=eu-west-1&endpoint={client.meta.endpoint_url}", account)

    with pytest.raises(StoreError, match="string pk"):
        store.get()


def test_the_lock_file_of_dynalite_names_no_download_address() -> None:
    lock = json.loads((DYNALITE / "package-lock.json").read_text())

    assert not any({"resolved", "funding"} & package.keys() for package in lock["packages"].values())
