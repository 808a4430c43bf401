"""Playing cassettes: which recording answers, with what, and what is said when none does."""

import gzip
import os
import subprocess
import sys
import zlib
from pathlib import Path

import httpx
import pytest
import yaml

from getty_emulator.exchange import Answer, Call
from getty_emulator.replay import content
from getty_emulator.replay.library import MEMO_ENTRIES, Library, bundled, miss
from getty_emulator.replay.offline import Offline
from getty_emulator.replay.transport import OfflineTransport
from getty_token.errors import NoRecording

SEARCH = "/v3/search/images"


def interaction(
    target: str,
    body: object = "{}",
    *,
    method: str = "GET",
    sent: dict[str, object] | None = None,
    sent_body: object = None,
    status: int = 200,
    headers: object = None,
) -> dict[str, object]:
    """One exchange as vcrpy lays it out."""
    uri = f"https://api.gettyimages.com{target}"
    headers = headers or {"content-type": ["application/json"]}
    return {
        "request": {"method": method, "uri": uri, "body": sent_body, "headers": sent or {}},
        "response": {"status": {"code": status, "message": ""}, "headers": headers, "body": {"string": body}},
    }


def write(folder: Path, name: str, *interactions: dict[str, object]) -> Path:
    """A cassette, written as anybody's YAML library would."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(yaml.safe_dump({"version": 1, "interactions": list(interactions)}))
    return path


def get(path: str, query: str = "", **headers: str) -> Call:
    return Call("GET", path, query, {name.replace("_", "-"): value for name, value in headers.items()})


def body_of(answer: Answer | None) -> bytes | None:
    return answer.body if answer else None


def test_a_recorded_request_is_answered_as_recorded_and_says_from_where(tmp_path: Path) -> None:
    write(tmp_path, "search.yaml", interaction(f"{SEARCH}?phrase=dog"), interaction(f"{SEARCH}?phrase=cat", '{"a": 1}'))

    answer = Library.load([tmp_path]).find(get(SEARCH, "phrase=cat"))

    assert answer == Answer(200, ((b"content-type", b"application/json"),), b'{"a": 1}', "cassette search.yaml#2")


def test_what_was_not_recorded_has_no_answer(tmp_path: Path) -> None:
    write(tmp_path, "search.yaml", interaction(f"{SEARCH}?phrase=cat"))
    library = Library.load([tmp_path])

    assert library.find(get(SEARCH, "phrase=dog")) is None
    assert library.find(Call("DELETE", SEARCH, "phrase=cat")) is None


def test_a_recording_plays_again_and_again(tmp_path: Path) -> None:
    write(tmp_path, "search.yaml", interaction(SEARCH, "once"))
    library = Library.load([tmp_path])

    assert [body_of(library.find(get(SEARCH))) for _ in range(3)] == [b"once"] * 3


def test_a_sequence_plays_in_order_and_stays_on_the_last(tmp_path: Path) -> None:
    bodies = ("first", "second", "third")
    write(tmp_path, "search.yaml", *(interaction(f"{SEARCH}?phrase=cat", body) for body in bodies))
    library = Library.load([tmp_path])

    spellings = ("phrase=cat", "phrase=ca%74", "phrase=cat", "phrase=cat")
    played = [body_of(library.find(get(SEARCH, query))) for query in spellings]

    assert played == [b"first", b"second", b"third", b"third"]
    assert len(library) == 3


def test_cassettes_are_found_as_pytest_recording_lays_them_out(tmp_path: Path) -> None:
    (tmp_path / "test_shop").mkdir()
    write(tmp_path / "test_shop", "test_price[1].yaml", interaction(SEARCH, "nested"))
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "1-a.jpg").touch()
    (tmp_path / ".hidden").mkdir()
    write(tmp_path / ".hidden", "a.yaml", interaction("/v3/countries"))

    library = Library.load([tmp_path], on_warning=pytest.fail)

    answer = library.find(get(SEARCH))
    assert answer
    assert (answer.body, answer.origin) == (b"nested", "cassette test_shop/test_price[1].yaml#1")
    assert len(library) == 1


def test_the_first_folder_wins_and_the_others_fill_in(tmp_path: Path) -> None:
    write(tmp_path / "ours", "a.yaml", interaction(SEARCH, "ours"))
    write(tmp_path / "theirs", "a.yaml", interaction(SEARCH, "theirs"), interaction(f"{SEARCH}?phrase=cat", "more"))

    library = Library.load([tmp_path / "ours", tmp_path / "theirs"])

    assert [body_of(library.find(get(SEARCH))) for _ in range(2)] == [b"ours", b"ours"]
    assert body_of(library.find(get(SEARCH, "phrase=cat"))) == b"more"
    assert len(library) == 2


def test_both_endings_are_read_and_hidden_files_are_not(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", interaction("/v3/a"))
    write(tmp_path, "b.yml", interaction("/v3/b"))
    (tmp_path / "._a.yaml").write_bytes(b"\x00\x05\x16\x07")
    (tmp_path / "notes.txt").write_text("not: ours")
    warnings: list[str] = []

    library = Library.load([tmp_path], on_warning=warnings.append)

    assert (len(library), warnings) == (2, [])


def test_the_host_of_a_recording_does_not_matter(tmp_path: Path) -> None:
    recorded = interaction("/v3/countries")
    recorded["request"] = {"method": "get", "uri": "http://localhost:8080/v3/countries"}
    write(tmp_path, "countries.yaml", recorded)

    assert Library.load([tmp_path]).find(get("/v3/countries"))


def test_a_recording_in_german_answers_only_who_asks_for_german(tmp_path: Path) -> None:
    write(
        tmp_path,
        "search.yaml",
        interaction(SEARCH, "deutsch", sent={"Accept-Language": ["de"]}),
        interaction(SEARCH, "english", sent={"Accept-Language": "en-US"}),
    )
    library = Library.load([tmp_path])

    languages = ["de, en", "fr", "en-US,en", "de, en"]
    bodies = [body_of(library.find(get(SEARCH, accept_language=language))) for language in languages]

    assert bodies == [b"deutsch", b"english", b"english", b"deutsch"]


def test_a_country_tells_recordings_apart(tmp_path: Path) -> None:
    write(tmp_path, "search.yaml", interaction(SEARCH, "usa", sent={"GI-Country-Code": ["USA"]}))
    library = Library.load([tmp_path])

    assert body_of(library.find(get(SEARCH, gi_country_code="usa"))) == b"usa"
    assert library.find(get(SEARCH, gi_country_code="DEU")) is None
    assert library.find(get(SEARCH)) is None


def test_a_body_tells_recordings_apart(tmp_path: Path) -> None:
    write(
        tmp_path,
        "token.yaml",
        interaction("/oauth2/token", "one", method="POST", sent_body="grant_type=a&client_secret=SCRUBBED"),
        interaction("/oauth2/token", "two", method="POST", sent_body=b"grant_type=b&client_secret=SCRUBBED"),
        interaction("/oauth2/token", "none", method="POST"),
    )
    library = Library.load([tmp_path])
    bodies = [b"", b"grant_type=b&client_secret=test-secret", b"grant_type=a&client_secret=other"]

    found = [body_of(library.find(Call("POST", "/oauth2/token", body=body))) for body in bodies]

    assert found == [b"none", b"two", b"one"]


@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [
        ("gzip", gzip.compress(b"plain", mtime=0)),
        ("GZIP", gzip.compress(b"plain", mtime=0)),
        ("gzip", gzip.compress(b"pl", mtime=0) + gzip.compress(b"ain", mtime=0)),
        ("deflate", zlib.compress(b"plain")),
        ("deflate", zlib.compress(b"plain", wbits=-15)),
        ("gzip, deflate", zlib.compress(gzip.compress(b"plain", mtime=0))),
        ("gzip", b"plain"),
        ("identity", b"plain"),
    ],
)
def test_encoded_bodies_are_played_decoded(tmp_path: Path, encoding: str, encoded: bytes) -> None:
    write(tmp_path, "a.yaml", interaction(SEARCH, encoded, headers={"Content-Encoding": [encoding]}))

    answer = Library.load([tmp_path]).find(get(SEARCH))

    assert answer
    assert (answer.body, answer.headers) == (b"plain", ())


def test_an_encoding_we_do_not_know_is_left_to_the_browser(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", interaction(SEARCH, b"\x8b\x02\x80", headers={"Content-Encoding": ["br"]}))

    answer = Library.load([tmp_path]).find(get(SEARCH))

    assert answer
    assert (answer.body, answer.headers) == (b"\x8b\x02\x80", ((b"content-encoding", b"br"),))


def test_fields_of_the_recorded_connection_are_not_played(tmp_path: Path) -> None:
    headers = {
        "Content-Type": "application/json",
        "Vary": ["Accept", "Accept-Language"],
        "Content-Length": ["999"],
        "Transfer-Encoding": ["chunked"],
        "Connection": ["keep-alive"],
        "Set-Cookie": ["id=1", "b=2"],
        "Date": ["Mon, 01 Jan 2024 00:00:00 GMT"],
    }
    write(tmp_path, "a.yaml", interaction(SEARCH, headers=headers))

    answer = Library.load([tmp_path]).find(get(SEARCH))

    assert answer
    assert sorted(answer.headers) == [
        (b"content-type", b"application/json"),
        (b"vary", b"Accept"),
        (b"vary", b"Accept-Language"),
    ]


def test_pictures_come_from_the_media_url(tmp_path: Path) -> None:
    uri = "https://media.gettyimages.com/id/1/photo/a.jpg?s=1&c=x="
    write(tmp_path, "a.yaml", interaction(SEARCH, f'{{"uri": "{uri}"}}'))

    local = Library.load([tmp_path], media_url="http://127.0.0.1:9999/media/")
    untouched = Library.load([tmp_path])

    assert body_of(local.find(get(SEARCH))) == b'{"uri": "http://127.0.0.1:9999/media/id/1/photo/a.jpg?s=1&c=x="}'
    assert uri.encode() in (body_of(untouched.find(get(SEARCH))) or b"")


def test_answers_of_the_oldest_httpx_cassettes_are_read(tmp_path: Path) -> None:
    old = interaction(SEARCH)
    old["response"] = {"status_code": 404, "http_version": "HTTP/1.1", "headers": {}, "content": "gone"}
    write(tmp_path, "a.yaml", old)

    answer = Library.load([tmp_path]).find(get(SEARCH))

    assert answer
    assert (answer.status, answer.body) == (404, b"gone")


def test_the_memo_stays_bounded_and_right(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", interaction(SEARCH, "here"))
    library = Library.load([tmp_path])

    for number in range(MEMO_ENTRIES + 10):
        assert body_of(library.find(get(SEARCH, "&" * (number % 300), accept_language=f"x-{number}"))) == b"here"

    assert len(library._memo) <= MEMO_ENTRIES
    assert library.find(get(SEARCH, "&" * 5000)) and ("&" * 5000) not in str(library._memo)


def test_a_miss_names_the_nearest_recording_and_the_difference(tmp_path: Path) -> None:
    write(
        tmp_path,
        "search-images.yaml",
        interaction(f"{SEARCH}?phrase=fish&page=3&fields=id"),
        interaction(f"{SEARCH}?phrase=cat"),
    )

    error = miss(Library.load([tmp_path]), get(SEARCH, "phrase=dog", accept_language="de"))

    assert isinstance(error, NoRecording)
    assert str(error) == (
        f"no cassette holds GET {SEARCH}?phrase=dog.\n"
        "  The nearest is search-images.yaml: phrase is cat.\n"
        "  Record it with `getty-token serve --record`."
    )


@pytest.mark.parametrize(
    ("call", "difference"),
    [
        (get(SEARCH, "phrase=cat", accept_language="de"), "page is 2"),
        (get(SEARCH, "phrase=cat&page=2"), "the language is de"),
        (get(SEARCH, "phrase=cat&page=2", accept_language="fr", gi_country_code="FRA"), "the language is de"),
        (get(SEARCH, "phrase=cat&page=2&a=1&b=1", accept_language="de"), "a is missing, b is missing"),
        (get(SEARCH, "phrase=a&page=1&b=1&c=1"), "page is 2, phrase is cat, b is missing and 2 more"),
        (Call("POST", SEARCH, "phrase=cat&page=2", {"accept-language": "de"}), "the method is GET"),
        (Call("GET", SEARCH, "phrase=cat&page=2", {"accept-language": "de"}, b"x"), "it has no body"),
    ],
)
def test_a_difference_is_told_in_words(tmp_path: Path, call: Call, difference: str) -> None:
    write(tmp_path, "a.yaml", interaction(f"{SEARCH}?phrase=cat&page=2", sent={"accept-language": "de"}))

    nearest = Library.load([tmp_path]).nearest(call)

    assert nearest
    assert nearest.difference == difference


def test_a_recording_in_no_language_is_as_near_as_one_in_the_same(tmp_path: Path) -> None:
    write(tmp_path, "far.yaml", interaction(f"{SEARCH}?phrase=cat&page=2", sent={"accept-language": "de"}))
    write(tmp_path, "near.yaml", interaction(f"{SEARCH}?phrase=cat"))

    nearest = Library.load([tmp_path]).nearest(get(SEARCH, "phrase=dog", accept_language="de"))

    assert nearest
    assert nearest.cassette == "near.yaml"


def test_another_image_of_the_same_operation_is_near(tmp_path: Path) -> None:
    write(tmp_path, "images-id.yaml", interaction("/v3/images/1?fields=id"), interaction("/v3/images/2/similar"))

    error = miss(Library.load([tmp_path]), get("/v3/images/7", "fields=id"))

    assert error.why == "The nearest is images-id.yaml: the path is /v3/images/1."


def test_a_miss_far_from_everything_says_what_is_recorded(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", *(interaction(f"/v3/{name}") for name in "abcde"))

    far = miss(Library.load([tmp_path]), get("/v3/countries"))
    empty = miss(Library(), get("/v3/countries"))

    assert far.why == "It is none of the recorded paths: /v3/a, /v3/b, /v3/c and 2 more."
    assert empty.why == "No cassette is loaded."


def test_a_miss_holds_no_secret_and_nothing_a_terminal_would_obey(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", interaction(f"{SEARCH}?phrase=%1B%5B2J%0A&client_secret=other-secret"))

    error = miss(Library.load([tmp_path]), get(SEARCH, f"phrase={'x' * 500}&client_secret=test-secret"))
    short = miss(Library.load([tmp_path]), get(SEARCH, "client_secret=test-secret&phrase=dog"))

    assert "secret" not in str(error).replace("client_secret", "")
    assert "client_secret=SCRUBBED" in short.what
    assert "\x1b" not in str(error)
    assert len(str(error)) < 500


def test_offline_asks_the_sandbox_only_for_what_is_not_recorded(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", interaction(SEARCH, "recorded"))
    offline = Offline(Library.load([tmp_path]), lambda call: Answer(200, (), call.target.encode(), "sandbox"))

    assert offline.answer(get(SEARCH)).body == b"recorded"
    assert offline.answer(get(SEARCH, "page=2")).body == f"{SEARCH}?page=2".encode()


def test_strictly_offline_what_is_not_recorded_is_an_error(tmp_path: Path) -> None:
    offline = Offline(Library.load([tmp_path]), None)

    with pytest.raises(NoRecording, match="no cassette holds GET /v3/countries"):
        offline.answer(get("/v3/countries"))


def test_an_httpx_client_is_answered_from_a_library(tmp_path: Path) -> None:
    recorded = interaction(f"{SEARCH}?phrase=black%20cat", '{"images": []}', sent={"accept-language": "de"})
    write(tmp_path, "a.yaml", recorded)
    offline = Offline(Library.load([tmp_path]), None)

    with httpx.Client(transport=OfflineTransport(offline.answer), base_url="https://anything.example") as client:
        response = client.get(SEARCH, params={"phrase": "black cat"}, headers={"Accept-Language": "de"})
        with pytest.raises(NoRecording):
            client.post(SEARCH, json={"a": 1})

    assert response.json() == {"images": []}
    assert response.headers["content-type"] == "application/json"


def test_the_bundled_cassettes_are_found_in_a_checkout() -> None:
    assert bundled() == Path(__file__).parents[2] / "cassettes"


def test_playing_imports_neither_vcr_nor_httpx() -> None:
    code = "import sys, getty_emulator.replay.offline; print(sorted({'vcr', 'httpx', 'filelock'} & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}

    output = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    assert output.stdout.strip() == "[]"


VALID = yaml.safe_dump({"version": 1, "interactions": [interaction("/v3/countries")]})
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\ninteractions: [*b, *b]\n"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("no YAML", "interactions: [\n", "Line 2: it is not YAML"),
        ("a tab", "interactions:\n\t- request\n", "Line 2: it is not YAML"),
        ("an object", f"{VALID}x: !!python/object/apply:os.system ['true']\n", "it holds an object (the tag !!python/"),
        ("an unknown tag", "interactions:\n- !secret x\n", "Line 2: it holds an object (the tag !secret)"),
        ("an alias bomb", BOMB, "Line 2: it repeats another part of the file (the alias *a)"),
        ("deep nesting", "interactions: " + "[" * 500 + "]" * 500, "nests deeper than 20 levels"),
        ("two documents", f"{VALID}---\n{VALID}", "it holds a second YAML document"),
        ("no text", b"interactions: \xff\xfe\x80", "It holds what is no text in UTF-8"),
        ("a NUL", "interactions: a\x00b", "It holds what is no text in UTF-8"),
        ("bad base64", "interactions: !!binary 'a'", "Line 1: its binary data is not base64"),
        ("a list", "- request: {}\n", "no list of interactions"),
        ("a text", "hello", "no list of interactions"),
        ("other YAML", "services:\n  web: {}\n", "no list of interactions"),
        ("a list as a name", "interactions: {[a]: b}", "a name in it is not text"),
        ("no list", "interactions: {}\nx: y\n", None),
        ("a text for a list", "interactions: none of them\n", "Its interactions are not a list"),
        ("a text for an exchange", "interactions: [a]\n", "Interaction 1: it has no request"),
        ("no response", "interactions: [{request: {method: GET, uri: /a}}]\n", "Interaction 1: it has no response"),
        ("no uri", "interactions: [{request: {method: GET}, response: {}}]\n", "the request has no method or uri"),
        ("a broken uri", VALID.replace("https://api", "https://[api"), "the request's uri is no address"),
        ("a status of 99", VALID.replace("code: 200", "code: 99"), "no status between 200 and 599"),
        ("a status in words", VALID.replace("code: 200", "code: fine"), "no status between 200 and 599"),
        ("no status", VALID.replace("code: 200", "kode: 200"), "no status between 200 and 599"),
        ("a list as a body", VALID.replace("string: '{}'", "string: [a]"), "a body is neither text nor bytes"),
        ("a forged field", VALID.replace("application/json", '"a\\r\\nset-cookie: b"'), "not one that HTTP allows"),
        ("a bad name", VALID.replace("content-type", '"content type"'), "not one that HTTP allows"),
        ("headers in a list", VALID.replace("headers: {}", "headers: [a]"), "its headers are no mapping"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_the_others_play(
    tmp_path: Path, name: str, text: str | bytes, reason: str | None
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(text if isinstance(text, bytes) else text.encode())
    write(tmp_path, "good.yaml", interaction("/v3/countries"))
    warnings: list[str] = []

    library = Library.load([tmp_path], on_warning=warnings.append)

    assert library.find(get("/v3/countries")), name
    if reason:
        assert len(warnings) == 1
        assert warnings[0].startswith(f"{bad} is no usable cassette. ")
        assert reason in warnings[0]
        assert warnings[0].endswith("Repair it, or move it out of the folder and record again.")
        assert len(library) == 1


def test_a_file_that_is_too_large_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getty_emulator.replay.cassette_file.MAX_BYTES", 1024**2)
    write(tmp_path, "a.yaml", interaction("/v3/countries", "x" * 1024**2))
    warnings: list[str] = []

    Library.load([tmp_path], on_warning=warnings.append)

    assert "It is larger than 1 MB." in warnings[0]


def test_a_file_of_too_many_values_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getty_emulator.replay.plain_yaml.MAX_EVENTS", 1000)
    (tmp_path / "a.yaml").write_text("interactions:\n" + "-\n" * 1000)
    warnings: list[str] = []

    Library.load([tmp_path], on_warning=warnings.append)

    assert "it holds more than 1,000 values" in warnings[0]


def test_a_body_that_unpacks_to_too_much_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MAX_DECODED", 1000)
    packed = gzip.compress(b"\0" * 1001)
    write(tmp_path, "a.yaml", interaction("/v3/countries", packed, headers={"content-encoding": "gzip"}))
    warnings: list[str] = []

    Library.load([tmp_path], on_warning=warnings.append)

    assert "Interaction 1: the response's body unpacks to far too much." in warnings[0]


def test_a_folder_and_a_pipe_named_like_cassettes_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    write(tmp_path, "z.yaml", interaction("/v3/countries"))
    warnings: list[str] = []

    library = Library.load([tmp_path], on_warning=warnings.append)

    assert len(library) == 1
    assert [warning for warning in warnings if "it is not an ordinary file" in warning] == warnings
    assert len(warnings) == 2


def test_a_missing_folder_is_named_and_an_empty_file_is_an_empty_cassette(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").touch()
    warnings: list[str] = []

    library = Library.load([tmp_path / "nowhere", tmp_path], on_warning=warnings.append)

    assert len(library) == 0
    assert warnings == [f"no cassettes from {tmp_path / 'nowhere'}: No such file or directory."]
