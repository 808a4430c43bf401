"""`config.path`, as URLPattern reads it."""

import pytest

from getty_emulator.netlify.javascript.declared import Declared
from getty_emulator.netlify.javascript.patterns import BadPattern, compiled


@pytest.mark.parametrize(
    ("pattern", "path", "parameters"),
    [
        ("/about", "/about", {}),
        ("/about", "/about/", {}),
        ("/items/:id", "/items/5", {"id": "5"}),
        ("/items/:id", "/items/a%2Fb", {"id": "a%2Fb"}),
        ("/:lang?/about", "/about", {}),
        ("/:lang?/about", "/cs/about", {"lang": "cs"}),
        ("/files/*", "/files/a/b/c", {"0": "a/b/c"}),
        ("/*/and/*", "/a/and/b", {"0": "a", "1": "b"}),
        ("/:year(\\d+)", "/2024", {"year": "2024"}),
        ("/:size(\\d+(?:x\\d+)?)", "/10x20", {"size": "10x20"}),
        ("/(a|b)/x", "/a/x", {"0": "a"}),
        ("/:rest+", "/a/b", {"rest": "a/b"}),
        ("/list/:rest*", "/list", {}),
        ("/list/:rest*", "/list/a/b", {"rest": "a/b"}),
        ("/book{-:id}?", "/book", {}),
        ("/book{-:id}?", "/book-5", {"id": "5"}),
        ("/:name.json", "/a.json", {"name": "a"}),
        ("/a\\:b", "/a:b", {}),
        ("/a.b", "/a.b", {}),
    ],
)
def test_a_path_matches_and_its_parameters_are_found(pattern: str, path: str, parameters: dict[str, str]) -> None:
    made = compiled(pattern)

    assert made.matches(path)
    assert made.parameters(path) == parameters


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/items/:id", "/items"),
        ("/items/:id", "/items/1/2"),
        ("/files/*", "/files"),
        ("/files/*", "/files/"),
        ("/:year(\\d+)", "/x"),
        ("/a.b", "/axb"),
        ("/:rest+", "/"),
    ],
)
def test_another_path_does_not(pattern: str, path: str) -> None:
    assert not compiled(pattern).matches(path)


def test_a_literal_part_in_another_case_is_found_without_parameters_as_netlify_does() -> None:
    made = compiled("/items/:id")

    assert made.matches("/Items/5")
    assert made.parameters("/Items/5") == {}


def test_a_pattern_with_a_capital_letter_matches_nothing_as_in_netlify_which_tries_paths_in_lower_case() -> None:
    assert not compiled("/Items/:id").matches("/Items/5")


@pytest.mark.parametrize(
    ("pattern", "has_capital"), [("/items/:itemId", False), ("/x/:n([A-Z])", False), ("/Items", True), ("/\\A", True)]
)
def test_it_is_known_whether_a_literal_part_has_a_capital_letter(pattern: str, has_capital: bool) -> None:
    assert compiled(pattern).has_capital == has_capital


@pytest.mark.parametrize("pattern", ["about", "/:id/:id", "/{a", "/a}", "/(a", "/:n([)", "/(?<x>a)(?<x>b)"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        compiled(pattern)


def test_a_function_declares_paths_methods_exclusions_and_more() -> None:
    config = {"path": ["/a/*", "/b"], "method": ["post", "PUT"], "excludedPath": "/a/private/*", "preferStatic": True}

    declared = Declared.read("x", config, {}, "")

    assert [declared.path_for(path, "POST") is not None for path in ("/a/1", "/b", "/c", "/a/private/1")] == [
        True,
        True,
        False,
        False,
    ]
    assert declared.path_for("/b", "GET") is None
    assert declared.prefer_static


@pytest.mark.parametrize(
    ("name", "config", "table", "text", "schedule"),
    [
        ("x", {"schedule": "@daily"}, {"schedule": "@hourly"}, "", "@daily"),
        ("x", {}, {"schedule": "@hourly"}, "", "@hourly"),
        ("x", {}, {}, "exports.handler = schedule('5 4 * * *', run)", "5 4 * * *"),
        ("x", {"schedule": 5}, {}, "", ""),
    ],
)
def test_a_schedule_may_stand_in_three_places(
    name: str, config: dict[str, object], table: dict[str, object], text: str, schedule: str
) -> None:
    assert Declared.read(name, config, table, text).schedule == schedule


def test_a_background_function_is_one_by_name_by_config_or_by_netlify_toml() -> None:
    assert Declared.read("x-background", {}, {}, "").background
    assert Declared.read("x", {"background": True}, {}, "").background
    assert Declared.read("x", {}, {"background": True}, "").background
    assert not Declared.read("x", {}, {}, "").background
