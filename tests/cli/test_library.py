"""Tests of getty_token as a library: `from getty_token import Getty, AsyncGetty, GettyAuth`."""

import asyncio
import runpy
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import httpx
import pytest

import getty_token
from fakes import CHECKOUT, KEY, FakeGetty, finish_renewals, python, surroundings
from getty_token import AsyncGetty, Family, Getty, GettyAuth
from getty_token.errors import NoCredentials, WrongUsage
from getty_token.filters import Filters
from getty_token.images import Image
from getty_token.parameters import PARAMETERS, Kind
from getty_token.queries import query, text
from getty_token.setup import Setup

EXAMPLES = CHECKOUT / "tests" / "examples"
CREATIVE, EDITORIAL = Family.CREATIVE.path, Family.EDITORIAL.path
_OWN = {"phrase", "fields", "page", "page_size"}


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch, signed_in: None) -> Iterable[None]:
    """A program of somebody's, in their folder, with a key."""
    monkeypatch.chdir(folder)
    yield
    finish_renewals()


def test_importing_the_package_imports_next_to_nothing() -> None:
    done = python("import sys; before = set(sys.modules); import getty_token; print(*set(sys.modules) - before)")

    assert done.stdout.split() == ["getty_token"]


def test_the_client_is_imported_without_httpx_and_dataclasses() -> None:
    done = python("import sys; from getty_token import Family, Getty; print(*sys.modules)")

    assert {"httpx", "dataclasses", "inspect", "asyncio", "urllib.parse", "pathlib"}.isdisjoint(done.stdout.split())


@pytest.mark.parametrize("name", getty_token.__all__)
def test_what_the_package_names_it_has(name: str) -> None:
    assert getattr(getty_token, name).__name__ == name
    assert name in dir(getty_token)


def test_a_name_that_it_has_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Gety'"):
        getty_token.Gety  # type: ignore[attr-defined] # noqa: B018


def test_the_client_shares_the_token_of_the_command_line(here: None, getty: FakeGetty) -> None:
    with Getty() as client:
        found = list(client.search("boat", limit=120))

    assert [image["id"] for image in found] == [f"{number:09}" for number in range(1, 121)]
    setup = Setup.here()
    held = setup.store(setup.credentials().fingerprint).get().record.token
    assert held is not None and held.access_token == "test-token-1"
    assert "library in" in held.requested_by
    with Getty() as client:
        list(client.search("sea", limit=1))
    assert getty.token_requests == 1


def test_without_a_key_it_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)

    with pytest.raises(NoCredentials):
        Getty()


def test_a_page_is_asked_for_when_its_first_image_is_wanted(here: None, getty: FakeGetty) -> None:
    with Getty() as client:
        found = client.search("boat")
        assert getty.requests == []

        for _ in range(100):
            next(found)
        assert len(getty.requests) == 1
        next(found)

    assert len(getty.requests) == 2


def test_values_are_written_as_getty_wants_them(here: None, getty: FakeGetty) -> None:
    with Getty() as client:
        list(
            client.search(
                "boat",
                "editorial",
                limit=5,
                fields=["id", "title"],
                date_from=date(2024, 5, 1),
                event_ids=[7, 8],
                orientations=("horizontal", "square"),
                embed_content_only=True,
                minimum_quality_rank=1,
            )
        )

    assert dict(getty.requests[0].url.params) == {
        "phrase": "boat",
        "fields": "id,title",
        "date_from": "2024-05-01",
        "event_ids": "7,8",
        "orientations": "horizontal,square",
        "embed_content_only": "true",
        "minimum_quality_rank": "1",
        "page": "1",
        "page_size": "5",
    }


@pytest.mark.parametrize(
    ("family", "given", "said"),
    [
        ("creative", {"orientations": "diagonal"}, "orientations: 'diagonal' is not one of"),
        ("creative", {"date_from": "2024-05-01"}, "It is for editorial searches"),
        ("creative", {"orientation": "square"}, "Perhaps orientations is meant"),
        ("neither", {}, "the family neither is unknown"),
        ("creative", {"page_size": 101}, "page_size is 101"),
        ("creative", {"fields": "secret"}, "fields: 'secret' is not one of"),
    ],
)
def test_what_getty_would_not_understand_is_refused_at_once(
    here: None, getty: FakeGetty, family: Any, given: dict[str, Any], said: str
) -> None:
    with Getty() as client, pytest.raises(WrongUsage, match=said):
        client.search("boat", family, **given)

    assert getty.token_requests == 0


def test_the_typed_filters_are_the_documented_ones_with_the_documented_values() -> None:
    documented = {name: each for family in Family for name, each in PARAMETERS[family.path].items() if name not in _OWN}
    hints = get_type_hints(Filters)

    assert set(hints) == set(documented)
    for name, hint in hints.items():
        choices = {str(value) for family in Family for value in _choices(family.path, name)}
        literals = {str(value) for value in _literals(hint)}
        assert not literals or literals == choices, name
        assert (bool in get_args(hint) or hint is bool) is (documented[name].kind is Kind.BOOLEAN), name
        assert documented[name].many is any(get_origin(each) is Iterable for each in get_args(hint)), name


def _choices(path: str, name: str) -> tuple[str, ...]:
    return PARAMETERS[path][name].choices if name in PARAMETERS[path] else ()


