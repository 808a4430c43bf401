"""Tests of `getty-token cassette ...`: what each command does to real files, and what scripts get from it."""

import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from fakes import FakeGetty, Outcome
from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.cassette_file import Interaction, read_interactions
from getty_emulator.replay.cleaning import cleaned, rewrite
from getty_emulator.replay.layout import serialised
from getty_emulator.replay.library import Library
from getty_emulator.replay.scrubbing import as_they_are
from getty_token.commands import schemas
from getty_token.commands.cassettes import places, pruning
from getty_token.errors import CassetteError

CREATIVE = "/v3/search/images/creative"
API = "https://api.gettyimages.com"
JSON = ((b"content-type", b"application/json"),)

Program = Callable[..., Outcome]


def recorded(target: str, body: object = None, status: int = 200, **sent: str) -> Interaction:
    path, _, query = target.partition("?")
    content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    headers = {name.replace("_", "-"): value for name, value in sent.items()}
    return Interaction(API + target, Call("GET", path, query, headers), Answer(status, JSON, content, ""))


def images(*titles: str, count: int | None = None) -> dict[str, object]:
    found = [{"id": f"00000000{number}", "title": title} for number, title in enumerate(titles, start=1)]
    return {"result_count": len(titles) if count is None else count, "images": found}


@pytest.fixture
def cassettes(folder: Path) -> Path:
    """The folder of the site's cassettes."""
    path = folder / "getty-cassettes"
    path.mkdir()
    return path


def write(folder: Path, name: str, *interactions: Interaction) -> Path:
    path = folder / name
    path.write_bytes(serialised(interactions))
    return path


def document(outcome: Outcome) -> dict[str, object]:
    """What a command prints with --json, which is as one of the schemas says."""
    found: dict[str, object] = json.loads(outcome.out)
    documented = (schemas.load(name) for name in schemas.names() if name.startswith("cassette-"))
    assert any(jsonschema.Draft202012Validator(schema).is_valid(found) for schema in documented), found
    assert found["schema_version"] == 1
    return found


def test_ls_tells_interactions_sizes_ages_thumbnails_and_what_is_wrong(program: Program, cassettes: Path) -> None:
    write(cassettes, "a.yaml", recorded("/v3/countries"), recorded("/v3/collections"))
    (cassettes / "bad.yaml").write_text("interactions: [oh")
    (cassettes / "media").mkdir()
    (cassettes / "media" / "1-a.jpg").write_bytes(b"12345")

    shown, asked = program("cassette", "ls"), program("cassette", "ls", "--json")

    assert shown.code == 0
    assert re.search(r"^a.yaml +2 +\d+ B +now$", shown.out, re.MULTILINE)
    assert "1 thumbnails, 5 B" in shown.out
    assert "bad.yaml is no usable cassette" in shown.err
    found = document(asked)
    assert isinstance(found["cassettes"], list)
    assert [(each["name"], each["interactions"]) for each in found["cassettes"]] == [("a.yaml", 2), ("bad.yaml", None)]


def test_a_folder_that_is_not_there_is_wrong_usage(program: Program) -> None:
    done = program("cassette", "ls")

    assert done.code == 2
    assert "there is no folder" in done.err


def test_show_is_headers_and_indented_json_and_obeys_no_escape_sequence(program: Program, cassettes: Path) -> None:
    write(cassettes, "a.yaml", recorded("/v3/countries", {"name": "Türkiye\x1b[2J\x9b"}, accept_language="tr"))

    shown = program("cassette", "show", "a.yaml#1")

    assert shown.out.startswith(
        f"GET {API}/v3/countries\naccept-language: tr\n\n200 OK\ncontent-type: application/json\n"
    )
    assert '  "name": "T' in shown.out
    assert not {"\x1b", "\x9b"} & set(shown.out)


