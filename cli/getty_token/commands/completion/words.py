"""Candidates for the values of options and arguments. Reads small files at most, and imports nothing heavy."""

import os
import tomllib
from typing import Any

from getty_token.config import config_folder
from getty_token.profiles import saved

PROJECT_FILE = "getty-token.toml"  # as in getty_emulator.netlify.project, whose import costs 30 ms


def profiles() -> list[str]:
    """The accounts that are saved."""
    return saved(config_folder())


def functions() -> list[tuple[str, str]]:
    """The functions of the site in this folder: the built-in one, those of getty-token.toml, and Netlify's own."""
    defined = _toml(PROJECT_FILE).get("functions", {})
    named = [(name, str(table.get("endpoint", ""))) for name, table in defined.items() if isinstance(table, dict)]
    return [("getty", "every read that needs no account"), *named, *((name, "") for name in _of_netlify())]


def _of_netlify() -> list[str]:
    settings = _toml("netlify.toml")
    folder = settings.get("functions", {}).get("directory") or settings.get("build", {}).get("functions")
    try:
        names = os.listdir(folder or os.path.join("netlify", "functions"))
    except (OSError, TypeError):
        return []
    return sorted({name.partition(".")[0] for name in names if name[0] not in "._"})


def _toml(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except (OSError, ValueError):
        return {}
