"""Which rules a site's files hold, in which order, and what is told of a line that is none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getty_emulator.netlify import netlify_toml, rules
from getty_emulator.netlify.rules import Rule, of_file, of_tables
from getty_emulator.netlify.settings import Finding


def one(line: str) -> Rule:
    [rule] = of_file(line)
    assert isinstance(rule, Rule), rule
    return rule


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/a /b", Rule("_redirects", 1, "/a", "/b")),
        ("/a\t/b   302!", Rule("_redirects", 1, "/a", "/b", 302, True)),
        ("/a /b 302 # why", Rule("_redirects", 1, "/a", "/b", 302)),
        ("/a/* 200", Rule("_redirects", 1, "/a/*", "/a/:splat", 200)),
        ("a https://x.test/b", Rule("_redirects", 1, "/a", "https://x.test/b")),
        ("/a id=:id k=5 other /b/:id", Rule("_redirects", 1, "/a", "/b/:id", query=(("id", ":id"), ("k", "5")))),
        ("/a /b 200x", Rule("_redirects", 1, "/a", "/b", 200)),
        ("/a /b 302.5!", Rule("_redirects", 1, "/a", "/b", 302, True)),
        ("http://Old.test:80/a%20b /b", Rule("_redirects", 1, "/a%20b", "/b", scheme="http", host="old.test")),
        ("https://old.test /b", Rule("_redirects", 1, "/", "/b", scheme="https", host="old.test")),
        (
            "/a /b 200! Country=de,AT language=de Role=admin",
            Rule(
                "_redirects",
                1,
                "/a",
                "/b",
                200,
                True,
                conditions=(("Country", ("de", "AT")), ("Language", ("de",)), ("Role", ("admin",))),
            ),
        ),
    ],
)
def test_a_line_is_read_as_netlifys_own_parser_reads_it(line: str, expected: Rule) -> None:
    assert one(line) == expected


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("/a", "Missing destination path/URL"),
        ("/a #/b", "Missing destination path/URL"),
        ("/a b", 'The destination path/URL must start with "/", "http:" or "https:"'),
        ("/a id=1", 'The destination path/URL must start with "/", "http:" or "https:"'),
        ("/a 200", 'Missing "to" field'),
        ("/a/* 301", 'Missing "to" field'),
        ("/a /b abc", "Invalid status code: abc"),
        ("/a /b Country=de", "Invalid status code: Country=de"),
        ("/a /b 1000", "Invalid status code: 1000; a rule's is from 200 to 999"),
        ("/a /b 2", "Invalid status code: 2; a rule's is from 200 to 999"),
        ("/a /b 99999999999999999999", "Invalid status code: 99999999999999999999; a rule's is from 200 to 999"),
        ("/.netlify/functions/x /b", '"path" field must not start with "/.netlify"'),
        ("http://[x/ /b", "Invalid URL: '[x' is no host"),
    ],
)
def test_a_line_that_is_no_rule_is_told_with_its_file_and_line_and_the_others_work(line: str, wrong: str) -> None:
    found = list(of_file(f"# rules\n{line}\n/good /b", "public/_redirects"))

    assert [str(each) for each in found if isinstance(each, Finding)] == [f"public/_redirects:2: {wrong}"]
    assert [each.place for each in found if isinstance(each, Rule)] == ["public/_redirects:3"]


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ("x", "a redirect is 'x'; it has to be a table"),
        ({}, 'Missing "from" field'),
        ({"from": "/a"}, 'Missing "to" field'),
        ({"from": 1, "to": "/b"}, '"from" is 1; it has to be a path'),
        ({"from": "/a", "to": 2}, '"to" is 2; it has to be a path or an address'),
        ({"from": "/a", "to": "/b", "status": "x"}, "Invalid status code: x"),
        ({"from": "/a", "to": "/b", "status": True}, "Invalid status code: True"),
        ({"from": "/a", "to": "/b", "headers": "x"}, "\"headers\" is 'x'; it has to be a table"),
        ({"from": "/a", "to": "/b", "headers": {"A\n": "b"}}, "'A\\n' in headers is no header field"),
        ({"from": "/a", "to": "/b", "query": "x=1"}, "\"query\" is 'x=1'; it has to be a table"),
        ({"from": "/a", "to": "/b", "force": "yes"}, "\"force\" is 'yes'; it is true or false"),
    ],
)
def test_a_table_that_is_no_rule_is_told(table: object, wrong: str) -> None:
    assert [str(each) for each in of_tables([(7, table)])] == [f"netlify.toml:7: {wrong}"]


def test_the_older_names_of_a_tables_fields_are_known() -> None:
    [rule] = of_tables([(1, {"origin": "/a", "destination": "/b", "parameters": {"x": ":x"}, "sign": "S"})])

    assert rule == Rule("netlify.toml", 1, "/a", "/b", query=(("x", ":x"),), signed="S")


def test_rules_of_the_sites_folder_come_first_then_those_of_the_publish_folder_then_netlify_toml(
    tmp_path: Path,
) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "_redirects").write_text("/a /root\n/only-root /x")
    (tmp_path / "public" / "_redirects").write_text("/a /public\n")
    toml = '[build]\npublish = "public"\n[[redirects]]\nfrom = "/a"\nto = "/toml"\n'

    found, findings = rules.read(netlify_toml.parse(toml, tmp_path))

    assert [f"{rule.place} {rule.target}" for rule in found] == [
        "_redirects:1 /root",
        "_redirects:2 /x",
        "public/_redirects:1 /public",
        "netlify.toml:3 /toml",
    ]
    assert findings == []


def test_of_rules_that_are_alike_the_last_counts(tmp_path: Path) -> None:
    (tmp_path / "_redirects").write_text("/a /b 301\n/a /b 302\n/a /b 301\n")

    found, _ = rules.read(netlify_toml.parse("", tmp_path))

    assert [(rule.line, rule.status) for rule in found] == [(2, 302), (3, 301)]


def test_bytes_that_are_no_text_spoil_their_own_line_only(tmp_path: Path) -> None:
    (tmp_path / "_redirects").write_bytes(b"\xef\xbb\xbf/a /b\r\n/\xff\xfe /c\r\n\x00\r\n")

    found, findings = rules.read(netlify_toml.parse("", tmp_path))

    assert [rule.path for rule in found] == ["/a", "/\ufffd\ufffd"]
    assert [finding.place for finding in findings] == ["_redirects:3"]


WORDS = st.sampled_from(
    "/a /a/* :x * http:// http://[ https://e.test/:a 200 301! -1 # = a= a=:b Role=x Country= \x00 é /.netlify !".split(
        " "
    )
)


@given(st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=7).map(" ".join))
def test_no_line_whatever_makes_the_reader_fail(line: str) -> None:
    for found in of_file(line):
        assert isinstance(found, Rule | Finding)
        assert str(found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from("from to status force query conditions headers signed origin destination params".split())


@given(st.one_of(JSON, st.dictionaries(FIELDS, JSON)))
def test_no_table_whatever_makes_the_reader_fail(table: object) -> None:
    for found in of_tables([(1, table)]):
        assert isinstance(found, Rule | Finding)


def test_a_rule_of_more_than_four_splats_is_refused_with_its_line() -> None:
    four, five, tail = of_file("/*/a/*/b/*/c/* /t\n/*/*/*/*/* /t\n/*/*/*/*/x* /t")

    assert isinstance(four, Rule)
    assert isinstance(five, Finding)
    assert isinstance(tail, Finding)
    assert (five.line, tail.line) == (2, 3)
    assert "more than 4 splats" in str(five)
