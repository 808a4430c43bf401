"""
Who may ask. A loopback port is open to every page in the developer's browser; these checks close it again.

Judged are the names in Host, Origin and Referer. Gatsby's proxy passes the browser's own fields on, so Host is
`localhost:8000` as often as `127.0.0.1:9999`.
"""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from getty_emulator.exchange import Fields
from getty_token.loopback import is_loopback

CONTROL = b"getty-token-control"
"""The field that a request to a control carries, with any value: no form, image or link can send it."""

_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]@:]+)(:\d*)?")


def objection(fields: Fields) -> str:
    """Why a request with these header fields (lower-case names) is refused, or an empty string."""
    hosts, pages, cross_site = [], [], False
    for name, value in fields:
        if name == b"host":
            hosts.append(value)
        elif name in (b"origin", b"referer"):
            pages.append(value)
        elif name == b"sec-fetch-site":
            cross_site = cross_site or value == b"cross-site"
    # DNS rebinding: the page's own name is made to resolve to 127.0.0.1, so the connection is local, the name is not.
    if len(hosts) != 1 or not _on_this_machine(b"http://" + hosts[0]):
        return "The Host field does not name this machine."
    if not all(_on_this_machine(page) for page in pages):
        return "Another site asked for this (its Origin or Referer is not on this machine)."
    # A page on localhost that asks 127.0.0.1 counts as cross-site too, but it says who it is.
    if cross_site and not pages:
        return "Another site asked for this (cross-site, without Origin or Referer)."
    return ""


def control_objection(fields: Fields, client: tuple[str, int] | None) -> str:
    """
    Why a request may not change how this server behaves, or an empty string. `client` is the peer as ASGI names it.

    Asked on top of `objection`. Controls are for programs on this machine: a browser says with Origin, Referer or
    Sec-Fetch-Site that a page asks, and none may, not even one of this machine's. The field of our own makes a
    browser too old for these ask first (a preflight), and the answer to that allows nothing.
    """
    names = {name for name, _ in fields}
    if client is None or not is_loopback(client[0]):
        return "Controls can be used from this machine only."
    if names & {b"origin", b"referer", b"sec-fetch-site"}:
        return "Controls cannot be used from a web page."
    if CONTROL not in names:
        return f"Controls need the header field {CONTROL.decode().title()}, such as {CONTROL.decode().title()}: 1."
    return ""


@lru_cache(maxsize=256)
def _on_this_machine(url: bytes) -> bool:
    try:
        parts = urlsplit(url.decode("ascii"))
        # Python reads `[::1].evil.test` as ::1.
        return _AUTHORITY.fullmatch(parts.netloc) is not None and is_loopback(parts.hostname or "")
    except ValueError:
        return False
