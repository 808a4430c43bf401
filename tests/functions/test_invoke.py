"""`getty-token invoke`: one call of one function, without a server."""

import json
from pathlib import Path

import pytest

from functions.harness import needs_node, written
from getty_emulator.netlify.javascript import registry
from getty_token.commands.invoke import Wanted, event, wanted
from getty_token.commands.root import run
from getty_token.errors import WrongUsage

ECHO = """exports.handler = async ({ httpMethod, queryStringParameters, headers, body }) => {
  console.log('called')
  return { statusCode: 201, headers: { 'x-one': headers['x-one'] ?? '' },
    body: JSON.stringify([httpMethod, queryStringParameters, body ?? null]) }
}"""
FILES = {
    "echo.js": ECHO,
    "broken.js": "exports.handler = async () => { throw new Error('broken') }",
    "items.mjs": """export default async (request, { params }) =>
        Response.json([request.method, params, new URL(request.url).pathname, await request.text()])
        export const config = { path: '/items/:id' }""",
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with functions, and we are in it."""
    monkeypatch.chdir(written(tmp_path, FILES))
    return tmp_path


@needs_node
def test_the_body_is_data_and_all_else_is_told_beside_it(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["invoke", "echo", "--offline", "--query", "a=1", "--body", "x", "--header", "content-type: text/plain"])

    printed = capsys.readouterr()
    assert code == 0
    assert json.loads(printed.out) == ["POST", {"a": "1"}, "x"]
    assert "201" in printed.err and "x-one" in printed.err and "called" in printed.err


@needs_node
def test_a_script_gets_one_object(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["invoke", "items", "--offline", "--path", "/items/5?x=1", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["schema_version"], told["function"], told["status"], told["is_base64"]) == (1, "items", 200, False)
    assert json.loads(told["body"]) == ["GET", {"id": "5"}, "/items/5", ""]


@needs_node
def test_a_file_that_is_slow_to_load_is_waited_for(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(registry, "PATIENCE", 0.0)

    assert run(["invoke", "items", "--offline", "--path", "/items/5"]) == 0

    assert json.loads(capsys.readouterr().out) == ["GET", {"id": "5"}, "/items/5", ""]


@needs_node
def test_a_whole_event_can_be_handed_over_to_either_kind(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = site / "event.json"
    file.write_text(json.dumps({"httpMethod": "PUT", "path": "/p", "body": "b", "queryStringParameters": {"q": "1"}}))

    assert run(["invoke", "echo", "--offline", "--event", str(file)]) == 1  # it has no headers, and the function asks
    file.write_text(file.read_text().replace("{", '{"headers": {}, ', 1))
    assert run(["invoke", "echo", "--offline", "--event", str(file)]) == 0
    assert run(["invoke", "items", "--offline", "--event", str(file)]) == 0

    _, first, second = capsys.readouterr().out.replace("][", "]\n[").partition("[")
    assert json.loads(f"[{second}".splitlines()[0]) == ["PUT", {"q": "1"}, "b"]
    assert json.loads(f"[{second}".splitlines()[1]) == ["PUT", {}, "/p", "b"]
    assert first == "["


@needs_node
def test_a_failure_is_one_for_scripts_too(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["invoke", "broken", "--offline"]) == 1

    assert capsys.readouterr().out == "Error: broken"


def test_functions_without_node_can_be_called_as_well(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["invoke", "getty", "--offline", "--path", "/.netlify/functions/getty/v3/countries"]) == 0

    assert "countries" in json.loads(capsys.readouterr().out)


def test_a_name_that_is_nobodys_is_told_with_those_there_are(site: Path) -> None:
    with pytest.raises(WrongUsage, match="no function nothing") as failed:
        run(["invoke", "nothing", "--offline"])

    assert "echo" in failed.value.why


def test_the_options_make_the_call() -> None:
    made = wanted("x", None, "/p?a=1", ["b=2 3", "b=4"], ["X-A: b : c"], None)

    assert made == Wanted("x", "GET", "/p", "a=1&b=2+3&b=4", (("x-a", "b : c"),), b"")


@pytest.mark.parametrize(
    ("path", "query", "header", "body"),
    [
        ("p", [], [], None),
        (None, ["novalue"], [], None),
        (None, [], ["novalue"], None),
        (None, [], [], "@/nowhere/at/all"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(
    path: str | None, query: list[str], header: list[str], body: str | None
) -> None:
    with pytest.raises(WrongUsage):
        wanted("x", None, path, query, header, body)


@pytest.mark.parametrize("text", [None, "", "[]", "{"])
def test_a_file_that_holds_no_event_is_refused(text: str | None, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    if text is not None:
        file.write_text(text)

    with pytest.raises(WrongUsage):
        event(file)
