"""Recording: what is kept, what is scrubbed, and that a cassette is whole or not there at all."""

import base64
import contextlib
import gzip
import os
import stat
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import vcr
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fakes import PATIENCE
from getty_emulator.events import Event, Recorded
from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.cassette_file import Interaction, read_interactions
from getty_emulator.replay.layout import serialised
from getty_emulator.replay.library import Library
from getty_emulator.replay.recorder import Recorder, file_name
from getty_emulator.replay.shelf import CACHED_FROM
from getty_emulator.replay.usage import Usage
from getty_token.errors import CassetteError
from getty_token.operations import OPERATIONS

GETTY = "https://api.gettyimages.com"
SEARCH = "/v3/search/images/creative"
JSON = ((b"content-type", b"application/json"),)

SECRETS = (b"test-key", b"test-secret", b"test-token")


def forms(secret: bytes) -> Iterator[bytes]:
    """A secret as it is, percent-encoded throughout, and in base64 wherever it may begin in a text."""
    yield secret
    yield "".join(f"%{byte:02X}" for byte in secret).encode()
    for before in range(3):
        encoded = base64.b64encode(b"x" * before + secret)
        yield encoded[-(-before * 8 // 6) : len(encoded) - (before + len(secret)) % 3 - 2]


KNOWN = [form for secret in SECRETS for form in forms(secret)]


def scrub(content: bytes) -> bytes:
    """What whoever has the secrets hands in."""
    for form in KNOWN:
        content = content.replace(form, b"SCRUBBED")
    return content


def leaks(content: bytes) -> bool:
    return any(form in content for form in KNOWN)


def recorder(
    folder: Path,
    *,
    upstream_url: str = GETTY,
    scrub: Callable[[bytes], bytes] = scrub,
    on_event: Callable[[Event], None] = lambda event: None,
) -> Recorder:
    return Recorder(folder, scrub, leaks, upstream_url, on_event)


def search(phrase: str = "cat", **headers: str) -> Call:
    return Call("GET", SEARCH, f"phrase={phrase}", {name.replace("_", "-"): text for name, text in headers.items()})


def ok(body: bytes = b'{"images": []}', *headers: tuple[bytes, bytes]) -> Answer:
    return Answer(200, JSON + headers, body, "live")


def found(folder: Path, call: Call) -> Answer:
    answer = Library.load([folder], on_warning=pytest.fail).find(call)
    assert answer
    return answer


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_what_is_recorded_is_found_and_told(tmp_path: Path) -> None:
    events: list[Event] = []
    folder = tmp_path / "cassettes"

    told = recorder(folder, on_event=events.append).record(search(), ok(b'{"title": "caf\xc3\xa9"}'))

    assert events == [told] == [Recorded("search-images-creative.yaml", 1)]
    assert found(folder, search()) == Answer(
        200, JSON, b'{"title": "caf\xc3\xa9"}', "cassette search-images-creative.yaml#1"
    )


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", SEARCH, "search-images-creative.yaml"),
        ("GET", "/v3/images", "images.yaml"),
        ("GET", "/v3/images/1900000001", "images-id.yaml"),
        ("GET", "/v3/images/1900000001/similar", "images-id-similar.yaml"),
        ("POST", "/v3/downloads/images/7", "post-downloads-images-id.yaml"),
        ("GET", "/v3/boards/7/comments", "boards-board-id-comments.yaml"),
        ("HEAD", "/v3/images", "head-images.yaml"),
        ("GET", "/../../etc/passwd", "other.yaml"),
        ("GET", "/v3/images/..%2F..%2Fx", "images-id.yaml"),
    ],
)
def test_a_cassette_is_named_after_its_operation(method: str, path: str, name: str) -> None:
    assert file_name(Call(method, path)) == name


def test_every_operation_has_a_cassette_of_its_own() -> None:
    names = {file_name(Call(each.method, each.template.replace("{", "").replace("}", ""))) for each in OPERATIONS}

    assert len(names) == len(OPERATIONS)


