"""An exchange as cassettes keep it: Getty's addresses, plain bodies, the few header fields that matter, no secrets."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from getty_emulator.exchange import Answer, Call, Headers
from getty_emulator.replay.cassette_file import Interaction
from getty_emulator.replay.content import TooLarge, UnknownEncoding, decoded
from getty_emulator.replay.scrubbing import (
    PLACEHOLDER,
    SECRET_HEADERS,
    Scrubbers,
    as_they_are,
    scrub_named,
    secrets_in,
)
from getty_token.errors import CassetteError

API_URL = "https://api.gettyimages.com"
MEDIA_URL = "https://media.gettyimages.com"

KEPT_OF_REQUEST = frozenset({"accept", "accept-language", "content-type", "gi-country-code"})
"""What can change the answer. The secrets that were sent are kept as placeholders besides."""

KEPT_OF_ANSWER = frozenset(
    b"cache-control content-disposition content-language content-type location vary www-authenticate".split()
)
"""What a client acts on. Gateway ids and caches on the way are of no use later; cookies are somebody's."""

Clean = Callable[[bytes], bytes]


def cleaning(scrub: Clean, upstream_url: str) -> Clean:
    """
    What every part of an exchange goes through before it is kept.

    `upstream_url` becomes Getty's address, `/media/` below it Getty's media host; `scrub` replaces the secrets that
    are known, and what is secret by its name goes, too.
    """
    upstream = upstream_url.rstrip("/").encode()
    # Port 80 must not match the beginning of port 8080.
    own = re.compile(re.escape(upstream) + rb"(?:(/media)(?=/)|(?![\w.:-]))")
    is_getty = (urlsplit(upstream_url).hostname or "").endswith("gettyimages.com")

    def address(found: re.Match[bytes]) -> bytes:
        return (MEDIA_URL if found[1] else API_URL).encode()

    def clean(content: bytes) -> bytes:
        # Known secrets first: one that holds a quote or a space would be cut in two by the rules for names.
        return scrub_named(scrub(content if is_getty else own.sub(address, content)))

    return clean


def interaction_of(call: Call, answer: Answer, clean: Clean, scrubbers: Scrubbers = as_they_are) -> Interaction:
    """
    The exchange as it is kept. What stands in it where secrets stand is scrubbed wherever else it stands in it.

    Raises CassetteError if a body cannot be decoded, and so not be scrubbed.
    """
    request_body = _plain(call.body, call.headers.get("content-encoding", ""))
    encodings = b",".join(value for name, value in answer.headers if name == b"content-encoding")
    answer_body = _plain(answer.body, encodings.decode("latin-1"))
    headers = [*call.headers.items(), *((_text(name), _text(value)) for name, value in answer.headers)]
    own = scrubbers(secrets_in(headers, (call.target.encode(), request_body, answer_body)))

    def kept(content: bytes) -> bytes:
        return clean(own(content))

    uri = kept((API_URL + call.target).encode()).decode()
    path, _, query = uri.removeprefix(API_URL).partition("?")
    return Interaction(
        uri,
        Call(call.method, path, query, _request_headers(call.headers, kept), kept(request_body)),
        replace(answer, headers=_answer_headers(answer.headers, kept), body=kept(answer_body)),
    )


def _plain(body: bytes, encodings: str) -> bytes:
    try:
        return decoded(body, encodings)
    except UnknownEncoding as error:
        why = f"Its body is encoded as {error}, which we cannot decode, and so not scrub."
        raise CassetteError("an exchange was not recorded.", why, "Ask for gzip, or for no encoding.") from error
    except TooLarge as error:
        raise CassetteError("an exchange was not recorded.", "Its body unpacks to far too much.") from error


def _request_headers(headers: Mapping[str, str], clean: Clean) -> dict[str, str]:
    kept = {name: _text(clean(value.encode())) for name, value in headers.items() if name in KEPT_OF_REQUEST}
    return kept | {name: PLACEHOLDER for name in headers if name in SECRET_HEADERS}


def _answer_headers(headers: Headers, clean: Clean) -> Headers:
    return tuple((name, clean(value)) for name, value in headers if name in KEPT_OF_ANSWER)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
