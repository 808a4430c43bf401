"""`getty-token routes`: the table in the order in which it is tried, and who answers one path."""

import json
import os
from pathlib import Path

import jsonschema
import pytest

from getty_token.commands import schemas
from getty_token.commands.routes import LISTED, Asking, SiteHere, show
from getty_token.errors import WrongUsage

TOML = """
[build]
publish = "public"

[[redirects]]
from = "/from-toml"
to = "/page"
status = 200
conditions = { Role = ["admin"] }

[[redirects]]
from = "/far/*"
to = "https://example.test/:splat"
status = 200

[[headers]]
for = "/page.html"
values = { X-Page = "yes", Cache-Control = "no-store" }
"""
RULES = """
/plain   /page  301
/asked   id=:id /blog/:id 302
/lang    /de    302  Language=de
/lang    /any   302
/page    /never 302
/forced  /page  302!
/rw      /page  200
/fn      /.netlify/functions/getty/v3/countries 200
/nothing-there /nowhere 200
/bad
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SiteHere:
    (tmp_path / "public").mkdir()
    for name in ("page.html", "forced.html", "404.html"):
        (tmp_path / "public" / name).write_text(name)
    (tmp_path / "netlify.toml").write_text(TOML)
    (tmp_path / "public" / "_redirects").write_text(RULES)
    (tmp_path / "getty-token.toml").write_text(
        '[functions.search-images]\nendpoint = "GET /v3/search/images/creative"\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return SiteHere(tmp_path)


def answer(site: SiteHere, target: str, **more: object) -> str:
    explained = site.explain(Asking(target, **more))  # type: ignore[arg-type]
    return f"{explained.answer} ({explained.where})"


def test_the_table_is_in_the_order_in_which_it_is_tried(here: SiteHere) -> None:
    table = [(route.kind, route.path, route.answer, route.where) for route in here.table()]

    assert table[:4] == [
        ("function", "/.netlify/functions/getty/*", "getty", "getty-token"),
        ("function", "/.netlify/functions/search-images/*", "search-images", "getty-token.toml"),
        ("rule", "/plain", "301 /page", "public/_redirects:2"),
        ("rule", "/asked ?id=:id", "302 /blog/:id", "public/_redirects:3"),
    ]
    assert table[-3:] == [
        ("rule", "/from-toml Role admin", "200 /page", "netlify.toml:5"),
        ("rule", "/far/*", "200 https://example.test/:splat", "netlify.toml:11"),
        ("files", "/*", "the published file, else 404", "public"),
    ]
    assert here.told == ["public/_redirects:11: Missing destination path/URL"]


@pytest.mark.parametrize(
    ("target", "more", "expected"),
    [
        ("/plain?x=1", {}, "301 /page?x=1 (public/_redirects:2)"),
        ("/asked", {"query": ["id=a b"]}, "302 /blog/a+b?id=a+b (public/_redirects:3)"),
        ("/lang", {"language": "de"}, "302 /de (public/_redirects:4)"),
        ("/lang", {"headers": ["Accept-Language: de-AT"]}, "302 /de (public/_redirects:4)"),
        ("/lang", {"cookies": ["nf_lang=de"]}, "302 /de (public/_redirects:4)"),
        ("/lang", {}, "302 /any (public/_redirects:5)"),
        ("/page", {}, "file /page.html, which stands in the way of public/_redirects:6 (public)"),
        ("/forced", {}, "302 /page (public/_redirects:7)"),
        ("/rw", {}, "file /page.html (public/_redirects:8)"),
        ("/fn", {"method": "post"}, "function getty (public/_redirects:9)"),
        ("/nothing-there", {}, "404 (/nowhere is not published) (public/_redirects:10)"),
        ("/from-toml", {}, "404 (rules ask for the role admin) ()"),
        ("/far/x", {}, "502 Rules may not lead to example.test here."),
        ("/404", {}, "file /404.html (public)"),
        ("/.netlify/functions/getty/v3", {}, "function getty (getty-token)"),
        ("/.netlify/functions/nobody", {}, "404 Function not found... (there is no function nobody) ()"),
        ("/žádná", {}, "404 (or the site's own server, with serve --site) ()"),
    ],
)
def test_a_path_is_answered_by(here: SiteHere, target: str, more: dict[str, object], expected: str) -> None:
    assert answer(here, target, **more).startswith(expected)


def test_each_rule_before_is_listed_with_why_it_does_not_answer(here: SiteHere) -> None:
    explained = here.explain(Asking("/lang"))

    assert [(rule.line, why) for rule, why in explained.passed] == [
        (2, "another path"),
        (3, "another path"),
        (4, "Language is en, not de"),
    ]
    assert explained.others == 0


def test_of_many_rules_those_for_other_paths_are_counted(here: SiteHere, tmp_path: Path) -> None:
    lines = [f"/old/{number} /new/{number}" for number in range(10 * LISTED)]
    (tmp_path / "public" / "_redirects").write_text("\n".join([*lines, "/a /b 302 Country=de", "/a /c 302"]))

    explained = SiteHere(tmp_path).explain(Asking("/a"))

    assert explained.answer == "302 /c"
    assert [why for _, why in explained.passed] == ["Country is us, not de"]
    assert explained.others == 10 * LISTED


def test_what_header_rules_add_is_said_but_not_what_they_cannot_change(here: SiteHere) -> None:
    assert here.explain(Asking("/page")).fields == (("x-page", "yes"),)


@pytest.mark.parametrize(
    ("asking", "says"),
    [
        (Asking("page"), "page is no path."),
        (Asking("/%"), "/% is answered with 400."),
        (Asking("/", headers=["X"]), "--header X has no :."),
        (Asking("/", cookies=["=x"]), "--cookie =x has no =."),
    ],
)
def test_what_cannot_be_asked_is_said(here: SiteHere, asking: Asking, says: str) -> None:
    with pytest.raises(WrongUsage) as refused:
        here.explain(asking)

    assert refused.value.what == says


def test_both_forms_print_json_with_a_schema_version(here: SiteHere, capsys: pytest.CaptureFixture[str]) -> None:
    show(None, True)
    table = json.loads(capsys.readouterr().out)
    show(Asking("/lang"), True)
    one = json.loads(capsys.readouterr().out)

    for printed in (table, one):
        jsonschema.validate(printed, schemas.load("routes"))
    assert table["routes"][0]["kind"] == "function"
    assert (one["kind"], one["rule"]["where"]) == ("redirect", "public/_redirects:5")
    assert one["passed"][-1]["why"] == "Language is en, not de"


def test_for_a_person_the_answer_comes_first(here: SiteHere, capsys: pytest.CaptureFixture[str]) -> None:
    show(Asking("/lang"), False)

    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "302 /any  (public/_redirects:5)"
    assert "warning: public/_redirects:11: Missing destination path/URL" in said.err
    assert os.getcwd() not in said.out