@pytest.mark.parametrize("status", [200, 303, 400, 403, 404])
def test_answers_to_the_request_are_recorded(tmp_path: Path, status: int) -> None:
    assert recorder(tmp_path).record(search(), replace(ok(), status=status))
    assert found(tmp_path, search()).status == status


@pytest.mark.parametrize("status", [304, 401, 429, 500, 503])
def test_answers_of_the_moment_are_not_recorded(tmp_path: Path, status: int) -> None:
    assert recorder(tmp_path).record(search(), replace(ok(), status=status)) is None
    assert list(tmp_path.iterdir()) == []


def test_a_request_recorded_by_a_later_run_gets_the_new_answer_in_its_old_place(tmp_path: Path) -> None:
    first, again = search("black+cat"), search("black%20cat")
    record = recorder(tmp_path).record
    record(first, ok(b"old"))
    record(search("dog"), ok(b"dog"))

    told = recorder(tmp_path).record(again, ok(b"new"))

    assert told == Recorded("search-images-creative.yaml", 1)
    assert [each.answer.body for each in read_interactions(tmp_path / told.cassette)] == [b"new", b"dog"]


def test_other_answers_in_one_run_become_a_sequence_that_the_next_run_replaces(tmp_path: Path) -> None:
    record = recorder(tmp_path).record
    told = [record(search(), ok(body)) for body in (b"one", b"two", b"two", b"one")]
    told += [record(search("dog"), ok())]
    library = Library.load([tmp_path], on_warning=pytest.fail)
    played = [answer.body for _ in range(4) if (answer := library.find(search()))]

    recorder(tmp_path).record(search(), ok(b"new"))

    assert [each.interaction for each in told if each] == [1, 2, 2, 3, 4]
    assert played == [b"one", b"two", b"one", b"one"]
    path = tmp_path / "search-images-creative.yaml"
    assert [each.answer.body for each in read_interactions(path)] == [b"new", b'{"images": []}']


def test_what_is_spliced_into_a_cassette_is_what_vcrpy_would_have_written(tmp_path: Path) -> None:
    record = recorder(tmp_path).record
    for body in (b"{}", b"\xff\x00", "two lines\n\n café: 'x'\n".encode(), b"", b" " * 300):
        record(search(str(len(body))), ok(body))
    path = tmp_path / "search-images-creative.yaml"

    recorder(tmp_path).record(search("3"), ok(b"longer than before"))

    assert path.read_bytes() == serialised(read_interactions(path))


@pytest.mark.parametrize("layout", ["flow", "indented", "no final newline", "a comment", "a byte order mark", "crlf"])
def test_a_cassette_laid_out_by_others_is_recorded_into(tmp_path: Path, layout: str) -> None:
    path = tmp_path / "search-images-creative.yaml"
    old = Interaction(f"{GETTY}{SEARCH}?phrase=old", search("old"), ok("café \U0001f642".encode()))
    text = serialised([old]).decode()
    data = yaml.safe_load(text)
    layouts = {
        "flow": yaml.safe_dump(data, default_flow_style=True),
        "indented": text.replace("\n", "\n  ").replace("\n  version", "\nversion"),
        "no final newline": yaml.safe_dump({"interactions": data["interactions"]}, allow_unicode=True).rstrip(),
        "a comment": text.replace("version", "# what a person noted\nversion"),
        "a byte order mark": "\ufeff" + yaml.safe_dump(data, allow_unicode=True),
        "crlf": text.replace("\n", "\r\n"),
    }
    path.write_bytes(layouts[layout].encode())

    told = [recorder(tmp_path).record(search(phrase), ok(phrase.encode())) for phrase in ("a", "b")]

    assert [each.interaction for each in told if each] == [2, 3]
    assert found(tmp_path, search("old")).body.decode() == "café \U0001f642"
    assert [found(tmp_path, search(phrase)).body for phrase in "ab"] == [b"a", b"b"]


