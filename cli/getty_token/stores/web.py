"""What the homes behind a web API share: their addresses, the bearer token, the requests, a lease as JSON."""

import json
import os
import re
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx

from getty_token import transport
from getty_token.errors import StoreError, WrongUsage
from getty_token.loopback import is_loopback

_WORD = re.compile(r"[A-Za-z0-9][\w.-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """What the address of a store names: `SCHEME://OWNER/PART?api=BASE`."""

    owner: str
    part: str
    api: str | None = None
    """Another server than the real one, without a slash at its end."""

    def __str__(self) -> str:
        return f"{self.owner}/{self.part}" + (f" at {self.api}" if self.api else "")


def read_url(url: str, scheme: str, example: str) -> Place:
    """
    The place that `url` names; `example` shows what one looks like behind the scheme.

    Raises WrongUsage if it names none, or a server that a token would reach in the clear.
    """
    try:
        parts = urlsplit(url)
        options = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        place = Place(parts.netloc, parts.path[1:], **{name: value.rstrip("/") for name, value in options})
        api = urlsplit(place.api or "https://localhost")
        usable = parts.scheme == scheme and not parts.fragment and len(options) < 2 and place.api != ""
        usable &= all(_WORD.fullmatch(word) is not None for word in (place.owner, place.part))
        usable &= bool(api.hostname) and api.port != 0 and "@" not in api.netloc and not api.query and not api.fragment
        if usable and (api.scheme == "https" or (api.scheme == "http" and is_loopback(api.hostname or ""))):
            return place
    except (ValueError, TypeError):
        pass
    raise WrongUsage(
        f"the address of the token store does not name one that {scheme} could mean.",
        "It has to be two names, perhaps with api= and a server: https, or on this machine. No token stands in it.",
        f"Write it like {scheme}://{example}.",
    )


@dataclass(frozen=True, slots=True)
class Bearer:
    """The token of an API, and where it is from."""

    value: str = field(repr=False)
    variable: str
    needs: str
    """What it must be allowed to do, as the end of a sentence."""


def bearer(environment: Mapping[str, str], variables: Sequence[str], needs: str) -> Bearer:
    """
    The token in the first of `variables` that is set.

    Raises WrongUsage if none is, or if it can be no token.
    """
    for variable in variables:
        if value := environment.get(variable, "").strip():
            if not (value.isascii() and value.isprintable() and " " not in value):
                mend = "Copy it again; it is one line of letters and digits."
                raise WrongUsage(f"{variable} is no API token.", "It holds characters that no token has.", mend)
            return Bearer(value, variable, needs)
    raise WrongUsage(
        f"{' and '.join(variables)} {'is' if len(variables) == 1 else 'are'} not set.",
        "The token store asks for an API token, which never stands in its address.",
        f"Set {variables[0]} to an API token {needs}.",
    )


def as_name(account: str) -> str:
    """`account` as part of a key; they are hexadecimal digits, which stay as they are."""
    return quote(account, safe="").replace("%", "_")


class Api:
    """
    An HTTP API behind a bearer token.

    Whatever goes wrong is a StoreError that names the store and holds no secret: nothing that the other side says is
    quoted but numbers.
    """

    def __init__(
        self, name: str, token: Bearer, clock: Callable[[], float] = time.time, way: httpx.BaseTransport | None = None
    ) -> None:
        self._name = name
        self._token = token
        self._clock = clock
        self._way = way
        self._ahead: float | None = None  # of our clock, that is the server's; None until it has answered
        self._clients = {os.getpid(): self._new_client()}
        self._making = threading.Lock()
        weakref.finalize(self, _close, self._clients)

    def send(
        self,
        method: str,
        url: str,
        *,
        signed: bool = False,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        parameters: Mapping[str, str | int] | None = None,
    ) -> httpx.Response:
        """
        The answer, whatever its status. A `signed` URL gets no token: it is its own.

        Sent once more if the other side hangs up without an answer, as servers do with idle connections when they like:
        a GET, PUT or DELETE that is carried out twice leaves what it leaves once (RFC 9110 section 9.2.2), though a PUT
        on a condition may be refused the second time because of the first.
        """
        fields = {"accept-encoding": "identity", **(headers or {})}
        if not signed:
            fields["authorization"] = f"Bearer {self._token.value}"
        if content is not None:
            fields["content-type"] = "application/octet-stream"
        ask = partial(self._client().request, method, url, headers=fields, content=content, params=parameters)
        try:
            try:
                answer = ask()
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                answer = ask()
        except httpx.HTTPError as error:
            why = transport.unreachable(urlsplit(url).netloc, error)
            raise self.error(f"{why.what} {why.why}", why.mend) from None
        except (httpx.InvalidURL, ValueError) as error:
            raise self.error(f"It cannot be asked ({type(error).__name__}).") from None
        self._learn_time(answer)
        return answer

    def now(self) -> float:
        """
        Unix seconds by the server's clock, once it has answered and if it says.

        All who use a lease have to agree on the time, and machines do not.
        """
        return self._clock() + (self._ahead or 0.0)

    def refused(self, answer: httpx.Response, code: int | None = None) -> StoreError:
        """The error for an answer that says no, or makes no sense; `code` is what the API calls it."""
        host, status = answer.request.url.netloc.decode(), answer.status_code
        why = f"{host} answered {status}" + (f" (its error {code})." if code is not None else ".")
        if status in (401, 403):
            return self.error(why, f"Set {self._token.variable} to an API token {self._token.needs}.")
        if status == 404:
            return self.error(why, "Check the two names in the store's address.")
        if status == 429:
            return self.error(why, "Too many requests: wait some minutes, or name another store.")
        if status >= 500 or code is not None:
            return self.error(why)
        return self.error(
            f"{host} answered {status} and nothing that makes sense.",
            "Something else may be answering in its place, such as a proxy's login page.",
        )

    def error(self, why: str, mend: str = "") -> StoreError:
        """A StoreError about this store."""
        mend = mend or "Try again; if it lasts, name another store with --store or GETTY_TOKEN_STORE."
        return StoreError(f"cannot use the token store ({self._name}).", why, mend)

    def _client(self) -> httpx.Client:
        # A forked child must not speak on its parent's connections.
        pid = os.getpid()
        if pid not in self._clients:
            with self._making:
                self._clients.setdefault(pid, self._new_client())
        return self._clients[pid]

    def _new_client(self) -> httpx.Client:
        return transport.client(transport=self._way, read_timeout=transport.CONNECT_TIMEOUT)

    def _learn_time(self, answer: httpx.Response) -> None:
        try:
            self._ahead = parsedate_to_datetime(answer.headers["date"]).timestamp() - self._clock()
        except (KeyError, TypeError, ValueError):
            self._ahead = self._ahead or 0.0


@dataclass(frozen=True, slots=True)
class Lease:
    """Who refreshes now, and until when in Unix seconds by the server's clock."""

    holder: str
    until: float

    def raw(self) -> bytes:
        return json.dumps({"holder": self.holder, "until": self.until}).encode()

    @classmethod
    def read(cls, raw: bytes) -> "Lease | None":
        """The lease in `raw`, if there is one."""
        try:
            match json.loads(raw.decode()):
                case {"holder": str(holder), "until": int(until) | float(until)}:
                    return cls(holder, until)
        except (ValueError, RecursionError):
            pass
        return None


def as_object(answer: httpx.Response) -> dict[str, Any]:
    """The object in an answer, an empty one if there is none."""
    try:
        said = json.loads(answer.content.decode())
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


NO_LEASE = Lease("", 0)


def _close(clients: Mapping[int, httpx.Client]) -> None:
    if client := clients.get(os.getpid()):
        client.close()
