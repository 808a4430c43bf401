"""The client credentials grant (RFC 6749 section 4.4): the request and the response, as two pure functions."""

from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from getty_token.clocks import WRONG
from getty_token.credentials import Credentials
from getty_token.errors import (
    CredentialsRejected,
    GettyRefused,
    GettyTokenError,
    GettyUnavailable,
    RateLimited,
)
from getty_token.tokens import Token

LONGEST_LIFETIME = 86_400.0
"""Seconds. Getty's tokens live 1,800; an answer that promises more than a day is a mistake somewhere."""

_REJECTIONS = frozenset({"invalid_client", "unauthorized_client", "access_denied"})
_CODES = _REJECTIONS | {
    "invalid_request",
    "invalid_grant",
    "unsupported_grant_type",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
}
"""The codes of RFC 6749. Anything else could be an echo of what we sent."""


def token_request(credentials: Credentials, token_url: str) -> httpx.Request:
    """The token request: key and secret go into the body, where no proxy logs them."""
    form = {
        "grant_type": "client_credentials",
        "client_id": credentials.api_key,
        "client_secret": credentials.api_secret,
    }
    return httpx.Request("POST", token_url, data=form, headers={"accept": "application/json"})


def read_token(response: httpx.Response, requested_at: float) -> Token:
    """
    The token in a token response that has been read.

    `requested_at` is in Unix seconds, taken before the request was sent.

    Raises CredentialsRejected if Getty refused the key or secret, RateLimited for 429, GettyUnavailable if the answer
    is nothing a token endpoint should say. No message repeats the body: it may echo a secret.

    RFC 6749 section 5.1, errors 5.2.
    """
    host = response.request.url.netloc.decode("ascii", "replace")
    if response.status_code != 200:
        raise _refusal(response, host)
    data = _json_object(response)
    if data is None:
        raise _nonsense(host, f"The answer is {_what_it_is(response)}, not JSON with a token.")
    access_token, token_type = data.get("access_token"), data.get("token_type", "Bearer")
    if not (isinstance(access_token, str) and access_token.isascii() and access_token.isprintable() and access_token):
        raise _nonsense(host, "The answer has no usable access_token.")
    if not (isinstance(token_type, str) and token_type.lower() == "bearer"):
        raise _nonsense(host, "The answer's token_type is not Bearer.")
    return Token(access_token, "Bearer", requested_at, requested_at + _lifetime(data, host))


def seconds_behind(response: httpx.Response, requested_at: float, answered_at: float) -> float:
    """
    How far this machine's clock is behind the answer's Date (RFC 9110 section 6.6.1), negative if ahead; 0 if it is
    right within a minute, or if the answer does not tell. Times are Unix seconds by this machine's clock.
    """
    try:
        theirs = parsedate_to_datetime(response.headers.get("date", "")).timestamp()
    except (ValueError, TypeError):
        return 0.0
    off = theirs - requested_at if theirs < requested_at else max(0.0, theirs - answered_at)
    return off if abs(off) >= WRONG else 0.0


def _lifetime(data: dict[str, Any], host: str) -> float:
    # The oldest of Getty's token endpoints sends the number as a string.
    given = data.get("expires_in")
    try:
        seconds = float(given) if isinstance(given, int | float | str) and not isinstance(given, bool) else None
    except (ValueError, OverflowError):
        seconds = None
    if seconds is None or not 0 < seconds <= LONGEST_LIFETIME:
        said = "missing" if given is None else "not a number" if seconds is None else f"{seconds:g}"
        raise _nonsense(host, f"expires_in is {said}; a token lives between 1 and {LONGEST_LIFETIME:.0f} seconds.")
    return seconds


def _refusal(response: httpx.Response, host: str) -> GettyTokenError:
    status = response.status_code
    data = _json_object(response) or {}
    code = data.get("error")
    said = f' and "{code}"' if isinstance(code, str) and code in _CODES else ""
    if status in (401, 403) or (status == 400 and code in _REJECTIONS):
        return CredentialsRejected(
            "Getty does not accept the API key and secret.",
            f"{host} answered {status}{said} to the token request.",
            "Check both with Getty, then run `getty-token login`.",
        )
    if status == 429:
        return RateLimited(
            "Getty is asked too often with this API key.",
            f"{host} answered 429 to the token request.",
            "Wait a moment; other programs may be using the same key.",
        )
    if 300 <= status < 400:
        return _nonsense(host, f"It answered {status}, a redirect, which is not followed with a secret in hand.")
    if 400 <= status < 500:
        return GettyRefused(
            "Getty refused the token request.",
            f"{host} answered {status}{said}.",
            "Check GETTY_AUTH_URL if you set it.",
        )
    return _nonsense(host, f"It answered {status} to the token request.")


def _nonsense(host: str, why: str) -> GettyUnavailable:
    mend = "Try again; if it lasts, check GETTY_AUTH_URL and any proxy."
    return GettyUnavailable(f"no token from {host}.", why, mend)


def _json_object(response: httpx.Response) -> dict[str, Any] | None:
    try:
        data = response.json()
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _what_it_is(response: httpx.Response) -> str:
    kind = response.headers.get("content-type", "").partition(";")[0].strip()
    return f"{len(response.content):,} bytes of {kind or 'something without a type'}" if response.content else "empty"
