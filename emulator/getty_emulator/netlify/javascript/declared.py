"""What a function says of itself in `config`, and the site of it in `[functions.NAME]` of netlify.toml."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from getty_emulator.netlify.javascript.patterns import Pattern, compiled


@dataclass(frozen=True, slots=True)
class Declared:
    """
    `paths` are where it answers instead of its usual address; none of `methods` is all of them.

    Raises BadPattern for a path that cannot be meant.
    """

    paths: tuple[Pattern, ...] = ()
    excluded: tuple[Pattern, ...] = ()
    methods: frozenset[str] = frozenset()
    prefer_static: bool = False
    background: bool = False
    schedule: str = ""

    @classmethod
    def read(cls, name: str, config: Mapping[str, Any], table: Mapping[str, Any], text: str) -> "Declared":
        """From `config`, the table of netlify.toml, and for `schedule("...", handler)` the text of the file."""
        wrapped = re.search(r"""\bschedule\(\s*["'`]([^"'`]+)["'`]""", text)
        schedule = config.get("schedule") or table.get("schedule") or (wrapped[1] if wrapped else "")
        return cls(
            tuple(compiled(path) for path in _words(config.get("path"))),
            tuple(compiled(path) for path in _words(config.get("excludedPath"))),
            frozenset(method.upper() for method in _words(config.get("method"))),
            config.get("preferStatic") is True,
            name.endswith("-background") or config.get("background") is True or table.get("background") is True,
            schedule if isinstance(schedule, str) else "",
        )

    def path_for(self, path: str, method: str) -> Pattern | None:
        """Which of its paths a request means."""
        if self.methods and method not in self.methods:
            return None
        found = next((pattern for pattern in self.paths if pattern.matches(path)), None)
        return None if found and any(pattern.matches(path) for pattern in self.excluded) else found


def _words(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    return tuple(dict.fromkeys(word for word in value if isinstance(word, str))) if isinstance(value, list) else ()