def test_show_lists_the_interactions_of_a_cassette_and_takes_the_names_of_the_log(
    program: Program, cassettes: Path
) -> None:
    write(cassettes, "a.yaml", recorded("/v3/countries"), recorded("/v3/images/7", status=404))

    listed = program("cassette", "show", "a.yaml")
    bundled = document(program("cassette", "show", "bundled/countries.yaml", "--json"))
    beyond = program("cassette", "show", "a.yaml#3")
    unknown = program("cassette", "show", "b.yaml")

    assert "a.yaml#2" in listed.out and "404" in listed.out
    assert bundled["name"] == "bundled/countries.yaml#1"
    assert (beyond.code, unknown.code) == (2, 2)
    assert "a.yaml has no interaction 3" in beyond.err


def test_a_cassette_in_a_folder_of_its_own_has_both_names(program: Program, cassettes: Path) -> None:
    (cassettes / "test_shop").mkdir()
    write(cassettes / "test_shop", "test_price.yaml", recorded("/v3/countries"))

    listed = document(program("cassette", "ls", "--json"))
    shown = program("cassette", "show", "test_shop/test_price.yaml#1")
    checked = program("cassette", "verify", "--json")

    assert isinstance(listed["cassettes"], list)
    assert listed["cassettes"][0]["name"] == "test_shop/test_price.yaml"
    assert shown.code == 0
    assert "test_shop/test_price.yaml#1" in checked.out


@pytest.mark.usefixtures("signed_in")
def test_diff_tells_which_fields_getty_answers_differently_now(
    program: Program, cassettes: Path, getty: FakeGetty
) -> None:
    getty.total = 2
    program("cassette", "record", "--page-size", "5", "--", "boats", f"{CREATIVE}?phrase=dogs&page=1&page_size=5")
    first, second = read_interactions(cassettes / "search-images-creative.yaml")
    edited = replace(first.answer, body=first.answer.body.replace(b"Paper boat 2", b"Paper ship"))
    write(cassettes, "search-images-creative.yaml", replace(first, answer=edited), second)

    same = program("cassette", "diff", "search-images-creative.yaml#2")
    different = program("cassette", "diff", "search-images-creative.yaml")
    asked = document(program("cassette", "diff", "search-images-creative.yaml", "--json"))

    assert (same.code, different.code) == (0, 1)
    assert 'images[000000002].title: "Paper ship"' in different.out
    assert different.out.endswith("2 compared, 1 the same\n")
    assert asked["same"] is False


@pytest.mark.usefixtures("signed_in")
def test_diff_asks_no_more_than_reads(program: Program, cassettes: Path, getty: FakeGetty) -> None:
    one = Interaction(
        f"{API}/v3/downloads/images/7", Call("POST", "/v3/downloads/images/7"), Answer(200, JSON, b"{}", "")
    )
    write(cassettes, "a.yaml", one)

    done = program("cassette", "diff", "a.yaml")

    assert done.code == 1
    assert "it is no read of Getty's" in done.out
    assert getty.requests == []


def test_diff_of_two_files_tells_what_changed_and_what_only_one_has(program: Program, cassettes: Path) -> None:
    write(
        cassettes,
        "old.yaml",
        recorded(f"{CREATIVE}?phrase=a&page=1", images("One", "Two")),
        recorded("/v3/images/1"),
        recorded("/v3/images/2", b"\xff"),
    )
    new = {"result_count": "2", "images": [{"id": "000000002", "title": "Two", "artist": "X"}]}
    write(
        cassettes,
        "new.yaml",
        recorded(f"{CREATIVE}?page=1&phrase=%61", new),
        recorded("/v3/images/2", b"\xff\xff", status=404),
        recorded("/v3/images/3"),
    )

    done = document(program("cassette", "diff", "old.yaml", "new.yaml", "--json"))

    assert isinstance(done["interactions"], list)
    changes = {each["name"]: [tuple(change.values()) for change in each["changes"]] for each in done["interactions"]}
    notes = {each["name"]: each["note"] for each in done["interactions"] if each["note"]}
    assert changes["old.yaml#1"] == [
        ("result_count", "2", '"2"'),
        ("images[000000001]", '{"id": "000000001", "title": "One"}', None),
        ("images[000000002].artist", None, '"X"'),
    ]
    assert changes["old.yaml#3"] == [("status", "200", "404"), ("body", "1 bytes", "2 bytes")]
    assert notes == {"old.yaml#2": "not in new.yaml", "new.yaml#3": "only in new.yaml"}


