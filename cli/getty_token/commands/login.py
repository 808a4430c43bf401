"""`getty-token login` and `logout`: credentials in, checked, saved; credentials and token out."""

import os
import sys
from typing import TextIO

from getty_token import credentials
from getty_token.commands.terminal import interactive
from getty_token.config import SECRET_VARIABLES
from getty_token.credentials import Credentials, CredentialsFile
from getty_token.errors import CredentialsError, StoreError, WrongUsage
from getty_token.setup import STORE, Setup
from getty_token.stores.record import Record


def read_pair(stdin: TextIO, from_stdin: bool) -> Credentials:
    """The pair a person types (nothing is shown) or a script pipes in as two lines."""
    if from_stdin:
        try:
            lines = [line.strip() for line in stdin.read().splitlines() if line.strip()]
        except UnicodeDecodeError:
            raise WrongUsage("what came in on standard input is not UTF-8 text.") from None
        if len(lines) != 2:
            raise WrongUsage(
                f"--stdin wants two lines, the API key and the API secret; there were {len(lines)}.",
                mend='Like this: printf "%s\\n" "$KEY" "$SECRET" | getty-token login --stdin',
            )
        key, secret = lines
    else:
        if not interactive():
            raise WrongUsage(
                "there is nobody to ask.",
                mend="Use `getty-token login --stdin`, or set GETTY_API_KEY and GETTY_API_SECRET.",
            )
        import getpass

        try:
            key = getpass.getpass("API key: ", sys.stderr).strip()
            secret = getpass.getpass("API secret: ", sys.stderr).strip()
        except EOFError:  # Ctrl-D
            print(file=sys.stderr)
            key = secret = ""
    if not key or not secret:
        raise CredentialsError("an API key and an API secret are both needed.", mend="Run `getty-token login` again.")
    for name, value in (("the API key", key), ("the API secret", secret)):
        credentials.check(value, name, "what was typed" if not from_stdin else "standard input")
    return Credentials(key, secret, "login")


def login(pair: Credentials, verify: bool) -> list[str]:
    """
    Check `pair` with one token request if `verify`, save it; gives what to tell the person.

    Raises WrongUsage where a `.env` says where to send it, which is not the one it comes from: it was typed just now.
    """
    setup = Setup.here()
    for setting in (setup.upstream.auth_url, setup.environment.get(STORE)):
        if setting and setting.file:
            raise WrongUsage(
                f"{setting.origin} would get what you type or its token.",
                "That file is this folder's, and need not be yours.",
                "Run it in another folder; the credentials are saved for all of them.",
            )
    token = setup.request_token(pair) if verify else None
    place = credentials.save(pair, setup.config)
    said = [f"Getty accepts them (…{pair.api_key[-4:]})." if token else "Not checked with Getty, as you asked."]
    said.append(f"Saved in {place}.")
    if token:
        # The request has been paid for: whoever comes next may have its token.
        mine = token._replace(requested_by=f"getty-token login (process {os.getpid()})")
        try:
            store = setup.store(pair.fingerprint)
            store.put_if(Record(mine), store.get().version)
        except StoreError as error:
            said.append(f"Their token could not be kept: {error.sentence}")
    for name in SECRET_VARIABLES:
        if setting := setup.environment.get(name):
            said.append(f"{setting.origin} is set and wins over what you saved.")
    return said


def logout() -> list[str]:
    """Forget the saved pair and its token; gives what to tell the person."""
    setup = Setup.here()
    try:
        saved = CredentialsFile(setup.config).load()
    except CredentialsError:
        saved = None  # whatever it is, it goes
    kept = _forget_token(setup, saved) if saved else "Which token was theirs could not be read; it expires by itself."
    if not credentials.forget(setup.config):
        said = ["Nothing was saved."]
    else:
        said = [f"Forgotten. {kept}" if kept else "Forgotten, and the token with them."]
    for name in SECRET_VARIABLES:
        if setting := setup.environment.get(name):
            said.append(f"{setting.origin} is still set.")
    return said


def _forget_token(setup: Setup, saved: dict[str, str]) -> str:
    """Why the token of `saved` could not be dropped, or an empty string: that must not keep the credentials."""
    try:
        setup.store(saved["fingerprint"]).clear()
    except StoreError as error:
        return f"Their token is still in the store, and expires by itself: {error.sentence}"
    return ""
