"""Tests of getty_token.redaction: a secret is found wherever and however it is written."""

import base64
import html
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from getty_token.redaction import REDACTED, SHORTEST, Secrets, cores, forms

SECRET_TEXT = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=SHORTEST, max_size=60).filter(
    lambda secret: secret not in REDACTED.decode()  # what is put in its place would be found again
)
ANY_BYTES = st.binary(max_size=50)

WRITTEN: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "base64": base64.b64encode,
    "base64url": base64.urlsafe_b64encode,
    "base64 without padding": lambda data: base64.urlsafe_b64encode(data).rstrip(b"="),
    "hex": lambda data: data.hex().encode(),
    "HEX": lambda data: data.hex().upper().encode(),
    "percent-encoded": lambda data: quote(data, safe="").encode(),
    "percent-encoded as a path": lambda data: quote(data).encode(),
    "percent-encoded in every byte": lambda data: "".join(f"%{byte:02x}" for byte in data).encode(),
    "percent-encoded in all punctuation": lambda data: "".join(
        chr(byte) if chr(byte).isalnum() and byte < 128 else f"%{byte:02X}" for byte in data
    ).encode(),
    "in a form": lambda data: quote_plus(data, safe="").encode(),
    "percent-encoded twice": lambda data: quote(quote(data, safe=""), safe="").encode(),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
@given(secret=SECRET_TEXT, before=ANY_BYTES, after=ANY_BYTES)
def test_a_secret_is_found_and_scrubbed_anywhere_in_any_form(
    written: Callable[[bytes], bytes], secret: str, before: bytes, after: bytes
) -> None:
    assume(secret not in "[redacted]")
    secrets = Secrets([secret])
    data = written(before + secret.encode() + after)

    scrubbed = secrets.scrub(data)

    assert secrets.found_in(data)
    assert not secrets.found_in(scrubbed)
    assert b"[redacted]" in scrubbed


@given(secret=SECRET_TEXT, before=ANY_BYTES, after=ANY_BYTES)
def test_what_is_around_a_plain_secret_stays(secret: str, before: bytes, after: bytes) -> None:
    around = secret.encode().join([before, after])

    scrubbed = Secrets([secret]).scrub(around)

    assert scrubbed == around.replace(secret.encode(), b"[redacted]")


def test_a_secret_within_a_longer_one_leaves_nothing_of_it_standing() -> None:
    secrets = Secrets(["test-secret", "test-secret-and-more"])

    assert secrets.scrub(b"<test-secret-and-more> <test-secret>") == b"<[redacted]> <[redacted]>"


def test_a_secret_that_is_learnt_later_is_found_from_then_on() -> None:
    secrets = Secrets(["test-secret"])
    before = secrets.found_in(b"test-token")

    secrets.add("test-token")

    assert not before
    assert secrets.found_in(b"test-token")
    assert secrets.found_in(b"test-secret")


def test_what_is_too_short_to_be_a_secret_is_not_looked_for() -> None:
    secrets = Secrets(["", "a", "short"])

    assert not secrets.found_in(b"a short text")
    assert secrets.scrub(b"a short text") == b"a short text"


def test_secrets_say_how_many_they_are_and_no_more() -> None:
    assert repr(Secrets(["test-secret", "test-token", "test-token"])) == "Secrets(2 of them)"


@pytest.mark.parametrize(
    "echo",
    [
        r"a+b\/c==",
        r"a\u002Bb/c==".replace("/", r"\u002F").replace("=", r"\u003D"),
        "a%2bb%2fc%3d%3d",
        r"a\u002bb\u002fc\u003d\u003d",
    ],
)
def test_a_secret_is_found_however_json_or_an_address_escapes_it(echo: str) -> None:
    secrets = Secrets(["a+b/c=="])

    assert secrets.found_in(b'{"message": "' + echo.encode() + b'"}')


