"""
Scrubbing by name: a value that stands where secrets stand never reaches a cassette, whatever it is.

Values that are known to be secret are scrubbed besides, by a function from outside: nothing here knows one.
"""

import base64
import binascii
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from urllib.parse import unquote_plus

PLACEHOLDER = "SCRUBBED"
"""Stands in a cassette where a secret stood, and equals whatever secret is sent at replay."""

SECRET_HEADERS = frozenset({"api-key", "authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key"})
SECRET_NAMES = frozenset(
    {"access_token", "api_key", "client_id", "client_secret", "id_token", "password", "refresh_token"}
)
"""Of form fields, query parameters and members of JSON objects."""

SHORTEST = 8
"""Characters. A shorter value is scrubbed where it is secret by its name, and not looked for elsewhere."""

Scrubbers = Callable[[Collection[str]], Callable[[bytes], bytes]]
"""What gives, for some texts, what replaces each of them however it is written: escaped, in base64, and so on."""

_PLACEHOLDER = PLACEHOLDER.encode()
_NAMES = b"|".join(sorted(name.encode().replace(b"_", b"(?:_|%5[Ff])") for name in SECRET_NAMES))
# Something between us and Getty may echo a request's header fields in its answer.
_MEMBERS = b"|".join([_NAMES, *(re.escape(name.encode()) for name in sorted(SECRET_HEADERS))])

# client_secret=... in a form, or in an address inside anything else
_PARAMETER = re.compile(rb"(?<![\w-])(" + _NAMES + rb")=([^&\s\"'<>#\\]*)")
# "access_token": "..." in JSON, and in JSON that is a string inside JSON
_QUOTED = rb"\1((?:(?!\1)(?:\\.|[^\\]))*)\1"
_MEMBER = re.compile(
    rb'(\\{0,3}")(' + _MEMBERS + rb")(\1\s*:\s*)(?:" + _QUOTED + rb"|(-?\d[\d.eE+-]*))", re.DOTALL | re.IGNORECASE
)
# Authorization: ... in an echo of the request that is plain text, to the end of its line
_FIELD = re.compile(
    rb"^("
    + b"|".join(re.escape(name.encode()) for name in sorted(SECRET_HEADERS))
    + rb")(: *)(?! *(?:\w+ )?SCRUBBED)[^\r\n\"\\]+",
    re.IGNORECASE | re.MULTILINE,
)
_BEARER = re.compile(rb"\b(Bearer\s+)([\w.~+/=-]{20,})", re.IGNORECASE)
_BASIC = re.compile(rb"\b(Basic\s+)([A-Za-z0-9+/]{4,}={0,2})", re.IGNORECASE)


def scrub_named(content: bytes) -> bytes:
    """`content` with placeholders for form fields and JSON members that are secret by name, and for credentials."""
    content = _PARAMETER.sub(rb"\1=" + _PLACEHOLDER, content)
    content = _MEMBER.sub(rb"\1\2\3\1" + _PLACEHOLDER + rb"\1", content)
    content = _BEARER.sub(rb"\1" + _PLACEHOLDER, content)
    content = _BASIC.sub(_scrub_basic, content)
    return _FIELD.sub(rb"\1\2" + _PLACEHOLDER, content)


def secrets_in(headers: Iterable[tuple[str, str]], contents: Iterable[bytes]) -> set[str]:
    """
    The values in an exchange that are secret by their name: who echoes one does not give it the same name again.

    What is too short, or a word of a language, is left out: a search for it would find it everywhere.
    """
    found = {part for name, value in headers if name.lower() in SECRET_HEADERS for part in _values(name, value)}
    for content in contents:
        found |= {unquote_plus(_text(each[2])) for each in _PARAMETER.finditer(content)}
        found |= {_text(each[4] or each[5] or b"") for each in _MEMBER.finditer(content)}
        found |= {_text(each[2]) for each in _BEARER.finditer(content)}
        found |= {part for each in _BASIC.finditer(content) for part in _basic(each[2])}
    return {value for value in found if _telling(value)}


def as_they_are(values: Collection[str]) -> Callable[[bytes], bytes]:
    """What replaces `values` where they stand as they are: all that can be done without knowing more."""

    def scrub(content: bytes) -> bytes:
        for value in sorted(values, key=len, reverse=True):
            content = content.replace(value.encode(), _PLACEHOLDER)
        return content

    return scrub


def _values(name: str, value: str) -> Iterator[str]:
    """The secrets in a header field: a token without its scheme, each cookie without its name."""
    if "cookie" in name.lower():
        first = value.split(";") if name.lower() == "cookie" else value.split(";")[:1]
        yield from (each.partition("=")[2].strip() for each in first)
        return
    scheme, _, credentials = value.partition(" ")
    if scheme.lower() == "basic":
        yield from _basic(credentials.strip().encode())
    yield credentials.strip() or scheme


def _basic(encoded: bytes) -> list[str]:
    try:
        text = base64.b64decode(encoded + b"=" * (-len(encoded) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return []
    return text.split(":", 1) if ":" in text and text.isprintable() else []


def _telling(value: str) -> bool:
    if len(value) < SHORTEST or value.startswith((PLACEHOLDER, "[redacted]")):
        return False
    return len(value) >= 2 * SHORTEST or not (value.isalpha() and (value.islower() or value.istitle()))


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _scrub_basic(found: re.Match[bytes]) -> bytes:
    """Credentials are base64 of a text with a colon (RFC 7617); "Basic shapes" in a caption is not."""
    return found[1] + _PLACEHOLDER if _basic(found[2]) else found[0]
