"""
The homes of the token, and for each test one of them.

A new home is a fixture that gives a Home, imported here, and its line in HOMES, in home.py.
"""

import os
import uuid

import pytest

from getty_token.stores.contract import TokenStore
from stores.cloud.homes import netlify_blobs, workers_kv
from stores.home import CLOSED, LOCKED, Home, some
from stores.homes_local import disk, dynamodb_dynalite, dynamodb_moto, memory, redis

__all__ = ["disk", "dynamodb_dynalite", "dynamodb_moto", "memory", "netlify_blobs", "redis", "workers_kv"]


@pytest.fixture(autouse=True)
def aws_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the person who runs the tests; credentials that every imitation takes."""
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test-password")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(params=some())
def home(request: pytest.FixtureRequest) -> Home:
    """Each home in turn."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.fixture(params=some(without=CLOSED))
def open_home(request: pytest.FixtureRequest) -> Home:
    """Each home that other programs can write to."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.fixture(params=some(without=LOCKED))
def remote_home(request: pytest.FixtureRequest) -> Home:
    """Each home on the network, whose refresh lock is a lease."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.fixture
def account() -> str:
    """An account that nobody else uses, of 16 hexadecimal digits like all accounts."""
    return uuid.uuid4().hex[:16]


@pytest.fixture
def store(home: Home, account: str) -> TokenStore:
    """A store in this home."""
    return home.open_store(account)


@pytest.fixture
def other(home: Home, account: str) -> TokenStore:
    """Another client of the same store."""
    return home.open_store(account)
