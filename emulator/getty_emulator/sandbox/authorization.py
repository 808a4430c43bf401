"""The sandbox's authorization server: its grants, and the tokens it has issued."""

from base64 import b64decode
from collections.abc import Callable
from hashlib import shake_256
from urllib.parse import parse_qsl, unquote_plus

from getty_emulator.exchange import Answer, Call
from getty_emulator.sandbox.answers import forbidden, oauth_answer, unauthorized
from getty_emulator.switches import Switches

TOKEN_PATHS = ("/oauth2/token", "/v4/oauth2/token")
"""The second is an older address that Getty still answers at."""

TEST_KEY = "test-key"
"""The API key the sandbox takes. Invented for it and the same for everybody: no secret."""

TEST_SECRET = "test-secret"  # noqa: S105
"""What goes with TEST_KEY. Opens nothing but the sandbox, and is no secret either."""

TEST_USER, TEST_PASSWORD = "test-user", "test-password"
"""Who has an account at the sandbox, for the grants that give a refresh token. No secrets either."""

_GRANTS = ("client_credentials", "password", "refresh_token")
_KEPT = 4096
"""Tokens that are remembered before those that have expired are forgotten."""

_OLD = "The authorization grant or refresh token is invalid, expired, revoked or issued to another client"
"""What an older authorization server said of credentials it did not take."""

_BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_ALPHABETS = {"base64url": _BASE64URL, "base64": f"{_BASE64URL[:-2]}+/", "hex": "0123456789abcdef", "jwt": _BASE64URL}


class AuthorizationServer:
    """Issues access tokens to the one client it knows. The same seed gives the same tokens in the same order."""

    def __init__(
        self,
        seed: int,
        clock: Callable[[], float],
        lifetime: int,
        switches: Switches = Switches(),  # noqa: B008 - frozen
    ) -> None:
        self.issued = 0
        self.lifetime = lifetime
        self._seed = seed
        self._clock = clock
        self._switches = switches
        self._expiries: dict[str, float] = {}
        self._refresh_tokens: set[str] = set()

    def answer(self, call: Call) -> Answer:
        """
        The answer to a token request. RFC 6749 sections 4.4, and 4.3 and 6, which come with a refresh token.

        A refresh token stays usable, as Getty documents, and is no access token.
        """
        if call.method != "POST":
            refusal = _refusal(405, "invalid_request", "The token endpoint takes POST")
            return Answer(405, (*refusal.headers, (b"allow", b"POST")), refusal.body, refusal.origin, refusal.reason)
        form = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
        key, secret = _basic(call.headers.get("authorization", "")) or (
            form.get("client_id", ""),
            form.get("client_secret", ""),
        )
        if not form.get("grant_type"):
            return _refusal(400, "invalid_request", "grant_type is missing")
        if form["grant_type"] not in _GRANTS:
            return _refusal(400, "unsupported_grant_type", f"The sandbox knows {', '.join(_GRANTS)}")
        if not key or not secret:
            return _refusal(400, "invalid_request", "client_id or client_secret is missing")
        if (key, secret) != (TEST_KEY, TEST_SECRET):
            return self._wrong_client()
        if self._switches.key == "disabled":
            return forbidden("The key is disabled.")
        return self._granted(form)

    def accepts(self, token: str) -> bool:
        """Whether `token` is one of ours, neither expired nor revoked."""
        return self._clock() < self._expiries.get(token, float("-inf"))

    def revoke(self) -> None:
        """Revoke every token issued so far."""
        self._expiries.clear()

    def _granted(self, form: dict[str, str]) -> Answer:
        refresh_token = ""
        if form["grant_type"] == "password":
            if (form.get("username"), form.get("password")) != (TEST_USER, TEST_PASSWORD):
                return _refusal(400, "unauthorized_client", _OLD)
            refresh_token = "sbr." + _letters(f"refresh token {self._seed} {self.issued}", self._switches)
            self._refresh_tokens.add(refresh_token)
        elif form["grant_type"] == "refresh_token" and form.get("refresh_token") not in self._refresh_tokens:
            return _refusal(400, "unauthorized_client", _OLD)
        lifetime = str(self.lifetime) if self._switches.expires_in == "string" else self.lifetime
        content = {"access_token": self._issue(), "token_type": "Bearer", "expires_in": lifetime}
        return oauth_answer(200, content | ({"refresh_token": refresh_token} if refresh_token else {}))

    def _wrong_client(self) -> Answer:
        # What Getty answers is not published: be ready for any of these.
        said = "The client id or the client secret is wrong"
        match self._switches.wrong_secret:
            case "bad-request":
                return _refusal(400, "invalid_client", said)
            case "old":
                return _refusal(400, "unauthorized_client", _OLD)
            case "gateway":
                return unauthorized(said)
            case _:
                return _refusal(401, "invalid_client", said)

    def _issue(self) -> str:
        self.issued += 1
        token = "sbx." + _letters(f"access token {self._seed} {self.issued}", self._switches)
        now = self._clock()
        if len(self._expiries) >= _KEPT:
            self._expiries = {one: expiry for one, expiry in self._expiries.items() if expiry > now}
        self._expiries[token] = now + self.lifetime
        return token


def _letters(name: str, switches: Switches) -> str:
    """What looks like a token, and is always the same for the same `name`."""
    length, alphabet = switches.token_length, _ALPHABETS[switches.token_alphabet]
    digest = shake_256(name.encode()).digest(length)
    letters = "".join(alphabet[byte % len(alphabet)] for byte in digest)
    if switches.token_alphabet == "jwt":  # noqa: S105 - a shape, not a secret
        # Three parts with dots between.
        third = length // 3
        letters = ".".join((letters[:third], letters[third + 1 : 2 * third], letters[2 * third + 1 :]))
    return letters


def _refusal(status: int, error: str, description: str) -> Answer:
    # RFC 6749 section 5.2 wants a challenge on 401, and a client that used Basic expects it.
    challenge = ((b"www-authenticate", b'Basic realm="sandbox"'),) if status == 401 else ()
    content = {"error": error, "error_description": description}
    return oauth_answer(status, content, f"{error}: {description}", challenge)


def _basic(authorization: str) -> tuple[str, str] | None:
    """Key and secret from HTTP Basic, each form-encoded inside (RFC 6749 section 2.3.1); None without them."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        key, _, secret = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:  # both binascii.Error and UnicodeDecodeError
        return "", ""
    return unquote_plus(key), unquote_plus(secret)
