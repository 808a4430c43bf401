"""
Reading `netlify.toml`: `[build]`, `[dev]`, `[functions]`, `[context.*]`, `[[redirects]]`, `[[headers]]`.

A value that cannot be used is a finding with its line, and the rest works; only a file that is no TOML is an error.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from getty_emulator.netlify.role_tokens import RoleTokens
from getty_emulator.netlify.settings import Finding, Settings
from getty_token.errors import WrongUsage

FILE = "netlify.toml"
CONTEXT = "dev"
"""The context that `netlify dev` runs in."""

DEFAULT_FUNCTIONS = ("netlify/functions", "netlify-automatic-functions")
_LISTS = frozenset({"external_node_modules", "ignored_node_modules", "included_files"})
_KINDS: Mapping[str, tuple[type, ...]] = {
    "schedule": (str,),
    "background": (bool,),
    "timeout": (int, float),
    "node_bundler": (str,),
    **dict.fromkeys(_LISTS, (list,)),
}
_KNOWN_FOR_ALL = frozenset({*_KINDS, "directory", "deno_import_map", "memory", "region", "vcpu"})


def load(folder: Path, context: str = CONTEXT) -> Settings:
    """
    The settings of the site in `folder`, with what its `context` says merged in.

    Raises WrongUsage for a file that is not TOML or cannot be read.
    """
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise WrongUsage(f"cannot read {path}.", f"{why}.", "Mend or remove that file.") from None
    return parse(text, folder, context)


def parse(text: str, folder: Path, context: str = CONTEXT) -> Settings:
    """The settings that `text` makes for a site in `folder`. Raises WrongUsage if it is not TOML."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        why = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "Its tables are nested too deep"
        raise WrongUsage(f"{folder / FILE} is not TOML.", f"{why}.", "Mend that line.") from None
    return _Reader(text, folder, context).settings(data)


