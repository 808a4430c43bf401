"""
The engine driven at random: several processes, a store, a Getty that fails in many ways, and clocks that jump.

The judge knows what nobody in the program can know: the true time. Sources see it through two numbers, a wall clock
that is `ahead` of it by what somebody has set, and a steady clock that stands still while the machine is suspended.
"""

import shutil
import tempfile
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from fakes import NOW, PATIENCE, finish_renewals
from getty_token.errors import (
    CredentialsRejected,
    GettyRefused,
    GettyTokenError,
    GettyUnavailable,
    RateLimited,
    StoreError,
)
from getty_token.source import TokenSource
from getty_token.stores.contract import Held, TokenStore
from getty_token.stores.disk import DiskStore
from getty_token.stores.memory import MemoryStore
from getty_token.stores.record import Record
from getty_token.tokens import Age, Token, Windows

PROCESSES = 3
WINDOWS = Windows()

FAILURES: list[Exception] = [
    GettyUnavailable("cannot reach Getty.", "Connection refused.", "Check the network."),
    GettyUnavailable(
        "no token from Getty.", "The answer is 9 bytes of text/html, not JSON with a token.", "Try again."
    ),
    RateLimited("Getty is asked too often.", "Getty answered 429.", "Wait a moment."),
    CredentialsRejected("Getty does not accept the key.", "Getty answered 401.", "Check both."),
    GettyRefused("Getty refused the token request.", "Getty answered 404.", "Check GETTY_AUTH_URL."),
    ValueError("something that nobody foresaw"),
]


class Killed(BaseException):
    """The process is gone, its lock is free, and whatever it was about to write is not written."""


@dataclass(frozen=True)
class Issued:
    """What the judge knows of a token. Times are true ones."""

    at: float
    lifetime: float
    ahead: float
    """By how much the wall clock was ahead then."""

    @property
    def promised_until(self) -> float:
        """From here on nobody may get it, as long as nobody sets a clock."""
        return self.at + self.lifetime - min(WINDOWS.mandatory, self.lifetime / 2)

    @property
    def fresh_until(self) -> float:
        """Before this, nobody has a reason to ask for another."""
        return self.at + self.lifetime - min(WINDOWS.advisory, self.lifetime / 2)


@dataclass
class Home:
    """What can be wrong with the one store that all processes share."""

    folder: Path
    shared: MemoryStore | None
    full: bool = False
    read_only: bool = False
    stopped: bool = False
    """Somebody holds the refresh lock and has been stopped; his lock is old enough to be passed over."""

    def open(self) -> TokenStore:
        """The store as another process opens it."""
        return Ailing(self, self.shared or DiskStore(self.folder, "account"))


class Ailing:
    """A real store that does what `Home` says. Nobody ever has to wait for its lock."""

    def __init__(self, home: Home, real: TokenStore) -> None:
        self.home, self.real = home, real
        self.name, self.promise = real.name, real.promise

    def get(self) -> Held:
        return self.real.get()

    def put_if(self, record: Record, version: Hashable) -> bool:
        if self.home.full or self.home.read_only:
            raise StoreError("cannot use the token store.", "No space left on device.")
        return self.real.put_if(record, version)

    def clear(self) -> None:
        self.real.clear()

    @contextmanager
    def refresh_lock(self, timeout: float) -> Iterator[None]:
        if self.home.read_only:
            raise StoreError("cannot use the token store.", "Read-only file system.")
        if self.home.stopped:
            yield  # as passed over
        else:
            with self.real.refresh_lock(0):
                yield


@dataclass
class Process:
    """One source, and what it was given."""

    name: str
    source: TokenSource
    warnings: list[str]
    first_given: dict[str, tuple[float, float]] = field(default_factory=dict)
    """By how much the wall clock was ahead, and how long the machine had slept, when it got the token it has now."""
    has_asked: bool = False
    refused: set[str | None] = field(default_factory=set)
    """Tokens that Getty refused when it used them."""
    unkept: str = ""
    """A token of its own that the store could not take."""
    instead_of: Hashable = None
    """What was in the store then."""


