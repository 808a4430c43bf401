"""
The way to Getty: every HTTP client we make is made here, and every failure to get there is translated here.

httpx reads SSL_CERT_FILE, HTTPS_PROXY and NO_PROXY as curl does. Redirects are never followed: httpx would carry the
`Api-Key` field to another host.
"""

import os
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit

import httpx

from getty_token import __version__
from getty_token.errors import GettyUnavailable, WrongUsage
from getty_token.loopback import is_loopback

CONNECT_TIMEOUT = 5.0
"""Seconds until a connection to Getty must stand."""
TOKEN_TIMEOUT = 10.0
"""Seconds a whole token request may take; others wait for it (source.LOCK_TIMEOUT)."""
READ_TIMEOUT = 30.0
"""Seconds without a byte after which an API answer is given up."""

USER_AGENT = f"getty-token/{__version__}"
_FRAMING = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
_LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=64, keepalive_expiry=30)


def client(
    auth: httpx.Auth | None = None,
    transport: httpx.BaseTransport | None = None,
    read_timeout: float = READ_TIMEOUT,
) -> httpx.Client:
    """A synchronous client for Getty."""
    with settings():
        return httpx.Client(
            auth=auth,
            transport=transport,
            verify=certificates(),
            timeout=httpx.Timeout(read_timeout, connect=CONNECT_TIMEOUT),
            limits=_LIMITS,
            headers={"user-agent": USER_AGENT},
            cookies=_no_cookies(),
            follow_redirects=False,
        )


def async_client(auth: httpx.Auth | None = None) -> httpx.AsyncClient:
    """The same for whoever runs on an event loop."""
    with settings():
        return httpx.AsyncClient(
            auth=auth,
            verify=certificates(),
            timeout=httpx.Timeout(READ_TIMEOUT, connect=CONNECT_TIMEOUT),
            limits=_LIMITS,
            headers={"user-agent": USER_AGENT},
            cookies=_no_cookies(),
            follow_redirects=False,
        )


def certificates() -> ssl.SSLContext:
    """Whom we trust: SSL_CERT_FILE and SSL_CERT_DIR, else certifi's list, as httpx has it."""
    return _certificates(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@lru_cache(maxsize=8)
def _certificates(file: str | None, directory: str | None) -> ssl.SSLContext:
    # Reading them takes 20 ms, in which no other thread runs: a token that is renewed must not stop a server for that.
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _no_cookies() -> CookieJar:
    # A jar would keep what Getty sets for one caller and send it back for all of them.
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


@contextmanager
def settings() -> Iterator[None]:
    """What httpx raises inside for the settings of certificates and proxies becomes a WrongUsage."""
    try:
        yield
    except (OSError, ssl.SSLError) as error:
        mend = "Check SSL_CERT_FILE and SSL_CERT_DIR."
        raise WrongUsage("cannot read the certificates.", f"{error}.", mend) from None
    except (httpx.InvalidURL, ValueError, ImportError) as error:  # ImportError: SOCKS takes another package
        raise WrongUsage(
            "the proxy settings make no sense.", f"{error}.", "Check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY."
        ) from None


def whole(http: httpx.Client, request: httpx.Request, seconds: float) -> httpx.Response:
    """
    The response to `request`, read to its end within `seconds`, however slowly its bytes come.

    Raises httpx.HTTPError, httpx.ReadTimeout if the time is over.
    """
    deadline = time.monotonic() + seconds
    response = http.send(request, stream=True)
    try:
        # httpx's own limit is for each read, so a byte now and then would go on for ever.
        chunks = []
        for chunk in response.iter_bytes():
            chunks.append(chunk)
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout("", request=request)
    finally:
        response.close()
    headers = [field for field in response.headers.raw if field[0].lower() not in _FRAMING]
    return httpx.Response(response.status_code, headers=headers, content=b"".join(chunks), request=request)


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Whatever httpx raises inside becomes a GettyUnavailable that names the host of `url`."""
    host = urlsplit(url).netloc
    try:
        yield
    except httpx.HTTPError as error:
        raise unreachable(host, error) from error


def unreachable(host: str, error: httpx.HTTPError) -> GettyUnavailable:
    """`error` in a person's words."""
    what, why = f"cannot reach {host}.", (str(error) or type(error).__name__).rstrip(".") + "."
    if isinstance(error, httpx.TimeoutException):
        what, why = f"{host} did not answer in time.", f"Gave up after {type(error).__name__}."
        return GettyUnavailable(what, why, "Try again; if it lasts, check the network.")
    if isinstance(error, httpx.ProxyError):
        return GettyUnavailable(what, f"The proxy said: {why}", "Check HTTPS_PROXY and NO_PROXY.")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return GettyUnavailable(
            what,
            f"Its certificate is not trusted here: {why}",
            "Behind a company proxy, set SSL_CERT_FILE to the company's certificates.",
        )
    if isinstance(error, httpx.ConnectError) and is_loopback(urlsplit(f"//{host}").hostname or ""):
        mend = "Start what should listen there (`getty-token sandbox`?), or check GETTY_API_URL and GETTY_AUTH_URL."
        return GettyUnavailable(what, "Nothing listens at that address.", mend)
    if isinstance(error, httpx.ConnectError):
        return GettyUnavailable(what, why, "Check the network, or HTTPS_PROXY if you are behind a proxy.")
    return GettyUnavailable(f"{host} broke off.", why, "Try again.")


def too_large(largest: int) -> GettyUnavailable:
    """The error for an answer of more than `largest` bytes."""
    return GettyUnavailable(f"Getty's answer is larger than {largest / 1024**2:.0f} MiB.")