def test_a_full_cassette_is_followed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getty_emulator.replay.recorder.FULL", 1000)
    record = recorder(tmp_path).record

    told = [record(search(str(number)), ok(b"x" * 400)) for number in range(5)]
    again = recorder(tmp_path).record(search("0"), ok(b"new"))

    assert [each.cassette.removeprefix("search-images-creative") for each in told if each] == [
        ".yaml", ".yaml", "-2.yaml", "-2.yaml", "-3.yaml"
    ]  # fmt: skip
    assert again == Recorded("search-images-creative.yaml", 1)
    assert len(Library.load([tmp_path])) == 5


def test_what_a_killed_recorder_left_half_written_is_swept(tmp_path: Path) -> None:
    left = tmp_path / ".images.yaml.abc.tmp"
    left.write_text("interactions: [half")

    recorder(tmp_path).record(search(), ok())

    assert not left.exists()


def test_a_recorded_sequence_becomes_one_answer(tmp_path: Path) -> None:
    path = tmp_path / "search-images-creative.yaml"
    sequence = [Interaction(f"{GETTY}{search().target}", search(), ok(body)) for body in (b"first", b"second")]
    path.write_bytes(serialised(sequence))

    recorder(tmp_path).record(search(), ok(b"new"))

    assert [each.answer.body for each in read_interactions(path)] == [b"new"]


def test_only_headers_that_matter_are_kept(tmp_path: Path) -> None:
    sent = {"accept_language": "de", "gi_country_code": "DEU", "user_agent": "x"}
    call = search(**sent, authorization="Bearer abc", cookie="a=b")
    useless = ((b"x-amzn-requestid", b"1"), (b"via", b"1.1 x"), (b"set-cookie", b"a=b"))

    recorder(tmp_path).record(call, ok(b"{}", *useless, (b"cache-control", b"max-age=1")))

    (kept,) = read_interactions(tmp_path / "search-images-creative.yaml")
    assert kept.call.headers == {
        "accept-language": "de",
        "gi-country-code": "DEU",
        "authorization": "SCRUBBED",
        "cookie": "SCRUBBED",
    }
    assert sorted(kept.answer.headers) == [(b"cache-control", b"max-age=1"), *JSON]


@pytest.mark.parametrize("upstream_url", ["http://127.0.0.1:80", "http://127.0.0.1:80/"])
def test_addresses_of_the_upstream_become_gettys(tmp_path: Path, upstream_url: str) -> None:
    body = (
        b"http://127.0.0.1:80/media/id/1.jpg http://127.0.0.1:80/v3/x http://127.0.0.1:8080/media/a http://127.0.0.1:80"
    )
    location = (b"location", b"http://127.0.0.1:80/v3/images/1")

    recorder(tmp_path, upstream_url=upstream_url).record(search(), ok(body, location))

    (kept,) = read_interactions(tmp_path / "search-images-creative.yaml")
    assert kept.uri == f"{GETTY}{SEARCH}?phrase=cat"
    assert kept.answer.body == (
        b"https://media.gettyimages.com/id/1.jpg https://api.gettyimages.com/v3/x "
        b"http://127.0.0.1:8080/media/a https://api.gettyimages.com"
    )
    assert (b"location", b"https://api.gettyimages.com/v3/images/1") in kept.answer.headers


@pytest.mark.parametrize(
    ("encoding", "encode"), [(b"gzip", gzip.compress), (b"deflate", zlib.compress), (b"identity", bytes)]
)
def test_bodies_are_kept_as_text_a_person_can_read(
    tmp_path: Path, encoding: bytes, encode: Callable[[bytes], bytes]
) -> None:
    recorder(tmp_path).record(search(), ok(encode(b'{"id": "1"}'), (b"content-encoding", encoding)))

    assert b"""string: '{"id": "1"}'""" in written(tmp_path)
    assert found(tmp_path, search()).body == b'{"id": "1"}'


def test_a_body_that_cannot_be_looked_into_is_not_recorded(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="encoded as br"):
        recorder(tmp_path).record(search(), ok(b"\x8b", (b"content-encoding", b"br")))

    assert list(tmp_path.iterdir()) == []