class _Reader:
    def __init__(self, text: str, folder: Path, context: str) -> None:
        self._lines = text.splitlines()
        self._folder = folder
        self._context = context
        self._findings: list[Finding] = []

    def settings(self, data: dict[str, Any]) -> Settings:
        build, dev = self._table(data, "build"), self._table(data, "dev")
        functions = self._table(data, "functions")
        if isinstance(named := build.get("functions"), str):  # the older place, which [functions] overrides
            functions = {"directory": named, **functions}
        context = self._table(self._table(data, "context"), self._context)
        build_environment = self._environment(build, "[build.environment]")
        context_environment = self._environment(context, f"[context.{self._context}.environment]")
        inner = self._table(context, "build")
        context_environment |= self._environment(inner, f"[context.{self._context}.build.environment]")
        build, functions = build | inner | context, _deeper(functions, context.get("functions"))
        # [dev] wins over [build], as in netlify dev.
        publish, base = dev.get("publish") or build.get("publish"), self._word(build, "base")
        return Settings(
            folder=self._folder,
            functions=self._functions(dev.get("functions") or functions.get("directory"), base),
            publish=self._inside(publish, base, "publish") or self._usual_publish(base),
            function_tables=self._function_tables(functions),
            build_environment=build_environment,
            context_environment=context_environment,
            env_files=self._env_files(dev),
            port=self._port(dev, "port"),
            target_port=self._port(dev, "targetPort"),
            role_tokens=RoleTokens(
                self._word(dev, "jwtSecret") or RoleTokens().secret, self._word(dev, "jwtRolePath") or RoleTokens().path
            ),
            redirects=self._array(data, "redirects"),
            headers=self._array(data, "headers"),
            findings=tuple(self._findings),
        )

    def _functions(self, named: object, base: str) -> Path:
        if folder := self._inside(named, base, "functions"):
            return folder
        usual = [self._folder / base / name for name in DEFAULT_FUNCTIONS]
        return next((folder for folder in usual if folder.is_dir()), usual[0])

    def _usual_publish(self, base: str) -> Path:
        root = self._folder / base
        return root / "public" if any(root.glob("gatsby-config.*")) else root

    def _inside(self, named: object, base: str, what: str) -> Path | None:
        """The folder that `named` means. Netlify takes no folder outside the site, nor do we."""
        if named is None or named == "":
            return None
        if not isinstance(named, str) or "\0" in named:
            self._find(what, f"{what} is {named!r}; it names a folder")
            return None
        root = Path(self._folder).resolve()
        folder = (root / base.lstrip("/") / named.lstrip("/")).resolve()
        if not folder.is_relative_to(root):
            self._find(what, f"{what} is {named}, a folder outside the site")
            return None
        return folder

    def _function_tables(self, functions: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        # A key such as `schedule` right in [functions] is for all; a table, unless it looks like one, is a function's.
        for_all = {
            key: value for key, value in functions.items() if key in _KNOWN_FOR_ALL and not _function_table(value)
        }
        tables = {"*": self._checked(for_all, "[functions]")}
        for name, value in functions.items():
            if name in for_all:
                continue
            if not isinstance(value, dict):
                self._find(name, f"{name} in [functions] is {value!r}; it means nothing here")
                continue
            tables[name] = tables.get(name, {}) | self._checked(value, f'[functions."{name}"]')
        return tables

    def _checked(self, table: Mapping[str, Any], where: str) -> dict[str, Any]:
        kept = {}
        for key, value in table.items():
            if (kinds := _KINDS.get(key)) is None:
                continue  # for Netlify's build or for its servers
            if type(value) not in kinds or (key in _LISTS and not all(isinstance(item, str) for item in value)):
                self._find(key, f"{key} in {where} is {value!r}, which cannot be")
                continue
            kept[key] = value
        return kept

    def _environment(self, table: Mapping[str, Any], where: str) -> dict[str, str]:
        variables = {}
        for name, value in self._table(table, "environment", where).items():
            if isinstance(value, dict | list):
                self._find(name, f"{name} in {where} is no text")
                continue
            variables[name] = ("false", "true")[value] if isinstance(value, bool) else str(value)
        return variables

    def _env_files(self, dev: Mapping[str, Any]) -> tuple[str, ...] | None:
        named = dev.get("envFiles")
        if named is None:
            return None
        if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
            self._find("envFiles", f"envFiles in [dev] is {named!r}; it is a list of file names")
            return None
        return tuple(named)

    def _port(self, dev: Mapping[str, Any], key: str) -> int | None:
        port = dev.get(key)
        if port is not None and (type(port) is not int or not 0 < port < 65536):
            self._find(key, f"{key} in [dev] is {port!r}; a port is a whole number from 1 to 65535")
            return None
        return port

    def _array(self, data: Mapping[str, Any], key: str) -> tuple[tuple[int, Any], ...]:
        tables = data.get(key, [])
        if not isinstance(tables, list):
            self._find(key, f'"{key}" must be an array')
            return ()
        lines = list(self._begins(key))
        # Written as `redirects = [{...}, ...]` they all have the one line.
        lines += [self._line(key)] * (len(tables) - len(lines))
        return tuple(zip(lines, tables, strict=False))

    def _begins(self, key: str) -> Iterator[int]:
        begins = re.compile(rf"\s*\[\[\s*[\"']?{key}[\"']?\s*\]\]")
        return (number for number, line in enumerate(self._lines, 1) if begins.match(line))

    def _line(self, key: str) -> int:
        """The first line that sets `key` or opens its table; 0 if it cannot be told."""
        sets = re.compile(rf"\s*(\[+[^\]]*)?[\"']?{re.escape(key)}[\"']?\s*(=|\.|\])")
        return next((number for number, line in enumerate(self._lines, 1) if sets.match(line)), 0)

    def _table(self, table: Mapping[str, Any], key: str, where: str = "") -> dict[str, Any]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            self._find(key, f"{where or key} is {value!r}; it has to be a table")
            return {}
        return value

    def _word(self, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            self._find(key, f"{key} is no text")
            return ""
        return value

    def _find(self, key: str, message: str) -> None:
        self._findings.append(Finding(FILE, self._line(key), message))


def _function_table(value: object) -> bool:
    """Whether `value` is a table of settings, so that even a function called `schedule` can have one."""
    return isinstance(value, dict) and all(key in _KNOWN_FOR_ALL for key in value)


def _deeper(table: Mapping[str, Any], over: object) -> dict[str, Any]:
    """`table` with `over` merged in, tables into tables."""
    merged = dict(table)
    if isinstance(over, dict):
        for key, value in over.items():
            both = isinstance(value, dict) and isinstance(merged.get(key), dict)
            merged[key] = _deeper(merged[key], value) if both else value
    elif isinstance(over, str):  # [context.dev] functions = "..."
        merged["directory"] = over
    return merged