DIRTY = """interactions:
- request:
    body: grant_type=client_credentials&client_id=canary-key-17&client_secret=canary-secret-42
    headers: {Authorization: [Bearer canary-token-99-and-more], Cookie: [a=canary-cookie-5]}
    method: POST
    uri: https://api.gettyimages.com/oauth2/token?x=canary-key-17
  response:
    body: {string: '{"access_token": "canary-token-99-and-more", "a": "canary%2Dsecret%2D42 Y2FuYXJ5LWtleS0xNw=="}'}
    headers: {content-type: [application/json], Set-Cookie: [session=canary-cookie-5; Path=/]}
    status: {code: 200, message: OK}
# who made this: canary-secret-42
version: 1
"""


def test_scrub_cleans_somebodys_old_cassette_and_check_only_says_where(program: Program, folder: Path) -> None:
    path = folder / "old.yaml"
    path.write_text(DIRTY)

    checked = program("cassette", "scrub", "--check", "old.yaml")
    untouched = path.read_text()
    cleaned = program("cassette", "scrub", "old.yaml")
    again = program("cassette", "scrub", "--check", "old.yaml")

    assert (checked.code, cleaned.code, again.code) == (1, 0, 0)
    assert untouched == DIRTY
    assert checked.out == "".join(
        f"old.yaml#1: {where}\n"
        for where in (
            "the address",
            "the request's header authorization",
            "the request's header cookie",
            "the request's body",
            "the answer's header set-cookie",
            "the answer's body",
        )
    )
    assert "canary" not in (text := path.read_text()) + checked.out + checked.err
    assert "Y2FuYXJ5" not in text
    assert Library.load([folder]).find(Call("POST", "/oauth2/token", "x=SCRUBBED", {}, _form("other-key"))) is not None


def _form(key: str) -> bytes:
    return f"grant_type=client_credentials&client_id={key}&client_secret=another".encode()


def test_what_leaves_a_cassette_is_without_its_secrets(program: Program, folder: Path) -> None:
    (folder / "old.yaml").write_text(DIRTY)

    shown = program("cassette", "show", "old.yaml")
    printed = program("cassette", "show", "old.yaml", "--json")
    exported = program("cassette", "export", "old.yaml")

    assert "canary" not in shown.out + printed.out + exported.out
    assert "SCRUBBED" in shown.out and "SCRUBBED" in exported.out
    assert "canary" in (folder / "old.yaml").read_text()


def test_scrub_finds_the_secrets_of_this_machine_and_what_nobody_can_look_into(
    program: Program, cassettes: Path, signed_in: None
) -> None:
    write(cassettes, "a.yaml", recorded("/v3/countries", {"echo": "test-secret"}))
    hidden = Answer(200, (*JSON, (b"content-encoding", b"br")), b"\x8b", "")
    write(cassettes, "b.yaml", Interaction(f"{API}/v3/countries", Call("GET", "/v3/countries"), hidden))

    done = program("cassette", "scrub", "--json")

    assert document(done)["findings"] == [
        {"file": str(cassettes / "a.yaml"), "interaction": 1, "where": "the answer's body"},
        {
            "file": str(cassettes / "b.yaml"),
            "interaction": 1,
            "where": "the answer's body: it is encoded so that nobody can look into it",
        },
    ]
    assert done.code == 1
    assert b"test-secret" not in (cassettes / "a.yaml").read_bytes()


