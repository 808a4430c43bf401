"""
The header fields that `_headers` and `[[headers]]` add to answers.

All rules whose path fits count, a later one over an earlier; netlify.toml comes last and so wins.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from getty_emulator.exchange import Headers
from getty_emulator.netlify.netlify_toml import FILE as TOML
from getty_emulator.netlify.settings import Finding, Settings
from getty_emulator.netlify.site_files import apart, texts

FILE = "_headers"
PASSWORDS = "basic-auth"
"""Names and passwords that Netlify's servers ask visitors for. netlify-cli sends them to every visitor; we do not."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
"""RFC 9110 5.5. Node refuses everything else at the moment of sending it; here it is told at the start."""


@dataclass(frozen=True, slots=True)
class HeaderRule:
    """Which paths get which fields."""

    file: str
    line: int
    path: str
    values: tuple[tuple[str, str], ...]
    pattern: re.Pattern[str]

    @property
    def place(self) -> str:
        """`_headers:3`"""
        return f"{self.file}:{self.line}"


def fields_for(rules: Iterable[HeaderRule], path: str) -> Headers:
    """The fields for `path`: percent-encoded, no query, that of the file which is sent."""
    found: dict[str, tuple[bytes, bytes]] = {}
    for rule in rules:
        if rule.pattern.match(path):
            for name, value in rule.values:
                if name.lower() != PASSWORDS:
                    found[name.lower()] = (name.lower().encode(), value.encode("latin-1"))
    return tuple(found.values())


def read(settings: Settings) -> tuple[tuple[HeaderRule, ...], list[Finding]]:
    """
    The header rules of a site, and what of them cannot be used.

    `_headers` of the site's folder (only Netlify's command line looks there), of the publish folder, then netlify.toml.
    """
    findings: list[Finding] = []
    found = [each for name, text in texts(settings, FILE, findings) for each in of_file(text, name)]
    rules, wrong = apart([*found, *of_tables(settings.headers)], HeaderRule)
    return tuple(rules), findings + wrong


def of_file(text: str, name: str = FILE) -> Iterator[HeaderRule | Finding]:
    """
    The rules of a `_headers` file: a path, below it the fields. A finding in the place of each line that is neither.

    The same field twice is one, its values joined.
    """
    path, begun, values = "", 0, dict[str, str]()
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("/"):
            yield from _made(path, values, name, begun)
            path, begun, values = line, number, {}
            continue
        field, colon, value = (part.strip() for part in line.partition(":"))
        if not colon:
            continue  # Netlify takes it for a remark
        if not path:
            yield Finding(name, number, f'Path should come before header "{field}"')
        elif wrong := _wrong(field, value):
            yield Finding(name, number, wrong)
        else:
            values[field] = f"{values[field]}, {value}" if field in values else value
    yield from _made(path, values, name, begun)


def of_tables(tables: Iterable[tuple[int, Any]], name: str = TOML) -> Iterator[HeaderRule | Finding]:
    """The rules of `[[headers]]`; a finding in the place of what is none."""
    for line, table in tables:
        path = table.get("for") if isinstance(table, dict) else None
        if not isinstance(path, str):
            yield Finding(name, line, 'Missing "for" field')
            continue
        given = table.get("values", {})
        if not isinstance(given, dict):
            yield Finding(name, line, f'"values" is {given!r}; it has to be a table')
            continue
        values, wrong = {}, ""
        for field, value in given.items():
            text = _joined(value)
            wrong = wrong or (f'"{field}" is {value!r}; it has to be a text' if text is None else "")
            wrong = wrong or _wrong(field.strip(), text or "")
            values[field.strip()] = text or ""
        # One wrong value takes the whole table with it, as in netlify-cli.
        yield from [Finding(name, line, wrong)] if wrong else _made(path.strip(), values, name, line)


def _joined(value: object) -> str | None:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(item.strip() for item in value)
    return None


def _wrong(field: str, value: str) -> str:
    if not field:
        return "Missing header name"
    if not value:
        return "Missing header value"
    if not _NAME.fullmatch(field):
        return f"{field[:60]!r} is no name of a header field"
    return (
        "" if _VALUE.fullmatch(_flat(value)) else f"the value of {field} has characters that no header field may have"
    )


def _flat(value: str) -> str:
    """`value` on one line, one space after each comma."""
    return re.sub(r"\s*,\s*", ", ", value)


def _made(path: str, values: Mapping[str, str], file: str, line: int) -> Iterator[HeaderRule]:
    if path and values:
        fields = tuple((name, _flat(value)) for name, value in values.items())
        yield HeaderRule(file, line, path, fields, _pattern(path))


def _pattern(path: str) -> re.Pattern[str]:
    """`*` alone takes the rest of the path or nothing, inside a segment anything; `:name` takes one segment."""
    parts = []
    for part in filter(None, (part.rstrip() for part in path.split("/"))):
        if part.startswith(":"):
            parts.append("[^/]+")
        elif part == "*":
            parts.append("?.*")
        else:
            # Beside a star a full stop is any character, as in netlify-cli, which does not escape it there.
            pieces = part.split("*")
            parts.append(".*".join(re.escape(piece).replace(r"\.", "." if pieces[1:] else r"\.") for piece in pieces))
    return re.compile(rf"/{'/'.join(parts)}/?\Z", re.IGNORECASE | re.DOTALL)
