"""
Settings: where each one comes from, and which one wins.

A flag beats the environment, that beats the site's `.env` files, those the user's own file, that the default. Every
value knows its origin, because "why does it use *that* key?" should have a short answer.
"""

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from getty_token.errors import CredentialsExposed, WrongUsage
from getty_token.plain_dotenv import read_plain
from getty_token.profiles import DEFAULT, PROFILE, checked
from getty_token.tokens import Windows

SECRET_VARIABLES = ("GETTY_API_KEY", "GETTY_API_SECRET")

DOTENV_FILES = (".env.development.local", ".env.local", ".env.development", ".env")
"""
Where a site keeps variables, the first that has one wins: Netlify's order for its development context. Gatsby reads
`.env.development` alone while it develops, so it never sees another value than we do unless a `.local` file says so.
"""

USER_FILE = "config.toml"
IN_USER_FILE = {
    "GETTY_TOKEN_PROFILE": "profile",
    "GETTY_TOKEN_STORE": "store",
    "GETTY_API_URL": "getty.api_url",
    "GETTY_AUTH_URL": "getty.auth_url",
    "GETTY_TOKEN_ADVISORY": "token.advisory",
    "GETTY_TOKEN_MANDATORY": "token.mandatory",
}
"""Variables that the user's own file may set, and what each is called there."""

_FLAGS: dict[tuple[str, str], str] = {}
"""Variables and values that a flag of this process has set, and the flag."""


def by_flag(name: str, value: str, flag: str) -> None:
    """Make `flag` stand for this process and what it runs."""
    os.environ[name] = value
    _FLAGS[name, value] = flag


class Setting(NamedTuple):
    """A value and where it came from, in words: `GETTY_API_URL in .env`."""

    value: str
    origin: str
    file: str = ""
    """The `.env` file of the folder it came from, if it did: whoever wrote that folder may have written it."""

    def __repr__(self) -> str:
        return f"Setting(origin={self.origin!r})"


class Environment:
    """
    The process environment, behind it the `.env` files of the folder we are in, behind those the user's own file.

    Each is read when first needed.
    """

    def __init__(
        self, variables: Mapping[str, str], folder: str | os.PathLike[str], user_file: str | None = None
    ) -> None:
        self._variables = variables
        self._folder = folder
        self._user_file = user_file
        self._files: list[tuple[str, dict[str, str]]] | None = None
        self._user: dict[str, str] | None = None
        self._profile: Setting | None = None

    def get(self, name: str) -> Setting | None:
        """
        The setting called `name`; an empty value counts as none. Key and secret belong to the default profile.

        Raises WrongUsage for a file that cannot be read or a name that no profile can have, CredentialsExposed for a
        `.env` that holds a secret of ours and that others can read.
        """
        if name in SECRET_VARIABLES and self.profile.value != DEFAULT:
            return None
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator[Setting]:
        """Every setting called `name`, whichever profile is used; the one that wins first."""
        if value := self._variables.get(name, "").strip():
            flag = _FLAGS.get((name, value)) if self._variables is os.environ else None
            yield Setting(value, flag or f"{name} in the environment")
        if self._files is None:
            self._files = [
                (each, found) for each in DOTENV_FILES if (found := _read_dotenv(os.path.join(self._folder, each)))
            ]
        for file, found in self._files:
            if value := found.get(name, "").strip():
                yield Setting(value, f"{name} in {file}", file=file)
        if name in IN_USER_FILE and self._user_file:
            if self._user is None:
                self._user = _read_user_file(self._user_file)
            if value := self._user.get(IN_USER_FILE[name], ""):
                yield Setting(value, f"{IN_USER_FILE[name]} in {self._user_file}")

    @property
    def profile(self) -> Setting:
        """The profile that is used."""
        if self._profile is None:
            found = next(self.all(PROFILE), None) or Setting(DEFAULT, "default")
            self._profile = Setting(checked(found.value, found.origin), found.origin, found.file)
        return self._profile


