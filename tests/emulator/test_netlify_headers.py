"""Which header fields rules add, and what of them cannot be used."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getty_emulator.netlify import header_rules, netlify_toml
from getty_emulator.netlify.header_rules import HeaderRule, fields_for, of_file, of_tables
from getty_emulator.netlify.settings import Finding

TEXT = """
# all of it
/*
  X-All: one
  X-All: two
  Cache-Control: a ,b,  c
/docs/*
  X-Docs: yes
/blog/:year
  X-Year: yes
/a*b/c
  X-Mid: yes
"""


def rules(text: str) -> list[HeaderRule]:
    return [each for each in of_file(text) if isinstance(each, HeaderRule)]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/", {"x-all"}),
        ("/docs", {"x-all", "x-docs"}),
        ("/DOCS/a/b", {"x-all", "x-docs"}),
        ("/docsx", {"x-all", "x-docs"}),  # netlify-cli's pattern is as loose
        ("/blog/2024", {"x-all", "x-year"}),
        ("/blog/2024/", {"x-all", "x-year"}),
        ("/blog/2024/x", {"x-all"}),
        ("/a1/2b/c", {"x-all", "x-mid"}),
    ],
)
def test_every_rule_whose_path_fits_counts(path: str, names: set[str]) -> None:
    found = dict(fields_for(rules(TEXT), path))

    assert {name.decode() for name in found} - {"cache-control"} == names
    assert (found[b"x-all"], found[b"cache-control"]) == (b"one, two", b"a, b, c")


def test_netlify_toml_wins_over_the_publish_folder_and_that_over_the_sites_folder(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "_headers").write_text("/*\n  X-One: root\n  X-Two: root\n  X-Three: root")
    (tmp_path / "public" / "_headers").write_text("/*\n  x-two: public\n  X-Three: public")
    toml = '[build]\npublish = "public"\n[[headers]]\nfor = "/*"\nvalues = { X-Three = ["a", "b"] }'

    found, findings = header_rules.read(netlify_toml.parse(toml, tmp_path))

    assert findings == []
    assert fields_for(found, "/") == ((b"x-one", b"root"), (b"x-two", b"public"), (b"x-three", b"a, b"))


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (": x", "Missing header name"),
        ("X-A:", "Missing header value"),
        ("X A: b", "'X A' is no name of a header field"),
        ("X-A: \u20ac", "the value of X-A has characters that no header field may have"),
        ("X-A: a\x00b", "the value of X-A has characters that no header field may have"),
    ],
)
def test_a_line_that_is_no_field_is_told_and_the_others_count(line: str, wrong: str) -> None:
    found = list(of_file(f"/*\n  {line}\n  X-Good: yes"))

    assert [str(each) for each in found if isinstance(each, Finding)] == [f"_headers:2: {wrong}"]
    assert fields_for([each for each in found if isinstance(each, HeaderRule)], "/") == ((b"x-good", b"yes"),)


def test_a_field_before_any_path_is_told() -> None:
    assert [str(each) for each in of_file("X-A: b")] == ['_headers:1: Path should come before header "X-A"']


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ("x", 'Missing "for" field'),
        ({"values": {}}, 'Missing "for" field'),
        ({"for": "/*", "values": "x"}, "\"values\" is 'x'; it has to be a table"),
        ({"for": "/*", "values": {"X-A": 1}}, '"X-A" is 1; it has to be a text'),
        ({"for": "/*", "values": {"X-A": "a\r\nSet-Cookie: b"}}, "the value of X-A has characters"),
    ],
)
def test_a_table_that_is_no_rule_is_told(table: object, wrong: str) -> None:
    [finding] = of_tables([(4, table)])

    assert str(finding).startswith(f"netlify.toml:4: {wrong}")


@given(st.text(max_size=80), st.text(max_size=20))
def test_no_text_whatever_makes_the_reader_fail_nor_breaks_out_of_a_field(text: str, path: str) -> None:
    for name, value in fields_for(rules(text), path):
        assert b"\n" not in name + value and b"\r" not in name + value


def test_one_wrong_value_takes_the_whole_table_with_it() -> None:
    table = {"for": "/*", "values": {"X-Good": "yes", "X-Number": 5}}

    (found,) = of_tables([(1, table)])

    assert isinstance(found, Finding)


def test_beside_a_star_a_full_stop_is_any_character_and_elsewhere_itself() -> None:
    rules = [each for each in of_file("/type.*\n  X-Star: yes\n/a.b\n  X-Dot: yes") if isinstance(each, HeaderRule)]

    assert fields_for(rules, "/type/index.html") == ((b"x-star", b"yes"),)
    assert fields_for(rules, "/axb") == ()
