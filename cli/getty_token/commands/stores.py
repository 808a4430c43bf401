"""`getty-token store copy` and `verify`: a token carried from one home to another, and a home put to the test."""

import secrets
import time
from collections.abc import Callable, Iterator

from getty_token import credentials
from getty_token.errors import GettyTokenError, StoreBusy, StoreError
from getty_token.setup import Setup
from getty_token.stores.contract import TokenStore
from getty_token.stores.record import Record
from getty_token.tokens import Age, Token


def copy(source: str, target: str) -> str:
    """Put the token of the store at `source` into the one at `target`; gives a sentence about it."""
    setup = Setup.here()
    mark = credentials.locate(setup.environment, setup.config).fingerprint
    here, there = (setup.store(mark, address=address) for address in (source, target))
    token = here.get().record.token
    if token is None or token.age(time.time()) is Age.EXPIRED:
        raise StoreError(f"there is no living token in {here.name}.", mend="Run `getty-token refresh` there first.")
    if not there.put_if(Record(token), there.get().version):
        raise StoreError(f"somebody else has just written to {there.name}.", mend="Look with `status`, and try again.")
    return f"copied from {here.name} to {there.name}; good for {(token.expires_at - time.time()) // 60:.0f} min"


def verify(address: str | None) -> Iterator[tuple[str, str]]:
    """
    What a store promises, tried with a made-up token under a name of its own: pairs of a sentence and what went wrong.

    Nothing of what it keeps for others is touched, and nothing is left behind.
    """
    setup = Setup.here()
    mark = f"verify-{secrets.token_hex(8)}"
    first, second = (setup.store(mark, address=address) for _ in "12")
    yield f"{first.name}, shared by {first.promise.shared_by}", ""
    try:
        for sentence, check in _checks(first, second):
            try:
                yield sentence, "" if check() else "it does not"
            except GettyTokenError as error:
                yield sentence, error.sentence
    finally:
        first.clear()


def _checks(first: TokenStore, second: TokenStore) -> Iterator[tuple[str, Callable[[], bool]]]:
    token = Token("verify-no-real-token", "Bearer", time.time(), time.time() + 600, "getty-token store verify")
    shared = second if first.name != "memory" else first
    yield "begins empty", lambda: first.get().record == Record()
    yield "takes a token", lambda: first.put_if(Record(token), first.get().version)
    yield "gives it back, to others too", lambda: shared.get().record.token == token
    yield "does not overwrite what the writer has not seen", lambda: not first.put_if(Record(), "never seen")
    if first.promise.single_flight:
        yield "lets one at a time ask for a token", lambda: _excludes(first, shared)
    else:
        bound = f"{first.promise.stale_reads:.0f} s"
        yield f"cannot keep others from asking meanwhile: for up to {bound} they may not see it", lambda: True
    yield "forgets", lambda: _forgets(first)


def _forgets(store: TokenStore) -> bool:
    store.clear()
    return store.get().record == Record()


def _excludes(first: TokenStore, second: TokenStore) -> bool:
    try:
        with first.refresh_lock(5), second.refresh_lock(0):
            return False
    except StoreBusy:
        return True
