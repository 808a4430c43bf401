"""
Scrubbing by name: a value that stands where secrets stand never reaches a cassette, whatever it is.

Values that are known to be secret are scrubbed besides, by a function from outside: nothing here knows one.
"""

import base64
import binascii
import re

PLACEHOLDER = "SCRUBBED"
"""Stands in a cassette where a secret stood, and equals whatever secret is sent at replay."""

SECRET_HEADERS = frozenset({"api-key", "authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key"})
SECRET_NAMES = frozenset(
    {"access_token", "api_key", "client_id", "client_secret", "id_token", "password", "refresh_token"}
)
"""Of form fields, query parameters and members of JSON objects."""

_PLACEHOLDER = PLACEHOLDER.encode()
_NAMES = b"|".join(sorted(name.encode().replace(b"_", b"(?:_|%5[Ff])") for name in SECRET_NAMES))

# client_secret=... in a form, or in an address inside anything else
_PARAMETER = re.compile(rb"(?<![\w-])(" + _NAMES + rb")=[^&\s\"'<>#\\]*")
# "access_token": "..." in JSON, and in JSON that is a string inside JSON
_QUOTED = rb"\1(?:(?!\1)(?:\\.|[^\\]))*\1"
_MEMBER = re.compile(rb'(\\{0,3}")(' + _NAMES + rb")(\1\s*:\s*)(?:" + _QUOTED + rb"|-?\d[\d.eE+-]*)", re.DOTALL)
_BEARER = re.compile(rb"\b(Bearer\s+)[\w.~+/=-]{20,}", re.IGNORECASE)
_BASIC = re.compile(rb"\b(Basic\s+)([A-Za-z0-9+/]{4,}={0,2})", re.IGNORECASE)


def scrub_named(content: bytes) -> bytes:
    """`content` with placeholders for form fields and JSON members that are secret by name, and for credentials."""
    content = _PARAMETER.sub(rb"\1=" + _PLACEHOLDER, content)
    content = _MEMBER.sub(rb"\1\2\3\1" + _PLACEHOLDER + rb"\1", content)
    content = _BEARER.sub(rb"\1" + _PLACEHOLDER, content)
    return _BASIC.sub(_scrub_basic, content)


def _scrub_basic(found: re.Match[bytes]) -> bytes:
    """Credentials are base64 of a text with a colon (RFC 7617); "Basic shapes" in a caption is not."""
    try:
        text = base64.b64decode(found[2] + b"=" * (-len(found[2]) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return found[0]
    return found[1] + _PLACEHOLDER if ":" in text and text.isprintable() else found[0]
