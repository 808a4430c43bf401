"""A text as it may be escaped in JSON, in addresses and in HTML: some of its characters or all, once or many times."""

import html
import re

ROUNDS = 4
"""How often escapes are undone: an address inside an address inside JSON takes three."""

# A backslash may itself be escaped in either way, and JSON inside JSON doubles it.
_BACKSLASH = rb"(?:\\|%(?:25)*5[Cc]|\\u005[Cc])+"
_ESCAPE = re.compile(
    rb"%([0-9A-Fa-f]{2})|"
    + _BACKSLASH
    + rb"(?:u([0-9A-Fa-f]{4})|([/\"'\\]))|&\#(?:([0-9]{1,7})|[xX]([0-9A-Fa-f]{1,6}));|&(amp|lt|gt|quot|apos);"
)
_NAMED = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}


def unescaped(data: bytes) -> bytes:
    """`data` with its escapes undone until there are none, or ROUNDS times. What only looks like one is undone, too."""
    for _ in range(ROUNDS):
        if not (b"%" in data or b"\\" in data or b"&" in data):
            break
        plain = _ESCAPE.sub(_character, data)
        if plain == data:
            break
        data = plain
    return data


def pattern(text: str) -> "re.Pattern[bytes]":
    """Finds `text` however its characters are escaped, each on its own."""
    return re.compile(b"".join(_written(each) for each in text))


def _written(character: str) -> bytes:
    plain, code = character.encode(), ord(character)
    percent = b"".join(b"%%(?:25)*%s" % _digits(f"{byte:02x}") for byte in plain)
    ways = [re.escape(plain), percent]
    if code < 0x10000:
        ways.append(_BACKSLASH + b"u" + _digits(f"{code:04x}"))
    if character in "/\"'\\":
        ways.append(_BACKSLASH + re.escape(plain))
    ways.append(b"&#0*%d;|&#[xX]0*%s;" % (code, _digits(f"{code:x}")))
    named = html.escape(character).encode()
    if named != plain:
        ways += [re.escape(named), b"&apos;"] if character == "'" else [re.escape(named)]
    return b"(?:" + b"|".join(ways) + b")"


def _digits(hexadecimal: str) -> bytes:
    return b"".join(f"[{each}{each.upper()}]".encode() if each.isalpha() else each.encode() for each in hexadecimal)


def _character(found: "re.Match[bytes]") -> bytes:
    percent, code, itself, decimal, hexadecimal, named = found.groups()
    if percent:
        return bytes([int(percent, 16)])
    if itself:
        return bytes(itself)
    if named:
        return _NAMED[named]
    number = int(code or hexadecimal or b"0", 16) or int(decimal or b"0")
    # Half of a pair of surrogates, or nothing that Unicode has: no secret is written like that.
    return chr(number).encode("utf-8", "replace") if number < 0x110000 else found[0]
