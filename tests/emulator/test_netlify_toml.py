"""What of a site's netlify.toml means something here, and how what cannot be used is told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getty_emulator.netlify.netlify_toml import load, parse
from getty_emulator.netlify.settings import FunctionSettings
from getty_token.errors import WrongUsage

SITE = Path("/site")


def found(text: str) -> list[str]:
    return [str(finding) for finding in parse(text, SITE).findings]


def test_a_site_without_the_file_has_netlifys_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path)

    assert (settings.functions, settings.publish) == (tmp_path / "netlify/functions", tmp_path)
    assert settings.findings == ()


def test_a_gatsby_site_publishes_its_public_folder(tmp_path: Path) -> None:
    (tmp_path / "gatsby-config.mjs").touch()

    assert load(tmp_path).publish == tmp_path / "public"


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ('[functions]\ndirectory = "a"', "a"),
        ('[build]\nfunctions = "b"', "b"),
        ('[build]\nfunctions = "b"\n[functions]\ndirectory = "a"', "a"),
        ('[dev]\nfunctions = "d"\n[functions]\ndirectory = "a"', "d"),
        ('[functions]\ndirectory = "/a/"', "a"),
        ('[build]\nbase = "web"\n[functions]\ndirectory = "a"', "web/a"),
        ('[context.dev]\nfunctions = "c"\n[functions]\ndirectory = "a"', "c"),
        ('[context.dev.functions]\ndirectory = "c"\n[functions]\ndirectory = "a"', "c"),
        ('[context.production]\nfunctions = "p"\n[functions]\ndirectory = "a"', "a"),
    ],
)
def test_the_folder_of_functions_is_the_one_that_netlify_dev_would_take(text: str, folder: str) -> None:
    assert parse(text, SITE).functions == SITE / folder


def test_dev_wins_over_build_and_the_context_over_build() -> None:
    text = '[build]\npublish = "b"\n[context.dev]\npublish = "c"'

    assert parse(text, SITE).publish == SITE / "c"
    assert parse(text + '\n[dev]\npublish = "d"', SITE).publish == SITE / "d"


def test_a_folder_outside_the_site_is_told_and_not_taken() -> None:
    settings = parse('[build]\n\npublish = "../elsewhere"', SITE)

    assert settings.publish == SITE
    assert [str(one) for one in settings.findings] == [
        "netlify.toml:3: publish is ../elsewhere, a folder outside the site"
    ]


def test_settings_of_one_function_stand_over_those_of_a_pattern_and_those_for_all() -> None:
    settings = parse(
        """
        [functions]
        node_bundler = "esbuild"
        included_files = ["all/**"]
        external_node_modules = ["sharp"]
        [functions."api_*"]
        node_bundler = "nft"
        [functions.api_nightly]
        schedule = "@daily"
        background = true
        timeout = 12
        included_files = ["one.json"]
        """,
        SITE,
    )

    assert settings.function("api_nightly") == FunctionSettings(
        "@daily", True, 12, "nft", ("sharp",), (), ("all/**", "one.json")
    )
    assert settings.function("api_x").node_bundler == "nft"
    assert settings.function("hello").node_bundler == "esbuild"
    assert settings.function("hello").schedule == ""


def test_variables_of_build_and_of_the_context_are_kept_apart_as_texts() -> None:
    settings = parse(
        "[build.environment]\nA = 'a'\nN = 1\nB = true\n[context.dev.environment]\nA = 'dev'\n"
        "[context.production.environment]\nA = 'live'",
        SITE,
    )

    assert settings.build_environment == {"A": "a", "N": "1", "B": "true"}
    assert settings.context_environment == {"A": "dev"}
    assert "live" not in repr(settings) and "'dev'" not in repr(settings)


def test_rules_are_handed_on_with_the_line_they_begin_on() -> None:
    settings = parse("\n[[redirects]]\nfrom = '/a'\n\n[[ redirects ]]\nfrom = '/b'\n[[headers]]\nfor = '/*'", SITE)

    assert [line for line, _ in settings.redirects] == [2, 5]
    assert settings.headers == ((7, {"for": "/*"}),)
    assert parse("# x\nredirects = [{from = '/a'}, {from = '/b'}]", SITE).redirects == (
        (2, {"from": "/a"}),
        (2, {"from": "/b"}),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("build = 1", "netlify.toml:1: build is 1; it has to be a table"),
        ("[dev]\nport = '8'", "netlify.toml:2: port in [dev] is '8'; a port is a whole number from 1 to 65535"),
        ("[dev]\nport = true", "netlify.toml:2: port in [dev] is True; a port is a whole number from 1 to 65535"),
        ("[functions.x]\nschedule = 3", 'netlify.toml:2: schedule in [functions."x"] is 3, which cannot be'),
        ("[functions]\nx = 3", "netlify.toml:2: x in [functions] is 3; it means nothing here"),
        ("redirects = 'x'", 'netlify.toml:1: "redirects" must be an array'),
        ("[build.environment]\nA = [1]", "netlify.toml:2: A in [build.environment] is no text"),
        ("[dev]\nenvFiles = 1", "netlify.toml:2: envFiles in [dev] is 1; it is a list of file names"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_with_its_line(text: str, told: str) -> None:
    assert found(text) == [told]


def test_a_file_that_is_no_toml_names_itself_and_the_line(tmp_path: Path) -> None:
    (tmp_path / "netlify.toml").write_text("[build\n")

    with pytest.raises(WrongUsage) as refused:
        load(tmp_path)

    assert str(tmp_path / "netlify.toml") in refused.value.what
    assert "line 1" in refused.value.why


VALUES = st.recursive(
    st.sampled_from(["'x'", "1", "true", "1.5", "[]", "{}", "['a']", "[1]", "2020-01-01", '"../.."', '"a\\u0000"']),
    lambda inner: st.builds("{{ a = {}, environment = {} }}".format, inner, inner),
    max_leaves=4,
)
KEYS = "build dev functions context context.dev redirects headers build.publish dev.functions functions.x".split()


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6))
def test_whatever_stands_in_the_file_is_settings_findings_or_one_refusal(lines: dict[str, str]) -> None:
    try:
        settings = parse("\n".join(f"{key} = {value}" for key, value in lines.items()), SITE)
    except WrongUsage:
        return

    assert settings.function("x") == settings.function("x")
