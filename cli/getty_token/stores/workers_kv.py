"""
A home in a Workers KV namespace of Cloudflare's, through its REST API.

Two keys for an account: `getty-token-ACCOUNT` is the JSON of RECORD.md and one member more, `write`, which counts the
writes; `getty-token-lease-ACCOUNT` is who refreshes now, and until when. A cleared record is a `write` alone.

KV is eventually consistent: for 60 seconds after a write others may read what was there before, and there is no
compare-and-swap (https://developers.cloudflare.com/kv/concepts/how-kv-works/). So nothing here keeps anybody out for
certain, and a bound stands in its place:

    Every process makes at most one token request in a token's lifetime.

For each goes on seeing the newest that it has read or written until everybody can see that, and what replaces a token
is a newer one (tests/stores/cloud/test_staleness.py). With N processes that is at worst N requests instead of one, by
those that ask within 60 seconds of the first and have not seen its token yet; never more than without a shared store.
Where reads are as new as writes, which is the rule inside one of Cloudflare's locations, the lock works, but for the
moment between its reading and its writing. A token request that fails may cost the same once more: its failure can be
written over a token that another process has just got.

The API takes 1,200 requests in five minutes, and then none for five
(https://developers.cloudflare.com/fundamentals/api/reference/limits/).
"""

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import httpx

from getty_token.stores import lease
from getty_token.stores.contract import Held, Promise
from getty_token.stores.record import NotARecord, Record, dumps, loads
from getty_token.stores.web import NO_LEASE, Api, Lease, as_name, as_object, bearer, read_url

API_URL = "https://api.cloudflare.com/client/v4"
STALE_READS = 60.0
"""Seconds for which KV may give what was there before a write."""
SHORTEST_KEEP = 60
"""Seconds: KV takes no shorter `expiration_ttl`."""
KEEP = 86_400.0
"""Seconds after a token's expiry at which KV may drop a record nobody has renewed."""
LONGEST_LEASE = 10.0
"""Seconds. Shorter than anybody waits for the lock: a lease may be seen long after it was given back."""

_NO_KEY = 10009
"""Cloudflare's code for a key that is not there. 10013, with the same status 404, is a namespace that is not."""


