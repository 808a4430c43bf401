"""Workers KV's own ways. What it shares with the other homes is in the conformance suite."""

import json
from email.utils import formatdate

import httpx
import pytest

from fakes import NOW, Clock, token
from getty_token.errors import StoreError
from getty_token.stores.contract import Held
from getty_token.stores.record import Record
from getty_token.stores.workers_kv import LONGEST_LEASE, STALE_READS, WorkersKVStore

ACCOUNT = "0123456789abcdef"
RECORD, LEASE = f"getty-token-{ACCOUNT}", f"getty-token-lease-{ACCOUNT}"
ONE = Record(token("test-token-1"))
NO_KEY = {"success": False, "errors": [{"code": 10009, "message": "get: 'key not found'"}], "result": None}
NO_NAMESPACE = {"success": False, "errors": [{"code": 10013, "message": "get: 'namespace not found'"}], "result": None}
DONE = {"success": True, "errors": [], "messages": [], "result": {}}


class FakeKV:
    """Cloudflare's REST API with one namespace in it."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.requests: list[httpx.Request] = []
        self.busy: set[tuple[str, str]] = set()
        """Methods and keys that get a 429."""
        self.now = NOW

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answer(request, request.url.path.rpartition("/")[2])
        answer.headers["date"] = formatdate(self.now, usegmt=True)
        return answer

    def _answer(self, request: httpx.Request, key: str) -> httpx.Response:
        if (request.method, key) in self.busy:
            return httpx.Response(429, json=NO_KEY | {"errors": [{"code": 10048, "message": "too many"}]})
        match request.method:
            case "GET" if key in self.values:
                return httpx.Response(200, content=self.values[key])
            case "GET":
                return httpx.Response(404, json=NO_KEY)
            case "PUT":
                self.values[key] = request.content
            case "DELETE":
                self.values.pop(key, None)
        return httpx.Response(200, json=DONE)


@pytest.fixture
def kv() -> FakeKV:
    """An empty namespace."""
    return FakeKV()


def opened(kv: FakeKV, clock: Clock | None = None, warnings: list[str] | None = None) -> WorkersKVStore:
    """One more client of it."""
    return WorkersKVStore(
        "workers-kv://test-account/test-names",
        ACCOUNT,
        print if warnings is None else warnings.append,
        environment={"CLOUDFLARE_API_TOKEN": "test-token"},
        clock=clock or Clock(),
        steady=clock or Clock(),
        way=httpx.MockTransport(kv),
    )


def test_it_asks_cloudflare_for_one_key_with_the_token_in_a_field(kv: FakeKV) -> None:
    opened(kv).get()

    [request] = kv.requests
    base = "https://api.cloudflare.com/client/v4/accounts/test-account/storage/kv/namespaces/test-names/values"
    assert str(request.url) == f"{base}/{RECORD}"
    assert request.headers["authorization"] == "Bearer test-token"


def test_what_it_writes_is_the_record_and_a_count_of_writes(kv: FakeKV) -> None:
    store = opened(kv)
    store.put_if(ONE, None)
    store.put_if(ONE, store.get().version)

    written = json.loads(kv.values[RECORD])
    assert set(written) == {"version", "token", "trouble", "write"}
    assert (written["version"], written["write"]) == (1, 2)
    assert written["token"]["access_token"] == "test-token-1"


def test_a_record_that_another_program_wrote_without_the_count_is_read(kv: FakeKV) -> None:
    opened(kv).put_if(ONE, None)
    members = json.loads(kv.values[RECORD])
    del members["write"]
    kv.values[RECORD] = json.dumps(members).encode()

    held = opened(kv).get()

    assert held.record == ONE
    assert opened(kv).put_if(ONE, held.version) is True


def test_it_is_kept_for_a_day_longer_than_the_token_and_never_for_less_than_a_minute(kv: FakeKV) -> None:
    store = opened(kv)
    store.put_if(ONE, None)
    with store.refresh_lock(0):
        pass
    store.clear()

    kept = [int(request.url.params["expiration_ttl"]) for request in kv.requests if request.method == "PUT"]
    assert kept == [86_400 + 1800, 60, 120]


def test_a_namespace_that_does_not_exist_is_not_an_empty_store(kv: FakeKV) -> None:
    kv._answer = lambda *_: httpx.Response(404, json=NO_NAMESPACE)  # type: ignore[method-assign]

    with pytest.raises(StoreError) as error:
        opened(kv).get()

    assert "10013" in error.value.why
    assert "two names" in error.value.mend


def test_a_client_sees_its_own_write_before_everybody_can(kv: FakeKV) -> None:
    store, clock = opened(kv, clock := Clock()), clock
    store.put_if(ONE, None)
    written = kv.values.pop(RECORD)

    clock.now += STALE_READS - 1
    early = store.get()
    kv.values[RECORD] = written
    later = store.get()

    assert early == later
    assert early.record == ONE


def test_a_client_does_not_hold_on_to_its_own_write(kv: FakeKV) -> None:
    store, clock = opened(kv, clock := Clock()), clock
    store.put_if(ONE, None)
    del kv.values[RECORD]

    clock.now += STALE_READS

    assert store.get() == Held(Record())


def test_a_client_never_goes_back_to_what_was_before_what_it_has_read(kv: FakeKV) -> None:
    store, other = opened(kv), opened(kv)
    other.put_if(Record(), None)
    before = kv.values[RECORD]
    other.put_if(ONE, other.get().version)
    seen = store.get()

    kv.values[RECORD] = before

    assert store.get() == seen


def test_a_cleared_store_is_not_mistaken_for_one_that_cannot_be_seen_yet(kv: FakeKV) -> None:
    store, other = opened(kv), opened(kv)
    store.put_if(ONE, None)

    other.clear()

    assert store.get() == other.get() == Held(Record())
    assert b"test-token-1" not in kv.values[RECORD]


def test_nobody_waits_for_a_lease_of_a_machine_whose_clock_is_wrong(kv: FakeKV) -> None:
    slow, fast = opened(kv, Clock(NOW - 3600)), opened(kv, Clock(NOW + 3600))
    assert fast.take("one", 15)

    kept_out = slow.take("two", 15)
    kv.now += LONGEST_LEASE
    let_in = slow.take("two", 15)

    assert (kept_out, let_in) == (False, True)


def test_who_has_the_lease_already_has_it(kv: FakeKV) -> None:
    store = opened(kv)

    assert [store.take("one", 15), store.take("one", 15)] == [True, True]


def test_of_two_that_come_together_the_later_has_the_lease(kv: FakeKV) -> None:
    other = opened(kv)

    class Between(FakeKV):
        """Somebody else writes just after we have."""

        def __call__(self, request: httpx.Request) -> httpx.Response:
            answer = super().__call__(request)
            if request.method == "PUT":
                kv.values.pop(LEASE, None)
                other.take("two", 15)
                self.values = kv.values
            return answer

    assert opened(Between()).take("one", 15) is False


def test_a_lease_that_was_just_written_by_another_is_not_had(kv: FakeKV) -> None:
    kv.busy = {("PUT", LEASE)}

    assert opened(kv).take("one", 15) is False


def test_a_lease_that_cannot_be_given_back_so_soon_runs_out_without_a_warning(kv: FakeKV) -> None:
    warnings: list[str] = []
    store = opened(kv, warnings=warnings)
    kv.busy = {("DELETE", LEASE)}
    with store.refresh_lock(0):
        pass

    assert warnings == []
    assert store.take("next", 15)


def test_a_lease_that_is_seen_after_it_was_given_back_keeps_its_holder_out_no_more(kv: FakeKV) -> None:
    store = opened(kv)
    with store.refresh_lock(0):
        still_seen = kv.values[LEASE]
    kv.values[LEASE] = still_seen

    with store.refresh_lock(0):
        pass


def test_a_lease_that_is_somebody_elses_by_now_is_not_given_back(kv: FakeKV) -> None:
    store, other = opened(kv), opened(kv)
    store.take("one", 15)
    kv.now += LONGEST_LEASE
    other.take("two", 15)

    store.give_back("one")

    assert json.loads(kv.values[LEASE])["holder"] == "two"


def test_a_lease_is_given_back_though_one_from_before_it_is_still_seen(kv: FakeKV) -> None:
    store, other = opened(kv), opened(kv)
    other.take("one", 15)
    before = kv.values[LEASE]
    kv.now += LONGEST_LEASE
    store.take("two", 15)
    kv.values[LEASE] = before

    store.give_back("two")

    assert LEASE not in kv.values


@pytest.mark.parametrize("raw", [b"", b"garbage", b"[]", b"{}", b'{"holder": 1, "until": "x"}', b"\xff", 50_000 * b"["])
def test_a_lease_that_makes_no_sense_is_nobodys(kv: FakeKV, raw: bytes) -> None:
    kv.values[LEASE] = raw

    assert opened(kv).take("one", 15)
