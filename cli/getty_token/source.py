"""
A usable token, for everyone who asks, by as few token requests as possible.

Fresh: read from the store, no lock, no network. Stale: the same, and one caller replaces it meanwhile. Expired: one
process asks Getty, the others wait for what it gets, success or failure.
"""

import os
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from concurrent.futures import TimeoutError as TooLong
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial

from getty_token.errors import GettyTokenError, GettyUnavailable, StoreBusy, StoreError
from getty_token.stores.contract import Held, TokenStore
from getty_token.stores.record import Record, Trouble
from getty_token.tokens import Age, Token, Windows

LOCK_TIMEOUT = 13.0
"""Seconds to wait for another process's token request, which takes 10 at the most; then it counts as stopped."""
PATIENCE = 30.0
"""Seconds a caller waits for a token at the very most, whatever happens to whom."""
PATIENCE_IN_TROUBLE = 1.0
"""Seconds a caller waits once token requests have been failing: the reason is known by then."""
LONGEST_BACKOFF = 60.0
"""Seconds. Failures are followed by a random pause of up to 1, 2, 4 ... 60 seconds, shared by all processes."""

Renewed = Callable[[Token, str], None]


@dataclass(frozen=True, slots=True)
class _Need:
    """Why a token is asked for; those with the same need wait for the same attempt."""

    least: Age = Age.STALE
    """The oldest that will do."""
    rejected: str | None = None
    force: bool = False
    background: bool = False
    """Nobody waits for it."""
    process: int = field(default_factory=os.getpid)
    """A forked child has none of its parent's threads: what they have begun never ends there."""