def test_scrub_leaves_a_clean_cassette_exactly_as_it_is(program: Program, folder: Path) -> None:
    bundled = Path(__file__).parents[2] / "cassettes"
    shutil.copytree(bundled, folder / "copied")

    done = program("cassette", "scrub", "copied")

    assert (done.code, done.out) == (0, "")
    assert {path.name: path.read_bytes() for path in (folder / "copied").iterdir()} == {
        path.name: path.read_bytes() for path in bundled.iterdir()
    }


def play(cassettes: Path, *targets: str) -> None:
    library = Library.load([cassettes], run="")
    for target in targets:
        path, _, query = target.partition("?")
        assert library.find(Call("GET", path, query))
    library.close()


def test_prune_removes_what_the_last_run_did_not_play_and_its_thumbnails(program: Program, cassettes: Path) -> None:
    thumb = [{"name": "thumb", "uri": "https://media.gettyimages.com/id/7/a.jpg"}]
    write(
        cassettes,
        "a.yaml",
        recorded("/v3/images/1", {"images": [{"id": "7", "display_sizes": thumb}]}),
        recorded("/v3/images/2"),
        recorded("/v3/images/3"),
    )
    write(cassettes, "b.yaml", recorded("/v3/images/1"))
    (cassettes / "media").mkdir()
    from getty_emulator.replay.pictures import file_stem

    for stem in (file_stem("/id/7/a.jpg"), "8-other"):
        (cassettes / "media" / f"{stem}.jpg").touch()
    unknown = program("cassette", "prune", "--yes")
    play(cassettes, "/v3/images/1", "/v3/images/3")

    planned = program("cassette", "prune", "--dry-run")
    nobody = program("cassette", "prune")
    before = len(read_interactions(cassettes / "a.yaml"))
    done = document(program("cassette", "prune", "--yes", "--json"))

    assert unknown.code == 2
    assert planned.out.splitlines() == ["a.yaml#2", "b.yaml#1"]
    assert (nobody.code, before) == (2, 3)
    assert (done["interactions"], done["media"], done["of"]) == (["a.yaml#2", "b.yaml#1"], ["8-other.jpg"], 4)
    assert [each.call.path for each in read_interactions(cassettes / "a.yaml")] == ["/v3/images/1", "/v3/images/3"]
    assert not (cassettes / "b.yaml").exists()


@pytest.mark.parametrize("name", ["a.yaml", "b.yaml"])
def test_prune_loses_nothing_that_was_recorded_since_it_looked(cassettes: Path, name: str) -> None:
    write(cassettes, "a.yaml", recorded("/v3/images/1"), recorded("/v3/images/2"))
    play(cassettes, "/v3/images/1")
    plan = pruning.planned(cassettes)
    since = write(cassettes, name, recorded("/v3/images/1"), recorded("/v3/images/2"), recorded("/v3/images/3"))

    with pytest.raises(CassetteError, match="Run the same command again"):
        pruning.carry_out(plan)

    assert len(read_interactions(since)) == 3


def test_scrub_loses_nothing_that_was_recorded_since_it_looked(cassettes: Path) -> None:
    path = write(cassettes, "a.yaml", recorded("/v3/images/1"))
    clean = cleaned(path, (), as_they_are)
    write(cassettes, "a.yaml", recorded("/v3/images/1"), recorded("/v3/images/2"))

    with pytest.raises(CassetteError, match="Run the same command again"):
        rewrite(path, clean.interactions, clean.read)

    assert len(read_interactions(path)) == 2


