"""When two requests are the same: the part of a request that decides which recording answers it."""

import json
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from getty_emulator.exchange import Call
from getty_emulator.replay.scrubbing import PLACEHOLDER, SECRET_NAMES, scrub_named

Pairs = tuple[tuple[str, str], ...]

LANGUAGE = "accept-language"
COUNTRY = "gi-country-code"

_DEFAULT_LANGUAGES = {"", "*", "en", "en-us"}


class Request(NamedTuple):
    """
    A request in its normal form. Two that are written differently and mean the same are equal.

    The host is not part of it: cassettes name Getty's hosts, callers talk to whatever stands in for them. `language`
    and `country` are empty where the request leaves them to Getty's default, en-US.
    """

    method: str
    path: str
    query: Pairs
    body: bytes
    language: str = ""
    country: str = ""


def normalised(call: Call) -> Request:
    """The normal form of `call`."""
    headers = call.headers
    return Request(
        call.method,
        _path(call.path),
        query_pairs(call.query),
        _body(call.body) if call.body else b"",
        _language(headers[LANGUAGE]) if LANGUAGE in headers else "",
        headers[COUNTRY].strip().upper() if COUNTRY in headers else "",
    )


def recordings_for(request: Request) -> Iterator[Request]:
    """
    The recordings that would answer `request`, best first.

    A recording that asked for a language or a country answers only who asks for the same; one that did not answers
    everybody. Browsers send Accept-Language with everything, so the reverse would make every recording personal.
    """
    yield request
    if request.country:
        yield request._replace(country="")
    if request.language:
        yield request._replace(language="")
    if request.country and request.language:
        yield request._replace(country="", language="")


def query_pairs(query: str) -> Pairs:
    """
    The parameters of `query`, decoded and sorted: `a=1%2c2&b` and `b=&a=1,2` are the same.

    Secrets among them are placeholders, as they are in a recording.
    """
    pairs = [_pair(piece) for piece in query.split("&") if piece]
    pairs.sort()
    return tuple(pairs)


def _pair(piece: str) -> tuple[str, str]:
    name, _, value = piece.partition("=")
    if "%" in piece or "+" in piece:
        # Not "replace": two different undecodable values must stay different.
        name = unquote_plus(name, errors="surrogateescape")
        value = unquote_plus(value, errors="surrogateescape")
    return (name, PLACEHOLDER if name in SECRET_NAMES else value)


def _path(path: str) -> str:
    path = path.removesuffix("/") or "/"
    if "%" not in path:
        return path
    # An escaped slash is part of a segment, not a border between two.
    for kept in ("%25", "%2F", "%2f"):
        path = path.replace(kept, "%25" + kept[1:].upper())
    return unquote(path, errors="surrogateescape")


def _language(accepted: str) -> str:
    """The language preferred most. Only the first: what follows differs from browser to browser."""
    first = accepted.partition(",")[0].partition(";")[0].strip().lower()
    return "" if first in _DEFAULT_LANGUAGES else first


def _body(body: bytes) -> bytes:
    """JSON without regard to spaces and the order of members; anything else as it is. Secrets are placeholders."""
    body = scrub_named(body)
    try:
        return json.dumps(json.loads(body), sort_keys=True).encode()
    except (ValueError, RecursionError):
        return body
