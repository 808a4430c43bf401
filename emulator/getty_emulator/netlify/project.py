"""
`getty-token.toml` in the site's folder: the functions it defines and how `serve` is to run.

    [serve]
    port = 9999
    cassettes = "getty-cassettes"
    allow = ["POST /v3/downloads/images/{id}"]
    origins = ["http://192.168.1.20:8000"]
    allow-hosts = ["api.example.com"]           # what its functions may reach offline, and rules lead to
    pass-environment = ["API_BASE"]             # what they see of the environment `serve` is started in

    [functions.search-images]
    endpoint = "GET /v3/search/images/creative"
    allow = ["phrase", "page"]
    fixed = { fields = "id,title,thumb", page_size = 12 }
"""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from getty_emulator.netlify.functions import BUILT_IN, Defined
from getty_emulator.netlify.paths import NAME
from getty_token.errors import WrongUsage
from getty_token.operations import operation_named
from getty_token.parameters import PARAMETERS, complaint

FILE = "getty-token.toml"


@dataclass(frozen=True, slots=True)
class Project:
    """
    What the file says; the defaults where it says nothing.

    `origins` are web origins besides this machine's whose pages may ask.
    """

    functions: dict[str, Defined] = field(default_factory=dict)
    allow: frozenset[str] = frozenset()
    cassettes: str = "getty-cassettes"
    port: int = 9999
    origins: frozenset[str] = frozenset()
    allow_hosts: tuple[str, ...] = ()
    pass_environment: tuple[str, ...] = ()


def load(folder: Path) -> Project:
    """
    The project of `folder`; all defaults if it has no `getty-token.toml`.

    Raises WrongUsage that names the file, the place and the mend.
    """
    path = folder / FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Project()
    except tomllib.TOMLDecodeError as error:
        raise WrongUsage(f"{path} is not TOML.", f"{error}.", "Mend that line.") from None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise WrongUsage(f"cannot read {path}.", f"{why}.", "Mend or remove that file.") from None
    return _Reader(path).project(data)


class _Reader:
    """Checks every value, so that a typing error is told at start and not as a puzzle in the browser."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def project(self, data: dict[str, Any]) -> Project:
        self._only(data, ("serve", "functions"), "the file")
        serve = self._table(data.get("serve", {}), "[serve]")
        known = ("port", "cassettes", "allow", "origins", "allow-hosts", "pass-environment")
        self._only(serve, known, "[serve]")
        port, cassettes = serve.get("port", 9999), serve.get("cassettes", "getty-cassettes")
        if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65536:
            self._refuse(f"port in [serve] is {port!r}", "A port is a whole number from 1 to 65535")
        if not isinstance(cassettes, str) or not cassettes:
            self._refuse(f"cassettes in [serve] is {cassettes!r}", "It names a folder")
        allow = self._words(serve.get("allow", []), "allow in [serve]")
        for name in allow:
            if operation_named(name) is None:
                self._refuse(f'"{name}" in [serve] is none of Getty\'s operations', _like(name))
        origins = frozenset(map(self._origin, self._words(serve.get("origins", []), "origins in [serve]")))
        functions = self._table(data.get("functions", {}), "[functions]")
        defined = {name: self._function(name, table) for name, table in functions.items()}
        hosts = self._words(serve.get("allow-hosts", []), "allow-hosts in [serve]")
        passed = self._words(serve.get("pass-environment", []), "pass-environment in [serve]")
        return Project(defined, frozenset(allow), cassettes, port, origins, tuple(hosts), tuple(passed))

    def _origin(self, text: str) -> str:
        found = re.fullmatch(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?/?", text.lower())
        if not found:
            self._refuse(f'"{text}" in origins in [serve] is no origin', "Write it like http://192.168.1.20:8000")
        scheme, host, port = found.groups(default="")
        usual = {"http": ":80", "https": ":443"}[scheme]
        return f"{scheme}://{host}{'' if port == usual else port}"  # as browsers write it

    def _function(self, name: str, table: object) -> Defined:
        where = f"[functions.{name}]"
        if not NAME.fullmatch(name):
            self._refuse(f"{where} is no function name", "Netlify takes letters, digits, hyphens and underscores")
        if name == BUILT_IN:
            self._refuse(f"{where} cannot be defined", "That name is the built-in function")
        content = self._table(table, where)
        self._only(content, ("endpoint", "allow", "fixed"), where)
        endpoint = content.get("endpoint")
        operation = operation_named(endpoint) if isinstance(endpoint, str) else None
        if operation is None:
            self._refuse(f"endpoint in {where} is {endpoint!r}, none of Getty's operations", _like(str(endpoint)))
        allow = self._words(content.get("allow", []), f"allow in {where}")
        fixed = self._table(content.get("fixed", {}), f"fixed in {where}")
        for key in (*allow, *fixed):
            known = PARAMETERS.get(operation.template)
            if known is not None and key not in known:
                self._refuse(f"{where} names {key}, which {operation.name} does not take", _among(key, known))
        if both := sorted(set(allow) & set(fixed)):
            self._refuse(f"{both[0]} in {where} is both allowed and fixed", "It can be one of the two")
        values = {key: self._value(value, f"{key} in {where}") for key, value in fixed.items()}
        known = PARAMETERS.get(operation.template, {})
        for key, value in values.items():
            if key in known and (wrong := complaint(known[key], value)):
                self._refuse(f"{key} in {where}: {wrong}", "Getty would answer 400")
        return Defined(name, operation, tuple(allow), values)

    def _value(self, value: object, where: str) -> str:
        if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
            return ",".join(self._value(item, where) for item in value)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, date):  # TOML has dates of its own
            return value.isoformat()
        if not isinstance(value, str | int | float):
            self._refuse(f"{where} is {value!r}", "A fixed value is a text, a number, a date, true, false or a list")
        return str(value)

    def _table(self, value: object, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._refuse(f"{where} is {value!r}", "It has to be a table")
        return value

    def _words(self, value: object, where: str) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._refuse(f"{where} is {value!r}", 'It has to be a list of texts, such as ["phrase", "page"]')
        return value

    def _only(self, table: dict[str, Any], known: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in known:
                self._refuse(f"{where} has {key}, which means nothing here", _among(key, known))

    def _refuse(self, what: str, why: str) -> NoReturn:
        raise WrongUsage(f"{what} ({self._path}).", f"{why}.", "Mend that line.")


def _among(word: str, known: Any) -> str:
    close = get_close_matches(word, known, 1)
    return f"Perhaps {close[0]} is meant" if close else f"There are {', '.join(sorted(known)) or 'none'}"


def _like(name: str) -> str:
    from getty_token.operations import OPERATIONS

    close = get_close_matches(name, [operation.name for operation in OPERATIONS], 1, 0.75)
    return f"Perhaps {close[0]} is meant" if close else "Write it like GET /v3/search/images/creative"
