"""The commands that hand out, renew and drop the token: `token`, `refresh`, `clear`, `exec`."""

import errno
import os
import sys
import time
from collections.abc import Sequence

from getty_token import credentials
from getty_token.commands.terminal import show_json
from getty_token.config import SECRET_VARIABLES, windows
from getty_token.errors import GettyTokenError, WrongUsage
from getty_token.setup import Setup
from getty_token.tokens import Age, Token

ACCESS_TOKEN = "GETTY_ACCESS_TOKEN"  # noqa: S105 - the name of the variable


def show_token(as_json: bool = False) -> int:
    """Print a valid access token and a newline, or nothing."""
    setup = Setup.here()
    found = credentials.locate(setup.environment, setup.config)
    token = setup.store(found.fingerprint).get().record.token
    if token is not None and token.age(time.time(), windows(setup.environment)) is Age.FRESH:
        _show(token, as_json)
        return 0
    source = setup.source(setup.credentials(), "token")
    _show(source.token(), as_json)
    source.settle()  # a stale token is being replaced
    return 0


def _show(token: Token, as_json: bool) -> None:
    if as_json:
        left = max(0, int(token.expires_at - time.time()))
        show_json({"access_token": token.access_token, "token_type": token.token_type, "seconds_left": left})
    else:
        print(token.access_token, flush=True)


def refresh(force: bool) -> tuple[int, bool]:
    """Ask for a new token if one is needed; gives how many seconds there are, and whether it is new."""
    setup = Setup.here()
    token, new = setup.source(setup.credentials(), "refresh").refresh(force)
    return int(token.expires_at - time.time()), new


def clear() -> str:
    """Drop the token from the store; gives the store's name."""
    setup = Setup.here()
    home = setup.store(credentials.locate(setup.environment, setup.config).fingerprint)
    home.clear()
    return home.name


def execute(command: Sequence[str]) -> int:
    """
    Become `command`, with the access token and the API key in its environment, and without the API secret.

    Getty wants the key beside the token on every request; the secret is needed for nothing but new tokens.
    """
    if not command:
        raise WrongUsage("no command to run.", mend="Write it after two dashes: getty-token exec -- npm run build")
    setup = Setup.here()
    pair = setup.credentials()
    source = setup.source(pair, "exec")
    source.token()
    source.settle()  # a stale token is being replaced; becoming another program would end that in mid-request
    token = source.token()
    key, secret = SECRET_VARIABLES
    environment = {name: value for name, value in os.environ.items() if name != secret}
    environment |= {ACCESS_TOKEN: token.access_token, key: pair.api_key}
    sys.stdout.flush()
    try:
        os.execvpe(command[0], list(command), environment)  # noqa: S606 - running a command is what this is for
    except OSError as error:
        raise NotRun(command[0], error) from None


class NotRun(GettyTokenError):
    """The command of `exec` or `dev` could not be started because of `error`; the exit code is the shell's."""

    def __init__(self, command: str, error: OSError) -> None:
        missing = error.errno == errno.ENOENT or not _is_anywhere(command)
        super().__init__(f"cannot run {command}.", f"{os.strerror(errno.ENOENT) if missing else error.strerror}.")
        self.exit_code = 127 if missing else 126


def _is_anywhere(command: str) -> bool:
    # Of a folder in PATH that may not be looked into, the system says what it says of a command that may not be run.
    return "/" in command or any(os.path.exists(os.path.join(folder, command)) for folder in os.get_exec_path())
