"""Every setting there is: its value, where that came from, and where it can be changed."""

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from getty_emulator.netlify import project
from getty_token import addresses, config, credentials
from getty_token.config import Environment
from getty_token.errors import CredentialsError, NoCredentials, WrongUsage
from getty_token.profiles import DEFAULT, PROFILE, folder
from getty_token.tokens import Windows


@dataclass(frozen=True, slots=True)
class Known:
    """A setting that exists. `variable` is empty for what only `getty-token.toml` says."""

    name: str
    variable: str
    default: str
    says: str

    @property
    def secret(self) -> bool:
        """Whether its value is shown to nobody."""
        return self.variable in config.SECRET_VARIABLES

    @property
    def in_project(self) -> bool:
        """Whether it belongs into the site's file, not into the user's."""
        return not self.variable


@dataclass(frozen=True, slots=True)
class Value:
    """What a setting is now, in words, and where that came from."""

    name: str
    value: str
    origin: str


_USUAL, _PROJECT = Windows(), project.Project()
KNOWN = (
    Known("profile", PROFILE, DEFAULT, "The Getty account to use."),
    Known("api-key", "GETTY_API_KEY", "", "The API key."),
    Known("api-secret", "GETTY_API_SECRET", "", "The API secret."),
    Known("store", "GETTY_TOKEN_STORE", "disk", "Where the token is kept."),
    Known("getty.api_url", "GETTY_API_URL", addresses.API_URL, "Which Getty is asked."),
    Known("getty.auth_url", "GETTY_AUTH_URL", addresses.AUTH_URL, "Which authorization server is asked."),
    Known("token.advisory", "GETTY_TOKEN_ADVISORY", f"{_USUAL.advisory:g}", "Seconds before expiry: replace."),
    Known("token.mandatory", "GETTY_TOKEN_MANDATORY", f"{_USUAL.mandatory:g}", "Seconds before expiry: do not use."),
    Known("serve.port", "", str(_PROJECT.port), "Where `serve` listens."),
    Known("serve.cassettes", "", _PROJECT.cassettes, "The folder of your cassettes."),
    Known("serve.allow", "", "", "What `serve` lets pass beside the reads of Getty's catalogue."),
)


def known(name: str) -> Known:
    """The setting called `name`. Raises WrongUsage that guesses which is meant."""
    found = next((each for each in KNOWN if each.name == name), None)
    if found is None:
        close = get_close_matches(name, [each.name for each in KNOWN], 1, 0.5)
        why = f"Perhaps {close[0]} is meant." if close else ""
        raise WrongUsage(f"there is no setting {name!r}.", why, "`getty-token config list` shows all of them.")
    return found


class Settings:
    """The settings of this process in the folder it is in."""

    def __init__(self, environment: Environment, home: str, site: Path) -> None:
        self._environment = environment
        self._home = home
        self._site = site
        self._project: dict[str, Any] | None = None

    @classmethod
    def here(cls) -> "Settings":
        """Those that a command would use now."""
        home = config.config_folder()
        user_file = os.path.join(home, config.USER_FILE)
        return cls(Environment(os.environ, os.getcwd(), user_file), home, Path.cwd())

    @property
    def files(self) -> dict[str, Path]:
        """The files that `set` writes, the one that wins first."""
        return {"project": self._site / project.FILE, "user": Path(self._home) / config.USER_FILE}

    def all(self) -> Iterator[Value]:
        """Each of them, in the order of `KNOWN`; then the functions of the site's file. Raises WrongUsage."""
        for each in KNOWN:
            yield self.value(each)
        for name in self._raw().get("functions", {}):
            yield Value(f"functions.{name}", self._raw()["functions"][name]["endpoint"], project.FILE)

    def value(self, setting: Known) -> Value:
        """What `setting` is."""
        if setting.in_project:
            table = self._raw().get("serve", {})
            key = setting.name.partition(".")[2]
            if key not in table:
                return Value(setting.name, setting.default, "default")
            value = table[key]
            shown = ", ".join(value) if isinstance(value, list) else str(value)
            return Value(setting.name, shown, f"{setting.name} in {project.FILE}")
        if setting.secret:
            return self._secret(setting)
        found = self._environment.get(setting.variable)
        return Value(setting.name, found.value if found else setting.default, found.origin if found else "default")

    def _secret(self, setting: Known) -> Value:
        if found := self._environment.get(setting.variable):
            shown = f"...{found.value[-4:]}" if setting.name == "api-key" else "set"
            return Value(setting.name, shown, found.origin)
        try:
            where = credentials.locate(self._environment, folder(self._home, self._environment.profile.value)).origin
        except NoCredentials:
            return Value(setting.name, "", "nowhere")
        except CredentialsError as error:
            return Value(setting.name, "", error.what)
        return Value(setting.name, "saved", where)

    def _raw(self) -> dict[str, Any]:
        if self._project is None:
            project.load(self._site)  # says what is wrong with it
            try:
                self._project = tomllib.loads((self._site / project.FILE).read_text(encoding="utf-8-sig"))
            except FileNotFoundError:
                self._project = {}
        return self._project


def changed(setting: Known, values: list[str], path: Path) -> str:
    """
    The text of the file at `path` with `setting` as the only thing that is different: comments and order stay.

    Raises WrongUsage if the file would then not be understood.
    """
    import tomlkit  # keeps what it does not change; written by hand, that is a parser of TOML
    from tomlkit.exceptions import TOMLKitError

    if setting.secret:
        raise WrongUsage(
            f"{setting.name} is not kept in a file that anybody reads.", mend="Run `getty-token login` to save it."
        )
    if len(values) != 1 and setting.name != "serve.allow":
        raise WrongUsage(f"{setting.name} has one value.", mend=f"`getty-token config get {setting.name}` shows it.")
    if setting.name == "store" and "@" in values[0]:
        raise WrongUsage(
            "the address of that store may hold a password.", mend="Put it into a variable, and set store to env:NAME."
        )
    if not setting.in_project and not values[0].strip():
        raise WrongUsage(f"{setting.name} is empty.", "An empty value counts as none.", "Remove its line to unset it.")
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8-sig")) if path.exists() else tomlkit.document()
        table, _, key = setting.name.rpartition(".")
        if table and table not in document:
            document[table] = tomlkit.table()
        place: Any = document[table] if table else document
        place[key] = values if setting.name == "serve.allow" else _typed(values[0])
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise WrongUsage(f"cannot read {path}.", f"{error}.", "Mend that file first.") from None
    return tomlkit.dumps(document)


def _typed(value: str) -> str | int:
    return int(value) if value.isascii() and value.isdecimal() else value


def check(setting: Known, text: str, path: Path) -> None:
    """Raises WrongUsage if `text`, which is to be the content of `path`, makes no sense."""
    import tempfile

    from getty_token.stores import address

    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        trial.write_text(text, encoding="utf-8")
        try:
            if setting.in_project:
                project.load(trial.parent)
            else:
                environment = Environment({}, folder, str(trial))
                addresses.addresses(environment)
                config.windows(environment)
                _ = environment.profile
                store = environment.get("GETTY_TOKEN_STORE")
                if setting.name == "store" and store and not store.value.startswith("env:"):
                    address.check(store.value)
        except WrongUsage as error:
            what, why = (part.replace(str(trial), str(path)) for part in (error.what, error.why))
            raise WrongUsage(what, why, "Nothing was changed.") from None
