"""What a site's `netlify.toml` says, as values. Reading the file is in netlify_toml.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from getty_emulator.netlify.role_tokens import RoleTokens


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a file of the site that cannot be used; the rest of the file is. `line` counts from 1, 0 is none."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"

    @property
    def place(self) -> str:
        """`_redirects:12`"""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """What `[functions]` and the tables that match a function's name say of it."""

    schedule: str = ""
    background: bool = False
    timeout: float | None = None
    """Seconds, where the file says so. Netlify itself takes it from the account."""
    node_bundler: str = ""
    external_node_modules: tuple[str, ...] = ()
    ignored_node_modules: tuple[str, ...] = ()
    included_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """
    A site's `netlify.toml`, its context merged in; the defaults where it says nothing.

    `functions` is the folder of functions, absolute, whether it exists or not. `publish` is that of the built site.
    `build_environment` is `[build.environment]`, `context_environment` that of `[context.dev.environment]`.
    `redirects` and `headers` are the tables as they stand, each with the line it begins on.
    """

    folder: Path
    functions: Path
    publish: Path
    function_tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    build_environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    context_environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    env_files: tuple[str, ...] | None = None
    port: int | None = None
    target_port: int | None = None
    role_tokens: RoleTokens = field(default_factory=RoleTokens)
    redirects: tuple[tuple[int, Any], ...] = ()
    headers: tuple[tuple[int, Any], ...] = ()
    findings: tuple[Finding, ...] = ()

    def function(self, name: str) -> FunctionSettings:
        """
        The settings of the function `name`: every table whose name matches, the one with most literal characters last.

        Lists add up, other values replace, as in Netlify's zip-it-and-ship-it.
        """
        matching = [pattern for pattern in self.function_tables if fnmatchcase(name, pattern)]
        merged: dict[str, Any] = {}
        for pattern in sorted(matching, key=_weight):
            for key, value in self.function_tables[pattern].items():
                merged[key] = [*merged[key], *value] if isinstance(merged.get(key), list) else value
        return FunctionSettings(
            schedule=merged.get("schedule", ""),
            background=merged.get("background", False),
            timeout=merged.get("timeout"),
            node_bundler=merged.get("node_bundler", ""),
            external_node_modules=tuple(merged.get("external_node_modules", ())),
            ignored_node_modules=tuple(merged.get("ignored_node_modules", ())),
            included_files=tuple(merged.get("included_files", ())),
        )


def _weight(pattern: str) -> int:
    wildcards = pattern.count("*")
    return len(pattern) - wildcards - bool(wildcards)
