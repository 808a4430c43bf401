"""Answers in the two shapes Getty has for errors, and in the one it has for everything else."""

import json
from collections.abc import Mapping

from getty_emulator.exchange import JSON, Answer, Headers

ORIGIN = "sandbox"
APPLICATION_ERROR = b"application/vnd.getty.error+json"

TOKEN_MISSING = "The access token is missing"  # noqa: S105
# What Getty says of an expired token is not published; this is our guess at it.
TOKEN_INVALID = "The access token is invalid, expired or revoked"  # noqa: S105


def success(content: object, headers: Headers = ()) -> Answer:
    """A 200 with `content` as JSON."""
    return Answer(200, ((b"content-type", JSON), *headers), encode(content), ORIGIN)


def gateway_error(status: int, message: str, reason: str, headers: Headers = ()) -> Answer:
    """An error of the gateway before the application: the key, the token, the route."""
    return Answer(status, ((b"content-type", JSON), *headers), encode({"message": message}), ORIGIN, reason)


def unauthorized(reason: str, description: str = "") -> Answer:
    """The gateway's 401; with `description` it carries the challenge for a token."""
    # No space after the commas: so it is documented.
    challenge = f'Bearer realm="Download",error="invalid_token",error_description="{description}"'
    headers = ((b"www-authenticate", challenge.encode()),) if description else ()
    return gateway_error(401, "Unauthorized", reason, headers)


def forbidden(reason: str) -> Answer:
    """The gateway's 403 for something the key may not do."""
    return gateway_error(403, "Forbidden", reason, ((b"x-amzn-errortype", b"ForbiddenException"),))


def too_many(reason: str) -> Answer:
    """The gateway's 429. It never says when to come back."""
    detail = (b"x-error-detail", b"Account Over Queries Per Second Limit")
    return gateway_error(429, "Too Many Requests", reason, (detail,))


def application_error(status: int, code: str, message: str) -> Answer:
    """An error of the application: a parameter it cannot read, an image it does not have."""
    body = encode({"ErrorCode": code, "ErrorMessage": message})
    return Answer(status, ((b"content-type", APPLICATION_ERROR),), body, ORIGIN, f"{code}: {message}")


def oauth_answer(status: int, content: Mapping[str, object], reason: str = "", headers: Headers = ()) -> Answer:
    """An answer of the token endpoint, which nobody may keep. RFC 6749 sections 5.1 and 5.2."""
    no_store = (b"cache-control", b"no-store")
    return Answer(status, ((b"content-type", JSON), no_store, *headers), encode(content), ORIGIN, reason)


def encode(content: object) -> bytes:
    """`content` as compact JSON in UTF-8, members in their order."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