def _literals(hint: Any) -> list[object]:
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    return [literal for each in get_args(hint) for literal in _literals(each)]


def test_an_image_is_typed_with_every_member_that_can_be_asked_for() -> None:
    sets = {"summary_set", "detail_set", "display_set", "thumb", "comp", "comp_webp", "preview"}
    extras = {"downloads", "entity_details", "editorial_source", "istock_collection", "istock_licenses", "links"}
    asked_for = {name for path in (EDITORIAL, "/v3/images") for name in PARAMETERS[path]["fields"].choices}

    assert asked_for - sets - extras - {"is_ai_editable"} <= set(get_type_hints(Image))


@pytest.mark.parametrize(
    ("value", "written"),
    [(True, "true"), (3, "3"), ("a b", "a b"), (["a", "b"], "a,b"), ((1, 2), "1,2"), (date(2024, 5, 1), "2024-05-01")],
)
def test_a_value_in_a_query(value: object, written: str) -> None:
    assert text(value) == written


def test_what_is_not_given_is_not_in_the_query() -> None:
    assert query(CREATIVE, {"phrase": "boat", "color": None}) == {"phrase": "boat"}


def test_asyncio_finds_the_same_with_one_token(here: None, getty: FakeGetty) -> None:
    async def found(limit: int | None) -> list[str]:
        async with AsyncGetty() as client:
            return [image["id"] async for image in client.search("boat", limit=limit)]

    async def several() -> tuple[list[str], list[str], list[str]]:
        return await asyncio.gather(found(120), found(None), found(30))

    few, everything, thirty = asyncio.run(several())

    assert everything == [f"{number:09}" for number in range(1, 251)]
    assert (few, thirty) == (everything[:120], everything[:30])
    assert getty.token_requests == 1


def test_asyncio_raises_the_same(here: None, getty: FakeGetty) -> None:
    async def search() -> None:
        async with AsyncGetty() as client:
            async for _ in client.search("boat", orientations="diagonal"):  # type: ignore[arg-type]
                raise AssertionError

    with pytest.raises(WrongUsage, match="orientations"):
        asyncio.run(search())


def test_only_getty_is_sent_the_key(here: None, getty: FakeGetty) -> None:
    seen: list[httpx.Headers] = []

    def elsewhere(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(200)

    auth = GettyAuth.shared()
    with httpx.Client(auth=auth, transport=httpx.MockTransport(elsewhere)) as client:
        for url in (
            "https://media.example.test/1.jpg",
            f"https{auth.api_url.removeprefix('http')}/v3/images",
            "http://127.0.0.1:1/v3/images",
        ):
            client.get(url)
        client.get(f"{auth.api_url}/v3/images")

    assert [headers.get("api-key") for headers in seen] == [None, None, None, KEY]
    assert ["authorization" in headers for headers in seen] == [False, False, False, True]


def test_only_getty_is_sent_the_key_with_asyncio_too(here: None, getty: FakeGetty) -> None:
    seen: list[httpx.Headers] = []

    def elsewhere(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(200)

    async def ask(auth: GettyAuth) -> None:
        async with httpx.AsyncClient(auth=auth, transport=httpx.MockTransport(elsewhere)) as client:
            await client.get("https://media.example.test/1.jpg")
            await client.get(f"{auth.api_url}/v3/images")

    asyncio.run(ask(GettyAuth.shared()))

    assert [headers.get("api-key") for headers in seen] == [None, KEY]


def test_the_example_runs(here: None, getty: FakeGetty, capsys: pytest.CaptureFixture[str]) -> None:
    def details(request: httpx.Request) -> httpx.Response:
        ids = request.url.params["ids"].split(",")
        size = {"width": 3, "height": 2}
        return httpx.Response(
            200, json={"images": [{"id": each, "title": "Boat", "max_dimensions": size} for each in ids]}
        )

    getty.instead["/v3/images"] = details
    main = runpy.run_path(str(EXAMPLES / "library.py"))["main"]

    assert main("paper boats") == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 150
    assert lines[0] == "000000001  3 x 2  Boat  (None/None)"


def test_the_example_ends_with_the_exit_code_of_what_went_wrong(
    here: None, getty: FakeGetty, capsys: pytest.CaptureFixture[str]
) -> None:
    getty.instead[CREATIVE] = lambda _: httpx.Response(429)

    assert runpy.run_path(str(EXAMPLES / "library.py"))["main"]("boat") == 5

    assert "asked too often" in capsys.readouterr().err


def test_the_example_with_clients_of_ones_own_runs(here: None, getty: FakeGetty) -> None:
    getty.instead["/v3/countries"] = lambda _: httpx.Response(200, json={"countries": [{}, {}]})

    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "own_clients.py")],
        env=surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("2 120 120\n", "")
    assert getty.token_requests == 1


def test_a_strangers_strict_type_check_finds_the_mistakes_and_no_others(tmp_path: Path) -> None:
    # Outside the checkout: there mypy reads the package only because it is installed and has a py.typed.
    for example in EXAMPLES.glob("*.py"):
        (tmp_path / example.name).write_text(example.read_text())

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *sorted(each.name for each in EXAMPLES.glob("*.py"))],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    mistakes = (tmp_path / "mistakes.py").read_text()
    assert mistakes.count("# type: ignore[") >= 8  # each is reported as unused if it is no mistake
