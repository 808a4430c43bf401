"""
Settings: where each one comes from, and which one wins.

A flag beats the environment, that beats the site's `.env`, that what is saved or the default. Every value knows its
origin, because "why does it use *that* key?" should have a short answer.
"""

import os
from collections.abc import Mapping
from typing import NamedTuple

from getty_token.errors import CredentialsExposed, WrongUsage
from getty_token.loopback import is_loopback
from getty_token.tokens import Windows

API_URL = "https://api.gettyimages.com"
AUTH_URL = "https://authentication.gettyimages.com"
TOKEN_PATH = "/oauth2/token"  # noqa: S105 - a path, no password

SECRET_VARIABLES = ("GETTY_API_KEY", "GETTY_API_SECRET")


class Setting(NamedTuple):
    """A value and where it came from, in words: `GETTY_API_URL in .env`."""

    value: str
    origin: str
    in_file: bool = False
    """Whether it came from the folder's `.env`: whoever wrote that folder wrote it."""

    def __repr__(self) -> str:
        return f"Setting(origin={self.origin!r}, in_file={self.in_file})"


class Environment:
    """The process environment, and behind it the `.env` of the folder we are in, read when first needed."""

    def __init__(self, variables: Mapping[str, str], folder: str | os.PathLike[str]) -> None:
        self._variables = variables
        self._file = os.path.join(folder, ".env")
        self._from_file: dict[str, str] | None = None

    def get(self, name: str) -> Setting | None:
        """
        The setting called `name`; an empty value counts as none.

        Raises WrongUsage for a `.env` that cannot be read, CredentialsExposed for one that holds a secret of ours and
        that others can read.
        """
        if value := self._variables.get(name, "").strip():
            return Setting(value, f"{name} in the environment")
        if self._from_file is None:
            self._from_file = _read_dotenv(self._file)
        if value := self._from_file.get(name, "").strip():
            return Setting(value, f"{name} in {os.path.basename(self._file)}", in_file=True)
        return None


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
    if mode & 0o077 and any(found.get(name) for name in SECRET_VARIABLES):
        raise CredentialsExposed(
            f"others on this machine can read {path}.",
            "It holds a Getty API key or secret.",
            f"Run `chmod 600 '{path}'`.",
        )
    return found


class Upstream(NamedTuple):
    """Which Getty we talk to."""

    api_url: Setting
    auth_url: Setting

    @property
    def token_url(self) -> str:
        """The token endpoint."""
        return self.auth_url.value + TOKEN_PATH


def upstream(environment: Environment) -> Upstream:
    """
    The hosts of Getty, or those that GETTY_API_URL and GETTY_AUTH_URL name.

    Raises WrongUsage for an address that would send a secret in the clear.
    """
    return Upstream(
        _address(environment, "GETTY_API_URL", API_URL),
        _address(environment, "GETTY_AUTH_URL", AUTH_URL),
    )


def _address(environment: Environment, name: str, default: str) -> Setting:
    setting = trusted(environment, name)
    if setting is None:
        return Setting(default, "default")
    from urllib.parse import urlsplit  # here: `status` does not pay for it

    url = setting.value.rstrip("/")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        raise WrongUsage(f"{setting.origin} is not an address.", mend="Write it like https://host.") from None
    host = parts.hostname or ""
    more = parts.query or parts.fragment or "@" in parts.netloc or parts.path
    if not _is_name(host) or not url.isprintable() or more or parts.scheme not in ("http", "https"):
        raise WrongUsage(
            f"{setting.origin} is not the address of a server: {_without_userinfo(url)}",
            "It has to be http:// or https://, a host, perhaps a port, and nothing else.",
            f"The default is {default}.",
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise WrongUsage(
            f"{setting.origin} is {url}: the API secret would cross the network in the clear.",
            "Plain http is for servers on this machine only.",
            f"Write https://{parts.netloc}.",
        )
    return Setting(url, setting.origin)


def trusted(environment: Environment, name: str) -> Setting | None:
    """
    The setting called `name`, which says where a secret goes.

    Raises WrongUsage if it comes from the folder's `.env` and the key does not: somebody else's folder must not send
    your key and token to a place of its own.
    """
    setting = environment.get(name)
    if setting and setting.in_file:
        key = environment.get(SECRET_VARIABLES[0])
        if key is None or not key.in_file:
            raise WrongUsage(
                f"{setting.origin} is not followed, for it says where your secrets go.",
                "The API key is not from that file, but from the environment or from `getty-token login`.",
                f"If you mean it, set {name} in the environment, or put GETTY_API_KEY and GETTY_API_SECRET beside it.",
            )
    return setting


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


def _is_name(host: str) -> bool:
    """Whether `host` is something that can be looked up at all: Python's resolver raises UnicodeError for the rest."""
    return " " not in host and all(0 < len(label) < 64 for label in host.removesuffix(".").split("."))


def _without_userinfo(url: str) -> str:
    return url.rpartition("@")[2]


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
