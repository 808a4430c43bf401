"""A redirect rule as a value, and reading rules out of `_redirects` and `[[redirects]]`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from getty_emulator.netlify.netlify_toml import FILE as TOML
from getty_emulator.netlify.settings import Finding, Settings
from getty_emulator.netlify.site_files import apart, texts
from getty_emulator.netlify.web_urls import address

FILE = "_redirects"
CONDITIONS = ("Language", "Country", "Role", "Cookie")
"""The conditions there are. A rule with another one never applies."""

MOST_SPLATS = 4
"""With one more, an address of a hundred slashes would take a second to match, with two half a minute."""

_SPACE = re.compile(r"[\s\ufeff]+")
_STATUS = re.compile(r"\s*[+-]?\d+")


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One rule. `file` and `line` say where it stands.

    `path` is its `from` without scheme and host; `query` names the parameters that must be there, each with a value or
    a `:placeholder`. `conditions` are Language, Country, Role and Cookie, each with what would do.
    """

    file: str = field(compare=False)
    line: int = field(compare=False)
    path: str
    target: str
    status: int = 301
    force: bool = False
    scheme: str = ""
    host: str = ""
    query: tuple[tuple[str, str], ...] = ()
    conditions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    signed: str = ""

    @property
    def place(self) -> str:
        """`_redirects:12`"""
        return f"{self.file}:{self.line}"

    @property
    def source(self) -> str:
        """Its `from` as it was written."""
        return f"{self.scheme}://{self.host}{self.path}" if self.host else self.path

    @property
    def redirects(self) -> bool:
        """Whether it sends the browser elsewhere. 400 does too, in netlify-cli."""
        return 300 <= self.status <= 400

    def __str__(self) -> str:
        query = "".join(f" {name}={value}" for name, value in self.query)
        conditions = "".join(f" {name}={','.join(values)}" for name, values in self.conditions)
        return f"{self.source}{query} {self.target} {self.status}{'!' if self.force else ''}{conditions}"


def read(settings: Settings) -> tuple[tuple[Rule, ...], list[Finding]]:
    """
    The rules of a site in the order in which they are tried, and those that cannot be used.

    Netlify's order: `_redirects` in the site's folder (only its command line looks there), that of the publish folder,
    then netlify.toml. Of rules that are alike the last counts, as there.
    """
    findings: list[Finding] = []
    found = [each for name, text in texts(settings, FILE, findings) for each in of_file(text, name)]
    rules, wrong = apart([*found, *of_tables(settings.redirects)], Rule)
    last = {rule: number for number, rule in enumerate(rules)}
    return tuple(rule for number, rule in enumerate(rules) if last[rule] == number), findings + wrong


def of_file(text: str, name: str = FILE) -> Iterator[Rule | Finding]:
    """The rules of a `_redirects` file; a finding in the place of each line that is none."""
    for number, line in enumerate(text.split("\n"), 1):
        words = _SPACE.split(_SPACE.sub(" ", line).strip(" "))
        words = words[: next((place for place, word in enumerate(words) if word.startswith("#")), None)]
        if not words or words == [""]:
            continue
        try:
            yield _line(words, name, number)
        except ValueError as error:
            yield Finding(name, number, str(error))


def _line(words: list[str], file: str, line: int) -> Rule:
    """`from [query] [to] [status[!]] [conditions]`"""
    source, *parts = words
    if not parts:
        raise ValueError("Missing destination path/URL")
    if _STATUS.match(parts[0]):
        queries, target, rest = [], None, parts
    else:
        place = next((place for place, part in enumerate(parts) if part.startswith(("/", "http://", "https://"))), None)
        if place is None:
            raise ValueError('The destination path/URL must start with "/", "http:" or "https:"')
        queries, target, rest = parts[:place], parts[place], parts[place + 1 :]
    status = rest[0] if rest else None
    table = {
        "from": source,
        "to": target,
        "query": _pairs(queries),
        "status": status,
        "force": bool(status and _STATUS.match(status) and status.endswith("!")),
        "conditions": _pairs(rest[1:]),
    }
    return _rule({key: value for key, value in table.items() if value is not None}, file, line)