class TokenSource:
    """
    The tokens of one account.

    `request_token` makes one token request and gives its token, or raises. `who` is kept with a token for `status`.
    `on_renewed` hears of each new token and why it was asked for, `on_warning` of what went wrong without stopping us.
    `clock` gives Unix seconds, which other processes share and somebody may set; `steady` seconds that nobody can set.
    """

    def __init__(
        self,
        store: TokenStore,
        request_token: Callable[[], Token],
        *,
        who: str,
        windows: Windows = Windows(),  # noqa: B008 - frozen
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        patience_in_trouble: float = PATIENCE_IN_TROUBLE,
        on_renewed: Renewed = lambda _token, _reason: None,
        on_warning: Callable[[str], None] = lambda _message: None,
    ) -> None:
        self._store = store
        self._request_token = request_token
        self._who = who
        self._windows = windows
        # Of many processes one reaches its window first, and the others find its new token before they reach theirs.
        jitter = random.uniform(0.8, 1.0)  # noqa: S311 - not a secret
        self._background = windows._replace(advisory=windows.advisory * jitter)
        self._clock = clock
        self._steady = steady
        self._patience_in_trouble = patience_in_trouble
        self._on_renewed = on_renewed
        self._on_warning = on_warning
        self._mutex = threading.Lock()
        self._attempts: dict[_Need, Future[Token]] = {}
        self._unkept: Held | None = None  # what the store could not take; else every request would cost a token
        self._remembered: tuple[Token, float] | None = None
        self._seen = ("", 0.0)  # the token seen last, and how far `clock` was ahead of `steady` when it was seen first

    def usable(self, rejected: str | None = None) -> Token | None:
        """
        The token, other than `rejected`, if there is one to use now; a stale one is being replaced from here on. Never
        waits.
        """
        if (remembered := self._remembered) and self._steady() < remembered[1]:
            token = remembered[0]
            if token.access_token != rejected and token.age(self._clock(), self._background) is Age.FRESH:
                return token
        return self._looked_up(rejected)

    def token(self, rejected: str | None = None) -> Token:
        """
        A usable token, other than `rejected` (the access token that Getty has just answered 401 to).

        Raises what the token request raises, and the same for everyone who waited for it or asks too soon after it;
        StoreError if the store cannot be used.
        """
        return self.usable(rejected) or self._outcome(self.renewal(rejected), self.patience())

    def renewal(self, rejected: str | None = None) -> Future[Token]:
        """
        A new token to be: for those who must not wait in a thread. It cannot be cancelled; whoever no longer wants it
        stops waiting, and the others get it.
        """
        return self._attempt(_Need(rejected=rejected))

    def refresh(self, force: bool = False) -> tuple[Token, bool]:
        """
        A fresh token, and whether it is new. `force` asks for one however fresh the old one is, and whatever failed
        before.
        """
        before = self._read().record.token
        token = self._outcome(self._attempt(_Need(Age.FRESH, force=force)), PATIENCE)
        return token, before is None or token.access_token != before.access_token

    def patience(self) -> float:
        """Seconds to wait for a renewal; in trouble that is known not many, for it may well go on."""
        return self._patience_in_trouble if self._read().record.trouble else PATIENCE

    def too_late(self) -> GettyTokenError:
        """The error for a renewal that did not come in time."""
        trouble = self._read().record.trouble
        if trouble:
            return trouble.as_error(self._clock())
        return GettyUnavailable(f"no token within {PATIENCE:.0f} s.", mend="Try again; if it lasts, check the network.")

    def settle(self) -> None:
        """Wait for renewals that go on meanwhile: for those about to leave this process, which would end them."""
        with self._mutex:
            attempts = [attempt for need, attempt in self._attempts.items() if need.process == os.getpid()]
        wait(attempts, PATIENCE)

    def _age(self, token: Token, windows: Windows) -> Age:
        """The age of `token`, which does not get younger when somebody sets the clock back after we have seen it."""
        now, steady = self._clock(), self._steady()
        if token.access_token != self._seen[0]:
            self._seen = (token.access_token, now - steady)
        # The later one: `steady` stands still while a laptop is suspended.
        return token.age(max(now, steady + self._seen[1]), windows)

    def _looked_up(self, rejected: str | None) -> Token | None:
        """The store's token if it is usable."""
        asked_at = self._steady()
        record = self._read().record
        token = record.token
        if token is None or token.access_token == rejected:
            return None
        age = self._age(token, self._background)
        if age is Age.FRESH:
            self._remembered = (token, asked_at + self._store.promise.remember)
        elif age is Age.STALE and not (record.trouble and record.trouble.holds_back(self._clock())):
            self._attempt(_Need(Age.FRESH, background=True))
        return None if age is Age.EXPIRED else token

    def _outcome(self, attempt: Future[Token], patience: float) -> Token:
        try:
            return attempt.result(patience)
        except TooLong:
            raise self.too_late() from None

    def _attempt(self, need: _Need) -> Future[Token]:
        """The attempt that serves `need`: the one under way, or a new one in a thread of its own."""
        with self._mutex:
            attempt = self._attempts.get(need)
            if attempt is None:
                attempt = self._attempts[need] = Future()
                attempt.set_running_or_notify_cancel()  # from here on it cannot be cancelled
                work = partial(self._work, attempt, need, self._clock())
                try:
                    # A daemon: a process that wants to end need not wait until Getty gives up.
                    threading.Thread(target=work, name="getty-token refresh", daemon=True).start()
                except RuntimeError as error:  # no more threads; nobody must wait for one that never began
                    del self._attempts[need]
                    attempt.set_exception(GettyUnavailable("cannot ask for a token.", f"{error}.", "Try again."))
        return attempt

    def _work(self, attempt: Future[Token], need: _Need, asked_at: float) -> None:
        try:
            token = self._renew(need, asked_at)
        except BaseException as error:  # whatever it is, those who wait must hear of it
            try:
                if need.background:
                    self._warn_once(error)
            finally:
                self._end(need)
                attempt.set_exception(error)
        else:
            self._end(need)
            attempt.set_result(token)

    def _end(self, need: _Need) -> None:
        with self._mutex:
            del self._attempts[need]

    def _renew(self, need: _Need, asked_at: float) -> Token:
        with ExitStack() as lock:
            try:
                lock.enter_context(self._store.refresh_lock(LOCK_TIMEOUT))
            except StoreBusy:
                raise
            except StoreError as error:
                # No lock to be had, as in a read-only folder: perhaps one request too many, but nobody goes without.
                self._on_warning(f"cannot tell others that a token is being asked for: {error.sentence}")
            return self._renew_alone(need, asked_at)

    def _renew_alone(self, need: _Need, asked_at: float) -> Token:
        # Somebody may have refreshed, or failed to, while we waited for the lock.
        held = self._read()
        if found := self._good_enough(held, need):
            return found
        now, trouble = self._clock(), held.record.trouble
        if trouble and not need.force and (asked_at < trouble.last_at <= now or trouble.holds_back(now)):
            raise trouble.as_error(now)
        old = held.record.token
        try:
            new = self._request_token()
        except GettyTokenError as error:
            keep = None if old and old.access_token == need.rejected else old
            if theirs := self._keep(Record(keep, self._after(trouble, error)), held, need):
                return theirs
            raise
        new = new._replace(requested_by=self._who, requests=self._cost(held.record))
        if theirs := self._keep(Record(new), held, need):
            return theirs
        self._remembered = None
        self._age(new, self._windows)  # seen from here on, whatever happens to the clock
        self._on_renewed(new, "forced" if need.force else "Getty refused the old one" if need.rejected else "")
        return new

    def _good_enough(self, held: Held, need: _Need) -> Token | None:
        token = held.record.token
        if token is None or need.force or token.access_token == need.rejected:
            return None
        age = self._age(token, self._windows)
        return token if age is Age.FRESH or age is need.least else None

    def _cost(self, record: Record) -> int:
        """Token requests of this lifetime: this one, those that failed, those whose token was cut short."""
        failed = record.trouble.failures if record.trouble else 0
        cut_short = record.token is not None and self._age(record.token, self._windows) is Age.FRESH
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

    def _read(self) -> Held:
        """What the store holds; what it could not take, if nobody has put a newer token there since."""
        ours = self._unkept
        if ours is None:
            return self._store.get()
        try:
            held = self._store.get()
        except StoreError:
            return ours
        mine, theirs = ours.record.token, held.record.token
        newer = mine and (theirs is None or mine.requested_at > theirs.requested_at)
        if newer or held.version == ours.version:
            return Held(ours.record, held.version)
        self._unkept = None
        return held

    def _keep(self, record: Record, held: Held, need: _Need) -> Token | None:
        """
        Put `record` into the store.

        If somebody else has written meanwhile (our lock had run out, or the record was cleared), a token of theirs that
        serves `need` stays, and is given. Else a token of ours takes its place; a failure of ours never does.
        """
        version = held.version
        try:
            for _ in range(3):
                if self._store.put_if(record, version):
                    self._unkept = None
                    return None
                theirs = self._store.get()
                if found := self._good_enough(theirs, need):
                    return found
                if record.trouble:
                    return None
                version = theirs.version
        except StoreError as error:
            self._unkept = Held(record, version)
            # A full disk must not cost anyone their token; it will only have to be asked for again.
            self._on_warning(f"the token could not be kept for others: {error.sentence}")
        return None

    def _warn_once(self, error: BaseException) -> None:
        reason = error.sentence if isinstance(error, GettyTokenError) else type(error).__name__
        with suppress(StoreError):
            trouble = self._read().record.trouble
            # That it goes on failing shows in `status`, and as an error once the token has ended.
            if trouble and trouble.failures > 1:
                return
        self._on_warning(f"the token could not be renewed yet and is still being used: {reason}")
