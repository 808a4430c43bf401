"""Something hostile or broken in Getty's place: whatever it sends, a page gets one whole, harmless answer."""

import base64
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from listening import statuses

from fakes import KEY, SECRET
from test_serve import CREATIVE, TOKEN, Program, RawServer, exchanged, http, reply, running, signed_in

ISSUED = "test-token"
SECRETS = (KEY, SECRET, ISSUED)
JSON = "Content-Type: application/json"
GZIP = "Content-Encoding: gzip"
FINE = b'{"images": [], "private": "detail"}'


def chunked(*chunks: bytes, fields: tuple[str, ...] = ()) -> bytes:
    """A chunked answer as it is on the wire."""
    head = "\r\n".join(["HTTP/1.1 200 OK", JSON, *fields, "Transfer-Encoding: chunked", "", ""]).encode()
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


def raw(*lines: str, body: bytes = FINE) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def bitten(body: bytes) -> list[bytes]:
    """`body` byte by byte."""
    return [body[start : start + 1] for start in range(len(body))]


def echo(secret: str | bytes) -> bytes:
    text = secret if isinstance(secret, bytes) else secret.encode()
    return b'{"private": "detail", "you": "%s"}' % text


LEAKS = {
    f"{name}-{number}": answer
    for number, secret in enumerate(SECRETS)
    for name, answer in {
        "plain": reply("200 OK", echo(secret), JSON),
        "refused": reply("403 Forbidden", echo(secret), JSON),
        "chunks": chunked(*bitten(echo(secret))),
        "gzip": reply("200 OK", gzip.compress(echo(secret)), JSON, GZIP),
        "gzip-chunks": chunked(*bitten(gzip.compress(echo(secret))), fields=(GZIP,)),
        "base64": reply("200 OK", echo(base64.b64encode(f"Bearer {secret}".encode())), JSON),
        "base64-of-two": reply("200 OK", echo(base64.b64encode(f"a:{secret}".encode())), JSON),
        "percent": reply("200 OK", echo(quote(secret, safe="")), JSON),
        "percent-all": reply("200 OK", echo("".join(f"%{byte:02x}" for byte in secret.encode())), JSON),
        "json": reply("200 OK", echo(secret.replace("-", "\\u002D")), JSON),
        "hex": reply("200 OK", echo(secret.encode().hex()), JSON),
        "field": reply("200 OK", FINE, JSON, f"ETag: {secret}"),
        "field-base64": reply("200 OK", FINE, JSON, f"X-Error-Detail: {base64.b64encode(secret.encode()).decode()}"),
        "field-split": reply("200 OK", FINE, JSON, f"Vary: {secret[:5]}", f"Vary: x{secret}"),
    }.items()
}
"""What holds a secret, in a form that a page could read."""

HARMLESS = {
    "cookie": (reply("200 OK", FINE, JSON, f"Set-Cookie: session={ISSUED}", "Set-Cookie: a=b"), 200),
    "challenge": (reply("401 Unauthorized", FINE, JSON, 'WWW-Authenticate: Bearer realm="internal.test"'), 401),
    "internals": (
        reply("200 OK", FINE, JSON, "Via: 1.1 internal.test", "X-Amzn-Trace: internal", "Server: internal"),
        200,
    ),
    "cors": (reply("200 OK", FINE, JSON, "Access-Control-Allow-Origin: *", "Refresh: 0;url=https://evil.test"), 200),
    "reason": (reply(f"200 {SECRET}", FINE, JSON), 200),
    "interim": (b"HTTP/1.1 103 Early Hints\r\nLink: <https://evil.test>\r\n\r\n" + reply("200 OK", FINE, JSON), 200),
}
"""What is passed on, less what is nobody's business."""

