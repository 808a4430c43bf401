"""Who answers a request: functions before rules before files, whatever is asked."""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_netlify_matching import claims, token

from getty_emulator.exchange import Answer, Call, Incoming, Streamed
from getty_emulator.netlify import netlify_toml
from getty_emulator.netlify.book import Book
from getty_emulator.netlify.decisions import Decision, Judge, Kind, Visitor
from getty_emulator.netlify.elsewhere import Elsewhere
from getty_emulator.netlify.functions import BuiltIn, Permissions
from getty_emulator.netlify.matching import Table
from getty_emulator.netlify.paths import BadPath
from getty_emulator.netlify.role_tokens import RoleTokens
from getty_emulator.netlify.rules import Rule, of_file
from getty_emulator.netlify.site import Site
from getty_emulator.netlify.whole_site import WholeSite

NOW = 1_700_000_000.0
VISITOR = Visitor(now=lambda: NOW)


class Getty:
    async def answer(self, call: Call) -> Answer:
        return Answer(200, ((b"content-type", b"application/json"),), call.target.encode(), "getty")


@dataclass
class Pages:
    """A site whose pages are in `there`, and what it was asked for."""

    there: Sequence[str] = ("/page", "/index.html")
    is_server: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)

    def located(self, path: str) -> str | None:
        return next((each for each in self.there if path == each and not self.is_server), None)

    def not_found_page(self) -> bytes:
        return b"not here"

    async def serve(self, incoming: Incoming, path: str, status: int | None) -> tuple[Answer | Streamed, str]:
        self.asked.append((path, incoming.query))
        if path == "/stream":
            return Streamed(200, (), _chunks(), "site"), path
        found = path in self.there
        return Answer((status or 200) if found else 404, ((b"x-own", b"site"),), b"", "site"), path


async def _chunks() -> AsyncGenerator[bytes, None]:
    yield b"one"


FUNCTIONS = Site({"getty": BuiltIn(Permissions())}, Getty())


def incoming(target: str, method: str = "GET", **fields: str) -> Incoming:
    path, _, query = target.partition("?")
    given = {"host": "localhost", **fields}
    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()]
    return Incoming(method, path, query, headers, b"")


def table(text: str, tokens: RoleTokens | None = None) -> Table:
    return Table([rule for rule in of_file(text) if isinstance(rule, Rule)], tokens)


def decided(rules: str, request: Incoming, tokens: RoleTokens | None = None) -> Decision:
    return Judge(FUNCTIONS, table(rules, tokens), Pages(), VISITOR).decide(request)


def test_no_rule_takes_the_path_of_a_function_known_or_not() -> None:
    for path in ("/.netlify/functions/getty/v3", "/.netlify/functions/nobody", "/.netlify/builders/x"):
        assert decided("/* /else 302!", incoming(path)).kind is Kind.FUNCTION
    for path in ("/.netlify/functions", "/.netlify/functions/", "/.netlify/other"):
        assert decided("/* /else 302!", incoming(path)).kind is Kind.REDIRECT


def test_a_file_stands_in_the_way_of_a_rule_without_force_only() -> None:
    shadowed, forced = decided("/page /x 302", incoming("/page")), decided("/page /x 302!", incoming("/page"))

    assert (shadowed.kind, shadowed.file, shadowed.is_shadowed) == (Kind.PAGE, "/page", True)
    assert forced.kind is Kind.REDIRECT


def test_one_rewrite_is_all_there_is() -> None:
    found = decided("/a /b 200\n/b /page 200", incoming("/a"))

    assert (found.kind, found.file, found.target and found.target.path) == (Kind.PAGE, None, "/b")


def test_a_posted_form_is_netlifys_to_keep() -> None:
    form = incoming("/a", "POST", content_type="Multipart/Form-Data; boundary=x")

    assert decided("/a /page 200", form).kind is Kind.FORM
    assert decided("/a /page 301", form).kind is Kind.REDIRECT
    assert decided("/a /.netlify/functions/getty 200", form).kind is Kind.FUNCTION


def test_where_a_role_was_asked_for_in_vain_a_token_that_is_none_is_an_error() -> None:
    rules = "/page /page 200! Role=admin\n/page /login 302"

    assert decided(rules, incoming("/page")).kind is Kind.REDIRECT
    assert decided(rules, incoming("/page", cookie="nf_jwt=rubbish")).kind is Kind.BAD_TOKEN
    assert decided(rules, incoming("/page", cookie=f"nf_jwt={token(claims('editor'))}")).kind is Kind.REDIRECT
    assert decided(rules, incoming("/page", cookie=f"nf_jwt={token(claims('admin'))}")).kind is Kind.PAGE


def test_the_secret_of_role_tokens_and_where_roles_stand_can_be_named(tmp_path: Path) -> None:
    toml = '[dev]\njwtSecret = "test-secret"\njwtRolePath = "roles"'
    tokens = netlify_toml.parse(toml, tmp_path).role_tokens
    mine = token({"exp": NOW + 9, "roles": ["admin"]}, "test-secret")

    assert decided("/a /page 200 Role=admin", incoming("/a", cookie=f"nf_jwt={mine}"), tokens).kind is Kind.PAGE
    assert decided("/a /page 200 Role=admin", incoming("/a", cookie=f"nf_jwt={mine}")).kind is Kind.NO_ROLE
    assert "test-secret" not in repr(tokens)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "/en"),
        ({"accept_language": "de-AT,en"}, "/de"),
        ({"accept_language": "german"}, "/else"),
        ({"accept_language": "DE"}, "/de"),
        ({"accept_language": ""}, "/en"),
        ({"accept_language": "en", "cookie": "nf_lang=de"}, "/de"),
        ({"cookie": 'a=b; nf_lang="de"; nf_lang=en'}, "/de"),
        ({"cookie": "nf_lang=%64e"}, "/de"),
        ({"x_language": "de"}, "/en"),  # netlify-cli believes a page; production says it itself
    ],
)
def test_a_visitors_language_is_that_of_the_cookie_else_the_first_of_the_browsers(
    fields: dict[str, str], expected: str
) -> None:
    rules = "/a /de 302 Language=de\n/a /en 302 Language=en\n/a /else 302"

    found = decided(rules, incoming("/a", **fields))

    assert found.target and found.target.path == expected


