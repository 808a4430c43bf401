"""Bodies as the sender meant them: without their content encoding, and never larger than a bound."""

import zlib
from contextlib import suppress

MAX_DECODED = 64 * 1024 * 1024
"""Bytes. A few kilobytes of gzip can unpack to gigabytes."""

# zlib's window bits: 16 more is gzip; negative is deflate without the zlib header, which some servers send.
_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}


class TooLarge(Exception):
    """The body unpacks to more than MAX_DECODED bytes."""


class UnknownEncoding(Exception):
    """A content encoding that we cannot undo, such as `br`."""


def decoded(body: bytes, encodings: str) -> bytes:
    """
    `body` without the `encodings` that a Content-Encoding field lists.

    A body that is not encoded as the field claims is taken as it is: recorders, vcrpy among them, decode bodies and
    forget the field.

    Raises UnknownEncoding and TooLarge.
    """
    for encoding in reversed([name.strip().lower() for name in encodings.split(",")]):
        if encoding in ("", "identity"):
            continue
        if encoding not in _WINDOWS:
            raise UnknownEncoding(encoding)
        body = _inflated(body, _WINDOWS[encoding])
    return body


def _inflated(body: bytes, windows: tuple[int, ...]) -> bytes:
    for window in windows:
        with suppress(zlib.error):
            return _members(body, window)
    return body


def _members(body: bytes, window: int) -> bytes:
    """All of `body`: gzip may be several in a row, and browsers read each (RFC 1952 2.2). Raises zlib.error."""
    content, rest = b"", body
    while rest:
        inflater = zlib.decompressobj(window)
        content += inflater.decompress(rest, MAX_DECODED + 1 - len(content))
        if len(content) > MAX_DECODED:
            raise TooLarge
        if not inflater.eof:
            raise zlib.error("broken off")
        rest = inflater.unused_data
    return content
