"""Token requests of a site's own functions, answered from the token that everybody on this machine shares."""

import asyncio
import json
import time
from base64 import b64decode
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_plus

from getty_emulator.exchange import JSON, Answer, Call
from getty_token.credentials import Credentials

if TYPE_CHECKING:
    from getty_token.source import TokenSource

ORIGIN = "shared token"


class SharedToken:
    """
    Answers a token request with the key and secret of `pair`, or with the sandbox's, from `source`: a function that is
    started ten times costs one token request, or none. Anybody else's request goes to `token_url` as it is.

    `on_token` hears of every token before the function does, so that the function cannot pass on one nobody looks for.
    """

    def __init__(
        self, pair: Credentials, source: "TokenSource", token_url: str, on_token: Callable[[str], None]
    ) -> None:
        self._pair = pair
        self._source = source
        self._token_url = token_url
        self._on_token = on_token

    async def answer(self, call: Call) -> Answer:
        """The answer to `call`. Raises what TokenSource.token and transport.reaching raise."""
        from getty_emulator.sandbox import TEST_KEY, TEST_SECRET

        form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
        given = basic(call.headers.get("authorization", "")) or (form.get("client_id"), form.get("client_secret"))
        ours = {(self._pair.api_key, self._pair.api_secret), (TEST_KEY, TEST_SECRET)}
        if call.method != "POST" or form.get("grant_type") != "client_credentials" or given not in ours:
            return await asyncio.to_thread(self._forwarded, call)
        token = await asyncio.to_thread(self._source.token)
        self._on_token(token.access_token)
        left = max(0, int(token.expires_at - time.time()))
        content = {"access_token": token.access_token, "token_type": "Bearer", "expires_in": left}
        headers = ((b"content-type", JSON), (b"cache-control", b"no-store"))
        return Answer(200, headers, json.dumps(content).encode(), ORIGIN)

    def _forwarded(self, call: Call) -> Answer:
        import httpx

        from getty_token import transport

        kept = {name: value for name, value in call.headers.items() if name in ("content-type", "authorization")}
        request = httpx.Request(call.method, self._token_url, headers=kept, content=call.body)
        with transport.client(read_timeout=transport.TOKEN_TIMEOUT) as http, transport.reaching(self._token_url):
            response = transport.whole(http, request, transport.TOKEN_TIMEOUT)
        for token in tokens_in(response.content):
            self._on_token(token)
        kind = response.headers.get("content-type", "application/json").encode()
        reason = "" if response.is_success else "The function's key and secret are others than yours, and were refused."
        return Answer(response.status_code, ((b"content-type", kind),), response.content, "live", reason)


def tokens_in(answer: bytes) -> list[str]:
    """The tokens in an answer to a token request (RFC 6749 section 5.1); none where it is anything else."""
    try:
        content = json.loads(answer)
    except ValueError:
        return []
    values = [content.get(name) for name in ("access_token", "refresh_token")] if isinstance(content, dict) else []
    return [value for value in values if isinstance(value, str)]


def basic(authorization: str) -> tuple[str, str] | None:
    """Key and secret out of HTTP Basic, each form-encoded inside (RFC 6749 section 2.3.1); None without them."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        key, _, secret = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        return None
    return unquote_plus(key), unquote_plus(secret)
