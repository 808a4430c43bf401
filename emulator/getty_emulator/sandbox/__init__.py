"""An offline Getty: OAuth, search over a made-up catalogue, generated pictures, and every documented error."""

import time
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote

from getty_emulator.exchange import Answer, Call
from getty_emulator.sandbox import gallery
from getty_emulator.sandbox.answers import (
    TOKEN_INVALID,
    TOKEN_MISSING,
    application_error,
    forbidden,
    gateway_error,
    too_many,
    unauthorized,
)
from getty_emulator.sandbox.authorization import TEST_KEY, TEST_SECRET, TOKEN_PATHS, AuthorizationServer
from getty_emulator.sandbox.gateway import passed
from getty_emulator.sandbox.index import NOTHING
from getty_emulator.sandbox.items import TOKEN_FIELDS
from getty_emulator.sandbox.queries import Refused, read_query
from getty_emulator.sandbox.rate import Rate
from getty_emulator.sandbox.reads import ANSWERED, Question, Shelf, read
from getty_emulator.switches import Switches
from getty_token.operations import Effect, Operation, operations_at

__all__ = ["NOTHING", "TEST_KEY", "TEST_SECRET", "Sandbox"]

TOKEN_REQUIRED = frozenset(
    (
        "/v3/artists/images",
        "/v3/artists/videos",
        "/v3/collections",
        "/v3/events",
        "/v3/events/{id}",
        "/v3/images/{id}/same-series",
        "/v3/images/{id}/similar",
        "/v3/search/images/creative/by-image",
        "/v3/search/videos/creative/by-image",
        "/v3/videos/{id}/same-series",
        "/v3/videos/{id}/similar",
    )
)
"""
The reads that Getty's OpenAPI document asks a token for and that are not known to do without.

What the key alone gets from Getty is not published. The sandbox insists: a client that passes here passes there.
"""

_REMEMBERED = 128
"""How many answers are kept. One may have a hundred images: some 150 KB."""


