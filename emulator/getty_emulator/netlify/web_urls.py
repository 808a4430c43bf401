"""
Addresses as browsers and Node write them: what `new URL(target, base)` makes of a rule's target, and of a path.

Python's urllib follows RFC 3986 and leaves alone what the URL standard rewrites: dot segments, backslashes, spaces,
letters beyond ASCII. https://url.spec.whatwg.org
"""

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

from getty_emulator.netlify.paths import BadPath

_IN_PATH = frozenset('"#<>?`{} ')  # the URL standard has ^ by now, Node 22 has not
_IN_QUERY = frozenset("\"#<>' ")
_IN_FRAGMENT = frozenset('"<>` ')
_SCHEME = re.compile(r"(https?):[/\\]{2}", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?:[^@]*@)?(\[[0-9A-Fa-f:.]+\]|[^\[\]:@%<>^|\s]+)(?::(\d{0,5}))?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


@dataclass(frozen=True, slots=True)
class Address:
    """
    An address, percent-encoded.

    Without `host` it is on this very site; `host` has the port unless it is usual. `user` is `name:password@`.
    """

    path: str
    query: str = ""
    fragment: str = ""
    scheme: str = ""
    host: str = ""
    user: str = ""

    @property
    def local(self) -> str:
        """Path, query and fragment."""
        query = f"?{self.query}" if self.query else ""
        return self.path + query + (f"#{self.fragment}" if self.fragment else "")

    @property
    def origin(self) -> str:
        """`https://example.test:8080`"""
        return f"{self.scheme}://{self.host}"

    @property
    def whole(self) -> str:
        """All of it, with the host if there is one."""
        return f"{self.scheme}://{self.user}{self.host}{self.local}" if self.host else self.local

    def with_query_of(self, query: str) -> "Address":
        """This address, with the caller's `query` if it has none of its own, written as a form is."""
        pairs = pairs_of(query)
        return replace(self, query=urlencode_form(pairs)) if pairs and not pairs_of(self.query) else self


def address(text: str) -> Address:
    """
    The address that `text` means on a site, whose root a relative one begins at.

    Raises ValueError where the URL standard has none.
    """
    text = re.sub(r"[\t\n\r]", "", text.strip("".join(map(chr, range(33)))))
    scheme, host, user = "", "", ""
    if found := _SCHEME.match(text):
        scheme, text = found[1].lower(), text[found.end() :]
        authority = re.split(r"[/\\?#]", text, maxsplit=1)[0]
        host, text = _host(authority, scheme), text[len(authority) :]
        user = encoded("".join(authority.rpartition("@")[:2]), _IN_PATH)
    elif re.match(r"[/\\]{2}", text):
        authority = re.split(r"[/\\?#]", text[2:], maxsplit=1)[0]
        # `//example.test/x`: netlify-cli drops the host, so that only the path is left.
        _host(authority, "http")
        text = text[2 + len(authority) :]
    rest, _, fragment = text.partition("#")
    path, _, query = rest.partition("?")
    return Address(normal_path(path), encoded(query, _IN_QUERY), encoded(fragment, _IN_FRAGMENT), scheme, host, user)


def normal_path(path: str) -> str:
    """`path` without dot segments, with what may not stand in a path percent-encoded. Escapes stay as they are."""
    kept: list[str] = []
    segments = path.replace("\\", "/").removeprefix("/").split("/")
    for number, segment in enumerate(segments):
        dots = segment.lower().replace("%2e", ".")
        if dots == "..":
            kept = kept[:-1]
        if dots in (".", ".."):
            if number == len(segments) - 1:
                kept.append("")
        else:
            kept.append(segment)
    return "/" + encoded("/".join(kept), _IN_PATH)


def ascii_path(path: str) -> str:
    """`path` as ASGI hands it on, with bytes beyond ASCII (there as latin-1) percent-encoded."""
    return path if path.isascii() else re.sub("[^\x00-\x7f]", lambda found: f"%{ord(found[0]) & 0xFF:02X}", path)


def decoded(path: str) -> str:
    """`path` with its escapes decoded. Raises BadPath for one that is malformed, or no UTF-8."""
    if re.search(r"%(?![0-9A-Fa-f]{2})", path):
        raise BadPath(f"The path has a percent sign that begins no escape: {path[:60]}")
    try:
        return unquote_to_bytes(ascii_path(path)).decode()
    except UnicodeError:
        raise BadPath(f"The path is not UTF-8 when decoded: {path[:60]}") from None


def pairs_of(query: str) -> list[tuple[str, str]]:
    """The decoded names and values of a query, as URLSearchParams reads them."""
    try:
        return parse_qsl(query, keep_blank_values=True, errors="replace")
    except ValueError:  # Python allows no more than so many fields where that is set
        return []


def urlencode_form(pairs: list[tuple[str, str]]) -> str:
    """`pairs` as URLSearchParams writes them."""
    return urlencode(pairs, safe="*", errors="replace").replace("~", "%7E")


def encoded(text: str, also: frozenset[str]) -> str:
    """`text` with control characters, those of `also` and those beyond ASCII percent-encoded."""
    if text.isascii() and text.isprintable() and not also & set(text):
        return text
    return "".join(
        char if "\x20" <= char < "\x7f" and char not in also else "".join(f"%{byte:02X}" for byte in _utf8(char))
        for char in text
    )


def _utf8(char: str) -> bytes:
    return char.encode(errors="replace") if not "\ud800" <= char <= "\udfff" else b"\xef\xbf\xbd"


def _host(authority: str, scheme: str) -> str:
    found = _AUTHORITY.fullmatch(authority)
    if not found or int(found[2] or 0) > 65535:
        raise ValueError(f"{authority[:60]!r} is no host")
    name = found[1].lower()
    if not name.isascii():
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            raise ValueError(f"{name[:60]!r} is no host") from None
    return name if not found[2] or found[2] == _DEFAULT_PORTS[scheme] else f"{name}:{int(found[2])}"
