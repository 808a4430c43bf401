"""The `nf_jwt` cookie that Role conditions ask for: a JWT signed with a secret that everybody knows. RFC 7519."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

COOKIE = "nf_jwt"
SECRET = "secret"  # noqa: S105 - netlify-cli's own, for tokens that a developer makes up
"""What netlify-cli takes for the key of the signature. Nothing is secret about it."""

_ALGORITHMS = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def has_role(token: str, wanted: Sequence[str], now: float) -> bool:
    """
    Whether `token` is signed with the known secret, lives at `now` (Unix seconds) and has one of the roles `wanted`.

    `*` is any token that is valid.
    """
    claims = _verified(token)
    if claims is None or not _lives(claims, now):
        return False
    roles = roles_of(claims)
    held = [roles] if isinstance(roles, str) else roles if isinstance(roles, list) else []
    return "*" in wanted or any(role in wanted for role in held if isinstance(role, str))


def claims_of(token: str) -> Mapping[str, Any]:
    """The claims that `token` makes, not verified. Raises ValueError if it makes none."""
    claims = json.loads(_base64url(token.split(".")[1])) if token.count(".") else None
    if token.count(".") == 0:
        raise ValueError("no JWT")
    return claims if isinstance(claims, dict) else {}


def roles_of(claims: Mapping[str, Any]) -> object:
    """What stands at `app_metadata.authorization.roles`, whatever it is."""
    found: object = claims
    for name in ("app_metadata", "authorization", "roles"):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _verified(token: str) -> Mapping[str, Any] | None:
    try:
        signed, _, signature = token.rpartition(".")
        head = json.loads(_base64url(signed.partition(".")[0]))
        digest = _ALGORITHMS[head["alg"]]
        expected = hmac.new(SECRET.encode(), signed.encode(), digest).digest()
        return claims_of(token) if hmac.compare_digest(expected, _base64url(signature)) else None
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def _lives(claims: Mapping[str, Any], now: float) -> bool:
    expiry = claims.get("exp")
    return isinstance(expiry, int | float) and not isinstance(expiry, bool) and expiry > now


def _base64url(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
