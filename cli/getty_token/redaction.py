"""Secrets as bytes to look for: in what goes to a browser, in what is recorded, in what is printed."""

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote

from getty_token.escapes import pattern, unescaped

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

    def hidden_in(self, data: bytes) -> bool:
        """
        The same, and whatever mixture of escapes they are written in: JSON in an address in JSON.

        This takes several times as long where there are escapes at all: it is for what is kept, not for what passes.
        """
        return self.found_in(data) or ((plain := unescaped(data)) != data and self.found_in(plain))

    def scrub(self, data: bytes, instead: bytes = REDACTED) -> bytes:
        """`data` with every secret replaced, also where `hidden_in` alone finds it."""
        for form in self._forms:
            data = data.replace(form, instead)
        if self.hidden_in(data):
            # Not a value's own escapes: the pattern has them all.
            for text in sorted({text for value in self._values for text in encodings(value)}, key=len, reverse=True):
                data = pattern(text).sub(lambda found: instead, data)
        return data


def forms(value: str) -> set[bytes]:
    """`value` plain, percent-encoded once or twice, escaped as in JSON, in hexadecimal, in base64 at any place."""
    plain = value.encode()
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
    return {each.encode() for each in percent | escapes | encodings(value)}


def encodings(value: str) -> set[str]:
    """`value` plain, in hexadecimal, and in base64 at any place: what escapes may come on top of."""
    plain = value.encode()
    found = {value, plain.hex(), plain.hex().upper()}
    for shift in range(3):
        # Base64 works on groups of three bytes: what the neighbours decide is cut off at both ends.
        encoded = base64.b64encode(b"\0" * shift + plain)
        start = 0 if shift == 0 else shift + 1
        end = len(encoded) if (shift + len(plain)) % 3 == 0 else len(encoded.rstrip(b"=")) - 1
        core = encoded[start:end].decode()
        found |= {core, core.translate(str.maketrans("+/", "-_"))}
    return found
