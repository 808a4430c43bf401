"""Which files of a functions folder are functions."""

from pathlib import Path

import pytest

from functions.harness import written
from getty_emulator.netlify.javascript.discovery import discover

EMPTY = ""


def test_files_and_folders_of_every_kind_are_found_by_their_names(tmp_path: Path) -> None:
    names = ["a.js", "b.mjs", "c.cjs", "d.ts", "e.mts", "f/f.js", "g/index.ts"]
    folder = written(tmp_path, dict.fromkeys(names, EMPTY)) / "netlify" / "functions"

    found = discover(folder)

    assert {name: str(source.file.relative_to(folder)) for name, source in found.items()} == {
        name.partition(".")[0].partition("/")[0]: name for name in names
    }


def test_what_lies_deeper_and_what_is_no_script_is_no_function(tmp_path: Path) -> None:
    names = ["a/b/b.js", "notes.txt", "types.d.ts", ".hidden.js", "node_modules/index.js", "lib/helper.js"]
    folder = written(tmp_path, dict.fromkeys(names, EMPTY)) / "netlify" / "functions"

    assert discover(folder) == {}


def test_of_two_functions_with_one_name_the_folder_wins_and_all_are_named(tmp_path: Path) -> None:
    folder = written(tmp_path, {"a.mjs": EMPTY, "a.js": EMPTY, "a/index.js": EMPTY}) / "netlify" / "functions"
    warnings: list[str] = []

    found = discover(folder, warnings.append)

    assert found["a"].file == folder / "a" / "index.js"
    assert warnings == ["3 functions are named a: a/index.js is used, a.js and a.mjs are not."]


@pytest.mark.parametrize(
    "names",
    [
        ("a.js", "a.mjs"),
        ("a.mjs", "a.ts"),
        ("a.ts", "a.mts"),
        ("a.mjs", "a.cjs"),
        ("a/a.mjs", "a.js"),
        ("a/a.js", "a/index.js"),
        ("a/index.js", "a/a.ts"),
        ("a/index.ts", "a/a.mjs"),
        ("a/index.mjs", "a/a.cjs"),
        ("a/a.cjs", "a/a.mts"),
    ],
)
def test_of_two_files_the_one_counts_that_netlify_cli_was_seen_to_take(names: tuple[str, str], tmp_path: Path) -> None:
    folder = written(tmp_path, dict.fromkeys(names, EMPTY)) / "netlify" / "functions"

    assert str(discover(folder)["a"].file.relative_to(folder)) == names[0]


def test_no_folder_is_no_functions(tmp_path: Path) -> None:
    assert discover(tmp_path / "nothing") == {}
