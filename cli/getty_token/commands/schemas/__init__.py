"""What `--json` prints, as JSON Schema: one file for each command, tested against what the command says."""

import json
from importlib import resources
from typing import Any


def names() -> list[str]:
    """The commands that have one; `store-verify` is that of `store verify`."""
    files = (each.name for each in resources.files(__package__).iterdir())
    return sorted(name.removesuffix(".json") for name in files if name.endswith(".json"))


def text(name: str) -> str:
    """The schema of the command called `name`, as it is written."""
    return resources.files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8").rstrip()


def load(name: str) -> dict[str, Any]:
    """The same, read."""
    schema: dict[str, Any] = json.loads(text(name))
    return schema
