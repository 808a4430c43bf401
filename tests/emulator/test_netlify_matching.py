"""
Which rule a request meets and what its target becomes.

The cases are what netlify-redirector 0.5 answers, the library that `netlify dev` matches with.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getty_emulator.netlify.matching import Asked, Match, Table
from getty_emulator.netlify.rules import Rule, of_file

NOW = 1_700_000_000.0


def table(text: str) -> Table:
    return Table([rule for rule in of_file(text) if isinstance(rule, Rule)])


def asked(target: str, **more: object) -> Asked:
    path, _, query = target.partition("?")
    return Asked(path, query, now=NOW, **more)  # type: ignore[arg-type]


def target(text: str, path: str, **more: object) -> str | None:
    found = table(text).match(asked(path, **more))
    return found.target if found and found.rule else None


def token(claims: Mapping[str, object], secret: str = "secret", algorithm: str = "HS256") -> str:
    head, body = (_base64(json.dumps(part).encode()) for part in ({"alg": algorithm}, claims))
    digest = hashlib.sha512 if algorithm == "HS512" else hashlib.sha256
    return f"{head}.{body}.{_base64(hmac.new(secret.encode(), f'{head}.{body}'.encode(), digest).digest())}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def claims(*roles: object, **more: object) -> dict[str, object]:
    return {"exp": NOW + 60, "app_metadata": {"authorization": {"roles": list(roles)}}, **more}


@pytest.mark.parametrize(
    ("rule", "path", "expected"),
    [
        ("/a /b", "/a", "/b"),
        ("/a /b", "/a/", "/b"),
        ("/a/ /b", "/a", "/b"),
        ("/a /b", "/a//", None),
        ("/a /b", "/A", None),
        ("/a /b", "//a", None),
        ("/a.b /t", "/axb", None),
        ("/a(b)?c /t", "/a(b)?c", None),  # what follows is a query
        ("/a[b]$^ /t", "/a[b]$^", "/t"),
        ("/s/* /d/:splat", "/s", "/d/"),
        ("/s/* /d/:splat", "/s/", "/d/"),
        ("/s/* /d/:splat", "/s/x//y/", "/d/x//y/"),
        ("/s/* /d/:splat", "/splat", None),
        ("/* /d/:splat", "/", "/d/"),
        ("/m/*/end /e/:splat", "/m/x/y/end", "/e/x/y"),
        ("/m/*/end /e/:splat", "/m/end", "/e/"),
        ("/m/*/end /e/:splat", "/m/x/end/", "/e/x"),
        ("/*/x/* /t/:splat", "/1/2/x/3", "/t/1/2"),
        ("/a/*/b/*/c /t/:splat", "/a/1/b/2/b/3/c", "/t/1/b/2"),
        ("/star* /t/:splat", "/star", "/t/"),
        ("/star* /t/:splat", "/starx/y", "/t/x/y"),
        ("/star* /t/:splat", "/star/x", "/t/x"),
        ("/a*b /t", "/axb", None),
        ("/a*b /t", "/a*b", "/t"),
        ("/a/** /t/:splat", "/a/**", "/t/*"),
        ("/b/:y/:m /c?y=:y&m=:m", "/b/1/2", "/c?y=1&m=2"),
        ("/b/:y/:m /c?y=:y&m=:m", "/b/1/2/", "/c?y=1&m=2"),
        ("/b/:y/:m /c", "/b/1", None),
        ("/b/:y/:m /c", "/b//2", None),
        ("/b/:y/c /t/:y", "/b//2//c", "/t/2"),
        ("/a/b/:x /t/:x", "/a//b//1/", "/t/1"),
        ("/a/b/* /t/:splat", "/a//b", "/t/"),
        ("/a/b /t", "/a//b", None),
        ("/:y /t/:y", "//2", None),
        ("/:a.html /t/:a.html", "/anything", "/t/anything"),
        ("/x:y /t", "/x:y", "/t"),
        ("/: /t", "/x", None),
        ("/:a/:a /t/:a", "/1/2", "/t/1"),
        ("/:a/:ab /t/:ab/:a", "/1/2", "/t/1b/1"),
        ("/:ab/:a /t/:ab/:a", "/1/2", "/t/1/2"),
        ("/:a/* /t/:a/:splat", "/", None),
        ("/:a/* /t/:a/:splat", "/x", "/t/x/"),
        ("/a/:x /t/:y", "/a/1", "/t/:y"),
        ("//host/a /t", "//host/a", None),
        ("/enc%20oded /t", "/enc oded", None),
        ("/q id=:id /blog/:id", "/q?id=5", "/blog/5"),
        ("/q id=:id /blog/:id", "/q?id=", "/blog/"),
        ("/q id=:id /blog/:id", "/q?id", None),
        ("/q id=:id /blog/:id", "/q", None),
        ("/q id=:id /blog/:id", "/q?id=1&id=2", "/blog/2"),
        ("/q id=:id /blog/:id", "/q?x=1&id=a%20b%2F~*", "/blog/a+b%2F~%2A"),
        ("/q id=5 k=:k /blog/:k", "/q?k=2&id=%35&z=1", "/blog/2"),
        ("/q id=5 k=:k /blog/:k", "/q?id=6&k=1", None),
        ("/q id /t", "/q", "/t"),
        ("/q id= /t", "/q?id=1", None),
        ("/q/:a a=:a /t/:a", "/q/1?a=2", "/t/1"),
    ],
)
def test_a_path_is_matched_and_the_target_filled_in(rule: str, path: str, expected: str | None) -> None:
    assert target(rule, path) == expected


def test_the_first_rule_that_matches_counts() -> None:
    text = "/a/b /one\n/a/* /two\n/:x/b /three\n/* /four"

    assert [target(text, path) for path in ("/a/b", "/a/c", "/z/b", "/z")] == ["/one", "/two", "/three", "/four"]
    assert target("/* /any\n/a /never", "/a") == "/any"


@pytest.mark.parametrize(
    ("rule", "path", "expected"),
    [
        ("/* /a/b", "/a/b", None),
        ("/* /a/b", "/a/b/c", None),
        ("/* /a/b 302!", "/a/b", None),
        ("/* /a/b 410", "/a/b", None),
        ("/* /a/b 200", "/a/b", "/a/b"),
        ("/* /a/b", "/a/c", "/a/b"),
        ("/* /a/b?x=1", "/a/b", "/a/b?x=1"),
        ("/* /", "/anything", None),
        ("/a/* /a/:splat", "/a/b", None),
        ("/a/* /a/x/:splat", "/a/b", "/a/x/b"),
        ("/* /:splat", "/a/b", "/a/b"),
        ("/*/c /a/:splat", "/a/c", "/a/a"),
        ("/*/c /a/:splat/c", "/a/c", None),
        ("/a/b /a/b", "/a/b", "/a/b"),
        ("/a/:x /a/b", "/a/b", "/a/b"),
        ("/* http://localhost/a", "/a", "http://localhost/a"),
    ],
)
def test_a_splat_does_not_lead_to_where_it_leads_again(rule: str, path: str, expected: str | None) -> None:
    assert target(rule, path) == expected
    assert expected is not None or target(f"{rule}\n/* /next 302", path) is None


def test_a_splat_of_a_host_that_leads_to_the_same_host_is_a_loop_too() -> None:
    rule = "http://e.test/* http://e.test/a/:splat 302"

    assert target(rule, "/b", host="e.test") == "http://e.test/a/b"
    assert target(rule, "/a/b", host="e.test") is None


def test_a_rule_for_a_host_is_for_that_scheme_and_host_only() -> None:
    text = "http://old.test/* https://new.test/:splat 301!"

    assert target(text, "/a/b", host="old.test") == "https://new.test/a/b"
    assert target(text, "/a", host="other.test") is None
    assert target(text, "/a", host="old.test", scheme="https") is None


def test_language_and_country_are_compared_whatever_their_case() -> None:
    text = "/a /us 302 Country=US Language=en\n/a /de 302 Language=DE,fr\n/a /else"

    assert target(text, "/a") == "/us"
    assert target(text, "/a", language="de") == "/de"
    assert target(text, "/a", language="FR", country="at") == "/de"
    assert target(text, "/a", country="at") == "/else"


def test_a_cookie_has_to_be_there_with_a_value() -> None:
    text = "/a /b 302 Cookie=x,y"

    assert target(text, "/a", cookies={"y": "1"}) == "/b"
    assert target(text, "/a", cookies={"x": ""}) is None


def test_a_condition_that_nobody_knows_is_never_met() -> None:
    assert target("/a /b 302 Moon=full", "/a") is None


@pytest.mark.parametrize(
    ("cookie", "is_let_in"),
    [
        (token(claims("admin")), True),
        (token(claims("admin"), algorithm="HS512"), True),
        (token(claims("editor", "admin")), True),
        (token({**claims(), "app_metadata": {"authorization": {"roles": "admin"}}}), True),
        (token(claims("editor")), False),
        (token(claims("ADMIN", 5, None)), False),
        (token(claims("admin"), secret="guessed"), False),
        (token(claims("admin"), algorithm="none"), False),
        (token(claims("admin", exp=NOW - 1)), False),
        (token(claims("admin", exp="never")), False),
        (token({"app_metadata": {"authorization": {"roles": ["admin"]}}}), False),
        (token({"exp": NOW + 60}), False),
        ("rubbish", False),
        ("a.b.c", False),
        ("..", False),
        ("", False),
        ("é.é.é", False),
    ],
)
def test_a_role_needs_a_signed_token_that_lives_and_has_it(cookie: str, is_let_in: bool) -> None:
    found = table("/a /b 200 Role=admin").match(asked("/a", cookies={"nf_jwt": cookie}))

    assert found is not None
    assert bool(found.rule) == is_let_in


def test_any_valid_token_has_the_role_star() -> None:
    assert target("/a /b 200 Role=*", "/a", cookies={"nf_jwt": token({"exp": NOW + 1})}) == "/b"


def test_where_only_the_role_is_missing_nothing_is_found_but_another_rule_may_apply() -> None:
    assert table("/a /b 200 Role=admin").match(asked("/a")) == Match(None, denied=("admin",))
    assert table("/a /b 200 Role=admin Language=de").match(asked("/a")) is None

    found = table("/a /b 200 Role=admin\n/a /login 302").match(asked("/a"))

    assert found and found.target == "/login" and found.denied == ("admin",)


def test_why_a_rule_does_not_answer_is_said_in_a_few_words() -> None:
    rules = table(
        "http://x.test/a /b\n/z /b\n/a id=:id /b\n/a k=1 /b\n/a /b 302 Language=de\n/a /b 302 Country=de\n"
        "/a /b 302 Cookie=c\n/a /b 302 Role=admin\n/a /b 302 Moon=full\n/a /here"
    )

    assert [rules.why_not(rule, asked("/a?k=2")) for rule in rules.rules] == [
        "it is for http://x.test",
        "another path",
        "the query has no id",
        "k is 2, not 1",
        "Language is en, not de",
        "Country is us, not de",
        "no cookie c",
        "no role of admin in the cookie nf_jwt",
        "Moon is no condition that Netlify knows",
        "",
    ]


def test_a_long_address_does_not_keep_a_rule_with_many_splats_busy() -> None:
    text = "/*/x/*/x/*/y /t\n/a/*/b/* /t/:splat"

    assert target(text, "/1/x/2/x/3/y") == "/t"
    assert target(text, f"/a/{'x' * 1000}/b/c") == f"/t/{'x' * 1000}"
    assert target(text, "/x" * 8000 + "/y/z") is None  # with backtracking it would take minutes


SEGMENTS = st.sampled_from(["a", "b", ":p", ":q", "*", "s*", "a.b", "**", "x*y", ":", "é", "", "("])
RULES = st.lists(
    st.tuples(st.lists(SEGMENTS, max_size=4), st.sampled_from(["", "a=1", "a=:z", "b=2 a=:z"])).map(
        lambda parts: f"/{'/'.join(parts[0])} {parts[1]} /t/:p/:splat 302"
    ),
    max_size=12,
)
PATHS = st.lists(st.sampled_from(["a", "b", "s", "sx", "a.b", "", "é", "x", "(", "*", "\n"]), max_size=6)


@given(RULES, PATHS, st.sampled_from(["", "a=1", "a=1&b=2", "a", "a=%zz&a=&&=", "b=2&a=1"]))
def test_the_tree_finds_the_very_rule_that_looking_at_each_would(
    lines: list[str], segments: list[str], query: str
) -> None:
    rules = table("\n".join(lines))
    request = Asked("/" + "/".join(segments), query, now=NOW)  # no rule here can be a loop: all lead to /t

    found = rules.match(request)

    first = next((rule for rule in rules.rules if Table([rule]).match(request)), None)
    assert (found.rule if found else None) == first
    assert first is None or rules.why_not(first, request) == ""
