"""Asking a server something over a socket of our own, and what of its answer can be compared."""

import base64
import hashlib
import http.client
import re
import socket
from typing import Any

from fidelity.sent import Sent

PATIENCE = 20.0
"""Seconds for an answer."""

LONG = 2000
"""Characters of a body from which on a page is known by its title."""

HUGE = 250_000
"""Characters of a body from which on it is known by its hash."""

_NOT_COMPARED = frozenset(
    """age connection content-length date keep-alive transfer-encoding
    server x-nf-invocation-metadata x-nf-request-id x-nf-start-timestamp x-powered-by""".split()
)
"""Header fields that differ from one answer to the next, say how a body was cut into pieces, or name the software."""

Answer = dict[str, Any]
"""`status`, `headers` (a list of pairs, names in lower case, sorted) and `body` (text, or `base64:...`)."""


def ask(port: int, sent: Sent) -> Answer | None:
    """The answer to `sent`; None if the connection broke off without one."""
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
            connection.sendall(sent.wire)
            response = http.client.HTTPResponse(connection, method=sent.method)
            response.begin()
            body = response.read()
    except (OSError, http.client.HTTPException):
        return None
    headers = [(name.lower(), value) for name, value in response.getheaders()]
    kept = sorted((name, _still(value)) for name, value in headers if name not in _NOT_COMPARED)
    return {"status": response.status, "headers": [list(each) for each in kept], "body": _text(body)}


def _text(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(body).decode()
    # Whole pages of the tool's own, styled and with a stack inside: what they say is their title.
    if len(text) > HUGE:
        return f"{len(text)} characters, SHA-256 {hashlib.sha256(body).hexdigest()}"
    title = re.search("<title>(.*?)</title>", text) if len(text) > LONG else None
    return f"page: {title[1]}" if title else _still(text)


def _still(text: str) -> str:
    """`text` without what depends on the port, the folder, the moment or the tool's own code."""
    text = re.sub(r"(localhost|127\.0\.0\.1):\d{4,5}", r"\1:PORT", text)
    text = re.sub(r"\b01[0-9A-HJKMNP-TV-Z]{24}\b", "ULID", text)
    text = re.sub(
        r"(\n\s+at [^\n]*)+|(<br> (&nbsp;|\s)*at [^<]*)+", "", text
    )  # a stack, with the folders of whoever recorded
    return re.sub(r"(/[\w.-]+)*/fidelity-site\b", "SITE", text)
