"""All rules of a site, read anew when one of their files changed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from getty_emulator.netlify import header_rules, netlify_toml, rules
from getty_emulator.netlify.header_rules import HeaderRule
from getty_emulator.netlify.matching import Table
from getty_emulator.netlify.settings import Finding, Settings
from getty_token.errors import WrongUsage

LOOK = 0.2
"""Seconds between two looks at the files. Nobody looks while nobody asks."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the files of a site say, and what of them cannot be used."""

    settings: Settings
    redirects: Table
    headers: tuple[HeaderRule, ...]
    findings: tuple[Finding, ...]


def read(folder: Path) -> Rules:
    """The rules of the site in `folder`. Raises WrongUsage if its netlify.toml is not TOML."""
    settings = netlify_toml.load(folder)
    redirects, wrong_redirects = rules.read(settings)
    headers, wrong_headers = header_rules.read(settings)
    findings = (*settings.findings, *wrong_redirects, *wrong_headers)
    return Rules(settings, Table(redirects, settings.role_tokens), headers, findings)


class Book:
    """The rules as they stand. `warn` is told what cannot be used after a change; `clock` counts seconds."""

    def __init__(self, folder: Path, warn: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._warn = warn
        self._clock = clock
        self._rules = read(folder)
        self._seen = self._stamps()
        self._looked = clock()

    @property
    def rules(self) -> Rules:
        """The rules, no older than a moment. With a netlify.toml that is broken, those from before it broke."""
        now = self._clock()
        if now - self._looked >= LOOK:
            self._looked = now
            if (stamps := self._stamps()) != self._seen:
                self._seen = stamps
                publish = self._rules.settings.publish
                try:
                    self._rules = read(self._folder)
                except WrongUsage as error:
                    self._warn(f"{error.sentence} The rules from before stay.")
                else:
                    if self._rules.settings.publish != publish:
                        self._seen = self._stamps()
                    for finding in self._rules.findings:
                        self._warn(str(finding))
        return self._rules

    def _stamps(self) -> tuple[object, ...]:
        publish = self._rules.settings.publish
        files = [self._folder / netlify_toml.FILE]
        files += [folder / name for folder in (self._folder, publish) for name in (rules.FILE, header_rules.FILE)]
        return tuple(_stamp(file) for file in files)


def _stamp(file: Path) -> object:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