class WorkersKVStore:
    """
    The record of `account` in the namespace at `url`: `workers-kv://ACCOUNT_ID/NAMESPACE_ID`.

    The API token comes from CLOUDFLARE_API_TOKEN. `?api=http://127.0.0.1:8787/cdn-cgi/explorer/api` names another
    server, such as miniflare's local explorer: all that stands before `/storage/kv`. `clock` gives Unix seconds,
    `steady` seconds that nobody can set.

    Raises WrongUsage for a URL that cannot be meant, or without an API token.
    """

    promise = Promise(
        "everybody who may use the Workers KV namespace", single_flight=False, stale_reads=STALE_READS, remember=10.0
    )

    def __init__(
        self,
        url: str,
        account: str,
        on_warning: Callable[[str], None] = lambda _: None,
        *,
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        waiting: lease.Waiting = lease.Waiting(),  # noqa: B008 - frozen
        way: httpx.BaseTransport | None = None,
    ) -> None:
        place = read_url(url, "workers-kv", "ACCOUNT_ID/NAMESPACE_ID")
        self.name = f"workers-kv {place}"
        token = bearer(environment, ["CLOUDFLARE_API_TOKEN"], "with the permission `Workers KV Storage: Edit`")
        self._api = Api(self.name, token, clock, way)
        base = place.api or f"{API_URL}/accounts/{place.owner}"
        self._values = f"{base}/storage/kv/namespaces/{place.part}/values"
        self._key = f"getty-token-{as_name(account)}"
        self._lease = f"getty-token-lease-{as_name(account)}"
        self._warn = on_warning
        self._steady = steady
        self._waiting = waiting
        self._mutex = threading.Lock()
        self._newest = _Written()
        self._newest_stands_until = -float("inf")
        self._taken: dict[str, Lease] = {}
        self._gave_back = ""

    def get(self) -> Held:
        latest = self._latest()
        if latest.version is None:
            return Held(Record())
        try:
            return Held(loads(latest.raw.decode()), latest.version)
        except (NotARecord, UnicodeDecodeError):
            self._warn(f"the token store ({self.name}) holds something else than a token; ignoring it")
            return Held(Record(), latest.version)

    def put_if(self, record: Record, version: Hashable) -> bool:
        """As in the contract, but what others wrote in the last STALE_READS seconds may go unseen and be replaced."""
        latest = self._latest()
        if latest.version != version:
            return False
        left = record.token.expires_at - self._api.now() if record.token else 0.0
        self._put(json.loads(dumps(record)), latest.count + 1, KEEP + max(0.0, left))
        return True

    def clear(self) -> None:
        # Not deleted: a key that is missing may also be one that cannot be seen yet.
        self._put({}, self._latest().count + 1, 2 * STALE_READS)

    def refresh_lock(self, timeout: float) -> AbstractContextManager[None]:
        """As in the contract, but it may let in several that come within STALE_READS seconds of each other."""
        return lease.held(self, timeout, name=self.name, on_warning=self._warn, waiting=self._waiting)

    def take(self, holder: str, seconds: float) -> bool:
        if self._held_by_others(holder):
            return False
        new = Lease(holder, self._api.now() + min(seconds, LONGEST_LEASE))
        answer = self._send("PUT", self._lease, new.raw(), _keep(seconds))
        if answer.status_code == 429:
            # KV takes one write a second for a key: somebody else has just written.
            return False
        _check(self._api, answer)
        # The later of two that came together; not asking for our own, for it may not be seen yet.
        if self._held_by_others(holder):
            return False
        self._taken[holder] = new
        return True

    def give_back(self, holder: str) -> None:
        self._gave_back = holder
        own, seen = self._taken.pop(holder, NO_LEASE), self._seen_lease()
        if seen.holder != holder and seen.until >= own.until:
            return  # ours had run out, and this is the next one
        answer = self._send("DELETE", self._lease)
        # 429: the same limit, so soon after `take`. The lease runs out by itself.
        if answer.status_code not in (404, 429):
            _check(self._api, answer)

    def _held_by_others(self, holder: str) -> bool:
        seen = self._seen_lease()
        # What we gave back may be seen for another minute.
        return seen.holder not in (holder, self._gave_back) and self._api.now() < seen.until

    def _seen_lease(self) -> "Lease":
        return Lease.read(self._value(self._lease)) or NO_LEASE

    def _latest(self) -> "_Written":
        """What is in the store: what a read gives, unless we have just read or written something newer."""
        found = _Written.read(self._value(self._key))
        with self._mutex:
            if self._newest.count > found.count and self._steady() < self._newest_stands_until:
                return self._newest
            self._remember(found)
        return found

    def _put(self, members: dict[str, Any], count: int, keep: float) -> None:
        written = _Written(json.dumps({**members, "write": count}).encode(), count)
        _check(self._api, self._send("PUT", self._key, written.raw, _keep(keep)))
        with self._mutex:
            self._remember(written)

    def _remember(self, written: "_Written") -> None:
        self._newest, self._newest_stands_until = written, self._steady() + STALE_READS

    def _value(self, key: str) -> bytes:
        answer = self._send("GET", key)
        if answer.status_code == 404 and _code(answer) == _NO_KEY:
            return b""
        if answer.status_code != 200:
            raise self._api.refused(answer, _code(answer))
        return answer.content

    def _send(
        self, method: str, key: str, content: bytes | None = None, parameters: Mapping[str, int] | None = None
    ) -> httpx.Response:
        return self._api.send(method, f"{self._values}/{key}", content=content, parameters=parameters)


@dataclass(frozen=True, slots=True)
class _Written:
    """What a write has left under the key of the record."""

    raw: bytes = field(default=b"", repr=False)
    count: int = 0
    """Which write it is: never less than that of the one it has replaced. 0 for nothing, or for somebody else's."""

    @classmethod
    def read(cls, raw: bytes) -> "_Written":
        try:
            count = json.loads(raw.decode())["write"]
        except (ValueError, TypeError, KeyError, RecursionError):
            count = 0
        return cls(raw, count if isinstance(count, int) and count > 0 else 0)

    @property
    def version(self) -> str | None:
        """None for nothing, and for what `clear` writes."""
        if not self.raw or self.raw == json.dumps({"write": self.count}).encode():
            return None
        return hashlib.sha256(self.raw).hexdigest()


def _keep(seconds: float) -> dict[str, int]:
    return {"expiration_ttl": max(SHORTEST_KEEP, int(seconds))}


def _check(api: "Api", answer: httpx.Response) -> None:
    """Raises StoreError unless Cloudflare says that it was done; a login page in between answers 200, too."""
    if answer.status_code != 200 or as_object(answer).get("success") is not True:
        raise api.refused(answer, _code(answer))


def _code(answer: httpx.Response) -> int | None:
    """The number of the first error in Cloudflare's envelope."""
    match as_object(answer):
        case {"errors": [{"code": int(code)}, *_]}:
            return code
    return None
