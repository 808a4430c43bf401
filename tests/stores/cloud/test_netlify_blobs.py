"""Netlify's own ways, above all those that its local server does not imitate: ETags, and addresses that are signed."""

import hashlib
import json
from collections.abc import Callable
from email.utils import formatdate

import httpx
import pytest

from fakes import NOW, Clock, token
from getty_token.errors import StoreError, WrongUsage
from getty_token.stores.contract import Held
from getty_token.stores.netlify_blobs import NetlifyBlobsStore
from getty_token.stores.record import Record
from stores.cloud.homes import CLOUD

ACCOUNT = "0123456789abcdef"
RECORD, LEASE = f"getty-token-{ACCOUNT}", f"getty-token-lease-{ACCOUNT}"
ONE, TWO = Record(token("test-token-1")), Record(token("test-token-2"))


class FakeNetlify:
    """
    Netlify's API as @netlify/blobs expects it.

    An ETag is the MD5 of the content, as in https://github.com/netlify/primitives/issues/787.
    """

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.requests: list[httpx.Request] = []
        self.now = NOW
        self.storage = "https://blobs.test.example"
        self.refuses: Callable[[httpx.Request], int | None] = lambda _: None
        """What the storage answers instead, if anything."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._stored(request) if request.url.host != "api.netlify.com" else self._api(request)
        answer.headers["date"] = formatdate(self.now, usegmt=True)
        return answer

    def _api(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer test-token"
        key = request.url.path.removeprefix("/api/v1/blobs/test-site/site:test-store/")
        if request.method == "DELETE":
            self.blobs.pop(key, None)
            return httpx.Response(204)
        assert request.headers["accept"] == "application/json;type=signed-url"
        return httpx.Response(200, json={"url": f"{self.storage}/{key}?signature=test-signature"})

    def _stored(self, request: httpx.Request) -> httpx.Response:
        assert request.url.params["signature"] == "test-signature"
        if refused := self.refuses(request):
            return httpx.Response(refused)
        key = request.url.path[1:]
        etag = f'"{hashlib.md5(self.blobs[key]).hexdigest()}"' if key in self.blobs else None
        if request.method == "GET":
            return httpx.Response(200, content=self.blobs[key], headers={"etag": etag}) if etag else httpx.Response(404)
        if request.headers.get("if-none-match") == "*" and etag:
            return httpx.Response(412)
        if (wanted := request.headers.get("if-match")) and wanted != etag:
            return httpx.Response(412 if etag else 404)
        self.blobs[key] = request.content
        return httpx.Response(200)


@pytest.fixture
def netlify() -> FakeNetlify:
    """A site without blobs."""
    return FakeNetlify()


def opened(netlify: FakeNetlify, clock: Clock | None = None) -> NetlifyBlobsStore:
    """One more client of it."""
    return NetlifyBlobsStore(
        "netlify-blobs://test-site/test-store",
        ACCOUNT,
        environment={"NETLIFY_AUTH_TOKEN": "test-token"},
        clock=clock or Clock(),
        way=httpx.MockTransport(netlify),
    )


def put(store: NetlifyBlobsStore, record: Record) -> Held:
    """Write `record` over what is there; gives what `get` says afterwards."""
    assert store.put_if(record, store.get().version)
    return store.get()


def test_the_token_goes_to_netlify_and_not_along_to_where_blobs_are_stored(netlify: FakeNetlify) -> None:
    store = opened(netlify)
    store.put_if(ONE, None)
    store.get()

    went = [(request.url.host, request.headers.get("authorization")) for request in netlify.requests]
    assert went == 2 * [("api.netlify.com", "Bearer test-token"), ("blobs.test.example", None)]


def test_what_it_writes_is_the_record_and_a_word_of_its_own(netlify: FakeNetlify) -> None:
    opened(netlify).put_if(ONE, None)

    written = json.loads(netlify.blobs[RECORD])
    assert set(written) == {"version", "token", "trouble", "write"}
    assert written["token"]["access_token"] == "test-token-1"


def test_the_same_record_written_again_is_another_version_though_etags_are_of_the_content(netlify: FakeNetlify) -> None:
    store = opened(netlify)
    first, second = put(store, ONE), put(store, ONE)

    assert first.version != second.version
    assert store.put_if(TWO, first.version) is False


def test_an_etag_that_comes_with_the_blob_is_asked_for_no_second_time(netlify: FakeNetlify) -> None:
    store = opened(netlify)
    store.put_if(ONE, None)
    netlify.requests.clear()

    held = store.get()

    assert held.version == f'"{hashlib.md5(netlify.blobs[RECORD]).hexdigest()}"'
    assert len(netlify.requests) == 2


def test_a_condition_on_a_blob_that_is_gone_does_not_hold(netlify: FakeNetlify) -> None:
    store = opened(netlify)
    held = put(store, ONE)
    store.clear()

    assert store.put_if(TWO, held.version) is False
    assert store.put_if(TWO, None) is True


@pytest.mark.parametrize("status", [409, 412])
def test_of_two_writes_that_meet_one_is_not_done(netlify: FakeNetlify, status: int) -> None:
    netlify.refuses = lambda request: status if request.method == "PUT" else None

    assert opened(netlify).put_if(ONE, None) is False
    assert opened(netlify).take("one", 15) is False


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_a_write_that_fails_is_never_taken_for_done(netlify: FakeNetlify, status: int) -> None:
    netlify.refuses = lambda request: status if request.method == "PUT" else None

    with pytest.raises(StoreError) as error:
        opened(netlify).put_if(ONE, None)

    assert "blobs.test.example" in error.value.why
    assert "test-signature" not in f"{error.value!r}"


@pytest.mark.parametrize(
    "storage", ["http://blobs.test.example", "http://127.0.0.1", "ftp://127.0.0.1", "blobs", "//["]
)
def test_an_address_that_a_token_would_reach_in_the_clear_is_not_asked(netlify: FakeNetlify, storage: str) -> None:
    netlify.storage = storage

    with pytest.raises(StoreError, match="in the clear"):
        opened(netlify).put_if(ONE, None)

    assert {request.url.host for request in netlify.requests} == {"api.netlify.com"}


def test_a_compressed_answer_is_not_asked_for_as_its_etag_would_be_another(netlify: FakeNetlify) -> None:
    opened(netlify).get()

    assert {request.headers["accept-encoding"] for request in netlify.requests} == {"identity"}


def test_a_lease_is_one_for_machines_whose_clocks_are_wrong(netlify: FakeNetlify) -> None:
    slow, fast = opened(netlify, Clock(NOW - 3600)), opened(netlify, Clock(NOW + 3600))
    assert fast.take("one", 15)

    kept_out = slow.take("two", 15)
    netlify.now += 15
    let_in = slow.take("two", 15)

    assert (kept_out, let_in) == (False, True)


def test_who_has_the_lease_already_has_it(netlify: FakeNetlify) -> None:
    store = opened(netlify)

    assert [store.take("one", 15), store.take("one", 15)] == [True, True]


def test_a_lease_that_is_somebody_elses_by_now_is_not_given_back(netlify: FakeNetlify) -> None:
    store, other = opened(netlify), opened(netlify)
    store.take("one", 15)
    netlify.now += 15
    other.take("two", 15)

    store.give_back("one")

    assert json.loads(netlify.blobs[LEASE])["holder"] == "two"


@pytest.mark.parametrize("raw", [b"", b"garbage", b"[]", b"{}", b'{"holder": 1, "until": "x"}', b"\xff", 50_000 * b"["])
def test_a_lease_that_makes_no_sense_is_nobodys(netlify: FakeNetlify, raw: bytes) -> None:
    netlify.blobs[LEASE] = raw

    assert opened(netlify).take("one", 15)


def test_the_variable_of_netlifys_command_line_comes_first() -> None:
    url, both = "netlify-blobs://test-site/test-store", ["NETLIFY_AUTH_TOKEN", "NETLIFY_API_TOKEN"]
    asked: list[str] = []

    def note(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["authorization"])
        return httpx.Response(500)

    for names in (both, both[1:]):
        environment = {name: f"of-{name}" for name in names}
        with pytest.raises(StoreError):
            NetlifyBlobsStore(url, ACCOUNT, environment=environment, way=httpx.MockTransport(note)).get()
    with pytest.raises(WrongUsage, match="NETLIFY_AUTH_TOKEN and NETLIFY_API_TOKEN are not set"):
        NetlifyBlobsStore(url, ACCOUNT, environment={})

    assert asked == ["Bearer of-NETLIFY_AUTH_TOKEN", "Bearer of-NETLIFY_API_TOKEN"]


def test_the_lock_file_names_no_download_address() -> None:
    text = (CLOUD / "package-lock.json").read_text()

    assert '"resolved"' not in text and '"funding"' not in text
