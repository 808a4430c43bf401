"""One request as it goes over the wire, and the servers that are asked."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

FUNCTIONS = "functions:serve"
DEV = "dev"
APP = "dev, one-page app"
FRONT = "dev, in front of a framework"
FORMS = "dev, every form of a rule"
SHELF = "dev, files and their headers"
WORKSHOP = "dev, functions of every shape"
ALONE = "functions:serve, functions of every shape"

SITES = {
    FUNCTIONS: "main",
    DEV: "main",
    APP: "spa",
    FRONT: "front",
    FORMS: "forms",
    SHELF: "shelf",
    WORKSHOP: "workshop",
    ALONE: "workshop",
}
"""Which folder below `sites/` each server serves."""


@dataclass(frozen=True, slots=True)
class Sent:
    """
    One request as it goes over the wire. `target` is what stands in the request line, whatever it is.

    `to` says who is asked: Netlify's server of functions alone, or the one of a site with its rules and files.
    """

    name: str
    to: str
    target: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def wire(self) -> bytes:
        """The bytes of the request."""
        fields = list(self.headers)
        if not any(name.lower() == "host" for name, _ in fields):
            fields.insert(0, ("Host", "localhost"))
        if self.body and not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in fields):
            fields.append(("Content-Length", str(len(self.body))))
        fields.append(("Connection", "close"))
        head = f"{self.method} {self.target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields)
        return head.encode() + b"\r\n" + self.body


def signed(claims: dict[str, object], secret: str = "secret") -> str:
    """`claims` as an HS256 JWT; `secret` is what netlify-cli takes if nobody sets another."""
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    text = ".".join(_base64url(part) for part in parts)
    return f"{text}.{_base64url(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
