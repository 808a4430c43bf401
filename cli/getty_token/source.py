"""
A usable token, for everyone who asks, by as few token requests as possible.

Fresh: read from the store, no lock, no network. Stale: the same, and one caller replaces it meanwhile. Expired: one
process asks Getty, the others wait for what it gets, success or failure.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from getty_token.errors import GettyTokenError, StoreError
from getty_token.stores import TokenStore
from getty_token.stores.record import Record, Trouble
from getty_token.tokens import Age, Token, Windows

LOCK_TIMEOUT = 15.0
"""Seconds to wait for another process's token request, which may take 10 itself."""
LONGEST_BACKOFF = 60.0
"""Seconds. Failures are followed by a random pause of up to 1, 2, 4 ... 60 seconds, shared by all processes."""

Renewed = Callable[[Token, str], None]


class TokenSource:
    """
    The tokens of one account.

    `request_token` makes one token request and gives its token, or raises. `who` is kept with a token for `status`.
    `on_renewed` hears of each new token and why it was asked for, `on_warning` of what went wrong without stopping us.
    """

    def __init__(
        self,
        store: TokenStore,
        request_token: Callable[[], Token],
        *,
        who: str,
        windows: Windows = Windows(),  # noqa: B008 - frozen
        clock: Callable[[], float] = time.time,
        on_renewed: Renewed = lambda _token, _reason: None,
        on_warning: Callable[[str], None] = lambda _message: None,
    ) -> None:
        self._store = store
        self._request_token = request_token
        self._who = who
        self._windows = windows
        self._clock = clock
        self._on_renewed = on_renewed
        self._on_warning = on_warning
        self._unkept: Record | None = None  # what the store could not take; else every request would cost a token
        self._one_at_a_time = threading.Lock()
        self._replacing = threading.Lock()

    def usable(self) -> Token | None:
        """The token if there is one to use now; a stale one is being replaced from here on. Never waits."""
        record = self._read()
        if record.token is None:
            return None
        now = self._clock()
        age = record.token.age(now, self._windows)
        if age is Age.STALE and not (record.trouble and record.trouble.holds_back(now)):
            self._replace_meanwhile()
        return None if age is Age.EXPIRED else record.token

    def token(self, rejected: str | None = None) -> Token:
        """
        A usable token, other than `rejected` (the access token that Getty has just answered 401 to).

        Raises what the token request raises, and the same for everyone who waited for it or asks too soon after it.
        """
        asked_at = self._clock()
        token = self.usable()
        if token and token.access_token != rejected:
            return token
        reason = "Getty refused the old one" if token else ""

        def alive(held: Token) -> bool:
            return held.age(self._clock(), self._windows) is not Age.EXPIRED

        return self._renew(asked_at, reason, alive, rejected)

    def refresh(self, force: bool = False) -> tuple[Token, bool]:
        """
        A fresh token, and whether it is new. `force` asks for one however fresh the old one is, and whatever failed
        before.
        """
        asked_at = self._clock()
        before = self._read().token
        token = self._renew(
            asked_at,
            "forced" if force else "",
            lambda held: not force and held.age(self._clock(), self._windows) is Age.FRESH,
            force=force,
        )
        return token, before is None or token.access_token != before.access_token

    def settle(self) -> None:
        """Wait for a renewal that goes on meanwhile: for those about to leave this process, which would end it."""
        with self._replacing:
            pass

    def _renew(
        self,
        asked_at: float,
        reason: str,
        good_enough: Callable[[Token], bool],
        rejected: str | None = None,
        force: bool = False,
    ) -> Token:
        with self._one_at_a_time, self._store.refresh_lock(LOCK_TIMEOUT):
            # Somebody may have refreshed, or failed to, while we waited for the lock.
            record = self._read()
            held = record.token
            if held and held.access_token != rejected and good_enough(held):
                return held
            now = self._clock()
            trouble = record.trouble
            if trouble and not force and (asked_at < trouble.last_at <= now or trouble.holds_back(now)):
                raise trouble.as_error(now)
            try:
                new = self._request_token()
            except GettyTokenError as error:
                keep = None if held and held.access_token == rejected else held
                self._keep(Record(keep, self._after(trouble, error)))
                raise
            new = replace(new, requested_by=self._who, requests=self._cost(record, now))
            self._keep(Record(new))
        self._on_renewed(new, reason)
        return new

    def _cost(self, record: Record, now: float) -> int:
        """Token requests of this lifetime: this one, those that failed, those whose token was cut short."""
        failed = record.trouble.failures if record.trouble else 0
        cut_short = record.token is not None and record.token.age(now, self._windows) is Age.FRESH
        return 1 + failed + (record.token.requests if cut_short and record.token else 0)

    def _after(self, before: Trouble | None, error: GettyTokenError) -> Trouble:
        now = self._clock()
        failures = before.failures + 1 if before else 1
        pause = random.uniform(0, min(LONGEST_BACKOFF, 2.0 ** min(failures - 1, 6)))  # noqa: S311 - not a secret
        return Trouble(
            error=type(error).__name__,
            what=error.what,
            why=error.why,
            mend=error.mend,
            since=before.since if before else now,
            last_at=now,
            failures=failures,
            retry_at=now + pause,
        )

    def _read(self) -> Record:
        return self._unkept or self._store.read()

    def _keep(self, record: Record) -> None:
        try:
            self._store.write(record)
            self._unkept = None
        except StoreError as error:
            self._unkept = record
            # A full disk must not cost anyone their token; it will only have to be asked for again.
            self._on_warning(f"the token could not be kept for others: {error.sentence}")

    def _replace_meanwhile(self) -> None:
        if self._replacing.acquire(blocking=False):
            threading.Thread(target=self._replace, name="getty-token refresh").start()

    def _replace(self) -> None:
        try:
            self.refresh()
        except GettyTokenError as error:
            self._on_warning(f"the token could not be renewed yet and is still being used: {error.sentence}")
        finally:
            self._replacing.release()
