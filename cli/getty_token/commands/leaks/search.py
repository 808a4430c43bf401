"""Bytes searched for key, secret and token, in every form, through compression too. Says where, never what."""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from getty_token.redaction import SHORTEST, Secrets

_GZIP = b"\x1f\x8b\x08"
# The same, as base64 writes it: what a cassette, a source map or a JSON file holds of a compressed body.
_GZIP_IN_BASE64 = re.compile(rb"H4sI(?:[A-Za-z0-9+/_-]|\s+[A-Za-z0-9+/_-]){16,}={0,2}")

DEPTH = 3
"""How many times something compressed is opened inside something compressed."""
LARGEST = 256 * 1024 * 1024
"""Bytes that something compressed is opened to; what is behind them is not searched."""
MEMBERS = 1000
"""Places in one file that are tried because something compressed could begin there."""


@dataclass(frozen=True, slots=True)
class Find:
    """A secret was found: which one, in which line (from 1) of what was searched, and inside what."""

    secret: str
    line: int
    inside: str = ""


class Search:
    """What to look for: secrets by the name they are called in a report."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._each = {name: Secrets([value]) for name, value in secrets.items() if len(value) >= SHORTEST}
        self._any = Secrets(value for value in secrets.values())
        self.too_short = [name for name, value in secrets.items() if len(value) < SHORTEST]

    def scrubbed(self, text: str) -> str:
        """`text`, a path or the like, without any secret."""
        return self._any.scrub(text.encode(errors="surrogateescape")).decode(errors="replace")

    def finds(self, data: bytes, inside: str = "", depth: int = DEPTH) -> Iterator[Find]:
        """Every secret in `data`, once a line."""
        if self._any.found_in(data):
            for name, secrets in self._each.items():
                yield from (Find(name, line, inside) for line in _lines(data, secrets))
        elif self._any.hidden_in(data):  # in a mixture of escapes: JSON in an address, and the like
            for number, content in enumerate(data.split(b"\n"), 1):
                yield from (Find(name, number, inside) for name, each in self._each.items() if each.hidden_in(content))
        if depth == 0:
            return
        for at in _members(data):
            # In a file that is gzip, the line counts in what it holds; in one that has some inside, where that begins.
            line = data.count(b"\n", 0, at) + 1 if at else 0
            for find in self.finds(_opened(data[at:]), "gzip: ", depth - 1):
                yield Find(find.secret, line or find.line, f"{inside}{find.inside}")
        for match in _GZIP_IN_BASE64.finditer(data):
            line = data.count(b"\n", 0, match.start()) + 1
            for find in self.finds(_opened(_decoded(match[0])), "gzip in base64: ", depth - 1):
                yield Find(find.secret, line, f"{inside}{find.inside}")


def _lines(data: bytes, secrets: Secrets) -> Iterator[int]:
    """The lines of `data` with a secret in them, counted from 1."""
    start, line = 0, 1
    while (at := secrets.position(data, start)) >= 0:
        line += data.count(b"\n", start, at)
        yield line
        end = data.find(b"\n", at)
        if end < 0:
            return
        start, line = end + 1, line + 1


def _members(data: bytes) -> Iterator[int]:
    """Where something compressed may begin."""
    at = data.find(_GZIP)
    for _ in range(MEMBERS):
        if at < 0:
            return
        yield at
        at = data.find(_GZIP, at + 1)


def _opened(data: bytes) -> bytes:
    """What gzip holds; of what is cut short or damaged, what can be had. Several members follow each other."""
    out = bytearray()
    while data.startswith(_GZIP) and len(out) < LARGEST:
        opener = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            out += opener.decompress(data, LARGEST - len(out))
        except zlib.error:
            break
        data = opener.unused_data
    return bytes(out)


def _decoded(text: bytes) -> bytes:
    plain = b"".join(text.split()).translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    try:
        return base64.b64decode(plain + b"=" * (-len(plain) % 4))
    except binascii.Error:
        return b""
