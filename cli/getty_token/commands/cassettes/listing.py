"""`cassette ls` and `cassette show`."""

import base64
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from getty_emulator.replay.cassette_file import Interaction, read_placed
from getty_emulator.replay.layout import reason_phrase
from getty_emulator.replay.pictures import FOLDER
from getty_emulator.replay.shelf import Shelf, cassettes
from getty_token.commands import terminal
from getty_token.commands.cassettes.places import Place, label
from getty_token.errors import CassetteError


def listed(folder: Path) -> dict[str, Any]:
    """The cassettes of `folder`, and the thumbnails beside them."""
    known = {name: count for name, _, count in Shelf.open(folder, lambda message: None).index.files}
    pictures = [path.stat().st_size for path in (folder / FOLDER).glob("*") if path.is_file()]
    return {
        "folder": str(folder),
        "cassettes": [
            _facts(path, name := path.relative_to(folder).as_posix(), known.get(name))
            for path in cassettes(folder, lambda message: None)
        ],
        "media": {"files": len(pictures), "bytes": sum(pictures)},
    }


def in_a_table(found: dict[str, Any]) -> str:
    """The same for a person."""
    now = time.time()
    rows = [
        (
            each["name"],
            "-" if each["interactions"] is None else f"{each['interactions']:,}",
            size(each["bytes"]),
            age(now - datetime.fromisoformat(each["modified"]).timestamp()),
        )
        for each in found["cassettes"]
    ]
    lines = [terminal.out().table(("cassette", "interactions", "size", "age"), rows)] if rows else []
    if media := found["media"]["files"]:
        lines.append(f"{media:,} thumbnails, {size(found['media']['bytes'])}")
    return "\n".join(lines)


def interactions(place: Place) -> list[dict[str, Any]]:
    """Each interaction at `place` on its own: what was asked and what came."""
    return [
        {
            "name": label(place, number),
            "method": each.call.method,
            "uri": each.uri,
            "status": each.answer.status,
            "bytes": len(each.answer.body),
        }
        for number, each in place.interactions()
    ]


def as_json(name: str, interaction: Interaction) -> dict[str, Any]:
    """One interaction, its body as JSON where it is."""
    call, answer = interaction.call, interaction.answer
    return {
        "name": name,
        "request": {
            "method": call.method,
            "uri": interaction.uri,
            "headers": dict(call.headers),
            "body": _body(call.body),
        },
        "response": {
            "status": answer.status,
            "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in answer.headers],
            "body": _body(answer.body),
        },
    }


def as_text(interaction: Interaction) -> str:
    """One interaction as HTTP would have it, the body indented."""
    call, answer = interaction.call, interaction.answer
    screen = terminal.out()
    lines = [screen.paint(f"{call.method} {interaction.uri}", "bold")]
    lines += [f"{name}: {value}" for name, value in call.headers.items()]
    lines += ["", *_pretty(call.body)] if call.body else []
    status = f"{answer.status} {reason_phrase(answer.status)}".rstrip()
    lines += ["", screen.paint(status, "good" if answer.status < 300 else "bad")]
    lines += [f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in answer.headers]
    lines += ["", *_pretty(answer.body)]
    return "\n".join(_printable(line, screen.colour) for line in lines)


def size(number: int) -> str:
    """Bytes for a person: `1.2 MB`."""
    for unit, bytes_in_it in (("MB", 1_000_000), ("KB", 1_000)):
        if number >= bytes_in_it:
            return f"{number / bytes_in_it:.1f} {unit}"
    return f"{number} B"


def age(seconds: float) -> str:
    """A time for a person: `3 d`, `5 min`."""
    for unit, seconds_in_it in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= seconds_in_it:
            return f"{seconds // seconds_in_it:.0f} {unit}"
    return "now"


def _facts(path: Path, name: str, count: int | None) -> dict[str, Any]:
    seen = path.stat()
    problem = None
    if count is None:
        try:
            count = len(read_placed(path))
        except CassetteError as error:
            problem = error.sentence
    modified = datetime.fromtimestamp(seen.st_mtime, UTC).isoformat(timespec="seconds")
    return {
        "name": name,
        "interactions": count,
        "bytes": seen.st_size,
        "modified": modified,
        "problem": problem,
    }


def _body(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        pass
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _pretty(body: bytes) -> list[str]:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False).splitlines()
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace").splitlines()


def _printable(line: str, colour: bool) -> str:
    # A recording is whatever a server said: no escape sequence of its may reach the terminal.
    kept = "\x1b" if colour and line.startswith("\x1b[") else ""
    return "".join(each if each.isprintable() or each == kept else "\ufffd" for each in line)