def site(folder: Path, rules: str, pages: Pages | None) -> WholeSite:
    (folder / "_redirects").write_text(rules)
    (folder / "_headers").write_text("/*\n  X-All: yes\n  X-Own: rule\n  Basic-Auth: me:test-secret\n")
    return WholeSite(FUNCTIONS, Book(folder, lambda _: None), Elsewhere(), pages, VISITOR)


def answered(whole: WholeSite, request: Incoming) -> Answer | Streamed:
    return asyncio.run(whole.answer(request))


def test_in_front_of_a_server_a_rewrite_applies_where_the_server_has_nothing(tmp_path: Path) -> None:
    pages = Pages(is_server=True)
    whole = site(
        tmp_path, "/page /index.html 200\n/gone /index.html?own=1 203\n/forced /page 200!\n/none /nowhere 200", pages
    )

    statuses = [answered(whole, incoming(path)).status for path in ("/page", "/gone?x=1", "/forced", "/none")]

    assert statuses == [200, 203, 200, 404]
    assert pages.asked == [
        ("/page", ""),
        ("/gone", "x=1"),
        ("/index.html", "own=1"),
        ("/page", ""),
        ("/none", ""),
        ("/nowhere", ""),
    ]


@pytest.mark.parametrize("is_server", [False, True])
def test_without_the_role_nobody_sees_the_page_itself_by_another_rule(tmp_path: Path, is_server: bool) -> None:
    pages = Pages(["/secret"], is_server)
    whole = site(tmp_path, "/secret /secret 200! Role=admin\n/secret /not-built 200", pages)

    assert answered(whole, incoming("/secret")).status == 404
    assert "/secret" not in [path for path, _ in pages.asked]
    allowed = f"nf_jwt={token(claims('admin'))}"
    assert answered(whole, incoming("/secret", cookie=allowed)).status == 200


def test_header_rules_add_what_an_answer_has_not_and_never_a_password(tmp_path: Path) -> None:
    for path in ("/page", "/stream", "/.netlify/functions/getty/v3/countries"):
        fields = dict(answered(site(tmp_path, "", Pages()), incoming(path)).headers)

        assert fields[b"x-all"] == b"yes"
        assert len(fields[b"x-nf-request-id"]) == 26
        assert fields[b"x-own"] == (b"site" if path == "/page" else b"rule")
        assert b"basic-auth" not in fields


def test_where_only_functions_are_served_rules_lead_to_them_and_elsewhere_and_nowhere_else(tmp_path: Path) -> None:
    rules = "/api/* /.netlify/functions/getty/:splat 200\n/old /new 301\n/* /index.html 200"
    whole = site(tmp_path, rules, None)

    found = answered(whole, incoming("/api/v3/countries?page=2"))
    assert isinstance(found, Answer) and found.body == b"/v3/countries?page=2"
    assert answered(whole, incoming("/old")).status == 301
    other = answered(whole, incoming("/page"))
    assert isinstance(other, Answer) and (other.status, other.body) == (404, b"Function not found...")
    assert answered(whole, incoming("/getty/v3/countries")).status == 200  # Gatsby's documented snippet cuts the prefix


@pytest.mark.parametrize("path", ["/api/..%2fv3", "/api/v3%2fcountries", "/api/%2e%2e/v3", "/api/v3//countries"])
def test_what_is_forwarded_to_getty_is_checked_behind_a_rule_too(tmp_path: Path, path: str) -> None:
    whole = site(tmp_path, "/api/* /.netlify/functions/getty/:splat 200", None)

    found = answered(whole, incoming(path))

    assert isinstance(found, Answer)
    assert found.status in (400, 404) or found.body == b"/v3/countries"


RULES = table(
    "/a /b 302 Language=de Cookie=x Role=y\n/:p/* /t/:p?x=:splat 200\n/x q=:q https://:q/ 302\n/h http://:p:p/ 200\n"
    "http://h.test/* /:splat 301\n/* /i 200 Country=de\n/* /j 404!"
)
TEXT = st.text(st.characters(max_codepoint=255), max_size=20)
FIELD = st.sampled_from(["host", "cookie", "accept-language", "content-type", "if-none-match"])
JWT = st.builds(
    lambda parts: "nf_jwt=" + ".".join(parts),
    st.lists(
        st.sampled_from(["", "x", "e30", base64.urlsafe_b64encode(json.dumps([1]).encode()).decode(), "%"]), max_size=4
    ),
)


@given(
    st.sampled_from(["GET", "POST", "HEAD", "X"]),
    st.builds("/{}".format, TEXT) | st.sampled_from(["/a", "/x", "/h", "//", "/.netlify/functions/", "/p/%2e%2e/%"]),
    TEXT,
    st.lists(st.tuples(FIELD, TEXT | JWT), max_size=4),
)
def test_whatever_is_asked_something_is_decided(
    method: str, path: str, query: str, fields: list[tuple[str, str]]
) -> None:
    headers = [(name.encode(), value.encode("latin-1")) for name, value in fields]
    try:
        found = Judge(FUNCTIONS, RULES, Pages(), VISITOR).decide(Incoming(method, path, query, headers, b""))
    except BadPath:
        return

    assert found.kind in Kind
