"""The `nf_jwt` cookie that Role conditions ask for: a JWT signed with a shared secret. RFC 7519."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

COOKIE = "nf_jwt"

_ALGORITHMS = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


@dataclass(frozen=True, slots=True)
class RoleTokens:
    """
    How tokens are signed and where their roles stand: `jwtSecret` and `jwtRolePath` of `[dev]` in netlify.toml.

    Without them it is as in netlify-cli: a secret that everybody knows, for tokens that a developer makes up.
    """

    secret: str = field(default="secret", repr=False)
    path: str = "app_metadata.authorization.roles"

    def has_role(self, token: str, wanted: Sequence[str], now: float) -> bool:
        """
        Whether `token` is signed with the secret, lives at `now` (Unix seconds) and has one of the roles `wanted`.

        `*` is any token that is valid.
        """
        claims = self._verified(token)
        if claims is None or not _lives(claims, now):
            return False
        roles = self.roles(claims)
        held = [roles] if isinstance(roles, str) else roles if isinstance(roles, list) else []
        return "*" in wanted or any(role in wanted for role in held if isinstance(role, str))

    def roles(self, claims: Mapping[str, Any]) -> object:
        """What stands where the roles should, whatever it is."""
        found: object = claims
        for name in self.path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def _verified(self, token: str) -> Mapping[str, Any] | None:
        try:
            signed, _, signature = token.rpartition(".")
            head = json.loads(_base64url(signed.partition(".")[0]))
            expected = hmac.new(self.secret.encode(), signed.encode(), _ALGORITHMS[head["alg"]]).digest()
            return claims_of(token) if hmac.compare_digest(expected, _base64url(signature)) else None
        except (ValueError, LookupError, TypeError, RecursionError):
            return None


def claims_of(token: str) -> Mapping[str, Any]:
    """The claims that `token` makes, not verified. Raises ValueError if it makes none."""
    parts = token.split(".")
    if len(parts) < 2:
        raise ValueError("no JWT")
    claims = json.loads(_base64url(parts[1]))
    return claims if isinstance(claims, dict) else {}


def _lives(claims: Mapping[str, Any], now: float) -> bool:
    expiry = claims.get("exp")
    return isinstance(expiry, int | float) and not isinstance(expiry, bool) and expiry > now


def _base64url(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
