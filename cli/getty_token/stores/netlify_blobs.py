"""
A home among the blobs of a Netlify site, through Netlify's API.

Two blobs for an account: `getty-token-ACCOUNT` is the JSON of RECORD.md and one member more, `write`, a random word;
`getty-token-lease-ACCOUNT` is who refreshes now, and until when. Blobs never expire: `clear` removes the first.

This is what npm's @netlify/blobs calls API access, "a strong-consistency way of accessing data, [since] requests will
always go to a non-distributed origin" (https://www.npmjs.com/package/@netlify/blobs). A function of the site that reads
through the edge may see a new token up to 60 seconds late, unless it asks for `consistency: "strong"`.

Writes are conditional: on an ETag (its `onlyIfMatch`), or on there being nothing (`onlyIfNew`), both atomic
(https://github.com/netlify/primitives/pull/303). An ETag is the MD5 of what is stored, hence the random word: the same
record written again has to be another version.
"""

import json
import os
import secrets
import time
from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from getty_token.loopback import is_loopback
from getty_token.stores import lease
from getty_token.stores.contract import Held, Promise
from getty_token.stores.record import NotARecord, Record, dumps, loads
from getty_token.stores.web import Api, Lease, as_name, as_object, bearer, read_url

API_URL = "https://api.netlify.com"

_NOT_AS_SEEN = {409, 412}
"""412: the condition did not hold. 409: two conditional writes met, and this one was not done (so Amazon's S3 says)."""

_GIVEN_BACK = Lease("", 0)


class NetlifyBlobsStore:
    """
    The record of `account` in the store at `url`: `netlify-blobs://SITE_ID/STORE_NAME`.

    The access token comes from NETLIFY_AUTH_TOKEN or NETLIFY_API_TOKEN. `?api=http://127.0.0.1:8999` names another
    server, such as the BlobsServer of @netlify/blobs.

    Raises WrongUsage for a URL that cannot be meant, or without an access token.
    """

    promise = Promise("everybody who may use the blobs of the Netlify site", single_flight=True, remember=2.0)

    def __init__(
        self,
        url: str,
        account: str,
        on_warning: Callable[[str], None] = lambda _: None,
        *,
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.time,
        waiting: lease.Waiting = lease.Waiting(),  # noqa: B008 - frozen
        way: httpx.BaseTransport | None = None,
    ) -> None:
        place = read_url(url, "netlify-blobs", "SITE_ID/STORE_NAME")
        self.name = f"netlify-blobs {place}"
        token = bearer(environment, ["NETLIFY_AUTH_TOKEN", "NETLIFY_API_TOKEN"], "of somebody who may edit that site")
        self._api = Api(self.name, token, clock, way)
        self._base = place.api or API_URL
        self._blobs = f"{self._base}/api/v1/blobs/{place.owner}/site:{place.part}"
        self._key = f"getty-token-{as_name(account)}"
        self._lease = f"getty-token-lease-{as_name(account)}"
        self._warn = on_warning
        self._waiting = waiting

    def get(self) -> Held:
        blob = self._read(self._key)
        if blob is None:
            return Held(Record())
        try:
            return Held(loads(blob.raw.decode()), blob.etag)
        except (NotARecord, UnicodeDecodeError):
            self._warn(f"the token store ({self.name}) holds something else than a token; ignoring it")
            return Held(Record(), blob.etag)

    def put_if(self, record: Record, version: Hashable) -> bool:
        raw = json.dumps({**json.loads(dumps(record)), "write": secrets.token_hex(8)}).encode()
        return self._write(self._key, raw, version)

    def clear(self) -> None:
        answer = self._api.send("DELETE", f"{self._blobs}/{self._key}")
        if answer.status_code not in (200, 204, 404):
            raise self._api.refused(answer)

    def refresh_lock(self, timeout: float) -> AbstractContextManager[None]:
        return lease.held(self, timeout, name=self.name, on_warning=self._warn, waiting=self._waiting)

    def take(self, holder: str, seconds: float) -> bool:
        blob = self._read(self._lease)
        held = Lease.read(blob.raw) if blob else None
        if held and self._api.now() < held.until:
            return held.holder == holder
        new = Lease(holder, self._api.now() + seconds)
        return self._write(self._lease, new.raw(), blob.etag if blob else None)

    def give_back(self, holder: str) -> None:
        blob = self._read(self._lease)
        held = Lease.read(blob.raw) if blob else None
        if blob and held and held.holder == holder:
            # Not deleted: there is no `delete` on a condition, and the lease may be another's by now.
            self._write(self._lease, _GIVEN_BACK.raw(), blob.etag)

    def _read(self, key: str) -> "_Blob | None":
        answer = self._get(key)
        if answer is None:
            return None
        if etag := answer.headers.get("etag"):
            return _Blob(answer.content, etag)
        # Netlify's answer has an ETag. That of BlobsServer has none (https://github.com/netlify/primitives/pull/772),
        # but its list of blobs has. First the ETag, then again the blob: one that was written in between has another
        # ETag by now, and a write on the condition of this one is refused.
        etag = self._listed(key)
        answer = self._get(key) if etag else None
        return _Blob(answer.content, etag) if etag and answer is not None else None

    def _get(self, key: str) -> httpx.Response | None:
        answer = self._api.send("GET", self._signed_url("GET", key), signed=True)
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise self._api.refused(answer)
        return answer

    def _listed(self, key: str) -> str | None:
        """The ETag of a blob as the list has it."""
        answer = self._api.send("GET", self._blobs, parameters={"prefix": key})
        if answer.status_code == 404:
            return None
        match as_object(answer):
            case {"blobs": list(blobs)}:
                return next((blob["etag"] for blob in blobs if _is_listed(blob, key)), None)
        raise self._api.refused(answer)

    def _write(self, key: str, raw: bytes, version: Hashable) -> bool:
        """Write on the condition that the ETag is still `version`, or that there is nothing; gives whether it was."""
        condition = {"if-none-match": "*"} if version is None else {"if-match": str(version)}
        # As @netlify/blobs writes them, for those who read through the edge.
        fields = condition | {"cache-control": "max-age=0, stale-while-revalidate=60"}
        url = self._signed_url("PUT", key)
        status = (answer := self._api.send("PUT", url, signed=True, headers=fields, content=raw)).status_code
        # 404: there is nothing any more that could match.
        if status in _NOT_AS_SEEN or (status == 404 and version is not None):
            return False
        if status not in (200, 201, 204):
            raise self._api.refused(answer)
        return True

    def _signed_url(self, method: str, key: str) -> str:
        """Where to read or write the blob: the API names a URL that holds its own proof, and gets no token of ours."""
        answer = self._api.send(method, f"{self._blobs}/{key}", headers={"accept": "application/json;type=signed-url"})
        url = as_object(answer).get("url") if answer.status_code == 200 else None
        if not isinstance(url, str):
            raise self._api.refused(answer)
        if not self._is_safe(url):
            raise self._api.error("It named an address that a token would reach in the clear.")
        return url

    def _is_safe(self, url: str) -> bool:
        try:
            parts, own = urlsplit(url), urlsplit(self._base)
            local = is_loopback(parts.hostname or "") and is_loopback(own.hostname or "")
        except ValueError:
            return False
        return parts.scheme == "https" or (parts.scheme == "http" and local)


@dataclass(frozen=True, slots=True)
class _Blob:
    raw: bytes = field(repr=False)
    etag: str


def _is_listed(blob: object, key: str) -> bool:
    return isinstance(blob, dict) and blob.get("key") == key and isinstance(blob.get("etag"), str)
