"""Thumbnails: drawn by the sandbox, or fetched from where Getty's answer says. No key or token goes along."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx

from getty_emulator.exchange import Answer
from getty_token import transport
from getty_token.commands.searching.sheet import Picture
from getty_token.loopback import is_loopback

LARGEST = 500_000
"""Bytes. A thumbnail has some ten thousand; anything above this is none."""
AT_ONCE = 6
"""How many are fetched at once: pictures do not count against the API's rate limit."""
_KINDS = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/svg+xml"})


def drawn(draw: Callable[[str], Answer]) -> Callable[[Sequence[str]], Mapping[str, Picture]]:
    """The sandbox's pictures. `draw` answers for a path and query below `/media`."""

    def pictures(addresses: Sequence[str]) -> Mapping[str, Picture]:
        return {address: picture for address in addresses if (picture := one(address))}

    def one(address: str) -> Picture | None:
        parts = urlsplit(address)
        answer = draw(f"/media{parts.path}?{parts.query}")
        kind = dict(answer.headers).get(b"content-type", b"").decode("ascii", "replace")
        return Picture(kind, answer.body) if answer.status == 200 and kind in _KINDS else None

    return pictures


def fetched(api_url: str) -> Callable[[Sequence[str]], Mapping[str, Picture]]:
    """Pictures from the network; plain http is for a Getty on this machine (`api_url`) only."""
    local = is_loopback(urlsplit(api_url).hostname or "")

    def pictures(addresses: Sequence[str]) -> Mapping[str, Picture]:
        # A client without GettyAuth: the key and the token stay here.
        with transport.client(read_timeout=10) as http, ThreadPoolExecutor(AT_ONCE) as pool:
            found = pool.map(lambda address: _fetch(http, address, local), addresses)
            return {address: picture for address, picture in zip(addresses, found, strict=True) if picture}

    return pictures


def _fetch(http: httpx.Client, address: str, local: bool) -> Picture | None:
    """The picture at `address`; None if it cannot be had, for a sheet with a gap is better than none."""
    try:
        url = httpx.URL(address)
        if url.scheme != "https" and not (local and url.scheme == "http" and is_loopback(url.host)):
            return None
        with http.stream("GET", url) as response:
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if response.status_code != 200 or kind not in _KINDS:
                return None
            content = b""
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    return None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
    return Picture(kind, content)
