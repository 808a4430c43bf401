"""
Every kind of answer of the sandbox, held to Getty's OpenAPI document.

The document is Getty's and not ours to ship. Getty publishes it at https://api.gettyimages.com/swagger/v3/swagger.json;
GETTY_OPENAPI says where a copy is, else it is looked for beside the checkout, in `shared/getty-openapi.json`.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from fakes import CHECKOUT
from getty_emulator.exchange import Call
from getty_emulator.sandbox import NOTHING, Sandbox
from getty_emulator.sandbox.catalogue import FIRST_EVENT, FIRST_ID, asset
from getty_emulator.sandbox.reads import ANSWERED
from getty_emulator.sandbox.videos import FIRST_VIDEO
from getty_token.operations import OPERATIONS, Effect
from getty_token.parameters import PARAMETERS

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed: pip install '.[test]'")

DOCUMENT = Path(os.environ.get("GETTY_OPENAPI") or CHECKOUT.parent / "shared" / "getty-openapi.json")

pytestmark = pytest.mark.skipif(
    not DOCUMENT.is_file(), reason="GETTY_OPENAPI names no copy of Getty's OpenAPI document"
)

SANDBOX = Sandbox()

WITHOUT_SCHEMA = (
    "/v3/artists/images",
    "/v3/artists/videos",
    "/v3/events",
    "/v3/events/{id}",
    "/v3/videos",
    "/v3/videos/{id}",
    "/v3/videos/{id}/similar",
    "/v3/videos/{id}/same-series",
)
"""Reads whose answer the document does not describe: only that there is one can be tested by it."""


@cache
def document() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(DOCUMENT.read_text())
    return content


def operation(template: str) -> dict[str, Any]:
    got: dict[str, Any] = document()["paths"][template]["get"]
    return got


def schema_of(template: str) -> dict[str, Any] | None:
    """The schema of the 200 of a read, if the document has one."""
    answer = operation(template)["responses"]["200"].get("content", {}).get("application/json", {})
    found: dict[str, Any] | None = answer.get("schema")
    return found


def plain(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema: there, `nullable` stands beside the type."""
    if isinstance(schema, list):
        return [plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: plain(value) for name, value in schema.items() if name != "nullable"}
    if schema.get("nullable") and "type" in found:
        found["type"] = [found["type"], "null"]
    return found


@cache
def validator(template: str) -> Any:
    schema = schema_of(template)
    if schema is None:
        return None
    components = {"schemas": plain(document()["components"]["schemas"])}
    return jsonschema.Draft202012Validator({**plain(schema), "components": components})


def described(template: str, name: str) -> tuple[bool, tuple[str, ...]]:
    """Whether a parameter is a list, and the values it is documented to take (none: any)."""
    schema = next(one["schema"] for one in operation(template)["parameters"] if one["name"] == name)
    many = schema.get("type") == "array"
    schema = schema.get("items", schema)
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return many, tuple(map(str, schema.get("enum", ())))


def queries(template: str) -> list[str]:
    """Queries that make every member appear that a read can have."""
    known = PARAMETERS[template]
    fields = [f"fields={one}" for one in known["fields"].choices] if "fields" in known else []
    found = ["", *fields]
    if fields:
        found.append(f"fields={','.join(known['fields'].choices)}")
    more = [name for name in ("include_facets", "include_related_searches") if name in known]
    found += [f"{name}=true" for name in more]
    if "phrase" in known:
        found += ["phrase=sunst", f"phrase={NOTHING}", "phrase=portrait" + "&page_size=100" * ("page_size" in known)]
    if "ids" in known:
        first = first_of(template)
        found = [f"ids={first},{first + 1},{first + 2},5&{query}" for query in found]
    if "asset_id" in known:
        found = [f"asset_id={FIRST_ID}&{query}" for query in found]
    if "artist_name" in known:
        found = [f"artist_name={quote(asset(0, 1).artist)}&{query}" for query in found]
    return [query.strip("&") for query in found]


def first_of(template: str) -> int:
    """The first id of what a template is about."""
    return FIRST_EVENT if "events" in template else FIRST_VIDEO if "videos" in template else FIRST_ID


def without_facets(content: dict[str, Any]) -> dict[str, Any]:
    """
    `content` less its facets, which are held to their own schema.

    The searches of images take `include_facets`, and Getty's guide shows what comes of it; their schemas forgot it.
    """
    if facets := content.pop("facets", None):
        components = {"schemas": plain(document()["components"]["schemas"])}
        schema = {"$ref": "#/components/schemas/SearchFacetsResponse", "components": components}
        jsonschema.Draft202012Validator(schema).validate(facets)
    return content


@pytest.mark.parametrize("template", sorted(ANSWERED))
def test_every_answer_is_as_the_schema_says(template: str) -> None:
    schema = validator(template)
    paths = [
        template.replace("{id}", str(first_of(template) + offset))
        for offset in ((0, 2) if "{id}" in template else (0,))
    ]
    answers = [SANDBOX.read(Call("GET", path, query)) for path in paths for query in queries(template)]

    assert {answer.status for answer in answers} == {200}, [answer.reason for answer in answers if answer.status != 200]
    if schema is None:
        assert template in WITHOUT_SCHEMA
        return
    found = [error for answer in answers for error in schema.iter_errors(without_facets(json.loads(answer.body)))]
    assert not found, {f"{error.json_path}: {error.message}" for error in found[:5]}


@pytest.mark.parametrize("template", sorted(PARAMETERS))
def test_every_parameter_is_one_that_getty_documents_with_its_values(template: str) -> None:
    documented = {one["name"] for one in operation(template).get("parameters", ()) if one["in"] == "query"}

    assert set(PARAMETERS[template]) == documented
    for name, parameter in PARAMETERS[template].items():
        many, values = described(template, name)
        assert parameter.many is many, name
        if values:
            assert set(parameter.choices) == set(values), name


def test_every_operation_is_in_the_document_and_every_one_there_is_known() -> None:
    documented = {f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods}

    assert {one.name for one in OPERATIONS} == documented


def test_every_read_has_an_answer() -> None:
    assert {one.template for one in OPERATIONS if one.effect is Effect.READS} <= set(ANSWERED)