def _read_user_file(path: str) -> dict[str, str]:
    """What the user's own file says, by dotted name. Raises WrongUsage for what means nothing."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            text = file.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "It is not UTF-8 text"
        raise WrongUsage(f"cannot read {path}.", f"{why}.", "Mend or remove that file.") from None
    import tomllib

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongUsage(f"{path} is not TOML.", f"{error}.", "Mend that line.") from None
    flat: dict[str, str] = {}
    for name, value in data.items():
        below = {f"{name}.{key}": each for key, each in value.items()} if isinstance(value, dict) else {name: value}
        for dotted, each in below.items():
            if dotted not in IN_USER_FILE.values() or not isinstance(each, str | int) or isinstance(each, bool):
                known = ", ".join(sorted(IN_USER_FILE.values()))
                raise WrongUsage(f"{dotted} in {path} means nothing here.", f"There are {known}.", "Mend that line.")
            flat[dotted] = str(each).strip()
    return flat


def _read_dotenv(path: str) -> dict[str, str]:
    try:
        with open(path, encoding="utf-8-sig") as file:
            text, mode = file.read(), os.fstat(file.fileno()).st_mode
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return {}  # a folder of that name is often a Python environment
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "It is not UTF-8 text"
        raise WrongUsage(f"cannot read {path}.", f"{why}.", "Mend or remove that file.") from None
    if "GETTY_" not in text:
        return {}
    found = read_plain(text)
    if found is None:
        found = _parsed(text, path)
    if mode & 0o077 and any(found.get(name) for name in SECRET_VARIABLES):
        raise CredentialsExposed(
            f"others on this machine can read {path}.",
            "It holds a Getty API key or secret.",
            f"Run `chmod 600 '{path}'`.",
        )
    return found


def _parsed(text: str, path: str) -> dict[str, str]:
    import io

    from dotenv.parser import parse_stream  # the parser itself: it tells which line it did not understand

    found: dict[str, str] = {}
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            # dotenv counts blank lines before the one it means as part of it.
            blank = binding.original.string[: -len(binding.original.string.lstrip())].count("\n")
            raise WrongUsage(
                f"line {binding.original.line + blank} of {path} is not NAME=value.",
                "The rest of the file is not read, lest a setting be missed.",
                "Mend that line; a value with spaces or # goes into quotes.",
            )
        if binding.key and binding.value is not None:
            found[binding.key] = binding.value
    return found


def windows(environment: Environment) -> Windows:
    """
    The windows in which a token is replaced: GETTY_TOKEN_ADVISORY and GETTY_TOKEN_MANDATORY, seconds before expiry.

    Raises WrongUsage for what is no number of seconds, or a mandatory window larger than the advisory one.
    """
    usual = Windows()
    chosen = Windows(
        _seconds(environment, "GETTY_TOKEN_ADVISORY", usual.advisory),
        _seconds(environment, "GETTY_TOKEN_MANDATORY", usual.mandatory),
    )
    if chosen.mandatory > chosen.advisory:
        raise WrongUsage(
            f"GETTY_TOKEN_MANDATORY is {chosen.mandatory:g}, more than GETTY_TOKEN_ADVISORY, {chosen.advisory:g}.",
            "A token is replaced from the advisory time on, and must not be used from the mandatory one on.",
            f"The defaults are {usual.advisory:g} and {usual.mandatory:g}.",
        )
    return chosen


def _seconds(environment: Environment, name: str, usual: float) -> float:
    setting = environment.get(name)
    if setting is None:
        return usual
    if not setting.value.isdecimal() or not 10 <= int(setting.value) <= 86_400:
        raise WrongUsage(f"{setting.origin} is {setting.value!r}.", "It is a number of seconds, from 10 to 86400.")
    return float(setting.value)


def config_folder(variables: Mapping[str, str] = os.environ) -> str:
    """Where credentials are saved: XDG_CONFIG_HOME/getty-token, by default ~/.config/getty-token."""
    return _xdg(variables, "XDG_CONFIG_HOME", ".config")


def cache_folder(variables: Mapping[str, str] = os.environ) -> str:
    """Where the token is kept: XDG_CACHE_HOME/getty-token, by default ~/.cache/getty-token."""
    return _xdg(variables, "XDG_CACHE_HOME", ".cache")


def _xdg(variables: Mapping[str, str], name: str, default: str) -> str:
    base = variables.get(name, "")
    # The specification tells us to ignore a relative path.
    return os.path.join(base if base.startswith("/") else os.path.expanduser(f"~/{default}"), "getty-token")