class Engine(RuleBasedStateMachine):
    """Asks in any order, and judges every token handed out, every token request and every error."""

    on_disk = False

    @initialize()
    def begin(self) -> None:
        self.now, self.ahead, self.slept = NOW, 0.0, 0.0
        self.issued: dict[str, Issued] = {}
        self.failure: Exception | None = None
        self.kill: str | None = None
        self.lifetime = 1800.0
        self.requests = 0
        self.meanwhile: Callable[[], None] = lambda: None
        self.folder = Path(tempfile.mkdtemp())
        self.home = Home(self.folder / "store", None if self.on_disk else MemoryStore())
        self.judge = self.home.open()
        self.started = 0
        self.processes = [self.new_process() for _ in range(PROCESSES)]

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            finish_renewals()
            shutil.rmtree(self.folder)

    def wall(self) -> float:
        return self.now + self.ahead

    def new_process(self) -> Process:
        self.started += 1
        warnings: list[str] = []
        source = TokenSource(
            self.home.open(),
            self.request_token,
            who="a test",
            clock=self.wall,
            steady=lambda: self.now - self.slept,
            patience_in_trouble=PATIENCE,  # a second is less than a busy machine may take until a thread has begun
            on_warning=warnings.append,
        )
        return Process(f"process {self.started}", source, warnings)

    def request_token(self) -> Token:
        self.requests += 1
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        requested_at, of_this_time = self.wall(), Issued(self.now, self.lifetime, self.ahead)
        if self.kill == "before Getty answers":
            raise Killed
        meanwhile()
        if self.failure and not self.kill:
            raise copy(self.failure)
        access_token = f"test-token-{self.requests}"
        self.issued[access_token] = of_this_time
        if self.kill:
            raise Killed
        return Token(access_token, "Bearer", requested_at, requested_at + of_this_time.lifetime)

    # What happens.

    @rule(seconds=st.sampled_from([0.01, 0.5, 3, 20, 61, 260, 1250, 1495, 1761, 1771, 1800, 5000]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(left=st.sampled_from([301, 299, 200, 31, 29, 9, 1, -1]))
    def the_token_gets_old(self, left: float) -> None:
        token = self.judge.get().record.token
        if token:
            issued = self.issued[token.access_token]
            self.now = max(self.now, issued.at + issued.lifetime - left)

    @rule(seconds=st.sampled_from([-86_400, -3600, -900, -45, -1, 1, 45, 900, 3600, 86_400]))
    def somebody_sets_the_clock(self, seconds: float) -> None:
        self.ahead += seconds

    @rule(seconds=st.sampled_from([60, 1600, 40_000]))
    def the_machine_sleeps(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds

    @rule(failure=st.one_of(st.none(), st.sampled_from(FAILURES)))
    def getty_changes_its_mind(self, failure: Exception | None) -> None:
        self.failure = failure

    @rule(lifetime=st.sampled_from([1800.0, 1800.0, 3600.0, 60.0, 24.0]))
    def getty_changes_the_lifetime(self, lifetime: float) -> None:
        self.lifetime = lifetime

    @rule()
    def somebody_clears_the_store(self) -> None:
        self.judge.clear()

    @rule(full=st.booleans(), read_only=st.booleans())
    def the_disk_changes(self, full: bool, read_only: bool) -> None:
        self.home.full, self.home.read_only = full, read_only

    @rule(number=st.integers(0, PROCESSES - 1))
    def a_process_starts_again(self, number: int) -> None:
        self.processes[number] = self.new_process()

    # Who asks.

    @rule(number=st.integers(0, PROCESSES - 1))
    def somebody_asks(self, number: int) -> None:
        self.ask(self.processes[number])

    @rule(number=st.integers(0, PROCESSES - 1))
    def getty_refuses_a_token(self, number: int) -> None:
        held = self.judge.get().record.token
        self.ask(self.processes[number], rejected=held.access_token if held else "test-token-of-old")

    @rule(number=st.integers(0, PROCESSES - 1), force=st.booleans())
    def somebody_refreshes(self, number: int, force: bool) -> None:
        process = self.processes[number]
        self.judged(process, lambda: process.source.refresh(force)[0], forced=force, fresh=True)

    @rule(number=st.integers(0, PROCESSES - 1), when=st.sampled_from(["before Getty answers", "after Getty answered"]))
    def a_process_is_killed_while_it_asks(self, number: int, when: str) -> None:
        process, requests = self.processes[number], self.requests
        self.lets_go_of_its_own(process)
        process.has_asked = True
        self.kill = when
        try:
            process.source.token()
        except Killed:
            pass
        except GettyTokenError:
            assert self.requests == requests
        finish_renewals()
        self.kill = None
        if self.requests > requests:
            self.processes[number] = self.new_process()

    @precondition(lambda self: not (self.home.full or self.home.read_only))
    @rule(
        seconds=st.sampled_from([0.1, 15, 400]),
        failure=st.one_of(st.none(), st.sampled_from(FAILURES[:5])),
        force=st.booleans(),
    )
    def a_process_is_stopped_while_it_asks(self, seconds: float, failure: Exception | None, force: bool) -> None:
        stopped, other = self.processes[:2]
        for each in (stopped, other):
            self.lets_go_of_its_own(each)
            each.has_asked = True
        theirs: list[Token] = []

        def stop() -> None:
            self.home.stopped, self.failure = True, None
            theirs.append(other.source.renewal().result(60))
            self.now += seconds
            self.home.stopped, self.failure = False, failure

        before, self.failure = self.failure, failure
        self.meanwhile, issued = stop, len(self.issued)
        try:
            got = stopped.source.refresh(True)[0] if force else stopped.source.renewal().result(60)
        except Exception as error:
            self.names_why(error)
            if len(self.issued) > issued:
                kept = self.judge.get().record.token
                assert kept and kept.access_token == theirs[0].access_token
            if not force:
                self.had_nothing_to_give(self.judge.get().record)
        else:
            if not force and len(self.issued) > issued + 1 and theirs[0].age(self.wall()) is not Age.EXPIRED:
                kept = self.judge.get().record.token
                assert kept and kept.access_token == theirs[0].access_token == got.access_token
        self.failure, self.meanwhile = before, lambda: None
        for each in (stopped, other):
            self.lets_go_of_its_own(each)

    # How it is judged.

    def ask(self, process: Process, rejected: str | None = None) -> None:
        self.judged(process, lambda: process.source.token(rejected), rejected=rejected)

    def judged(
        self,
        process: Process,
        ask: Callable[[], Token],
        rejected: str | None = None,
        forced: bool = False,
        fresh: bool = False,
    ) -> None:
        is_new, process.has_asked = not process.has_asked, True
        process.refused.add(rejected)
        before, requests, issued = self.judge.get().record, self.requests, len(self.issued)
        writable = not (self.home.full or self.home.read_only)
        self.lets_go_of_its_own(process)
        try:
            got = ask()
        except Exception as error:
            finish_renewals()
            self.names_why(error)
            if rejected and writable and self.requests > requests and isinstance(error, GettyTokenError):
                after = self.judge.get().record
                assert after.token is None or after.token.access_token != rejected
            if not fresh and before.token and before.token.access_token not in process.refused:
                self.had_nothing_to_give(before)
        else:
            self.is_not_too_old(process, got)
            if is_new and got == before.token:
                assert got.requested_at <= self.wall() + WINDOWS.mandatory  # else it comes from the future
            assert not fresh or self.now < self.issued[got.access_token].fresh_until or self.wall_was_set(got)
            assert got.access_token != rejected
            finish_renewals()
        made = self.requests - requests
        assert made <= 1
        if made and not forced and before.trouble and not process.unkept:
            assert not before.trouble.holds_back(self.wall())
        if len(self.issued) > issued:
            newest = list(self.issued)[-1]
            if not forced:
                kept = before.token.access_token if before.token else ""
                self.was_needed(process.unkept or kept, rejected)
            if writable:
                after = self.judge.get().record
                assert after.token and after.token.access_token == newest and after.trouble is None
            process.unkept, process.instead_of = "" if writable else newest, self.judge.get().version

    def lets_go_of_its_own(self, process: Process) -> None:
        """Whoever could not store a token goes by it until somebody else has stored a newer one."""
        unkept, held = self.issued.get(process.unkept), self.judge.get()
        theirs = held.record.token if held.version != process.instead_of else None
        if unkept and theirs and theirs.requested_at >= unkept.at + unkept.ahead:
            process.unkept = ""

    def is_not_too_old(self, process: Process, got: Token) -> None:
        """
        With right clocks: not in its last 30 seconds, or half of a short lifetime. A clock set back since the token
        was issued adds by how much it was set back; one set back after this process got it adds nothing.
        """
        issued = self.issued[got.access_token]
        assert self.now < issued.promised_until + issued.ahead - self.ahead + self.judge.promise.remember
        ahead, slept = process.first_given.get(got.access_token, (self.ahead, self.slept))
        process.first_given = {got.access_token: (ahead, slept)}
        if slept == self.slept:
            assert self.now < issued.promised_until + max(0.0, issued.ahead - ahead) + self.judge.promise.remember
        if ahead == self.ahead == issued.ahead:
            assert self.now <= issued.at + issued.lifetime - 10

    def wall_was_set(self, token: Token) -> bool:
        return self.issued[token.access_token].ahead != self.ahead

    def was_needed(self, known: str, rejected: str | None) -> None:
        """Nobody asks for another while `known` is fresh, on a clock that nobody has set since."""
        issued = self.issued.get(known)
        if issued and known != rejected and issued.ahead == self.ahead:
            assert self.now >= issued.fresh_until

    def names_why(self, error: Exception) -> None:
        if not isinstance(error, GettyTokenError):
            assert repr(error) in map(repr, FAILURES)
            return
        causes = [each for each in FAILURES if isinstance(each, GettyTokenError) and each.what == error.what]
        assert causes and type(causes[0]) is type(error)
        assert error.why.startswith(causes[0].why) and error.mend == causes[0].mend

    def had_nothing_to_give(self, before: Record) -> None:
        issued = self.issued.get(before.token.access_token) if before.token else None
        if before.token and issued and issued.ahead == self.ahead:
            assert before.token.age(self.wall()) is Age.EXPIRED


class EngineOnDisk(Engine):
    """The same with files."""

    on_disk = True


TestEngineInMemory = Engine.TestCase
TestEngineInMemory.settings = settings(max_examples=500, stateful_step_count=50, deadline=None)
TestEngineOnDisk = EngineOnDisk.TestCase
TestEngineOnDisk.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
