"""
Recordings as HTTP Archives (HAR 1.2), which browsers save and other tools read.

http://www.softwareishard.com/blog/har-12-spec/
"""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.canonical import API_URL
from getty_emulator.replay.cassette_file import Interaction
from getty_emulator.replay.layout import reason_phrase
from getty_token.errors import CassetteError
from getty_token.operations import operations_at

_FUNCTIONS = "/.netlify/functions/getty"


def archived(interactions: Iterable[tuple[Interaction, float]], version: str) -> dict[str, Any]:
    """An archive of `interactions`, each with its time in Unix seconds; `version` is ours."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "getty-token", "version": version},
            "entries": [_entry(each, at) for each, at in interactions],
        }
    }


def exchanges(archive: bytes) -> Iterator[tuple[Call, Answer]]:
    """
    The exchanges with Getty in `archive`: with its API, or through our function on the way to it.

    Raises CassetteError if it is no archive.
    """
    try:
        entries = json.loads(archive)["log"]["entries"]
        for entry in entries:
            if found := _exchange(entry["request"], entry["response"]):
                yield found
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CassetteError("that is no HTTP Archive.", "It has no log of entries as HAR 1.2 describes it.") from error


def _exchange(request: dict[str, Any], response: dict[str, Any]) -> tuple[Call, Answer] | None:
    address = urlsplit(request["url"])
    path = address.path.removeprefix(_FUNCTIONS)
    if address.hostname != urlsplit(API_URL).hostname and not operations_at(path):
        return None
    sent = {each["name"].lower(): each["value"] for each in request.get("headers", []) if each["name"][:1] != ":"}
    body = ((request.get("postData") or {}).get("text") or "").encode()
    headers = tuple(
        (each["name"].lower().encode("latin-1"), each["value"].encode("latin-1", "replace"))
        for each in response.get("headers", [])
        if each["name"][:1] != ":"
    )
    # A browser saves bodies decoded and leaves the field that said how they were encoded.
    headers = tuple(field for field in headers if field[0] != b"content-encoding")
    status = int(response["status"])
    if not 200 <= status <= 599:
        return None  # what was blocked or cancelled has the status 0
    content = _content(response.get("content") or {})
    return Call(request["method"].upper(), path, address.query, sent, body), Answer(status, headers, content, "live")


def _content(content: dict[str, Any]) -> bytes:
    text = content.get("text") or ""
    if content.get("encoding") == "base64":
        try:
            return base64.b64decode(text)
        except binascii.Error as error:
            raise ValueError from error
    return str(text).encode()


def _entry(interaction: Interaction, at: float) -> dict[str, Any]:
    call, answer = interaction.call, interaction.answer
    return {
        "startedDateTime": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "time": 0,
        "request": {
            "method": call.method,
            "url": interaction.uri,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": name, "value": value} for name, value in call.headers.items()],
            "queryString": [
                {"name": name, "value": value} for name, value in parse_qsl(call.query, keep_blank_values=True)
            ],
            "headersSize": -1,
            "bodySize": len(call.body),
            **({"postData": _posted(call)} if call.body else {}),
        },
        "response": {
            "status": answer.status,
            "statusText": reason_phrase(answer.status),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [
                {"name": name.decode("latin-1"), "value": value.decode("latin-1")} for name, value in answer.headers
            ],
            "content": _archived(answer),
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": len(answer.body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    }


def _posted(call: Call) -> dict[str, Any]:
    text = call.body.decode("utf-8", "replace")
    return {"mimeType": call.headers.get("content-type", ""), "params": [], "text": text}


def _archived(answer: Answer) -> dict[str, Any]:
    kind = next((value.decode("latin-1") for name, value in answer.headers if name == b"content-type"), "")
    try:
        body = {"text": answer.body.decode()}
    except UnicodeDecodeError:
        body = {"text": base64.b64encode(answer.body).decode(), "encoding": "base64"}
    return {"size": len(answer.body), "mimeType": kind, **body}
