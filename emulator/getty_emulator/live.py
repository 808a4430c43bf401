"""Getty itself, through the client that `serve` hands in: it signs, we never see with what."""

import json
import zlib
from collections.abc import Callable, Mapping
from typing import Protocol

from getty_emulator.exchange import Answer, Call, Headers, problem
from getty_token.errors import GettyUnavailable

LARGEST = 32 * 1024 * 1024
"""Bytes. Getty's answers are JSON of some 100 KB; a larger one than this is refused, compressed or not."""

RATIO = 200
"""To one: how far a body of more than a megabyte may be packed. JSON comes at ten to one, a bomb at a thousand."""

_NO_JSON = object()
_LENGTHS = frozenset({b"content-length", b"transfer-encoding"})
PASSED = frozenset(
    b"cache-control content-language content-type etag last-modified retry-after vary x-error-detail".split()
)
"""Response header fields a browser may see. Cookies, challenges and a gateway's internals stay here."""


class Reply(Protocol):
    """What Getty said, as it came: names of `headers` in lower case, `body` perhaps compressed."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def body(self) -> bytes: ...


class Upstream(Protocol):
    """Whoever signs a request and sends it to Getty; we never see with what."""

    async def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes, largest: int) -> Reply:
        """The reply, read whole. Raises GettyTokenError if there is none, or one of more than `largest` bytes."""


class Live:
    """
    Forwards calls to `upstream`, and hands nothing on before all of it is there: an answer that breaks off in mid-body
    would end `gatsby develop`.

    `leaks` is asked of every byte: a secret echoed by whatever stands between us and Getty must not reach a browser.
    """

    def __init__(self, upstream: Upstream, leaks: Callable[[bytes], bool]) -> None:
        self._upstream = upstream
        self._leaks = leaks

    async def answer(self, call: Call) -> Answer:
        """Getty's answer, or why it is not passed on. Raises GettyTokenError."""
        fields = {"Accept-Encoding": "gzip", "Accept": "application/json", **call.headers}
        reply = await self._upstream.send(call.method, call.target, fields, call.body, LARGEST)
        status = reply.status_code
        if 300 <= status < 400 and status != 304:
            return problem(502, "Redirected", f"Getty answered {status}, a redirect; it is not followed.")
        given = dict(reply.headers)
        headers = tuple([field for field in reply.headers if field[0] in PASSED])
        body = _decoded(reply.body, given.get(b"content-encoding", b""))
        is_success = 200 <= status < 300
        if is_success and given.get(b"content-type", b"").startswith(b"text/html"):
            raise GettyUnavailable(
                "Getty's answer is a web page, not data.",
                "Something on the way may have answered in its place, such as the login page of a network.",
                "Open any page in a browser to see, or check GETTY_API_URL and HTTPS_PROXY.",
            )
        if self._leaks(body) or self._leaks(b"\n".join([value for _, value in headers])):
            detail = "The answer from Getty's side contained a secret of yours and was not passed on."
            return problem(502, "Held back", detail, "alarm")
        if is_success and body and not _is_json(body, given):
            raise GettyUnavailable(
                "Getty's answer is not JSON.", f"It is {len(body):,} bytes of something else.", "Check GETTY_API_URL."
            )
        return Answer(status, headers, body, "live", "" if is_success else _reason(status, body))


def _decoded(body: bytes, encoding: bytes) -> bytes:
    """
    `body` as it was before compression: it has to be looked through, and nobody gains from compressing it for loopback.
    """
    if encoding in (b"", b"identity") or not body:
        return body
    if encoding.lower() != b"gzip":
        named = encoding.decode("latin-1")
        raise GettyUnavailable(f"Getty's answer is encoded as {named}, which was not asked for.")
    inflate = zlib.decompressobj(wbits=31)
    try:
        plain = inflate.decompress(body, LARGEST + 1)
    except zlib.error:
        raise _no_gzip() from None
    if len(plain) > LARGEST or len(plain) > max(1024 * 1024, RATIO * len(body)):
        raise _too_large()
    if not inflate.eof:
        raise GettyUnavailable("Getty's answer broke off.", mend="Try again.")
    if inflate.unused_data:
        raise _no_gzip()
    return plain


def _no_gzip() -> GettyUnavailable:
    return GettyUnavailable("Getty's answer is not the gzip it says it is.", mend="Try again.")


def _too_large() -> GettyUnavailable:
    return GettyUnavailable(f"Getty's answer is larger than {LARGEST // 1024 // 1024} MiB, or packed beyond reason.")


def _is_json(plain: bytes, given: Mapping[bytes, bytes]) -> bool:
    """
    Whether it is JSON. Where a length vouches that all of it has come, its two ends tell it from a page and from
    garbage; to read it all would take half as long as everything else, and find mistakes of Getty's own only.
    """
    if plain[:1] + plain[-1:] in (b"{}", b"[]") and not _LENGTHS.isdisjoint(given):
        return True
    return _json(plain) is not _NO_JSON


def _json(plain: bytes) -> object:
    try:
        return json.loads(plain)
    except (ValueError, RecursionError):
        return _NO_JSON


def _reason(status: int, plain: bytes) -> str:
    """Getty's own explanation, for the terminal; where it gives none, what the status means here."""
    data = _json(plain)
    said = [data.get(name) for name in ("ErrorCode", "ErrorMessage", "message")] if isinstance(data, dict) else []
    words = ": ".join(str(part) for part in said if part)[:200]
    if status == 401:
        return f"{words or 'Getty refused the key or the token'}. Try `getty-token refresh --force`, or `login` again."
    if status == 429:
        return f"{words or 'Getty is asked too often'}. Wait a moment; the token is not what is wrong."
    return words or f"{len(plain):,} bytes without an explanation"
