"""A request's path, taken apart: which function it means and what follows. Pure; the path is decoded once, here."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

PREFIX = "/.netlify/functions/"
NAME = re.compile(r"[A-Za-z0-9_-]+")
_HARMLESS = "-._~!$&'()*+,=:@"
"""RFC 3986 pchar, less the semicolon: some servers begin a parameter there."""


class BadPath(ValueError):
    """The path must not be forwarded; the text says why."""


@dataclass(frozen=True, slots=True)
class Route:
    """
    The function's name and the decoded segments after it.

    `bare` says that the prefix was missing: Gatsby's documented developMiddleware cuts it off.
    """

    name: str
    segments: tuple[str, ...] = ()
    bare: bool = False

    @property
    def rest(self) -> str:
        """What follows the name, percent-encoded in one canonical way, with a leading slash."""
        return "/" + "/".join(quote(segment, safe=_HARMLESS) for segment in self.segments)


def route(path: str) -> Route | None:
    """
    The route for `path` (as it arrived, percent-encoded, no query), or None if it names no function.

    `/.netlify/functions/getty/v3/countries` and `/getty/v3/countries` are both `getty` and `("v3", "countries")`.

    Raises BadPath.
    """
    # A proxy url that ends in a slash makes `//.netlify/functions/...`.
    path = "/" + path.lstrip("/")
    bare = not path.startswith(PREFIX)
    name, slash, rest = path.removeprefix(PREFIX if not bare else "/").lstrip("/").partition("/")
    if not name:
        return None
    if not NAME.fullmatch(name):
        if bare:
            return None
        # Netlify's own words.
        raise BadPath("Function name should consist only of alphanumeric characters, hyphen & underscores.")
    segments = tuple(_decoded(segment) for segment in rest.split("/")) if slash else ()
    if segments and segments[-1] == "":
        segments = segments[:-1]
    if "" in segments:
        raise BadPath("The path has an empty segment (two slashes in a row).")
    return Route(name, segments, bare)


def _decoded(segment: str) -> str:
    if re.search(r"%(?![0-9A-Fa-f]{2})", segment):
        raise BadPath(f"The path has a percent sign that begins no escape: {segment[:60]}")
    try:
        # ASGI servers hand the bytes of a path on as latin-1; those of a raw "é" are UTF-8 like the escaped ones.
        text = unquote_to_bytes(segment.encode("latin-1")).decode("utf-8")
    except UnicodeDecodeError:
        raise BadPath(f"The path is not UTF-8 when decoded: {segment[:60]}") from None
    if text in (".", ".."):
        raise BadPath("The path has a dot segment.")
    if any(mark in text for mark in "/\\;%") or not text.isprintable():
        raise BadPath(
            f"The path has a slash, backslash, semicolon, percent or control character inside: {segment[:60]}"
        )
    return text