WRONG = {
    "moved-301": reply("301 Moved", b"", "Location: https://evil.test/"),
    "moved-302": reply("302 Found", FINE, "Location: /v3/other"),
    "moved-307": reply("307 Temporary", b"", "Location: http://169.254.169.254/latest/meta-data/"),
    "moved-308": reply("308 Permanent", b"", "Location: //evil.test"),
    "multiple-300": reply("300 Choices", FINE, JSON),
    "status-999": reply("999 Odd", FINE, JSON),
    "status-600": reply("600 Odd", FINE, JSON),
    "status-099": reply("099 Odd", FINE, JSON),
    "status-101": raw("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"),
    "length-and-coding": raw(
        "HTTP/1.1 200 OK", JSON, "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"
    ),
    "two-lengths": raw("HTTP/1.1 200 OK", JSON, "Content-Length: 5", f"Content-Length: {len(FINE)}"),
    "longer-than-said": raw("HTTP/1.1 200 OK", JSON, "Content-Length: 1000"),
    "bad-chunk": raw("HTTP/1.1 200 OK", JSON, "Transfer-Encoding: chunked", body=b"zz\r\nhello\r\n0\r\n\r\n"),
    "chunk-without-end": raw("HTTP/1.1 200 OK", JSON, "Transfer-Encoding: chunked", body=b"ffffffffffffffff\r\n{"),
    "coding-xchunked": raw("HTTP/1.1 200 OK", JSON, "Transfer-Encoding: xchunked"),
    "obs-fold": raw("HTTP/1.1 200 OK", "X: a", " b", f"Content-Length: {len(FINE)}"),
    "bare-lf": b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}",
    "nul-in-field": raw("HTTP/1.1 200 OK", "ETag: a\0b", f"Content-Length: {len(FINE)}"),
    "space-before-colon": raw("HTTP/1.1 200 OK", f"Content-Length : {len(FINE)}"),
    "megabyte-of-fields": raw("HTTP/1.1 200 OK", *["X: y"] * 200_000, f"Content-Length: {len(FINE)}"),
    "megabyte-in-a-field": raw("HTTP/1.1 200 OK", "ETag: " + "x" * 1_000_000, f"Content-Length: {len(FINE)}"),
    "http-0.9": FINE,
    "http-2": b"HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "interim-only": b"HTTP/1.1 100 Continue\r\n\r\n" * 5,
    "gzip-that-is-none": reply("200 OK", FINE, JSON, GZIP),
    "gzip-cut-off": reply("200 OK", gzip.compress(FINE)[:-6], JSON, GZIP),
    "gzip-and-more": reply("200 OK", gzip.compress(FINE) + b"more", JSON, GZIP),
    "gzip-twice": reply("200 OK", gzip.compress(gzip.compress(FINE)), JSON, "Content-Encoding: gzip, gzip"),
    "gzip-in-gzip": reply("200 OK", gzip.compress(gzip.compress(FINE)), JSON, GZIP),
    "brotli": reply("200 OK", FINE, JSON, "Content-Encoding: br"),
    "deflate": reply("200 OK", zlib.compress(FINE), JSON, "Content-Encoding: deflate"),
    "bomb": reply("200 OK", gzip.compress(b"[" + b" " * 200_000_000 + b"]", 9), JSON, GZIP),
    "bomb-within-size": reply("200 OK", gzip.compress(b"[" + b" " * 20_000_000 + b"]", 9), JSON, GZIP),
    "deep-json": reply("200 OK", b"[" * 200_000, JSON),
    "page": reply("200 OK", b"<script>alert(1)</script>", "Content-Type: text/html"),
    "page-in-disguise": reply("200 OK", b"<script>alert(1)</script>", JSON),
}
"""What becomes a 502."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A live `serve`, and in Getty's place somebody who sends what the phrase of a search names."""
    answers = {**LEAKS, **WRONG, **{name: answer for name, (answer, _) in HARMLESS.items()}}

    def answer(line: str) -> bytes:
        named = re.search(r"phrase=([\w.-]+)", line)
        return answers[named[1]] if named else reply("200 OK", TOKEN)

    with RawServer(answer) as upstream:
        folder = tmp_path_factory.mktemp("served")
        with running("serve", "--port", "0", cwd=folder, env=signed_in(upstream.address)) as program:
            yield program


def asked(program: Program, phrase: str) -> tuple[int, bytes, bytes]:
    """Status, head and body of what a page gets; all of it, and nothing after it."""
    received = exchanged(program.port, http(f"{CREATIVE}?phrase={phrase}", "Host: localhost:8000"))
    head, _, body = received.partition(b"\r\n\r\n")
    [length] = re.findall(rb"(?i)\r\ncontent-length: (\d+)", head)
    assert len(body) == int(length)
    [status] = statuses(head)
    return status, head, body


def assert_no_secret(data: bytes) -> None:
    for secret in SECRETS:
        plain = secret.encode()
        for form in (plain, plain.hex().encode(), base64.b64encode(plain)[:-4], quote(secret, safe="").encode()):
            assert form not in data


@pytest.mark.parametrize("phrase", LEAKS)
def test_an_answer_that_holds_a_secret_is_502_and_not_a_byte_of_it_is_sent(served: Program, phrase: str) -> None:
    status, head, body = asked(served, phrase)

    assert status == 502
    assert json.loads(body)["title"] == "Held back"
    assert b"private" not in head + body
    assert_no_secret(head + body)
    assert "alarm" in served.line(f"phrase={phrase}")


@pytest.mark.parametrize("phrase", HARMLESS)
def test_what_is_passed_on_has_lost_what_is_nobodys_business(served: Program, phrase: str) -> None:
    status, head, body = asked(served, phrase)

    assert status == HARMLESS[phrase][1]
    assert body == FINE
    assert_no_secret(head)
    for word in (b"cookie", b"authenticate", b"internal", b"access-control", b"refresh", b"evil"):
        assert word not in head.lower()


@pytest.mark.parametrize("phrase", WRONG)
def test_what_is_broken_or_hostile_is_502_with_a_reason(served: Program, phrase: str) -> None:
    status, head, body = asked(served, phrase)

    assert status == 502
    assert b"\r\ncontent-type: application/problem+json" in head
    assert b"evil.test" not in head + body
    assert served.line(f"phrase={phrase}").startswith("502  GET")


def test_after_all_that_it_is_alive_and_has_told_no_secret(served: Program) -> None:
    assert asked(served, "cookie")[0] == 200
    assert_no_secret(served.said.encode())
    assert "Traceback" not in served.said
