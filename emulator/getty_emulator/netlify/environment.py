"""
The environment of a site's functions, each variable with where it came from.

Netlify's order: the process, `.env.development.local`, `.env.local`, `.env.development`, `.env`,
`[context.dev.environment]`, `[build.environment]`, and last what Netlify itself says of the site.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from getty_emulator.netlify.settings import Finding, Settings

ENV_FILES = (".env.development.local", ".env.local", ".env.development", ".env")
"""The first wins."""

PROCESS = "the environment"

_ASSIGNMENT = re.compile(
    r"""
    ^\s* (?:export\s+)? ([\w.-]+) (?:\s*=\s*?|:\s+?)
    ( \s*'(?:\\'|[^'])*' | \s*"(?:\\"|[^"])*" | \s*`(?:\\`|[^`])*` | [^\#\n]+ )?
    \s* (?:\#.*)? $
    """,
    re.MULTILINE | re.VERBOSE | re.ASCII,
)
"""https://github.com/motdotla/dotenv/blob/master/README.md#what-rules-does-the-parsing-engine-follow"""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable; its value may be a secret. `origin` is the file or table that set it."""

    value: str = field(repr=False)
    origin: str


def environment(
    settings: Settings, process: Mapping[str, str], address: str = "", branch: str = ""
) -> tuple[dict[str, Variable], list[Finding]]:
    """
    Every variable that a function of the site sees, and the `.env` files that could not be read.

    `process` is the environment of this process, which wins, also with an empty value. `address` is where the site is
    served, such as `http://localhost:8888`.
    """
    files, findings = _files(settings)
    layers = [
        ("getty-token", _of_netlify(address, branch)),
        ("[build.environment]", settings.build_environment),
        ("[context.dev.environment]", settings.context_environment),
        *reversed(files),
        (PROCESS, process),
        # Whoever asks wants to know that this is a developer's machine, whatever else is set.
        ("getty-token", {"NETLIFY_DEV": "true", "NETLIFY_LOCAL": "true"}),
    ]
    variables = {name: Variable(value, origin) for origin, layer in layers for name, value in layer.items()}
    return variables, findings


def values(variables: Mapping[str, Variable]) -> dict[str, str]:
    """Names and values only, as a process takes them."""
    return {name: variable.value for name, variable in variables.items()}


def read_env(text: str) -> dict[str, str]:
    """
    The variables of a `.env` file, as Node's dotenv reads it, which Netlify does with.

    It differs from python-dotenv where it hurts: an unquoted value ends at any `#`, a value may stand in backticks, and
    double quotes know two escapes, for a line's end. Neither fills in a `${NAME}` here.
    """
    found = {}
    for name, value in _ASSIGNMENT.findall(text.replace("\r\n", "\n").replace("\r", "\n")):
        value = value.strip()
        quote = value[:1]
        if quote and quote in "'\"`" and len(value) > 1 and value.endswith(quote):
            value = value[1:-1]
        if quote == '"':
            value = value.replace("\\n", "\n").replace("\\r", "\r")
        if "\0" not in value:  # which no process can have
            found[name] = value
    return found


def _files(settings: Settings) -> tuple[list[tuple[str, dict[str, str]]], list[Finding]]:
    names: Iterable[str] = settings.env_files if settings.env_files is not None else ENV_FILES
    files, findings = [], []
    for name in names:
        path = settings.folder / name
        if not _is_file(path):
            continue
        try:
            files.append((name, read_env(path.read_text(encoding="utf-8-sig"))))
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            findings.append(Finding(name, 0, f"cannot be read: {why}"))
    return files, findings


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _of_netlify(address: str, branch: str) -> dict[str, str]:
    # The names netlify dev sets. SITE_ID and the like belong to a site that is linked, and offline none is.
    variables = {"CONTEXT": "dev", "URL": address, "DEPLOY_URL": address, "BRANCH": branch, "HEAD": branch}
    return {name: value for name, value in variables.items() if value}
