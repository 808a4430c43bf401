"""What `--json` prints, held against the schema that `getty-token help json` shows for it."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from test_program import TREE

from fakes import KEY, SECRET, FakeGetty, Outcome
from getty_token.commands import schemas

Program = Callable[..., Outcome]

SHARED = {"faults ls": "faults", "faults add": "faults", "faults clear": "faults", "faults revoke": "faults",
          "faults lifetime": "faults", "clock": "faults"}  # fmt: skip
"""Commands that print the same as another."""


def schema_of(command: str) -> str:
    return SHARED.get(command, command).replace(" ", "-")


@pytest.mark.parametrize("name", schemas.names())
def test_every_schema_is_one_and_explains_each_of_its_members(name: str) -> None:
    schema = schemas.load(name)

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["description"].endswith(".")
    for one in schema.get("oneOf", [schema]):
        assert one["properties"]["schema_version"]["const"] == 1
        assert "schema_version" in {*schema.get("required", ()), *one["required"]}


OTHER_FORMATS = {"cassette export"}
"""Commands whose JSON is somebody else's: HAR."""

IN_JSON = [name for name, each in TREE.items() if any("--json" in option.opts for option in each.params)]


@pytest.mark.parametrize("command", [name for name in IN_JSON if name not in OTHER_FORMATS])
def test_every_command_that_prints_json_has_a_schema(command: str) -> None:
    assert schema_of(command) in schemas.names()


def test_every_schema_is_of_a_command() -> None:
    assert set(schemas.names()) <= {schema_of(command) for command in TREE}


PRINTS = [
    ["status"],
    ["token"],
    ["refresh"],
    ["refresh", "--force"],
    ["clear"],
    ["profiles"],
    ["version"],
    ["login", "--stdin"],
    ["logout"],
    ["store", "copy", "disk", "disk://ELSEWHERE"],
    ["store", "verify"],
    ["config", "list"],
    ["config", "get", "api-secret"],
    ["config", "set", "serve.port", "9000"],
    ["config", "path"],
    ["init", "--dry-run"],
    ["init", "--yes"],
    ["doctor", "--offline"],
    ["scan"],
]


@pytest.mark.parametrize("arguments", PRINTS, ids=" ".join)
def test_what_is_printed_is_one_object_of_that_schema(
    program: Program, getty: FakeGetty, signed_in: None, folder: Path, arguments: list[str]
) -> None:
    (folder / "gatsby-config.js").write_text("module.exports = {\n}\n")
    (folder / "leak.js").write_text(SECRET)
    program("token")
    words = [word.replace("ELSEWHERE", f"{folder}/elsewhere") for word in arguments]

    outcome = program(*words, "--json", stdin=f"{KEY}\n{SECRET}\n")

    name = max((each for each in schemas.names() if " ".join(arguments).replace(" ", "-").startswith(each)), key=len)
    assert outcome.out.count("\n") == 1
    jsonschema.validate(json.loads(outcome.out), schemas.load(name))


def test_without_anything_status_is_of_its_schema_too(program: Program) -> None:
    jsonschema.validate(json.loads(program("status", "--json").out), schemas.load("status"))
    jsonschema.validate(json.loads(program("profiles", "--json").out), schemas.load("profiles"))


def test_the_schema_is_what_help_shows(program: Program) -> None:
    outcome = program("help", "json", "store", "verify")

    assert json.loads(outcome.out) == schemas.load("store-verify")
    assert os.linesep in outcome.out
