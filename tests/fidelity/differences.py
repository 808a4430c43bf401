"""Where two answers differ, part by part, and why we leave it so."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from fidelity.wire import Answer

ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of an answer that is not as recorded: `status`, `header server`, `body`, `body.headers.x-nf-geo`."""

    request: str
    part: str
    netlify: str
    ours: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some differences stay. `requests` and `parts` are patterns as in a shell, the first that fits counts."""

    why: str
    requests: tuple[str, ...]
    parts: tuple[str, ...]

    def covers(self, difference: Difference) -> bool:
        """Whether this is the reason for `difference`."""
        return any(fnmatchcase(difference.request, each) for each in self.requests) and any(
            fnmatchcase(difference.part, each) for each in self.parts
        )


def between(request: str, netlify: Answer | None, ours: Answer | None) -> list[Difference]:
    """Every part in which the answers to `request` differ."""
    theirs, mine = dict(_parts(netlify)), dict(_parts(ours))
    return [
        Difference(request, part, theirs.get(part, ABSENT), mine.get(part, ABSENT))
        for part in sorted(theirs.keys() | mine.keys())
        if theirs.get(part, ABSENT) != mine.get(part, ABSENT)
    ]


def _parts(answer: Answer | None) -> Iterator[tuple[str, str]]:
    if answer is None:
        yield "answer", "none"
        return
    yield "status", str(answer["status"])
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in answer["headers"]:
        fields[name].append(value)
    for name, values in fields.items():
        yield f"header {name}", " | ".join(values)
    try:
        body = json.loads(answer["body"])
    except ValueError:
        body = answer["body"]
    yield from _members("body", body)


def _members(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from _members(f"{name}.{key}", member)
    else:
        yield name, json.dumps(value, ensure_ascii=False)


def report(asked: Mapping[str, list[Difference]], reasons: list[Reason]) -> str:
    """What stands in REPORT.md: how many answers are the same, and the reason for each that is not."""
    covered: defaultdict[str, list[Difference]] = defaultdict(list)
    unexplained = []
    for found in asked.values():
        for difference in found:
            reason = next((each for each in reasons if each.covers(difference)), None)
            covered[reason.why].append(difference) if reason else unexplained.append(difference)
    same = sum(not found for found in asked.values())
    status = sum(not any(each.part in ("status", "answer") for each in found) for found in asked.values())
    lines = [
        "# How close to Netlify's own command line",
        "",
        "Made by `pytest -m fidelity`; the answers of netlify-cli were recorded by `record.py` and stand in",
        "`recordings.json`. A difference that has no reason here fails the test.",
        "",
        f"{len(asked)} requests: {status} answered with the same status, {same} alike in every part.",
        "What names the software (`Server`, `X-Powered-By`), numbers a request or tells the time is not compared.",
        "",
        "| why we differ | requests | for example | netlify-cli | getty-token |",
        "|---|---|---|---|---|",
    ]
    for reason in reasons:
        if found := covered.get(reason.why):
            first = found[0]
            count = len({each.request for each in found})
            cells = (reason.why, f"{count}", f"{first.request}: {first.part}", first.netlify, first.ours)
            lines.append("| " + " | ".join(_cell(each) for each in cells) + " |")
    if unexplained:
        lines += ["", "Without a reason:", ""]
        lines += [f"- {each.request}: {each.part}: {_cell(each.netlify)} / {_cell(each.ours)}" for each in unexplained]
    return "\n".join(lines) + "\n"


def unexplained(asked: Mapping[str, list[Difference]], reasons: list[Reason]) -> list[Difference]:
    """The differences that no reason covers."""
    return [each for found in asked.values() for each in found if not any(reason.covers(each) for reason in reasons)]


def unused(asked: Mapping[str, list[Difference]], reasons: list[Reason]) -> list[Reason]:
    """The reasons that nothing needs."""
    counted = Counter(
        next((number for number, reason in enumerate(reasons) if reason.covers(each)), -1)
        for found in asked.values()
        for each in found
    )
    return [reason for number, reason in enumerate(reasons) if not counted[number]]


def _cell(text: str) -> str:
    text = text.replace("|", "\\|").replace("\n", " ").replace("`", "'")
    return text if len(text) <= 160 else text[:157] + "..."
