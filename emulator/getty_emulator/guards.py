"""
Who may ask. A loopback port is open to every page in the developer's browser; these checks close it again.

Judged are the names in Host, Origin and Referer. Gatsby's proxy passes the browser's own fields on, so Host is
`localhost:8000` as often as `127.0.0.1:9999`.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from getty_token.loopback import is_loopback

Fields = Sequence[tuple[bytes, bytes]]


def objection(fields: Fields) -> str:
    """Why a request with these header fields (lower-case names) is refused, or an empty string."""
    hosts = [value for name, value in fields if name == b"host"]
    # DNS rebinding: the page's own name is made to resolve to 127.0.0.1, so the connection is local, the name is not.
    if len(hosts) != 1 or not is_loopback(_host(b"http://" + hosts[0])):
        return "The Host field does not name this machine."
    origins = [value for name, value in fields if name == b"origin"]
    referers = [value for name, value in fields if name == b"referer"]
    for value in (*origins, *referers):
        if not is_loopback(_host(value)):
            return "Another site asked for this (its Origin or Referer is not on this machine)."
    # A page on localhost that asks 127.0.0.1 counts as cross-site too, but it says who it is.
    cross_site = (b"sec-fetch-site", b"cross-site") in fields
    if cross_site and not origins and not referers:
        return "Another site asked for this (cross-site, without Origin or Referer)."
    return ""


def _host(url: bytes) -> str:
    try:
        return urlsplit(url.decode("ascii")).hostname or ""
    except ValueError:
        return ""
