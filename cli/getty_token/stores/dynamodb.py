"""
A home in a DynamoDB table. Needs the extra `dynamodb`.

The table is yours to make, once; billed on demand it costs next to nothing, and one table is enough for many accounts:

    aws dynamodb create-table --table-name TABLE --billing-mode PAY_PER_REQUEST
        --attribute-definitions AttributeName=pk,AttributeType=S --key-schema AttributeName=pk,KeyType=HASH
    aws dynamodb update-time-to-live --table-name TABLE --time-to-live-specification Enabled=true,AttributeName=ttl

Two items for an account, each a partition of its own:

    pk `getty-token:ACCOUNT`         record (the JSON text of stores/record.py), version, ttl
    pk `getty-token-lease:ACCOUNT`   holder, until, ttl                            who refreshes now, and until when

`until` and `ttl` are Unix seconds. Who uses the table needs dynamodb:GetItem, PutItem and DeleteItem on it.
"""

import os
import re
import secrets
import shlex
import time
from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from getty_token.errors import StoreError, WrongUsage
from getty_token.stores import lease
from getty_token.stores.contract import Held, Promise
from getty_token.stores.record import NotARecord, Record, dumps, loads

CONNECT_TIMEOUT, READ_TIMEOUT, ATTEMPTS = 2.0, 5.0, 2
"""Seconds to connect, seconds for an answer, and how often a request is sent at the most."""
KEEP = 86_400.0
"""Seconds after a token's expiry at which DynamoDB may drop a record nobody has renewed."""

