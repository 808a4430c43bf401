"""
A home on a Redis or Valkey server. Needs the extra `redis`.

Two keys for an account: `getty-token:ACCOUNT` is a hash of `record`, the JSON text of stores/record.py, and `version`;
`getty-token-lease:ACCOUNT` is who refreshes now, and expires by itself.

One server decides. Where a replica takes over from one that has died, the last write and the lease may be lost: a
second token request, never a wrong token.
"""

import re
import secrets
import time
import weakref
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, urlsplit

from getty_token.errors import StoreError, WrongUsage
from getty_token.stores import lease
from getty_token.stores.contract import Held, Promise
from getty_token.stores.record import NotARecord, Record, dumps, loads

if TYPE_CHECKING:
    from redis import Redis

TIMEOUT = 2.0
"""Seconds to connect, and seconds for an answer."""
KEEP = 86_400.0
"""Seconds after a token's expiry at which the server drops a record nobody has renewed."""

_SCHEMES = {"valkey": "redis", "valkeys": "rediss", "redis": "redis", "rediss": "rediss", "unix": "unix"}
_OPTIONS = {"db", "username", "password", "ssl_ca_certs", "ssl_cert_reqs"}

# The version is a random word rather than the text, for the same text may be written twice, and rather than a counter,
# for that would begin again after `clear`.
_PUT_IF = """
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'record', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
"""
_GIVE_BACK = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"


class RedisStore:
    """
    The record of `account` on the server at `url`: `redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]`.

    The same with `rediss:` goes through TLS, with `valkey:` or `valkeys:` to a Valkey; `unix:///PATH?db=0` is a socket.

    Raises WrongUsage for a URL that cannot be meant, or if the extra is not installed.
    """

    promise = Promise("everybody who can reach the Redis server", single_flight=True)

    def __init__(
        self,
        url: str,
        account: str,
        on_warning: Callable[[str], None] = lambda _: None,
        *,
        clock: Callable[[], float] = time.time,
        waiting: lease.Waiting = lease.Waiting(),  # noqa: B008 - frozen
    ) -> None:
        self._client = _client(url)
        weakref.finalize(self, self._client.close)  # in time: Python may finalize the sockets before their client
        self._key = f"getty-token:{account}"
        self._lease = f"getty-token-lease:{account}"
        self._warn = on_warning
        self._clock = clock
        self._waiting = waiting
        place = self._client.connection_pool.connection_kwargs
        host = place.get("host", "localhost")
        server = place.get("path") or f"{f'[{host}]' if ':' in host else host}:{place.get('port', 6379)}"
        self.name = f"redis {server}, database {place.get('db', 0)}"

    def get(self) -> Held:
        version, text = self._ask(lambda client: client.hmget(self._key, ["version", "record"]))
        if text is None:
            return Held(Record(), version)
        try:
            return Held(loads(text.decode()), version)
        except (NotARecord, UnicodeDecodeError):
            self._warn(f"the token store ({self.name}) holds something else than a token; ignoring it")
            return Held(Record(), version)

    def put_if(self, record: Record, version: Hashable) -> bool:
        keep = KEEP + (max(0.0, record.token.expires_at - self._clock()) if record.token else 0.0)
        seen = b"" if version is None else cast(bytes, version)
        new = secrets.token_hex(16)
        return bool(
            self._ask(lambda client: client.eval(_PUT_IF, 1, self._key, seen, new, dumps(record), int(keep * 1000)))
        )

    def clear(self) -> None:
        self._ask(lambda client: client.delete(self._key))

    def refresh_lock(self, timeout: float) -> AbstractContextManager[None]:
        return lease.held(self, timeout, name=self.name, on_warning=self._warn, waiting=self._waiting)

    def take(self, holder: str, seconds: float) -> bool:
        return bool(self._ask(lambda client: client.set(self._lease, holder, nx=True, px=int(seconds * 1000))))

    def give_back(self, holder: str) -> None:
        self._ask(lambda client: client.eval(_GIVE_BACK, 1, self._lease, holder))

    def _ask(self, command: Callable[["Redis"], Any]) -> Any:
        from redis import RedisError

        try:
            return command(self._client)
        # A host name that cannot be one is a UnicodeError.
        except (RedisError, OSError, UnicodeError) as error:
            raise self._unusable(error) from None

    def _unusable(self, error: Exception) -> StoreError:
        from redis import exceptions

        # After ", with args" a server quotes what we sent, and that may be a token.
        why = str(error).partition(", with args")[0].rstrip(".") or type(error).__name__
        if isinstance(error, exceptions.AuthenticationError | exceptions.NoPermissionError):
            mend = "Put the right user and password into the store's address: redis://USER:PASSWORD@HOST."
        elif isinstance(error, exceptions.ResponseError) and why.startswith("WRONGTYPE"):
            mend = f"Something else is kept under {self._key}: `getty-token clear` removes it."
        else:
            mend = "Start or mend that server, or name another store with --store or GETTY_TOKEN_STORE."
        return StoreError(f"cannot use the token store ({self.name}).", f"{why}.", mend)


def _client(url: str) -> "Redis":
    try:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError:
        raise WrongUsage(
            "a token store on Redis needs the package redis.",
            "It comes with an extra of getty-token's.",
            "Run `pip install 'getty-token[redis]'`.",
        ) from None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _SCHEMES and not parts.fragment
        usable &= bool(parts.path.strip("/")) if parts.scheme == "unix" else bool(parts.hostname)
        # redis-py takes the word `one` for database 0, and any option for an argument of its own.
        usable &= parts.scheme == "unix" or re.fullmatch(r"/?|/\d{1,9}", parts.path) is not None
        usable &= {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)} <= _OPTIONS
        if usable:
            return Redis.from_url(
                _SCHEMES[parts.scheme] + url[len(parts.scheme) :],
                protocol=2,
                socket_timeout=TIMEOUT,
                socket_connect_timeout=TIMEOUT,
                # A command that is sent twice because its answer was lost would be answered for the second time.
                retry=Retry(NoBackoff(), 0),
            )
    except ValueError:
        pass
    raise WrongUsage(
        "the address of the token store is no Redis URL.",
        f"It has to be a host, perhaps with user, password, port and database, and of options only {_options()}.",
        "Write it like redis://127.0.0.1:6379/0, or unix:///run/redis/redis.sock?db=0.",
    )


def _options() -> str:
    return ", ".join(sorted(_OPTIONS))
