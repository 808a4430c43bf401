"""
Any path, header field and query at all, against a model of what may reach Getty.

The model knows Getty's operations and nothing of our code: it reads what left, as a server would read it.
"""

import asyncio
import re
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote_to_bytes

import httptools
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getty_emulator.asgi import Application
from getty_emulator.exchange import Answer, Call
from getty_emulator.netlify.functions import BuiltIn, Defined, Permissions
from getty_emulator.netlify.site import Site
from getty_emulator.netlify.till import Till
from getty_token.direct import written
from getty_token.operations import OPERATIONS, operation_named

ALLOWED = "POST /v3/downloads/images/{id}"
PERMISSIONS = {
    "nothing": Permissions(),
    "named": Permissions(frozenset({ALLOWED, "GET /v3/boards"})),
    "named, and the flag": Permissions(frozenset({ALLOWED, "GET /v3/boards"}), changes=True),
}
MAY_LEAVE = {"accept-language", "gi-country-code", "content-type"}
NEVER = (
    *("authorization", "api-key", "api_key", "cookie", "forwarded", "x-forwarded-for", "x-forwarded-host", "via"),
    *(
        "x-real-ip",
        "connection",
        "keep-alive",
        "te",
        "upgrade",
        "proxy-authorization",
        "transfer_encoding",
        "x-http-method",
    ),
    *("x-http-method-override", "x-original-url", "x-rewrite-url", "referer", "accept_language", "user-agent"),
)

WORDS = sorted(
    {part for each in OPERATIONS for part in each.segments if part[0] != "{"} | {"getty", ".netlify", "functions"}
)
NASTY = (
    *(
        "",
        ".",
        "..",
        "...",
        "%2e",
        "%2e%2e",
        "%2E.",
        "%252e",
        ".%00.",
        "%2f",
        "%2F..%2f",
        "%5c",
        "\\",
        "a%5Cb",
        ";",
        "a;b",
    ),
    *(
        "%3b",
        "a%3Bb=c",
        "%",
        "%2",
        "%zz",
        "%00",
        "%0d%0a",
        "%0d%0aHost:%20evil",
        "%20",
        "+",
        "@",
        "a@evil.test",
        ":",
        "http:",
    ),
    *(
        "evil.test",
        "%c0%ae",
        "%c0%af",
        "%ff",
        "%e2%80%ae",
        "\xe9",
        "%C3%A9",
        "%u002e",
        "*",
        "?",
        "1,2",
        "V3",
        "v3%20",
        "~",
    ),
)
SEGMENT = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(NASTY),
    st.sampled_from(["1900000001", "7", "a-b_c.d", "images", "v3"]),
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters=" ?#"), max_size=8),
)


@st.composite
def paths(draw: st.DrawFn) -> str:
    """Paths near those that lead somewhere: an operation with some segments replaced, added or taken away."""
    segments = list(draw(st.sampled_from(OPERATIONS)).segments)
    segments = [draw(st.sampled_from(["7", "1900000001"])) if part[0] == "{" else part for part in segments]
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(segments)))
        match draw(st.sampled_from(["replace", "insert", "delete"])):
            case "replace" if place < len(segments):
                segments[place] = draw(SEGMENT)
            case "delete" if place < len(segments):
                del segments[place]
            case _:
                segments.insert(place, draw(SEGMENT))
    prefix = draw(
        st.sampled_from(
            [
                *("/.netlify/functions/getty/", "/getty/", "//.netlify/functions/getty/", "/.netlify/functions/image/"),
                *(
                    "/.netlify/functions/x/../getty/",
                    "/.netlify/functions/getty",
                    "/",
                    "",
                    "/getty/../getty/",
                    "/image/",
                ),
            ]
        )
    )
    return "/" + (prefix + "/".join(segments)).removeprefix("/") + draw(st.sampled_from(["", "/", "//"]))


METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
QUERIES = st.one_of(
    st.just(""),
    st.sampled_from(
        ["phrase=a&page=2", "a=%0d%0aHost:evil", "a=b;c=d", "%00", "a=\xe9", "..%2f", "fields=id", "id=../x"]
    ),
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="#"), max_size=20),
)
# llhttp lets nothing else through in a value (test_wire.py).
VALUES = st.text(st.one_of(st.just("\t"), st.characters(min_codepoint=0x20, max_codepoint=0x7E)), max_size=12)
NAMES = st.one_of(st.sampled_from([*MAY_LEAVE, *NEVER]), st.from_regex(r"[a-z0-9_-]{1,12}", fullmatch=True))
FIELDS = st.lists(st.tuples(NAMES, st.one_of(VALUES, st.just("\xe9\x80"))), max_size=6)