@given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode), status=st.sampled_from([200, 404, 299]))
def test_any_body_comes_back_byte_for_byte(tmp_path_factory: pytest.TempPathFactory, body: bytes, status: int) -> None:
    call = Call("POST", "/v3/boards", "a=%20", {"content-type": "x"}, body)
    kept = Interaction(f"{GETTY}/v3/boards?a=%20", call, Answer(status, JSON, body, "cassette a.yaml#1"))
    path = tmp_path_factory.getbasetemp() / "a.yaml"

    path.write_bytes(serialised([kept, kept]))

    assert read_interactions(path)[0] == kept


PLACES: dict[str, Callable[[str], tuple[Call, Answer]]] = {
    "authorization": lambda text: (search(authorization=f"Bearer {text}"), ok()),
    "api key": lambda text: (search(api_key=text), ok()),
    "a kept header": lambda text: (search(accept_language=text), ok()),
    "the query": lambda text: (search(quote(text)), ok()),
    "the path": lambda text: (Call("GET", f"/v3/images/{quote(text)}"), ok()),
    "a form": lambda text: (Call("POST", "/v3/boards", body=f"client_secret={text}&a={text}".encode()), ok()),
    "json sent": lambda text: (Call("POST", "/v3/boards", body=f'{{"name": "{text}"}}'.encode()), ok()),
    "json": lambda text: (search(), ok(f'{{"access_token": "{text}", "echo": "x{text}y"}}'.encode())),
    "an echo": lambda text: (search(), ok(f'{{"echo": "x{text}y"}}'.encode())),
    "gzip": lambda text: (search(), ok(gzip.compress(text.encode()), (b"content-encoding", b"gzip"))),
    "bytes": lambda text: (search(), ok(b"\xff\x00" + text.encode() + b"\xfe")),
    "a long line": lambda text: (search(), ok((f"{text} " * 50).encode())),
    "an answer's header": lambda text: (search(), ok(b"", (b"location", f"https://x/?k={text}".encode()))),
    "a cookie": lambda text: (search(cookie=text), ok(b"", (b"set-cookie", text.encode()))),
}


@pytest.mark.parametrize("place", PLACES)
def test_no_form_of_a_known_secret_is_written_wherever_it_stands(tmp_path: Path, place: str) -> None:
    for form in KNOWN:
        call, answer = PLACES[place](form.decode())

        recorder(tmp_path).record(call, answer)

    assert not leaks(written(tmp_path))
    assert len(Library.load([tmp_path])) > 0


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("a kept header", "the request's header accept-language of interaction 1"),
        ("the query", "the address of interaction 1"),
        ("json sent", "the request's body of interaction 1"),
        ("an echo", "the answer's body of interaction 1"),
        ("gzip", "the answer's body of interaction 1"),
        ("bytes", "the answer's body of interaction 1"),
        ("an answer's header", "the answer's header location of interaction 1"),
    ],
)
def test_a_secret_that_was_not_scrubbed_stops_the_writing_and_is_not_told(
    tmp_path: Path, place: str, where: str
) -> None:
    call, answer = PLACES[place]("test-secret")
    path = tmp_path / file_name(call)

    with pytest.raises(CassetteError) as caught:
        recorder(tmp_path, scrub=bytes).record(call, answer)

    assert (caught.value.what, caught.value.why) == (f"{path} was not written.", f"A secret would be in {where}.")
    assert "test-secret" not in str(caught.value)
    assert not path.exists()


def test_a_secret_that_an_old_interaction_holds_stops_the_writing(tmp_path: Path) -> None:
    path = tmp_path / "search-images-creative.yaml"
    old = Interaction(f"{GETTY}{SEARCH}", Call("GET", SEARCH), ok(b"test-token"))
    path.write_bytes(serialised([old]))

    with pytest.raises(CassetteError, match="the answer's body of interaction 1"):
        recorder(tmp_path).record(search(), ok())

    assert len(read_interactions(path)) == 1


