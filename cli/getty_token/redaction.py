"""Secrets as bytes to look for: in what goes to a browser, in what is recorded, in what is printed."""

import base64
import html
import re
from collections.abc import Iterable
from itertools import product
from urllib.parse import quote

from getty_token.escapes import pattern, unescaped

SHORTEST = 6
"""Characters. Anything shorter would be found everywhere."""

CORE = range(12, 41)
"""Bytes of a secret that nobody writes by accident: this much of one is looked for, also where the rest is cut off."""

REDACTED = b"[redacted]"


class Secrets:
    """A set of secrets, each known in every form in which it might turn up."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self._forms: tuple[bytes, ...] = ()
        self._cores: tuple[bytes, ...] = ()
        self._percent: tuple[bytes, ...] = ()
        self._bare: tuple[bytes, ...] = ()
        self._fewest = 0
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
        self._cores = cores(self._forms)
        self._percent = tuple(core for core in self._cores if b"%" in core)
        self._bare = tuple(core for core in self._cores if b"%" not in core)
        self._fewest = min((core.count(b"%") for core in self._percent), default=0)

    def found_in(self, data: bytes) -> bool:
        """Whether any secret is in `data`, in any form, whole or in large part."""
        if len(data) < SHORTEST:
            return False
        if any(core in data for core in self._bare):
            return True
        # To count is much quicker than to search, and few answers have so many percent signs.
        return data.count(b"%") >= self._fewest and any(core in data for core in self._percent)

    def begun_in(self, data: bytes) -> int:
        """How many bytes at the end of `data` may be the beginning of a secret, in any form; 0 if too few to tell."""
        longest = 0
        for form in self._forms:
            start, tail = form[: min(CORE.start, len(form) // 2)], data[1 - len(form) :]
            at = tail.find(start)
            while at >= 0 and not form.startswith(tail[at:]):
                at = tail.find(start, at + 1)
            longest = max(longest, len(tail) - at if at >= 0 else 0)
        return longest

    def hidden_in(self, data: bytes) -> bool:
        """
        The same, and whatever mixture of escapes they are written in: JSON in an address in JSON.

        This takes several times as long where there are escapes at all: it is for what is kept, not for what passes.
        """
        return self.found_in(data) or ((plain := unescaped(data)) != data and self.found_in(plain))

    def position(self, data: bytes, start: int = 0) -> int:
        """Where in `data`, from `start` on, the first secret begins; -1 if there is none."""
        return min((at for form in self._forms if (at := data.find(form, start)) >= 0), default=-1)

    def scrub(self, data: bytes, instead: bytes = REDACTED) -> bytes:
        """`data` with every secret replaced, also where `hidden_in` alone finds it."""
        if self.found_in(data):
            for form in (*self._forms, *self._cores):
                data = data.replace(form, instead)
        if self.hidden_in(data):
            # Not a value's own escapes: the pattern has them all.
            for text in sorted({text for value in self._values for text in encodings(value)}, key=len, reverse=True):
                data = pattern(text).sub(lambda found: instead, data)
        return data


def cores(forms: Iterable[bytes]) -> tuple[bytes, ...]:
    """
    The fewest pieces of `forms` so that each holds one of them.

    Most forms of a secret write its letters and digits as they are, so one search does for eight.
    """
    left, found = set(forms), []
    while left:
        form = min(left, key=lambda each: (len(each), each))
        run = max(re.findall(rb"[0-9A-Za-z]+", form), key=len, default=b"")
        core = run[: CORE.stop - 1] if len(run) >= CORE.start else form
        found.append(core)
        left = {each for each in left if core not in each}
    return tuple(found)


def forms(value: str) -> set[bytes]:
    """`value` plain, percent-encoded once or twice, escaped for JSON or HTML, in hexadecimal, in base64 anywhere."""
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
    for code, harmless in product(("\\u%04x", "\\u%04X"), ("", "-._~")):
        escapes.add("".join(each if each.isalnum() or each in harmless else code % ord(each) for each in value))
    escapes |= {html.escape(value), html.escape(value, quote=False)}
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