ESCAPED: tuple[Callable[[str], str], ...] = (
    lambda each: each,
    lambda each: f"%{ord(each):02x}",
    lambda each: f"%25{ord(each):02X}",
    lambda each: f"%2525{ord(each):02X}",
    lambda each: f"\\u{ord(each):04X}",
    lambda each: f"\\\\u{ord(each):04x}",
    lambda each: f"%5Cu{ord(each):04x}",
    lambda each: f"&#{ord(each)};",
    lambda each: f"&#x{ord(each):x};",
    lambda each: html.escape(each),
)


@given(
    secret=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="%&\\#;"), min_size=8),
    ways=st.lists(st.sampled_from(ESCAPED), min_size=1, max_size=20),
    in_base64=st.booleans(),
)
def test_a_secret_is_found_and_scrubbed_whatever_mixture_of_escapes_it_is_written_in(
    secret: str, ways: list[Callable[[str], str]], in_base64: bool
) -> None:
    assume(secret not in "[redacted]")
    secrets = Secrets([secret])
    text = base64.b64encode(f"id:{secret}:x".encode()).decode() if in_base64 else secret
    mixed = "".join(ways[place % len(ways)](each) for place, each in enumerate(text))

    scrubbed = secrets.scrub(f"before {mixed} after".encode())

    assert secrets.hidden_in(f"before {mixed} after".encode())
    assert not secrets.hidden_in(scrubbed)
    assert scrubbed.startswith(b"before ") and scrubbed.endswith(b" after")


@given(st.binary(max_size=200))
def test_anything_can_be_looked_through(data: bytes) -> None:
    secrets = Secrets(["test-secret"])

    assert secrets.scrub(data) == data
    assert not secrets.hidden_in(data + b"%zz \\uD800 &#99999999; &#xFFFFFF; %")


@pytest.mark.parametrize("kept", [40, 50, 60])
@pytest.mark.parametrize("written", ["plain", "base64", "hex"])
def test_a_secret_that_is_cut_off_is_found_and_scrubbed_too(written: str, kept: int) -> None:
    secret = "Xy7" * 23 + "Q"
    data = b"Bearer " + WRITTEN[written](secret.encode())[: kept + 2] + b"..."

    assert Secrets([secret]).found_in(data)
    assert not Secrets([secret]).found_in(Secrets([secret]).scrub(data))


@given(secret=SECRET_TEXT)
def test_every_form_of_a_secret_holds_a_piece_that_is_looked_for(secret: str) -> None:
    every = forms(secret)

    pieces = cores(every)

    assert all(any(piece in form for piece in pieces) for form in every)
    assert len(pieces) <= len(every)


def test_a_secret_in_a_page_is_found_with_its_ampersand_escaped() -> None:
    assert Secrets(["a&b<c>d"]).found_in(b"<p>a&amp;b&lt;c&gt;d</p>")


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
@given(secret=SECRET_TEXT, before=ANY_BYTES, cut=st.integers(min_value=0, max_value=200))
def test_a_secret_that_is_cut_off_is_begun_or_too_little_of_it_is_there(
    written: Callable[[bytes], bytes], secret: str, before: bytes, cut: int
) -> None:
    secrets, whole = Secrets([secret]), written(secret.encode())
    form = next((each for each in forms(secret) if each in whole), whole)
    at = whole.find(form)
    data = before + whole[: min(at + cut, len(whole) - 1)]

    there = len(data) - len(before) - at
    assert secrets.found_in(data) or secrets.begun_in(data) >= there or there < min(12, len(form) // 2)


def test_what_begins_like_a_secret_is_begun_from_half_of_it_or_twelve_bytes_on() -> None:
    secrets = Secrets(["test-secret", "A-token-of-forty-characters-or-some-more"])

    assert [secrets.begun_in(b"test-secret"[:size]) for size in range(12)] == [0] * 5 + [5, 6, 7, 8, 9, 10, 0]
    assert secrets.begun_in(b"x A-token-of-f") == 12
    assert secrets.begun_in(b"x A-token-of-") == 0
    assert secrets.begun_in(b"test-test-test-s") == 6
    assert secrets.begun_in(b"test-test-x") == 0
