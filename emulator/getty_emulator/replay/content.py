"""Bodies as the sender meant them: without their content encoding, and never larger than a bound."""

import zlib
from contextlib import suppress

MAX_DECODED = 64 * 1024 * 1024
"""Bytes. A few kilobytes of gzip can unpack to gigabytes."""

# zlib's window bits: 16 more is gzip, 32 more whichever of the two it is; negative is deflate without the zlib header,
# which some servers send.
_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
_GZIP_OR_ZLIB = 47


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


class Unpacking:
    """
    The same for a stream, piece by piece.

    Raises UnknownEncoding, also for several encodings at once and for what is not encoded as it says, and TooLarge.
    """

    def __init__(self, encodings: str) -> None:
        name = encodings.strip().lower()
        if name not in ("", *_WINDOWS):
            raise UnknownEncoding(encodings)
        self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB) if name else None

    @property
    def changes(self) -> bool:
        """Whether there is anything to undo."""
        return self._inflater is not None

    def __call__(self, piece: bytes) -> bytes:
        """What `piece` adds."""
        if self._inflater is None:
            return piece
        content = b""
        while piece:
            if self._inflater.eof:
                self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
            try:
                content += self._inflater.decompress(piece, MAX_DECODED + 1 - len(content))
            except zlib.error:
                raise UnknownEncoding("not what it says") from None
            if len(content) > MAX_DECODED:
                raise TooLarge
            piece = self._inflater.unused_data
        return content


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