_UNKNOWN_CREDENTIALS = {
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table and where it is: `dynamodb://TABLE?region=eu-west-1&endpoint=http://127.0.0.1:8000`."""

    name: str
    region: str | None = None
    """None: the one that the AWS settings name."""
    endpoint: str | None = None
    """None: Amazon's, for that region."""

    def create(self) -> str:
        """The command that makes it."""
        words = ["aws", "dynamodb", "create-table", "--table-name", self.name, "--billing-mode", "PAY_PER_REQUEST"]
        words += ["--attribute-definitions", "AttributeName=pk,AttributeType=S"]
        words += ["--key-schema", "AttributeName=pk,KeyType=HASH"]
        words += ["--region", self.region] if self.region else []
        words += ["--endpoint-url", self.endpoint] if self.endpoint else []
        return shlex.join(words)


def read_url(url: str) -> Table:
    """
    The table that `url` names.

    Raises WrongUsage if it names none.
    """
    try:
        parts = urlsplit(url)
        options = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        table = Table(parts.netloc, **dict(options))
        endpoint = urlsplit(table.endpoint or "http://localhost")
        usable = parts.scheme == "dynamodb" and not parts.fragment and parts.path in ("", "/")
        usable &= len(options) == len(dict(options)) and endpoint.scheme in ("http", "https")
        usable &= table.endpoint != "" and bool(endpoint.hostname) and "@" not in endpoint.netloc and not endpoint.query
        if (
            usable
            and re.fullmatch(r"[\w.-]{3,255}", table.name, re.ASCII)
            and re.fullmatch(r"[a-z0-9-]+", "-" if table.region is None else table.region)
        ):
            return table
    except (ValueError, TypeError):
        pass
    raise WrongUsage(
        "the address of the token store names no DynamoDB table.",
        "It has to be the name of a table, perhaps with region and endpoint, and nothing else: credentials come from"
        " the AWS settings.",
        "Write it like dynamodb://getty-token?region=eu-west-1.",
    )


class DynamoDBStore:
    """
    The record of `account` in the table at `url`, as `read_url` reads it.

    Raises WrongUsage for a URL that cannot be meant, without a region, or if the extra is not installed; StoreError if
    the AWS settings make no sense.
    """

    promise = Promise("everybody who may use the DynamoDB table", single_flight=True, remember=1.0)

    def __init__(
        self,
        url: str,
        account: str,
        on_warning: Callable[[str], None] = lambda _: None,
        *,
        clock: Callable[[], float] = time.time,
        waiting: lease.Waiting = lease.Waiting(),  # noqa: B008 - frozen
    ) -> None:
        self._table = read_url(url)
        self._key = {"pk": {"S": f"getty-token:{account}"}}
        self._lease = {"pk": {"S": f"getty-token-lease:{account}"}}
        self._warn = on_warning
        self._clock = clock
        self._ahead: float | None = None  # of our clock, that is DynamoDB's; None until it has answered
        self._waiting = waiting
        self._client, region = _client(self._table)
        self._process = os.getpid()
        self.name = f"dynamodb {self._table.name} in {region}"
        if self._table.endpoint:
            self.name += f" at {self._table.endpoint}"

    def get(self) -> Held:
        item = self._ask("get_item", Key=self._key, ConsistentRead=True).get("Item")
        if item is None:
            return Held(Record())
        version = item.get("version", {}).get("S")
        try:
            return Held(loads(item["record"]["S"]), version)
        except (NotARecord, KeyError):
            self._warn(f"the token store ({self.name}) holds something else than a token; ignoring it")
            return Held(Record(), version)

    def put_if(self, record: Record, version: Hashable) -> bool:
        now = self._clock()
        keep = KEEP + (max(now, record.token.expires_at) if record.token else now)
        # Random: a counter would begin again after `clear`.
        new = {"S": secrets.token_hex(16)}
        seen = "NOT attribute_type(#version, :seen)" if version is None else "#version = :seen"
        return self._ask_if(
            # The new one is there already if boto3 sends the request again because its answer was lost.
            f"{seen} OR #version = :new",
            {":seen": {"S": "S" if version is None else str(version)}, ":new": new},
            "put_item",
            Item=self._key | {"record": {"S": dumps(record)}, "version": new, "ttl": {"N": str(int(keep))}},
        )

    def clear(self) -> None:
        self._ask("delete_item", Key=self._key)

    def refresh_lock(self, timeout: float) -> AbstractContextManager[None]:
        return lease.held(self, timeout, name=self.name, on_warning=self._warn, waiting=self._waiting)

    def take(self, holder: str, seconds: float) -> bool:
        now = self._now()
        until = {"N": f"{now + seconds:.3f}"}
        return self._ask_if(
            "NOT attribute_type(#until, :number) OR #until < :now OR #holder = :holder",
            {":number": {"S": "N"}, ":now": {"N": f"{now:.3f}"}, ":holder": {"S": holder}},
            "put_item",
            Item=self._lease | {"holder": {"S": holder}, "until": until, "ttl": {"N": str(int(now + KEEP))}},
        )

    def give_back(self, holder: str) -> None:
        self._ask_if("#holder = :holder", {":holder": {"S": holder}}, "delete_item", Key=self._lease)

    def _now(self) -> float:
        """
        Unix seconds by DynamoDB's clock.

        All who use a lease have to agree on the time, and machines do not.
        """
        if self._ahead is None:
            self._ask("get_item", Key=self._lease, ConsistentRead=True)
        return self._clock() + (self._ahead or 0.0)

    def _ask_if(self, condition: str, values: Mapping[str, object], operation: str, **parameters: object) -> bool:
        """Do it if `condition` holds; gives whether it did."""
        # Every name through a placeholder: DynamoDB reserves hundreds of words.
        names = {name: name.removeprefix("#") for name in re.findall(r"#\w+", condition)}
        try:
            self._ask(
                operation,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                **parameters,
            )
        except _ConditionFailed:
            return False
        return True

    def _ask(self, operation: str, **parameters: object) -> Mapping[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        if self._process != os.getpid():
            # We are a forked child: on its parent's connections it would get its parent's answers.
            self._client, self._process = _client(self._table)[0], os.getpid()
        try:
            answer: Mapping[str, Any] = getattr(self._client, operation)(TableName=self._table.name, **parameters)
        except ClientError as error:
            self._learn_time(error.response)
            said = error.response.get("Error", {})
            raise self._refused(said.get("Code", ""), said.get("Message", "")) from None
        except BotoCoreError as error:
            raise _no_answer(self._what, error) from None
        except (AttributeError, LookupError, RecursionError, ResponseParserError, TypeError, ValueError):
            raise self._senseless() from None  # boto3 trusts that JSON is of the right shape
        self._learn_time(answer)
        # Nor does boto3 mind a page of HTML: a write would seem done.
        if not _fields(answer).get("content-type", "").startswith("application/x-amz-json"):
            raise self._senseless()
        return answer

    def _learn_time(self, answer: Mapping[str, Any]) -> None:
        try:
            self._ahead = parsedate_to_datetime(_fields(answer)["date"]).timestamp() - self._clock()
        except (KeyError, TypeError, ValueError):
            self._ahead = self._ahead or 0.0

    @property
    def _what(self) -> str:
        return f"cannot use the token store ({self.name})."

    def _senseless(self) -> StoreError:
        why = "There was an answer, but none of DynamoDB's."
        return StoreError(self._what, why, "See what answers in its place, such as a proxy or a network's login page.")

    def _refused(self, code: str, message: str) -> Exception:
        """DynamoDB's own error. Its message is quoted only where it can hold no part of a signature or of our item."""
        if code == "ConditionalCheckFailedException":
            return _ConditionFailed()
        if code == "ResourceNotFoundException":
            return StoreError(
                f"the token store ({self.name}) does not exist.",
                "There is no such table, or it is still being made.",
                f"Run `{self._table.create()}`.",
            )
        why = f"DynamoDB answered {code}."
        if code == "AccessDeniedException":
            why = f"{message.rstrip('.') or code}."
            mend = "Allow dynamodb:GetItem, dynamodb:PutItem and dynamodb:DeleteItem on that table."
        elif code in _UNKNOWN_CREDENTIALS:
            mend = "Renew the AWS credentials, and see that this machine's clock is right."
        elif code == "ValidationException":
            mend = f"Its key has to be the string pk and nothing else, as made by `{self._table.create()}`."
        else:
            mend = "Try again, or name another store with --store or GETTY_TOKEN_STORE."
        return StoreError(self._what, why, mend)


def _fields(answer: Mapping[str, Any]) -> Mapping[str, str]:
    """The header fields of an answer, by their names in small letters."""
    return answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})  # type: ignore[no-any-return]


