"""`getty-token scan`: everything searched, and what was found."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from getty_token import credentials
from getty_token.commands.leaks import places
from getty_token.commands.leaks.search import Find, Search
from getty_token.commands.wiring import Setup
from getty_token.errors import StoreError

AT_ONCE = 1000
"""Finds after which a scan stops: a thousand lines say no more than ten."""


@dataclass(slots=True)
class Report:
    """What a scan has found so far. `finds` are pairs of a place in words and what is there."""

    searched: int = 0
    finds: list[tuple[str, Find]] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    looked_for: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As data."""
        return {
            "found": [
                {"place": place, "line": find.line, "secret": find.secret, "inside": find.inside.rstrip(": ")}
                for place, find in self.finds
            ],
            "searched": self.searched,
            "looked_for": self.looked_for,
            "unread": [{"place": place, "why": why} for place, why in self.unread],
        }


def secrets(setup: Setup) -> dict[str, str]:
    """
    What must not be anywhere: the API key and secret, and the current token if there is one.

    Raises CredentialsError.
    """
    pair = setup.credentials()
    found = {"API key": pair.api_key, "API secret": pair.api_secret}
    try:
        token = setup.store(credentials.locate(setup.environment, setup.config).fingerprint).get().record.token
    except StoreError:
        token = None
    if token is not None:
        found["access token"] = token.access_token
    return found


def scan(
    wanted: dict[str, str],
    paths: list[Path],
    history: Path | None,
    on_place: Callable[[int], None] = lambda count: None,
) -> Report:
    """Search `paths`, and the history of the repository `history`. Raises WrongUsage, GettyTokenError."""
    search, home = Search(wanted), Path.cwd()
    report = Report(looked_for=[name for name in wanted if name not in search.too_short])
    for place in places.files(places.existing(paths), home):
        _look(place, search, report, search.scrubbed)
        on_place(report.searched)
    if history is not None:
        for place in places.history(history):
            _look(place, search, report, lambda name: search.scrubbed(places.known_as(history, name)))
            on_place(report.searched)
    return report


def _look(place: places.Place, search: Search, report: Report, named: Callable[[str], str]) -> None:
    if len(report.finds) >= AT_ONCE:
        return
    report.searched += 1
    if place.unread:
        report.unread.append((named(place.name), place.unread))
    found = list(dict.fromkeys(search.finds(place.content)))
    if found:
        name = named(place.name)
        report.finds += [(name, find) for find in found[: AT_ONCE - len(report.finds)]]
