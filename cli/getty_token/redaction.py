"""Secrets as bytes to look for: in what goes to a browser, in what is recorded, in what is printed."""

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote

SHORTEST = 6
"""Characters. Anything shorter would be found everywhere."""

REDACTED = b"[redacted]"


class Secrets:
    """A set of secrets, each known in every form in which it might turn up."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self._forms: tuple[bytes, ...] = ()
        for value in values:
            self.add(value)

    def __repr__(self) -> str:
        return f"Secrets({len(self._values)} of them)"

    def add(self, value: str) -> None:
        """Look for `value` from now on. Cheap when it is known already."""
        if value in self._values or len(value) < SHORTEST:
            return
        self._values = self._values | {value}
        # Longest first, so that scrubbing the plain form does not leave the rest of a longer one standing.
        self._forms = tuple(sorted({*self._forms, *forms(value)}, key=len, reverse=True))

    def found_in(self, data: bytes) -> bool:
        """Whether any secret is in `data`, in any form."""
        return any(form in data for form in self._forms)

    def scrub(self, data: bytes) -> bytes:
        """`data` with every form of every secret replaced."""
        for form in self._forms:
            data = data.replace(form, REDACTED)
        return data


def forms(value: str) -> set[bytes]:
    """`value` plain, percent-encoded once or twice, escaped as in JSON, in hexadecimal, in base64 at any place."""
    plain = value.encode()
    found = {plain, plain.hex().encode(), plain.hex().upper().encode()}
    percent = {quote(value, safe=""), quote(value)}
    # Nobody has to encode the rest, and anybody may (RFC 3986 section 2.3): punctuation, or everything.
    percent.add("".join(chr(byte) if chr(byte).isalnum() and byte < 128 else f"%{byte:02X}" for byte in plain))
    percent.add("".join(f"%{byte:02X}" for byte in plain))
    percent |= {re.sub("%..", lambda escape: escape[0].lower(), each) for each in percent}
    # An address inside an address is encoded twice.
    percent |= {quote(each, safe="") for each in percent}
    # JSON may escape any character; PHP does it to the slash, .NET to what HTML minds.
    escapes = {value.replace("/", "\\/")}
    for code in ("\\u%04x", "\\u%04X"):
        escapes.add("".join(each if each.isalnum() or each in "-._~" else code % ord(each) for each in value))
    found |= {each.encode() for each in percent | escapes}
    for shift in range(3):
        # Base64 works on groups of three bytes: what the neighbours decide is cut off at both ends.
        encoded = base64.b64encode(b"\0" * shift + plain)
        start = 0 if shift == 0 else shift + 1
        end = len(encoded) if (shift + len(plain)) % 3 == 0 else len(encoded.rstrip(b"=")) - 1
        core = encoded[start:end]
        found |= {core, core.translate(bytes.maketrans(b"+/", b"-_"))}
    return found