class Getty:
    """Remembers what reaches it."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    async def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        return Answer(200, (), b"{}", "live")


def reached(
    method: str, path: str, query: str, fields: list[tuple[str, str]], body: bytes, permissions: Permissions
) -> tuple[int, list[Call]]:
    """The status that a page sees, and the calls that reach Getty."""
    getty, sent = Getty(), list[MutableMapping[str, Any]]()
    image = operation_named("GET /v3/images/{id}")
    assert image
    site = Site(
        {"getty": BuiltIn(permissions), "image": Defined("image", image, ("fields",))},
        Till(getty, permissions, lambda event: None),
    )
    headers = [(b"host", b"localhost:8000"), *((name.encode(), value.encode("latin-1")) for name, value in fields)]
    if body:
        headers.append((b"content-length", str(len(body)).encode()))
    scope: MutableMapping[str, Any] = {
        "type": "http",
        "method": method,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "headers": [field for field in headers if field[0] not in (b"referer", b"transfer-encoding")],
        "client": ("127.0.0.1", 4000),
    }

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Application(site.answer, lambda event: None)(scope, receive, send))
    return sent[0]["status"], getty.calls


class AsGettyReadsIt:
    """A request off the wire, as a server reads it that knows nothing of where it came from."""

    def __init__(self, raw: bytes) -> None:
        self.messages, self.url, self.fields, self.body = 0, b"", list[tuple[bytes, bytes]](), b""
        self.parser = httptools.HttpRequestParser(self)
        self.parser.feed_data(raw)
        self.method = self.parser.get_method().decode()

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name.lower(), value))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.messages += 1


def matching(method: str, path: str) -> list[str]:
    """The operations that a strict server could take this for."""
    found = []
    for operation in OPERATIONS:
        pattern = "/".join("[^/]+" if part[0] == "{" else re.escape(part) for part in operation.segments)
        if operation.method == method and re.fullmatch(f"/{pattern}", path):
            found.append(operation.name)
    return found


def assert_may_leave(call: Call, body: bytes, permissions: Permissions) -> None:
    """What the model says of a call: it is one operation, permitted, and nothing else rides along."""
    seen = AsGettyReadsIt(written(call.method, call.target, {"Host": "api.test", **call.headers}, call.body))
    path, _, query = seen.url.decode("ascii").partition("?")
    assert seen.messages == 1
    assert seen.body == body == call.body
    assert {name.decode() for name, _ in seen.fields} <= MAY_LEAVE | {"host", "content-length"}
    assert [value for name, value in seen.fields if name == b"host"] == [b"api.test"]
    assert len([name for name, _ in seen.fields if name == b"content-length"]) <= 1

    names = matching(seen.method, path)
    assert names, f"{seen.method} {path} is no operation of Getty's"
    literal = max(names, key=lambda name: -name.count("{"))
    effect = next(each.effect.name for each in OPERATIONS if each.name == literal)
    if effect == "PRIVATE":
        assert literal in permissions.named
    elif effect != "READS":
        assert literal in permissions.named and permissions.changes and seen.method != "GET"
    for segment in path.split("/")[1:]:
        plain = unquote_to_bytes(segment)
        assert plain not in (b"", b".", b"..")
        assert not re.search(rb"[/\\;%\x00-\x1f\x7f]", plain)
        assert unquote_to_bytes(plain) == plain, "what is decoded twice is another path"
    assert not re.search(r"[^\x21-\x7e]|#", query)


@pytest.mark.parametrize("permissions", PERMISSIONS.values(), ids=PERMISSIONS)
@settings(max_examples=200)
@given(method=METHODS, path=paths(), query=QUERIES, fields=FIELDS, body=st.sampled_from([b"", b"{}"]))
def test_whatever_is_asked_only_what_the_model_lets_through_reaches_getty(
    permissions: Permissions, method: str, path: str, query: str, fields: list[tuple[str, str]], body: bytes
) -> None:
    status, calls = reached(method, path.partition("?")[0], query, fields, body, permissions)

    assert len(calls) <= 1
    assert (status == 200) == bool(calls)
    for call in calls:
        assert_may_leave(call, body, permissions)


@settings(max_examples=200)
@given(
    operation=st.sampled_from([each for each in OPERATIONS if each.effect.name == "READS"]),
    value=st.from_regex(r"[A-Za-z0-9._~-]{1,12}", fullmatch=True).filter(lambda text: text.strip(".")),
    query=st.sampled_from(["", "phrase=a+b&page=2", "fields=id%2Ctitle"]),
    prefix=st.sampled_from(["/.netlify/functions/getty", "/getty", "//.netlify/functions/getty"]),
)
def test_what_may_be_asked_reaches_getty_as_it_was_asked(operation: Any, value: str, query: str, prefix: str) -> None:
    path = re.sub(r"{[^}]+}", value, operation.template)

    status, calls = reached(
        "GET", prefix + path, query, [("accept-language", "fr"), ("cookie", "a=b")], b"", Permissions()
    )

    assert status == 200
    assert calls == [Call("GET", path, query, {"accept-language": "fr"})]


def test_the_model_itself_knows_a_bad_call() -> None:
    for call in (
        Call("GET", "/v3/images/%2e%2e"),
        Call("GET", "/v3/images/a%2fb"),
        Call("GET", "/v3/boards"),
        Call("POST", "/v3/downloads/images/7"),
        Call("GET", "/oauth2/token"),
        Call("GET", "/v3/countries", headers={"cookie": "a=b"}),
        Call("GET", "/v3/countries", "a#b"),
    ):
        with pytest.raises(AssertionError):
            assert_may_leave(call, b"", Permissions())