def _pairs(words: list[str]) -> dict[str, str]:
    # A name without a value asks for nothing; a second equals sign ends the value, as in netlify-cli.
    split = (word.split("=") for word in words)
    return {parts[0]: parts[1] for parts in split if len(parts) > 1}


def of_tables(tables: Iterable[tuple[int, Any]], name: str = TOML) -> Iterator[Rule | Finding]:
    """The rules of `[[redirects]]`; a finding in the place of each table that is none."""
    for line, table in tables:
        try:
            if not isinstance(table, dict):
                raise ValueError(f"a redirect is {table!r}; it has to be a table")
            yield _rule(table, name, line)
        except ValueError as error:
            yield Finding(name, line, str(error))


_OLDER_NAMES = {
    "from": ("origin",),
    "to": ("destination",),
    "query": ("params", "parameters"),
    "signed": ("signing", "sign"),
}


def _rule(table: Mapping[str, Any], file: str, line: int) -> Rule:
    """Raises ValueError with what is wrong."""
    values = dict(table)
    for name, olders in _OLDER_NAMES.items():
        given = [values[each] for each in (name, *olders) if values.get(each) is not None]
        values[name] = given[0] if given else None
    source, target = values["from"], values["to"]
    if source is None:
        raise ValueError('Missing "from" field')
    if not isinstance(source, str):
        raise ValueError(f'"from" is {source!r}; it has to be a path')
    status = _status(values.get("status"))
    if target is None and source.endswith("/*") and 200 <= status < 300 and "status" in values:
        target = source[:-2] + "/:splat"
    if target is None:
        raise ValueError('Missing "to" field')
    if not isinstance(target, str) or not target:
        raise ValueError(f'"to" is {target!r}; it has to be a path or an address')
    force = values.get("force", False)
    if not isinstance(force, bool | int):
        raise ValueError(f'"force" is {force!r}; it is true or false')
    scheme, host, path = _from(source)
    return Rule(
        file,
        line,
        path,
        target,
        status,
        bool(force),
        scheme,
        host,
        tuple((key, _word(value)) for key, value in _table(values.get("query"), "query").items()),
        _conditions(_table(values.get("conditions"), "conditions")),
        _headers(_table(values.get("headers"), "headers")),
        str(values["signed"] or ""),
    )


def _from(source: str) -> tuple[str, str, str]:
    scheme, host, path = "", "", source
    if source.startswith(("http://", "https://")):
        try:
            found = address(source)
        except ValueError as error:
            raise ValueError(f"Invalid URL: {error}") from None
        scheme, host, path = found.scheme, found.host, found.path
    if path.startswith("/.netlify"):
        raise ValueError('"path" field must not start with "/.netlify"')
    if sum(segment.endswith("*") for segment in path.split("/")) > MOST_SPLATS:
        raise ValueError(f"The path has more than {MOST_SPLATS} splats, which would take too long to match")
    return scheme, host, path if path.startswith("/") else f"/{path}"


def _status(given: object) -> int:
    if given is None:
        return 301
    found = _STATUS.match(str(given)) if not isinstance(given, bool) else None
    if not found:
        raise ValueError(f"Invalid status code: {given}")
    # netlify-cli takes any number here, and ends when it has to send one that HTTP does not have.
    if not 200 <= (status := int(found[0][:9])) < 1000:
        raise ValueError(f"Invalid status code: {given}; a rule's is from 200 to 999")
    return status


def _conditions(table: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    conditions = []
    for name, value in table.items():
        name = next((known for known in CONDITIONS if name in (known, known.lower()) and name != "cookie"), name)
        words = value if isinstance(value, list) else re.split(r"\s*,\s*", _word(value).strip())
        conditions.append((name, tuple(_word(word) for word in words)))
    return tuple(sorted(conditions))


def _headers(table: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    fields = tuple((str(name), _word(value)) for name, value in table.items())
    for name, value in fields:
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or not re.fullmatch(r"[\t\x20-\x7e]*", value):
            raise ValueError(f"{name[:60]!r} in headers is no header field")
    return fields


def _table(value: object, name: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f'"{name}" is {value!r}; it has to be a table')
    return value


def _word(value: object) -> str:
    return ("false", "true")[value] if isinstance(value, bool) else str(value)
