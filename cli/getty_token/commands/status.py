"""`getty-token status`: what is so, where it came from, what to do. Asks nobody and writes nothing."""

import time
from datetime import datetime
from typing import Any

from getty_token import credentials
from getty_token.commands.terminal import out, show_json
from getty_token.config import windows
from getty_token.errors import NoCredentials
from getty_token.profiles import DEFAULT
from getty_token.setup import Setup
from getty_token.stores.record import Record
from getty_token.tokens import Age

NOT_FRESH = 3
"""Exit code when there is no fresh token."""


def report(setup: Setup, now: float) -> dict[str, Any]:
    """Everything `status` knows, as plain data."""
    try:
        found = credentials.locate(setup.environment, setup.config)
    except NoCredentials as error:
        record, store, origin, mend = Record(), setup.store("nobody").name, None, error.mend
    else:
        home = setup.store(found.fingerprint)
        record, store, origin, mend = home.get().record, home.name, found.origin, ""
    token = record.token
    age = token.age(now, windows(setup.environment)) if token else Age.ABSENT
    trouble = record.trouble
    return {
        "schema_version": 1,
        "state": age.value,
        "seconds_left": max(0, int(token.expires_at - now)) if token else 0,
        "expires_at": _iso(token.expires_at) if token else None,
        "requested_at": _iso(token.requested_at) if token else None,
        "requested_by": token.requested_by if token else None,
        "token_requests": token.requests if token else trouble.failures if trouble else 0,
        "profile": setup.environment.profile.value,
        "store": store,
        "credentials": origin,
        "getty": setup.upstream.api_url.value,
        "failing": trouble.as_error(now).sentence if trouble else None,
        "next": mend or ("" if age is Age.FRESH else trouble.mend if trouble else "Run `getty-token refresh`."),
    }


def show(as_json: bool = False) -> int:
    """Print the report; gives the exit code."""
    facts = report(Setup.here(), time.time())
    if as_json:
        show_json(facts)
    else:
        print(_text(facts))
    return 0 if facts["state"] == Age.FRESH.value else NOT_FRESH


def _text(facts: dict[str, Any]) -> str:
    state = facts["state"]
    lines = [("token", _painted(state))]
    if facts["expires_at"]:
        left, until = facts["seconds_left"], _clock(facts["expires_at"])
        tense = f"{_duration(left)} left, until {until}" if state != Age.EXPIRED.value else f"since {until}"
        requests = facts["token_requests"]
        lines[0] = ("token", f"{_painted(state)}, {tense}")
        lines.append(
            ("refreshed", f"{_clock(facts['requested_at'])} by {facts['requested_by'] or 'an unknown program'}")
        )
        lines.append(("cost", f"{requests} token request{'s' * (requests != 1)} this lifetime"))
    if facts["profile"] != DEFAULT:
        lines.append(("profile", facts["profile"]))
    lines.append(("store", facts["store"]))
    lines.append(("credentials", facts["credentials"] or "none"))
    lines.append(("getty", facts["getty"]))
    if facts["failing"]:
        lines.append(("failing", facts["failing"]))
    if facts["next"]:
        lines.append(("next", facts["next"]))
    return out().pairs(lines, gap=1)


def _painted(state: str) -> str:
    style = {"fresh": "good", "stale": "warn", "expired": "bad"}.get(state)
    return out().paint(state, style) if style else state


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment).astimezone().isoformat(timespec="seconds")


def _clock(iso: str) -> str:
    moment = datetime.fromisoformat(iso)
    today = datetime.now().astimezone().date()
    return moment.strftime("%H:%M:%S" if moment.date() == today else "%Y-%m-%d %H:%M:%S")
