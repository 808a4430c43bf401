"""
Who may ask. A loopback port is open to every page in the developer's browser; these checks close it again.

Judged are the names in Host, Origin and Referer. Gatsby's proxy passes the browser's own fields on, so Host is
`localhost:8000` as often as `127.0.0.1:9999`.
"""

import hmac
import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from getty_emulator.exchange import Fields
from getty_token.loopback import is_loopback

CONTROL = b"getty-token-control"
"""The field that a request to a control carries, with any value: no form, image or link can send it."""

_MEND = "If that is yours, name it in origins under [serve] in getty-token.toml."

_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]@:]+)(:\d*)?")


@dataclass(frozen=True, slots=True)
class Guard:
    """
    Judges every request before anything else is done with it.

    `origins` are web origins besides this machine's that may ask, such as `http://192.168.1.20:8000`. `key` is what
    requests from other machines have to show; without one nothing listens to other machines.
    """

    origins: frozenset[str] = frozenset()
    key: str = field(default="", repr=False)

    def objection(self, fields: Fields, client: tuple[str, int] | None) -> str:
        """Why a request with these fields (names in lower case) from `client` is refused, or an empty string."""
        hosts, pages, cross_site = [], [], False
        for name, value in fields:
            if name == b"host":
                hosts.append(value)
            elif name in (b"origin", b"referer"):
                pages.append(value)
            elif name == b"sec-fetch-site":
                cross_site = cross_site or value == b"cross-site"
        # DNS rebinding: a page's own name is made to resolve to 127.0.0.1, so the connection is local, the name is not.
        # Whoever shows the key is no such page, and may call this machine by any name.
        shown = bool(self.key) and self._shown(fields)
        if len(hosts) != 1 or not (shown or _on_this_machine(b"http://" + hosts[0]) or self._expects(hosts[0])):
            return f"The Host field does not name this machine. {_MEND}"
        if not all(_on_this_machine(page) or self._knows(page) for page in pages):
            return f"Another site asked for this (its Origin or Referer is not on this machine). {_MEND}"
        # A page on localhost that asks 127.0.0.1 counts as cross-site too, but it says who it is.
        if cross_site and not pages:
            return "Another site asked for this (cross-site, without Origin or Referer)."
        if self.key and not shown and (client is None or not is_loopback(client[0])):
            return "From another machine this takes the key that `serve` has printed, as Authorization: Bearer KEY."
        return ""

    def without_key(self, fields: Fields) -> Fields:
        """`fields` less an Authorization that was meant for us."""
        return [each for each in fields if each[0] != b"authorization"] if self.key and self._shown(fields) else fields

    def _shown(self, fields: Fields) -> bool:
        values = [value for name, value in fields if name == b"authorization"]
        return len(values) == 1 and hmac.compare_digest(values[0], b"Bearer " + self.key.encode())

    def _expects(self, host: bytes) -> bool:
        return any(host.decode("latin-1").lower() == origin.partition("://")[2] for origin in self.origins)

    def _knows(self, page: bytes) -> bool:
        # An Origin ends where the port does, a Referer goes on with a path.
        return "/".join(page.decode("latin-1").split("/", 3)[:3]).lower() in self.origins


def control_objection(fields: Fields, client: tuple[str, int] | None) -> str:
    """
    Why a request may not change how this server behaves, or an empty string. `client` is the peer as ASGI names it.

    Asked on top of the Guard. Controls are for programs on this machine: a browser says with Origin, Referer or
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