@pytest.mark.usefixtures("signed_in")
def test_record_takes_phrases_parameters_and_paths(program: Program, cassettes: Path, getty: FakeGetty) -> None:
    done = program(
        "cassette", "record", "--pages", "2", "--page-size", "5", "--", "paper boats", "phrase=a&sort_order=newest"
    )
    again = program(
        "cassette", "record", "--record-mode", "new_episodes", "--page-size=5", "--pages=2", "--", "paper boats"
    )

    none = program("cassette", "record", "--json", "--record-mode", "none", "--", "phrase=a&page=7", "phrase=a&page=8")

    assert done.code == 0
    assert [line.split()[3] for line in done.out.splitlines()] == [
        "search-images-creative.yaml#1",
        "search-images-creative.yaml#2",
        "search-images-creative.yaml#3",
        "search-images-creative.yaml#4",
    ]
    assert [str(request.url.query, "ascii") for request in getty.requests] == [
        "phrase=paper+boats&page_size=5&page=1",
        "phrase=paper+boats&page_size=5&page=2",
        "phrase=a&sort_order=newest&page_size=5&page=1",
        "phrase=a&sort_order=newest&page_size=5&page=2",
    ]
    assert [line.split()[1] for line in again.out.splitlines()] == ["cassette", "cassette"]
    assert len(Library.load([cassettes])) == 4
    assert none.code == 1
    assert isinstance(answers := document(none)["answers"], list)
    assert [(each["status"], each["why"].partition(".")[0]) for each in answers] == [
        (None, f"no cassette holds GET {CREATIVE}?phrase=a&page={page}") for page in (7, 8)
    ]


@pytest.mark.parametrize("query", ["/v3/downloads/images/7", "/v3/customers/current", "/nowhere"])
@pytest.mark.usefixtures("signed_in")
def test_record_asks_for_nothing_but_what_every_customer_may_read(
    program: Program, getty: FakeGetty, query: str
) -> None:
    done = program("cassette", "record", "--", query)

    assert (done.code, getty.requests, getty.token_requests) == (2, [], 0)


def test_what_is_exported_is_imported_again_the_same(program: Program, cassettes: Path, folder: Path) -> None:
    interactions = [
        recorded(f"{CREATIVE}?phrase=black+cat&page=2", images("Türkiye"), accept_language="de"),
        recorded("/v3/images/7", {"ErrorCode": "ImageNotFound", "ErrorMessage": "no"}, status=404),
        recorded("/v3/countries", b"\xff\x00"),
    ]
    for each, name in zip(interactions, ("search-images-creative", "images-id", "countries"), strict=True):
        write(cassettes, f"{name}.yaml", each)

    exported = program("cassette", "export", "-o", "all.har")
    imported = program("cassette", "import", "all.har", "--cassettes", "new")

    assert (exported.code, imported.code) == (0, 0)
    assert {path.name: path.read_bytes() for path in (folder / "new").glob("*.yaml")} == {
        path.name: path.read_bytes() for path in cassettes.glob("*.yaml")
    }


def test_import_takes_gettys_exchanges_out_of_what_a_browser_saved_and_scrubs_them(
    program: Program, cassettes: Path
) -> None:
    def entry(url: str, status: int = 200, *headers: tuple[str, str]) -> dict[str, object]:
        fields = [{"name": name, "value": value} for name, value in headers]
        given = [{"name": ":status", "value": "200"}, {"name": "Content-Type", "value": "application/json"}]
        given += [{"name": "Content-Encoding", "value": "gzip"}]
        content = {"mimeType": "application/json", "text": '{"echo": "canary-token-99-and-more"}'}
        return {
            "request": {"method": "GET", "url": url, "headers": fields},
            "response": {"status": status, "headers": given, "content": content},
        }

    functions = "http://localhost:8888/.netlify/functions/getty"
    entries = [
        entry(f"{functions}{CREATIVE}?phrase=cat"),
        entry(f"{API}/v3/countries", 200, ("Authorization", "Bearer canary-token-99-and-more")),
        entry("http://localhost:8888/index.html"),
        entry(f"{API}/v3/collections", 0),
        entry(f"{API}/v3/images/1", 500),
    ]
    (cassettes.parent / "saved.har").write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))

    done = document(program("cassette", "import", "saved.har", "--json"))

    assert done["recorded"] == ["search-images-creative.yaml#1", "countries.yaml#1"]
    assert done["left_out"] == ["GET /v3/images/1: 500 says something about the moment only."]
    (kept,) = read_interactions(cassettes / "countries.yaml")
    assert (kept.call.headers, kept.answer.body) == ({"authorization": "SCRUBBED"}, b'{"echo": "SCRUBBED"}')


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"log": {"entries": [{}]}}', '{"log": {"entries": 7}}'])
def test_what_is_no_archive_is_told(program: Program, folder: Path, text: str) -> None:
    (folder / "bad.har").write_text(text)

    done = program("cassette", "import", "bad.har")

    assert done.code == 1
    assert "that is no HTTP Archive" in done.err