def test_a_secret_outside_of_what_we_write_ourselves_stops_the_writing(tmp_path: Path) -> None:
    path = tmp_path / "search-images-creative.yaml"
    old = Call("GET", SEARCH, headers={"test-token": "x"})
    path.write_bytes(serialised([Interaction(f"{GETTY}{SEARCH}", old, ok())]))

    with pytest.raises(CassetteError, match="the file as a whole"):
        recorder(tmp_path).record(search(), ok())


def test_a_known_secret_is_not_cut_in_two_by_its_own_punctuation(tmp_path: Path) -> None:
    known = b"test-se&cret"

    recorder(tmp_path, scrub=lambda content: content.replace(known, b"SCRUBBED")).record(
        search(), ok(b"you sent client_secret=" + known)
    )

    assert b"cret" not in written(tmp_path).replace(b"client_secret", b"")


def test_a_recorded_secret_still_matches_at_replay(tmp_path: Path) -> None:
    call = Call("POST", "/oauth2/token", body=b"grant_type=client_credentials&client_secret=test-secret")

    recorder(tmp_path).record(call, ok(b'{"access_token": "x"}'))

    assert found(tmp_path, call).body == b'{"access_token": "SCRUBBED"}'


def test_cassettes_and_their_folder_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "cassettes"

    recorder(folder).record(search(), ok())

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert sorted(path.name for path in folder.iterdir()) == [
        ".getty-token.lock",
        ".gitignore",
        "search-images-creative.yaml",
    ]


def test_git_is_told_to_leave_out_what_is_for_this_machine_alone(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    recorder(tmp_path / "cassettes").record(search(), ok())

    status = subprocess.run([*git, "status", "--porcelain", "-uall"], capture_output=True, text=True, check=True)

    assert status.stdout.splitlines() == ["?? cassettes/.gitignore", "?? cassettes/search-images-creative.yaml"]


@pytest.mark.parametrize("name", [".getty-token.lock", ".getty-token.used", ".getty-token.index", "images.yaml"])
def test_a_link_out_of_a_clone_leads_to_no_other_file(tmp_path: Path, name: str) -> None:
    precious = tmp_path / "precious"
    precious.write_text("interactions: []\n")
    folder = tmp_path / "clone"
    folder.mkdir()
    (folder / name).symlink_to(precious)

    one = Recorder(folder, bytes, lambda content: False, GETTY, lambda event: None, usage=Usage(folder))
    with contextlib.suppress(CassetteError):
        one.record(Call("GET", "/v3/images", "ids=1"), ok(b"x" * CACHED_FROM))
    one.close()
    Library.load([folder], run="").find(Call("GET", "/v3/images", "ids=1"))

    assert precious.read_text() == "interactions: []\n"


def test_a_malformed_cassette_is_named_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "search-images-creative.yaml"
    path.write_text("interactions: [oh")

    with pytest.raises(CassetteError, match="is no usable cassette"):
        recorder(tmp_path).record(search(), ok())

    assert path.read_text() == "interactions: [oh"


def test_an_empty_cassette_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "search-images-creative.yaml").touch()

    assert recorder(tmp_path).record(search(), ok()) == Recorded("search-images-creative.yaml", 1)


def test_a_cassette_is_never_larger_than_what_we_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getty_emulator.replay.recorder.MAX_BYTES", 1000)

    with pytest.raises(CassetteError, match="is full"):
        recorder(tmp_path).record(search(), ok(b"x" * 1000))

    assert not (tmp_path / "search-images-creative.yaml").exists()


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_is_told_and_leaves_the_old_cassette(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    recorder(tmp_path).record(search(), ok(b"old"))

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(CassetteError) as caught:
        recorder(tmp_path).record(search(), ok(b"new"))
    monkeypatch.undo()

    assert caught.value.what == f"nothing was recorded into {tmp_path}."
    assert caught.value.why == "No space left on device."
    assert caught.value.mend.startswith("Free some space")
    assert found(tmp_path, search()).body == b"old"
    assert not list(tmp_path.glob(".*.tmp"))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CassetteError, match="nothing was recorded into "):
        recorder(tmp_path / "file").record(search(), ok())


