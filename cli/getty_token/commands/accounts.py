"""`getty-token profiles`: the accounts on this machine, and which one is used."""

import os
from typing import Any

from getty_token import profiles
from getty_token.commands import terminal
from getty_token.config import USER_FILE, Environment, config_folder
from getty_token.credentials import locate
from getty_token.errors import CredentialsError


def listed() -> list[dict[str, Any]]:
    """Each profile: its name, whether it is the one in use, and where its key is; none is opened."""
    home = config_folder()
    user_file = os.path.join(home, USER_FILE)
    environment = Environment(os.environ, os.getcwd(), user_file)
    used = environment.profile
    found = []
    for name in dict.fromkeys([*profiles.saved(home), used.value]):
        seen_as = Environment({**os.environ, profiles.PROFILE: name}, os.getcwd(), user_file)
        try:
            credentials: str | None = locate(seen_as, profiles.folder(home, name)).origin
            wrong = None
        except CredentialsError as error:
            credentials, wrong = None, error.sentence
        found.append({"name": name, "used": name == used.value, "credentials": credentials, "wrong": wrong})
    return found


def in_a_table(found: list[dict[str, Any]]) -> str:
    """The same for a person."""
    rows = [(f"{'*' if each['used'] else ' '} {each['name']}", each["credentials"] or "none") for each in found]
    return terminal.out().table(("  profile", "credentials"), rows)
