"""A key, a secret and a token, written in every way and put into every place: none of them is ever in a file."""

import base64
import binascii
import gzip
import html
import json
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.cassette_file import read_interactions
from getty_emulator.replay.cleaning import parts
from getty_emulator.replay.recorder import Recorder
from getty_token.commands.serving.recording import scrubbers
from getty_token.errors import CassetteError
from getty_token.redaction import Secrets

CANARIES = {
    "key": "c4n4ryk3y7qm2",
    "secret": "c4nary-S3cret_x/9+Q==",
    "token": "sbx.c4naryT0k3n~Zp8Wc1Xd4Fg6Hj9Kk3|u:r",
}

WRITTEN: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "percent-encoded": lambda text: quote(text, safe=""),
    "percent-encoded in every byte": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "percent-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "base64": lambda text: base64.b64encode(b"id:" + text.encode()).decode(),
    "base64url without padding": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "hexadecimal": lambda text: text.encode().hex().upper(),
    "escaped as in JSON": lambda text: json.dumps(text)[1:-1].replace("/", "\\/").replace("+", "\\u002B"),
}

JSON = (b"content-type", b"application/json")
SEARCH = "/v3/search/images/creative"


def call(query: str = "phrase=cat", body: bytes = b"", path: str = SEARCH, **headers: str) -> Call:
    method = "POST" if body else "GET"
    return Call(method, path, query, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def ok(body: bytes = b"{}", *headers: tuple[bytes, bytes]) -> Answer:
    return Answer(200, (JSON, *headers), body, "live")


def in_address(text: str) -> str:
    """What of a text may stand in a request line at all."""
    return re.sub(r"[^\x21-\x7e]|[#\\|]", lambda each: quote(each[0]), text)


PLACES: dict[str, Callable[[str], tuple[Call, Answer]]] = {
    "the path": lambda it: (call(path=f"/v3/images/{in_address(it)}"), ok()),
    "a parameter": lambda it: (call(f"phrase={in_address(it)}"), ok()),
    "a parameter's name": lambda it: (call(f"{in_address(it)}=1"), ok()),
    "client_id in the query": lambda it: (call(f"client_id={in_address(it)}&again={in_address(it)}"), ok()),
    "Authorization": lambda it: (call(authorization=f"Bearer {it}"), ok()),
    "Api-Key": lambda it: (call(api_key=it), ok()),
    "Cookie": lambda it: (call(cookie=f"a={it}; b=2"), ok()),
    "Accept-Language": lambda it: (call(accept_language=it), ok()),
    "GI-Country-Code": lambda it: (call(gi_country_code=it), ok()),
    "a form's client_secret": lambda it: (call(body=f"grant_type=x&client_secret={it}".encode()), ok()),
    "any field of a form": lambda it: (call(body=f"a={it}&b=1".encode()), ok()),
    "JSON that is sent": lambda it: (call(body=f'{{"name": "x{it}y"}}'.encode()), ok()),
    "Location": lambda it: (call(), ok(b"", (b"location", f"https://x/?back={it}".encode()))),
    "Set-Cookie": lambda it: (call(), ok(b"", (b"set-cookie", f"session={it}; Path=/".encode()))),
    "WWW-Authenticate": lambda it: (call(), ok(b"", (b"www-authenticate", f'Bearer realm="{it}"'.encode()))),
    "access_token": lambda it: (call(), ok(f'{{"access_token": "{it}", "expires_in": 1800}}'.encode())),
    "a member's value": lambda it: (call(), ok(f'{{"message": "no such key: {it}."}}'.encode())),
    "a member's name": lambda it: (call(), ok(f'{{"{it}": 1}}'.encode())),
    "JSON inside JSON": lambda it: (call(), ok(json.dumps({"log": f'{{"refresh_token": "{it}"}}'}).encode())),
    "a long text": lambda it: (call(), ok((f"so it said {it} and again\n" * 40).encode())),
    "a page of HTML": lambda it: (call(), ok(f"<p title='{it}'>{it}</p>".encode())),
    "an echo of the request": lambda it: (call(), ok(f"GET / HTTP/1.1\r\nApi-Key: {it}\r\nA: b\r\n".encode())),
    "gzip": lambda it: (call(), ok(gzip.compress(it.encode()), (b"content-encoding", b"gzip"))),
    "deflate": lambda it: (call(), ok(zlib.compress(it.encode()), (b"content-encoding", b"deflate"))),
    "bytes": lambda it: (call(), ok(b"\x00\xff" + it.encode() + b"\xfe")),
}


def decoded(text: bytes) -> Iterator[bytes]:
    """A text in every way in which somebody might read it, by other means than those that wrote or scrubbed it."""
    layers = [text]
    for _ in range(2):
        layers.append(unquote(layers[-1].decode("latin-1"), "latin-1").encode("latin-1"))
    layers += [re.sub(rb"\\u(....)", lambda code: chr(int(code[1], 16)).encode(), each) for each in list(layers)]
    layers += [each.replace(b"\\/", b"/").replace(b"\n", b"") for each in list(layers)]
    layers.append(html.unescape(text.decode("latin-1")).encode("latin-1", "replace"))
    for each in set(layers):
        yield each
        for run in re.findall(rb"[0-9A-Fa-f]{12,}", each):
            yield binascii.unhexlify(run[: len(run) // 2 * 2])
        for run in re.findall(rb"[A-Za-z0-9+/_-]{8,}", each):
            for start in range(4):
                part = run[start:].replace(b"-", b"+").replace(b"_", b"/")
                yield base64.b64decode(part[: len(part) // 4 * 4])
                yield base64.b64decode(part + b"A" * (-len(part) % 4))


def traces(folder: Path, canary: str) -> list[str]:
    """Where in the files of `folder` `canary` can be read."""
    found = []
    for path in folder.glob("*.yaml"):
        content = [("the file", path.read_bytes())]
        content += [part for each in read_interactions(path) for part in parts(each)]
        found += [where for where, text in content if any(canary.encode() in each for each in decoded(text))]
    return found


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("canary", CANARIES)
def test_a_known_secret_is_in_no_file_wherever_it_stood(tmp_path: Path, canary: str, written: str) -> None:
    secrets = Secrets(CANARIES.values())
    text = WRITTEN[written](CANARIES[canary])
    for number, place in enumerate(PLACES):
        recorder = Recorder(
            tmp_path / str(number), secrets.scrub, secrets.hidden_in, "https://x", lambda event: None, scrubbers
        )

        recorder.record(*PLACES[place](text))

        assert list((tmp_path / str(number)).glob("*.yaml")), place
        assert traces(tmp_path / str(number), CANARIES[canary]) == [], place


@pytest.mark.parametrize("written", WRITTEN)
def test_a_secret_of_a_strangers_that_stands_at_a_secrets_place_is_in_no_file_wherever_else_it_stands(
    tmp_path: Path, written: str
) -> None:
    for number, place in enumerate(PLACES):
        sent, answer = PLACES[place](WRITTEN[written](CANARIES["token"]))
        signed = Call(
            sent.method,
            sent.path,
            sent.query,
            {**sent.headers, "authorization": f"Bearer {CANARIES['token']}"},
            sent.body,
        )
        recorder = Recorder(
            tmp_path / str(number), bytes, lambda content: False, "https://x", lambda event: None, scrubbers
        )

        recorder.record(signed, answer)

        assert traces(tmp_path / str(number), CANARIES["token"]) == [], place


@pytest.mark.parametrize("canary", CANARIES)
def test_if_scrubbing_fails_nothing_is_written_and_the_place_is_named(tmp_path: Path, canary: str) -> None:
    secrets = Secrets(CANARIES.values())
    refused = 0
    for number, place in enumerate(PLACES):
        folder = tmp_path / str(number)
        for text in (write(CANARIES[canary]) for write in WRITTEN.values()):
            recorder = Recorder(folder, bytes, secrets.hidden_in, "https://x", lambda event: None)
            try:
                recorder.record(*PLACES[place](text))
            except CassetteError as error:
                refused += 1
                assert "A secret would be in the " in error.why
                assert CANARIES[canary] not in str(error)
        assert traces(folder, CANARIES[canary]) == [], place

    assert refused > 100


def test_the_test_itself_would_see_one(tmp_path: Path) -> None:
    for written in WRITTEN:
        folder = tmp_path / written
        Recorder(folder, bytes, lambda content: False, "https://x", lambda event: None).record(
            *PLACES["a member's value"](WRITTEN[written](CANARIES["secret"]))
        )

        assert traces(folder, CANARIES["secret"]), written
