"""Scheduled functions: when the next run would be, and what Netlify's tool answers to whoever does not wait for it."""

import html
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha1
from typing import Any

from getty_emulator.exchange import Answer

_NAMED = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_DAYS = {name: number for number, name in enumerate("sun mon tue wed thu fri sat".split())}


def next_run(schedule: str, now: datetime) -> str:
    """
    When `schedule`, a cron expression in UTC, comes due after `now`, as Netlify tells it to the function.

    An empty text if it never does or is no cron expression.
    """
    fields = _NAMED.get(schedule.strip(), schedule).lower().split()
    try:
        minutes, hours, days, months, weekdays = (
            _field(field, low, high, names)
            for field, (low, high, names) in zip(
                fields, ((0, 59, {}), (0, 23, {}), (1, 31, {}), (1, 12, _MONTHS), (0, 7, _DAYS)), strict=True
            )
        )
    except ValueError:
        return ""
    weekdays = {day % 7 for day in weekdays}
    either = not fields[2].startswith("*") and not fields[4].startswith("*")
    moment = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    for _ in range(366 * 8):
        by_day, by_weekday = moment.day in days, (moment.weekday() + 1) % 7 in weekdays
        if moment.month in months and (by_day or by_weekday if either else by_day and by_weekday):
            for hour in sorted(hour for hour in hours if hour >= moment.hour):
                first = moment.minute if hour == moment.hour else 0
                if minute := sorted(minute for minute in minutes if minute >= first)[:1]:
                    return moment.replace(hour=hour, minute=minute[0]).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        moment = moment.replace(hour=0, minute=0) + timedelta(days=1)
    return ""


def _field(text: str, low: int, high: int, names: Mapping[str, int]) -> set[int]:
    values: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        begin = low if first in ("*", "?") else names.get(first) if first in names else int(first)
        end = high if first in ("*", "?") or (step and not last) else begin
        if last:
            end = names[last] if last in names else int(last)
        if begin is None or end is None or not (low <= begin <= high and end <= high):
            raise ValueError(text)
        values |= set(range(begin, end + 1, int(step or 1)))
    return values


def answer(path: str, accept: str, status: Any = None, keys: list[str] | None = None, error: str = "") -> Answer:
    """The explanation that stands for the answer, which in production nobody would see."""
    if "text/html" in accept:
        path, error, keys = html.escape(path), html.escape(error), [html.escape(key) for key in keys or ()]
    said = [
        f"You performed an HTTP request to <code>{path}</code>, which is a scheduled function.\n"
        "You can do this to test your functions locally, but it won't work in production."
    ]
    if error:
        said.append(
            f"There was an error during execution of your scheduled function:\n\n<pre><code>{error}</code></pre>"
        )
    if isinstance(status, int) and status >= 500:
        said.append(
            f"Your function returned a status code of <code>{status}</code>.\nAt the moment, Netlify does nothing "
            "about that. In the future, there might be a retry mechanism based on this."
        )
    if keys:
        names = ", ".join(f"<code>{key}</code>" for key in keys)
        said.append(f"Your function returned {names}. Is this an accident? It won't be interpreted by Netlify.")
    if "text/html" in accept:
        text, kind = "".join(f"<p>{paragraph}</p>" for paragraph in said), b"text/html; charset=utf-8"
    else:
        text, kind = "".join(f"{_plain(paragraph)}\n\n" for paragraph in said), b"text/plain; charset=utf-8"
    body = text.encode(errors="replace")
    return Answer(500 if error else 200, ((b"content-type", kind), (b"etag", etag(body))), body, "function", error)


def etag(body: bytes) -> bytes:
    """As Express makes it for what it sends whole: the length in hexadecimal, and 27 characters of a hash."""
    digest = b64encode(sha1(body, usedforsecurity=False).digest())[:27]
    return b'W/"%x-%s"' % (len(body), digest)


def _plain(text: str) -> str:
    text = text.replace("<pre><code>", "```\n").replace("</code></pre>", "\n```")
    return text.replace("<code>", "`").replace("</code>", "`")