class _ConditionFailed(Exception):
    """The condition of an operation did not hold, and nothing was done."""


def _no_answer(what: str, error: Exception) -> StoreError:
    from botocore import exceptions

    if isinstance(error, exceptions.ConnectionError | exceptions.HTTPClientError):
        mend = "See that the endpoint and the network are right, or name another store with GETTY_TOKEN_STORE."
        return StoreError(what, f"DynamoDB did not answer ({type(error).__name__}).", mend)
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        why = "boto3 found no AWS credentials, or only half of them."
    else:
        why = f"boto3 cannot use the AWS settings ({type(error).__name__})."
    return StoreError(what, why, "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")


def _client(table: Table) -> tuple[Any, str]:
    """boto3's client for `table`, and the region it chose."""
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, NoRegionError
    except ImportError:
        raise WrongUsage(
            "a token store on DynamoDB needs the package boto3.",
            "It comes with an extra of getty-token's.",
            "Run `pip install 'getty-token[dynamodb]'`.",
        ) from None
    config = Config(
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    try:
        session = boto3.session.Session(region_name=table.region)
        client = session.client("dynamodb", endpoint_url=table.endpoint, config=config)
    except NoRegionError:
        raise WrongUsage(
            f"nobody says in which AWS region the table {table.name} is.",
            "The store's address names none, and neither do the AWS settings.",
            f"Write dynamodb://{table.name}?region=eu-west-1, or set AWS_DEFAULT_REGION.",
        ) from None
    except (BotoCoreError, ValueError) as error:
        raise _no_answer(f"cannot use the token store (dynamodb {table.name}).", error) from None
    return client, client.meta.region_name