class Sandbox:
    """
    Getty without Getty: no key, no network, the same answer to the same request on every machine.

    `assets` is the size of the catalogue and `seed` chooses which; `media_url` is what the addresses of pictures begin
    with; `clock` gives Unix seconds and is asked only about tokens, which live for `token_lifetime` seconds; `steady`
    gives those that requests per second are counted by. `switches` are for what Getty has not published.
    """

    def __init__(
        self,
        *,
        assets: int = 720,
        seed: int = 1,
        media_url: str = "https://media.gettyimages.com",
        clock: Callable[[], float] = time.time,
        token_lifetime: int = 1800,
        steady: Callable[[], float] = time.monotonic,
        switches: Switches = Switches(),  # noqa: B008 - frozen
    ) -> None:
        self._shelf = Shelf(assets, seed, media_url.rstrip("/"))
        self.tokens = AuthorizationServer(seed, clock, token_lifetime, switches)
        self._rate = Rate(switches.qps, steady)
        self._switches = switches
        self._answers: dict[tuple[str, bool], Answer] = {}

    @property
    def tokens_issued(self) -> int:
        """How many access tokens have been issued so far, revoked ones included."""
        return self.tokens.issued

    def revoke_tokens(self) -> None:
        """Revoke every access token issued so far."""
        self.tokens.revoke()

    def answer(self, call: Call) -> Answer:
        """What Getty would answer. The token endpoint and the pictures are here too."""
        if call.path.startswith(gallery.PREFIX):
            return self.picture(call.target)
        if call.path in TOKEN_PATHS:
            # Token requests count against the key, too.
            return self._refused_rate() or self.tokens.answer(call)
        return passed(self._behind_the_gateway(call), call, self._switches.headers)

    def _behind_the_gateway(self, call: Call) -> Answer:
        """Faults are found in this order: the route, the key, the rate, the token, the parameters, the lookup."""
        operation = operations_at(call.path).get(call.method)
        if operation is None:
            return _unrouted(call)
        return self.refusal(call) or self._perform(call, operation, self._signed(call))

    def refusal(self, call: Call) -> Answer | None:
        """What the gateway says to a call for its key, rate or token; None if it lets it pass."""
        operation = operations_at(call.path).get(call.method)
        if operation is None:
            return None
        return self._refused_key(call) or self._refused_rate() or self._refused_token(call, operation)

    def read(self, call: Call) -> Answer:
        """The same reads without the gateway: for `serve --offline`, where there is neither key nor token."""
        operation = operations_at(call.path).get(call.method)
        return self._perform(call, operation, signed=True) if operation else _unrouted(call)

    def picture(self, path: str) -> Answer:
        """The picture at `path`, which may carry a query: a drawing of the asset, or 404."""
        return gallery.picture(path, self._shelf.assets, self._shelf.seed)

    def _refused_key(self, call: Call) -> Answer | None:
        if call.headers.get("api-key") != TEST_KEY:
            return unauthorized("The Api-Key header is missing or wrong.")
        return forbidden("The key is disabled.") if self._switches.key == "disabled" else None

    def _refused_rate(self) -> Answer | None:
        most = self._switches.qps
        return too_many(f"More than {most} requests in a second.") if self._rate.exceeded(TEST_KEY) else None

    def _refused_token(self, call: Call, operation: Operation) -> Answer | None:
        if self._signed(call):
            return None
        needed = self._needs_token(call, operation)
        if "authorization" in call.headers:
            # Whether Getty refuses a bad token where the key alone would do is not published. We do: a stale token
            # that nobody notices in development is noticed in production.
            ignored = self._switches.bad_bearer == "ignored" and not needed
            return None if ignored else self._dead_token()
        if needed:
            return unauthorized(f"{operation.name} needs an access token, as asked for here.", TOKEN_MISSING)
        return None

    def _dead_token(self) -> Answer:
        reason = "The access token is invalid, expired or revoked."
        match self._switches.expired_token:
            case "bare":
                return unauthorized(reason)
            case "application":
                return application_error(401, "AuthorizationTokenRequired", reason)
            case _:
                return unauthorized(reason, TOKEN_INVALID)

    def _needs_token(self, call: Call, operation: Operation) -> bool:
        stated = operation.template in TOKEN_REQUIRED and self._switches.key_alone == "refused"
        return operation.effect is not Effect.READS or stated or _token_fields(call.query)

    def _signed(self, call: Call) -> bool:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self.tokens.accepts(token.strip())

    def _perform(self, call: Call, operation: Operation, signed: bool) -> Answer:
        if operation.effect in (Effect.CHANGES, Effect.COSTS):
            return forbidden(f"The sandbox sells nothing and stores nothing: {operation.name} is not for it.")
        if operation.template not in ANSWERED:
            message = "The sandbox has no account data: it answers searches and look-ups."
            return gateway_error(501, message, message)
        key = (call.target, signed)
        if (known := self._answers.get(key)) is None:
            known = self._read(call, operation, signed)
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            self._answers[key] = known
        return known

    def _read(self, call: Call, operation: Operation, signed: bool) -> Answer:
        named = dict(zip(operation.segments, call.path.strip("/").split("/"), strict=True))
        try:
            query = read_query(operation.template, call.query, self._switches)
            return read(Question(self._shelf, operation.template, unquote(named.get("{id}", "")), query, signed))
        except Refused as refused:
            return refused.answer


def _unrouted(call: Call) -> Answer:
    # Getty's gateway never says 404, and it says this even to those who sent a token.
    reason = f"Getty has no {call.method} {call.path}."
    return gateway_error(403, "Missing Authentication Token", reason)


def _token_fields(query: str) -> bool:
    asked = {name for key, value in parse_qsl(query) if key == "fields" for name in value.split(",")}
    return not TOKEN_FIELDS.isdisjoint(asked)
