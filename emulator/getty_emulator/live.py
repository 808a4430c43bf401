"""Getty itself, through the client that `serve` hands in: it signs, we never see with what."""

import json
import zlib
from collections.abc import Callable

import httpx

from getty_emulator.exchange import Answer, Call, problem
from getty_token.errors import GettyTokenError, GettyUnavailable

LARGEST = 32 * 1024 * 1024
"""Bytes. Getty's answers are JSON of some 100 KB; a larger one than this is refused, compressed or not."""

_NO_JSON = object()
PASSED = frozenset(
    b"cache-control content-language content-type etag last-modified retry-after vary x-error-detail".split()
)
"""Response header fields a browser may see. Cookies, challenges and a gateway's internals stay here."""


class Live:
    """
    Forwards calls with `client`.

    `explain` words a failure to reach Getty. `leaks` is asked of every byte before it is handed on: a secret echoed by
    whatever stands between us and Getty must not reach a browser.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        api_url: str,
        explain: Callable[[httpx.HTTPError], GettyTokenError],
        leaks: Callable[[bytes], bool],
    ) -> None:
        self._client = client
        self._base = httpx.URL(api_url)
        self._explain = explain
        self._leaks = leaks

    async def answer(self, call: Call) -> Answer:
        """Getty's answer, read whole: an answer that breaks off in mid-body would end `gatsby develop`."""
        fields = {"accept-encoding": "gzip", "accept": "application/json", **call.headers}
        request = self._client.build_request(
            call.method,
            self._base.copy_with(raw_path=call.target.encode("ascii")),
            # As bytes: httpx takes text in ASCII only, and a browser may send others.
            headers=[(name.encode("ascii"), value.encode("latin-1")) for name, value in fields.items()],
            content=call.body or None,
        )
        try:
            response = await self._client.send(request, stream=True)
            try:
                body = await self._whole(response)
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise self._explain(error) from error
        if 300 <= response.status_code < 400 and response.status_code != 304:
            return problem(502, "Redirected", f"Getty answered {response.status_code}, a redirect; it is not followed.")
        body = _decoded(body, response.headers.get("content-encoding", "identity"))
        headers = tuple((name, value) for name, value in response.headers.raw if name.lower() in PASSED)
        if response.is_success and response.headers.get("content-type", "").startswith("text/html"):
            raise GettyUnavailable(
                "Getty's answer is a web page, not data.",
                "Something on the way may have answered in its place, such as the login page of a network.",
                "Open any page in a browser to see, or check GETTY_API_URL and HTTPS_PROXY.",
            )
        if self._leaks(body) or any(self._leaks(value) for _, value in headers):
            detail = "The answer from Getty's side contained a secret of yours and was not passed on."
            return problem(502, "Held back", detail, "alarm")
        if response.is_success and body and _json(body) is _NO_JSON:
            raise GettyUnavailable(
                "Getty's answer is not JSON.", f"It is {len(body):,} bytes of something else.", "Check GETTY_API_URL."
            )
        return Answer(
            response.status_code,
            headers,
            body,
            "live",
            "" if response.is_success else _reason(response.status_code, body),
        )

    async def _whole(self, response: httpx.Response) -> bytes:
        chunks, size = [], 0
        async for chunk in response.aiter_raw():
            size += len(chunk)
            if size > LARGEST:
                raise _too_large()
            chunks.append(chunk)
        return b"".join(chunks)


def _decoded(body: bytes, encoding: str) -> bytes:
    """
    `body` as it was before compression: it has to be looked through, and nobody gains from compressing it for loopback.
    """
    if encoding == "identity" or not body:
        return body
    if encoding != "gzip":
        raise GettyUnavailable(f"Getty's answer is encoded as {encoding}, which was not asked for.")
    inflate = zlib.decompressobj(wbits=31)
    try:
        plain = inflate.decompress(body, LARGEST + 1)
    except zlib.error:
        raise _no_gzip() from None
    if len(plain) > LARGEST:
        raise _too_large()
    if not inflate.eof:
        raise GettyUnavailable("Getty's answer broke off.", mend="Try again.")
    if inflate.unused_data:
        raise _no_gzip()
    return plain


def _no_gzip() -> GettyUnavailable:
    return GettyUnavailable("Getty's answer is not the gzip it says it is.", mend="Try again.")


def _too_large() -> GettyUnavailable:
    return GettyUnavailable(f"Getty's answer is larger than {LARGEST // 1024 // 1024} MiB.")


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