GOOD = {"id": "1", "title": None, "orientation": "Horizontal", "display_sizes": [{"name": "thumb", "uri": "x"}]}


@pytest.mark.parametrize(
    ("interaction", "complaints"),
    [
        (recorded(f"{CREATIVE}?phrase=a", {"result_count": 1, "images": [GOOD]}), []),
        (recorded(f"{CREATIVE}?phrase=a", {"images": []}), ["the body: it has no result_count"]),
        (
            recorded(
                f"{CREATIVE}?phrase=a", {"result_count": True, "images": [{"id": 7, "orientation": "horizontal"}]}
            ),
            [
                "result_count: it is true or false, not a whole number",
                "images[0].id: it is a whole number, not a text",
                "images[0].orientation: 'horizontal' is none of Horizontal, PanoramicHorizontal, PanoramicVertical, "
                "Square, Vertical",
            ],
        ),
        (recorded("/v3/images/7", {"images": [{**GOOD, "smell": "sweet"}]}), ["images[0].smell: it is not documented"]),
        (recorded("/v3/countries", b"<html>"), ["the body: it is not JSON"]),
        (recorded("/v3/nowhere"), ["the request: Getty documents no GET /v3/nowhere"]),
        (recorded("/v3/countries", {"message": "Forbidden"}, status=403), []),
        (
            recorded("/v3/countries", {"message": "x"}, status=404),
            ["the content type: the gateway does not answer 404"],
        ),
        (recorded("/v3/countries", {}, status=403), ["the body: it has no message"]),
        (recorded("/v3/countries", {}, status=418), ["the status: 418 is none that Getty declares"]),
    ],
)
def test_verify_says_what_is_not_as_getty_documents_it(
    program: Program, cassettes: Path, interaction: Interaction, complaints: Sequence[str]
) -> None:
    write(cassettes, "a.yaml", interaction)

    done = program("cassette", "verify", "--json")

    found = document(done)["complaints"]
    assert isinstance(found, list)
    assert [f"{each['place']}: {each['says']}" for each in found] == list(complaints)
    assert done.code == (1 if any(each["wrong"] for each in found) else 0)


def test_what_the_sandbox_answers_is_as_getty_documents_it(program: Program, folder: Path) -> None:
    bundled = Path(__file__).parents[2] / "cassettes"

    done = program("cassette", "verify", str(bundled))

    assert (done.code, done.out) == (0, "")


def test_names_are_completed_with_ours_and_the_sites(
    cassettes: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(cassettes, "countries.yaml", recorded("/v3/countries"))
    monkeypatch.chdir(folder)

    assert places.names("co") == ["countries.yaml"]
    assert places.names("bundled/co") == ["bundled/collections.yaml", "bundled/countries.yaml"]


def test_every_command_with_json_has_a_schema_and_help_shows_it(program: Program) -> None:
    names = [name for name in schemas.names() if name.startswith("cassette-")]

    shown = [program("help", "json", name) for name in names]

    assert [name.removeprefix("cassette-") for name in names] == [
        "diff", "import", "ls", "prune", "record", "scrub", "show", "verify"
    ]  # fmt: skip
    assert all(each.code == 0 and json.loads(each.out)["title"] for each in shown)
