"""The house: what the wheel contains, which way imports point, what the README promises, what cassettes hold."""

import ast
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest
import vcr

from programs import CHECKOUT

PACKAGES = {"getty_token": CHECKOUT / "cli" / "getty_token", "getty_emulator": CHECKOUT / "emulator" / "getty_emulator"}
LEAVES = {f"getty_token.{name}" for name in ("errors", "operations", "parameters", "loopback")}
"""What the emulator may know of getty_token: facts and errors, nothing that holds a secret."""

CASSETTES = sorted((CHECKOUT / "cassettes").glob("*.yaml"))


def imports(file: Path) -> set[str]:
    """The modules that a file of ours imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in PACKAGES}


def module(file: Path, package: str) -> str:
    """The dotted name of a file."""
    parts = file.relative_to(PACKAGES[package].parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_the_emulator_imports_nothing_that_holds_a_secret() -> None:
    strangers = {
        (file.name, name)
        for file in PACKAGES["getty_emulator"].rglob("*.py")
        for name in imports(file)
        if name.startswith("getty_token.") and not any(name == leaf or name.startswith(f"{leaf}.") for leaf in LEAVES)
    }

    assert strangers == set()


def test_the_facts_and_errors_import_nothing_of_ours_but_each_other() -> None:
    for leaf in LEAVES:
        file = PACKAGES["getty_token"] / f"{leaf.rpartition('.')[2]}.py"
        assert imports(file) == set()


def test_nothing_imports_the_commands_but_the_programs_entry_and_themselves() -> None:
    importers = {
        module(file, package)
        for package, folder in PACKAGES.items()
        for file in folder.rglob("*.py")
        if any(name.startswith("getty_token.commands") for name in imports(file))
    }

    outside = {name for name in importers if not name.startswith("getty_token.commands")}

    assert outside == {"getty_token.__main__"}


def test_the_core_does_not_import_the_emulator() -> None:
    core = [file for file in PACKAGES["getty_token"].rglob("*.py") if "commands" not in file.parts]

    assert [file.name for file in core if any(name.startswith("getty_emulator") for name in imports(file))] == []


def test_no_module_is_named_like_one_of_the_standard_library() -> None:
    top = [file.stem for folder in PACKAGES.values() for file in folder.glob("*.py") if not file.stem.startswith("__")]

    assert set(top) & sys.stdlib_module_names == set()


def test_the_wheel_holds_both_packages_and_the_cassettes_and_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)

    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()

    modules = {
        str(file.relative_to(folder.parent))
        for folder in PACKAGES.values()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    data = {f"getty_emulator/cassettes/{file.name}" for file in (CHECKOUT / "cassettes").iterdir() if file.is_file()}
    assert {name for name in names if ".dist-info/" not in name} == modules | data


def test_every_command_and_option_that_the_readme_names_exists() -> None:
    text = (CHECKOUT / "README.md").read_text()
    # What stands as code: in backticks, or on a line of its own.
    code = re.findall(r"`[^`]+`|^ {4}.+$", text, re.MULTILINE)
    uses = re.findall(r"getty-token ([a-z]+)((?: (?:--[a-z-]+|[\w\"'./-]+))*)", "\n".join(code))
    environment = {**os.environ, "PYTHONPATH": f"{CHECKOUT / 'cli'}:{CHECKOUT / 'emulator'}", "COLUMNS": "200"}
    helps: dict[str, str] = {}

    def help_of(*command: str) -> str:
        name = " ".join(command)
        if name not in helps:
            asked = [sys.executable, "-m", "getty_token", *command, "--help"]
            done = subprocess.run(asked, env=environment, capture_output=True, text=True)
            assert done.returncode == 0, f"getty-token {name}: {done.stderr}"
            helps[name] = done.stdout
        return helps[name]

    for command, words in uses:
        if command == "at":
            continue  # the banner: "getty-token serve at http://..."
        told, own = help_of(command), words.partition(" -- ")[0]
        if "COMMAND [ARGS]" in told and words and not words.startswith(" --"):
            told += help_of(command, words.split()[0])
        for option in re.findall(r"--[a-z-]+", own):
            assert option in told, f"getty-token {command}{words} has no {option}"

    assert {"serve", "login", "status", "token", "exec", "search"} <= set(helps)


def test_the_readmes_test_command_is_the_one_that_ci_runs() -> None:
    found = re.findall(r"^    (python3 -m venv .*pytest -n auto)$", (CHECKOUT / "README.md").read_text(), re.MULTILINE)

    assert len(found) == 1


@pytest.mark.parametrize("cassette", CASSETTES, ids=lambda path: path.name)
def test_no_bundled_cassette_holds_a_credential(cassette: Path) -> None:
    text = cassette.read_text()

    assert "test-key" not in text
    assert "test-secret" not in text
    assert "Bearer " not in text
    assert "sbx." not in text


def test_plain_vcr_plays_a_bundled_cassette() -> None:
    player = vcr.VCR(record_mode="none")
    with player.use_cassette(str(CHECKOUT / "cassettes" / "countries.yaml")) as cassette:
        response = httpx.get("https://api.gettyimages.com/v3/countries")

    assert response.status_code == 200
    assert {"iso_alpha_2": "CA", "iso_alpha_3": "CAN", "name": "Canada"} in response.json()["countries"]
    assert cassette.play_count == 1


def test_recording_again_makes_the_same_cassettes(tmp_path: Path) -> None:
    script = [sys.executable, str(CHECKOUT / "tests" / "record_cassettes.py"), str(tmp_path)]

    subprocess.run(script, check=True, capture_output=True)

    again = {file.name: file.read_bytes() for file in tmp_path.glob("*.yaml")}
    assert again == {file.name: file.read_bytes() for file in CASSETTES}