RECORDING = """
import os, sys
from pathlib import Path
from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.recorder import Recorder
folder, name, kill = sys.argv[1:]
record = Recorder(Path(folder), bytes, lambda content: False, "https://api.gettyimages.com", print).record
for number in range(6):
    if kill == str(number):
        os.replace = lambda *names: os.kill(os.getpid(), 9)
    record(Call("GET", "/v3/countries", f"who={name}{number}"), Answer(200, (), b"{}", "live"))
"""


def recording(folder: Path, name: str, kill: str = "never") -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-c", RECORDING, str(folder), name, kill]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def test_two_processes_recording_into_one_folder_lose_nothing(tmp_path: Path) -> None:
    both = [recording(tmp_path, name) for name in "ab"]

    assert [process.wait(PATIENCE) for process in both] == [0, 0]
    assert len(Library.load([tmp_path])) == 12


def test_threads_recording_into_one_folder_lose_nothing(tmp_path: Path) -> None:
    one = recorder(tmp_path)
    threads = [threading.Thread(target=one.record, args=(search(str(number)), ok())) for number in range(6)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)

    assert len(Library.load([tmp_path])) == 6


def test_a_killed_recorder_leaves_a_whole_cassette_and_no_lock(tmp_path: Path) -> None:
    assert recording(tmp_path, "a", kill="3").wait(PATIENCE) == -9

    recorder(tmp_path).record(Call("GET", "/v3/countries"), ok())

    assert len(Library.load([tmp_path], on_warning=pytest.fail)) == 4


def test_plain_vcrpy_plays_what_we_record(tmp_path: Path) -> None:
    body = '{"title": "café", "text": "two\\nlines: \'quoted\', - # and \\u2028 more"}'.encode()
    recorder(tmp_path).record(search("black%20cat", authorization="Bearer test-token"), ok(body))
    recorder(tmp_path).record(search("none"), Answer(404, JSON, b'{"ErrorCode": "x"}', "live"))
    path = tmp_path / "search-images-creative.yaml"

    with vcr.use_cassette(str(path), record_mode="none") as cassette, httpx.Client(base_url=GETTY) as client:
        response = client.get(SEARCH, params={"phrase": "black cat"})
        missing = client.get(SEARCH, params={"phrase": "none"})

    assert (response.status_code, response.content) == (200, body)
    assert response.headers["content-type"] == "application/json"
    assert (missing.status_code, missing.reason_phrase) == (404, "Not Found")
    assert cassette.all_played
    assert b"message: Not Found" in path.read_bytes()


class Getty(BaseHTTPRequestHandler):
    """A server for vcrpy to record from."""

    def do_GET(self) -> None:
        body = gzip.compress(f'{{"path": "{self.path}"}}'.encode())
        self.send_response(200)
        for name, value in {"Content-Type": "application/json", "Content-Encoding": "gzip"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_we_play_what_plain_vcrpy_records(tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), Getty) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        with vcr.use_cassette(str(tmp_path / "a.yaml")), httpx.Client(trust_env=False) as client:
            for phrase in ("black cat", "dog"):
                client.get(f"http://127.0.0.1:{server.server_port}{SEARCH}", params={"phrase": phrase})
        server.shutdown()
        thread.join()

    answer = found(tmp_path, search("black+cat"))

    assert answer.body.startswith(f'{{"path": "{SEARCH}?phrase=black'.encode())
    assert dict(answer.headers)[b"content-type"] == b"application/json"
    assert not {b"content-encoding", b"content-length"} & dict(answer.headers).keys()


def test_we_record_into_what_plain_vcrpy_wrote(tmp_path: Path) -> None:
    test_we_play_what_plain_vcrpy_records(tmp_path)
    (tmp_path / "a.yaml").rename(tmp_path / "search-images-creative.yaml")

    told = recorder(tmp_path).record(search("bird"), ok())

    assert told == Recorded("search-images-creative.yaml", 3)
    assert b"black" in found(tmp_path, search("black+cat")).body
