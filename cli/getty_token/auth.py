"""Signing requests to Getty, as an httpx authentication scheme for anybody's Client or AsyncClient."""

import asyncio
import logging
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable, Generator, MutableMapping
from typing import Protocol, TypeVar

import httpx

from getty_token.addresses import API_URL
from getty_token.setup import Setup
from getty_token.source import TokenSource
from getty_token.tokens import Token

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""RFC 9110 section 9.2.1: what may be repeated without asking."""

FRUITLESS = 60.0
"""Seconds. When Getty answers 401 to a token minutes old and again to a new one, the token is not what is wrong."""


class Signable(Protocol):
    """A request as far as signing it goes: httpx's, or a leaner one."""

    @property
    def method(self) -> str: ...
    @property
    def url(self) -> httpx.URL: ...
    @property
    def headers(self) -> MutableMapping[str, str]: ...


class Answered(Protocol):
    """A response as far as it matters here."""

    @property
    def status_code(self) -> int: ...


Request = TypeVar("Request", bound=Signable)


class GettyAuth(httpx.Auth):
    """
    Adds `Api-Key` and `Authorization: Bearer`; after a 401, one new token and one repetition if the method is safe.

    `on_token` hears every access token before it is sent, so that whoever guards answers knows what to look for.

    With `api_url`, only requests to that server are signed and others go out as they are, so that a client of yours
    may fetch pictures from elsewhere. Leave `follow_redirects` off: httpx would carry the key to wherever one points.

        client = httpx.Client(auth=GettyAuth.shared(), base_url="https://api.gettyimages.com/v3")
    """

    def __init__(
        self,
        api_key: str,
        source: TokenSource,
        on_token: Callable[[str], None] = lambda _token: None,
        clock: Callable[[], float] = time.monotonic,
        api_url: str | None = None,
    ) -> None:
        self.api_url = api_url or API_URL
        """Getty's address."""
        self._origin = None if api_url is None else _origin(httpx.URL(api_url))
        self._api_key = api_key
        self._source = source
        self._on_token = on_token
        self._clock = clock
        self._fruitless_until = float("-inf")

    @classmethod
    def shared(cls, who: str = "") -> "GettyAuth":
        """
        With the account and the token that the command line uses here: from the environment, `.env`, or `login`.

        `who` is what `getty-token status` calls whoever asked for a token. Raises CredentialsError if there is no key.
        """
        setup = Setup.here()
        pair = setup.credentials()
        source = setup.source(pair, who or f"library in {os.path.basename(sys.argv[0]) or 'python'}", on_warning=_warn)
        return cls(pair.api_key, source, api_url=setup.upstream.api_url.value)

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._is_not_ours(request):
            yield request
            return
        token = self._source.token()
        response = yield self._signed(request, token)
        if self._worth_renewing(response, token):
            token = self._source.token(rejected=token.access_token)
            if request.method in SAFE_METHODS:
                self._note((yield self._signed(request, token)))
            else:
                self._fruitless_until = self._clock() + FRUITLESS

    async def async_auth_flow(self, request: Request) -> AsyncGenerator[Request, Answered]:
        if self._is_not_ours(request):
            yield request
            return
        token = self._source.usable() or await self._renewed(None)
        response = yield self._signed(request, token)
        if self._worth_renewing(response, token):
            token = await self._renewed(token.access_token)
            if request.method in SAFE_METHODS:
                self._note((yield self._signed(request, token)))
            else:
                self._fruitless_until = self._clock() + FRUITLESS

    def _is_not_ours(self, request: Signable) -> bool:
        return self._origin is not None and _origin(request.url) != self._origin

    def _signed(self, request: Request, token: Token) -> Request:
        self._on_token(token.access_token)
        request.headers["Api-Key"] = self._api_key
        request.headers["Authorization"] = f"Bearer {token.access_token}"
        return request

    def _worth_renewing(self, response: Answered, sent: Token) -> bool:
        if response.status_code != 401:
            return False
        if self._clock() >= self._fruitless_until:
            return True
        # Another request has got a newer one while this one was on its way: to try it costs nothing.
        return self._source.usable(sent.access_token) is not None

    def _note(self, second: Answered) -> None:
        if second.status_code == 401:
            self._fruitless_until = self._clock() + FRUITLESS

    async def _renewed(self, rejected: str | None) -> Token:
        """The same attempt for all tasks that wait; one that is cancelled strands nobody, for it cannot cancel it."""
        if found := self._source.usable(rejected):  # another task, or another process, may have got it since
            return found
        attempt = asyncio.wrap_future(self._source.renewal(rejected))
        try:
            return await asyncio.wait_for(attempt, self._source.patience())
        except TimeoutError:
            raise self._source.too_late() from None


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port  # httpx leaves out the port that goes without saying


def _warn(message: str) -> None:
    logging.getLogger("getty_token").warning(message)
