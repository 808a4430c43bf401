"""What is asked of Getty while recording, by record mode; and the thumbnails that are kept."""

import asyncio
import json
import stat
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from getty_emulator.events import Event, Warned
from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.library import Library
from getty_emulator.replay.media import LARGEST, MediaKeeper, thumbnails
from getty_emulator.replay.modes import RecordMode
from getty_emulator.replay.pictures import pictures
from getty_emulator.replay.recorder import Recorder
from getty_emulator.replay.recording import Recording
from getty_token.errors import NoRecording

GETTY = "https://api.gettyimages.com"


def get(phrase: str) -> Call:
    return Call("GET", "/v3/search/images/creative", f"phrase={phrase}")


class Getty:
    """Answers with how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def answer(self, call: Call) -> Answer:
        self.asked.append(call.query.removeprefix("phrase="))
        return Answer(200, ((b"content-type", b"application/json"),), b"%d" % len(self.asked), "live")


def run(folder: Path, mode: RecordMode, phrases: Sequence[str]) -> tuple[list[str], list[str]]:
    """One run of a recorder: what the browser got, and what Getty was asked."""

    async def ask() -> list[str]:
        library = Library.load([folder] if folder.is_dir() else [])
        recorder = Recorder(folder, bytes, lambda content: False, GETTY, lambda event: None)
        recording = Recording(getty, recorder.record, lambda event: None, mode, library)
        got = []
        for phrase in phrases:
            try:
                got.append((await recording.answer(get(phrase))).body.decode())
            except NoRecording:
                got.append("miss")
        return got

    getty = Getty()
    return asyncio.run(ask()), getty.asked


def recorded(folder: Path, phrase: str) -> list[str]:
    library = Library.load([folder])
    answers = [library.find(get(phrase)) for _ in range(3)]
    return [answer.body.decode() for answer in answers if answer]


@pytest.mark.parametrize(
    ("mode", "got", "asked"),
    [
        (RecordMode.ALL, ["1", "2", "3"], ["old", "new", "new"]),
        (RecordMode.NEW_EPISODES, ["1", "1", "1"], ["new"]),
        (RecordMode.ONCE, ["1", "miss", "miss"], []),
        (RecordMode.NONE, ["1", "miss", "miss"], []),
    ],
)
def test_a_second_run_asks_what_its_record_mode_says(
    tmp_path: Path, mode: RecordMode, got: list[str], asked: list[str]
) -> None:
    run(tmp_path, RecordMode.ALL, ["old"])

    assert run(tmp_path, mode, ["old", "new", "new"]) == (got, asked)


def test_once_records_in_a_folder_that_holds_nothing_and_plays_what_it_has_just_recorded(tmp_path: Path) -> None:
    got = run(tmp_path / "new", RecordMode.ONCE, ["a", "b", "a"])

    assert got == (["1", "2", "1"], ["a", "b"])
    assert recorded(tmp_path / "new", "a") == ["1", "1", "1"]


def test_recording_all_again_replaces_what_is_asked_again_and_keeps_the_rest(tmp_path: Path) -> None:
    run(tmp_path, RecordMode.ALL, ["a", "a", "b"])
    before = recorded(tmp_path, "a")

    run(tmp_path, RecordMode.ALL, ["x", "a"])

    assert before == ["1", "2", "2"]
    assert recorded(tmp_path, "a") == ["2", "2", "2"]
    assert recorded(tmp_path, "b") == ["3", "3", "3"]


def test_a_miss_while_recording_says_how_to_record_it(tmp_path: Path) -> None:
    run(tmp_path, RecordMode.ALL, ["a"])
    recording = Recording(Getty(), lambda *_: None, lambda event: None, RecordMode.ONCE, Library.load([tmp_path]))

    with pytest.raises(NoRecording) as caught:
        asyncio.run(recording.answer(get("b")))

    assert (caught.value.why, caught.value.mend) == (
        "The nearest is search-images-creative.yaml: phrase is a.",
        "Record it with `--record-mode new_episodes`.",
    )


JPEG = b"\xff\xd8\xff\xe0 a thumbnail"


def body(*sizes: tuple[str, str]) -> bytes:
    images = [{"id": "1", "display_sizes": [{"name": name, "uri": uri} for name, uri in sizes]}]
    return json.dumps({"images": images}).encode()


def address(number: int, host: str = "https://media.gettyimages.com") -> str:
    return f"{host}/id/{number}/photo/a.jpg?b=1&s=170x170&k=20&c={number}="


def keep(
    folder: Path, *bodies: bytes, most: int = 10, answer: httpx.Response | None = None, upstream: str = GETTY
) -> tuple[list[str], list[Event]]:
    """What was fetched, and what was told."""
    asked: list[str] = []
    events: list[Event] = []

    def media(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        assert not {"authorization", "api-key"} & request.headers.keys()
        return answer or httpx.Response(200, content=JPEG, headers={"content-type": "image/jpeg"})

    async def fetch() -> None:
        client = httpx.AsyncClient(transport=httpx.MockTransport(media))
        keeper = MediaKeeper(folder, client, upstream, lambda content: b"test-secret" in content, events.append, most)
        for each in bodies:
            keeper.keep(Answer(200, (), each, "live"))
        await keeper.close()

    asyncio.run(fetch())
    return asked, events


def nothing(target: str) -> Answer:
    return Answer(404, (), b"drawn", "sandbox")


def shown(folder: Path, target: str) -> bytes:
    return pictures([folder], nothing)(target).body


def test_thumbnails_are_kept_once_and_shown_offline_and_nothing_larger_is(tmp_path: Path) -> None:
    both = body(("thumb", address(1)), ("comp", address(2)))

    asked, events = keep(tmp_path, both, both)
    again, _ = keep(tmp_path, both)

    assert (asked, again, events) == ([address(1)], [], [])
    assert shown(tmp_path, "/media" + address(1).removeprefix("https://media.gettyimages.com")) == JPEG
    assert shown(tmp_path, "/media" + address(2).removeprefix("https://media.gettyimages.com")) == b"drawn"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "media").iterdir()] == [0o600]


def test_the_thumbnails_of_a_sandbox_are_found_under_gettys_address(tmp_path: Path) -> None:
    asked, _ = keep(tmp_path, body(("thumb", address(1, "http://127.0.0.1:1/media"))), upstream="http://127.0.0.1:1")

    assert asked == [address(1, "http://127.0.0.1:1/media")]
    assert shown(tmp_path, "/media" + address(1).removeprefix("https://media.gettyimages.com")) == JPEG


def test_only_getty_is_asked_for_thumbnails(tmp_path: Path) -> None:
    others = ["http://169.254.169.254/id/1", "https://media.gettyimages.com.example/id/1", "file:///etc/passwd"]

    asked, _ = keep(tmp_path, *(body(("thumb", other)) for other in others))

    assert asked == []


def test_a_run_keeps_so_many_thumbnails_and_says_when_it_is_enough(tmp_path: Path) -> None:
    asked, events = keep(tmp_path, body(*(("thumb", address(number)) for number in range(5))), most=2)

    assert len(asked) == len(list((tmp_path / "media").iterdir())) == 2
    assert events == [Warned("as many thumbnails are kept as one run may keep; the others are not.")]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403),
        httpx.Response(200, content=b"<html>", headers={"content-type": "text/html"}),
        httpx.Response(200, content=b"x" * (LARGEST + 1), headers={"content-type": "image/jpeg"}),
        httpx.Response(200, content=b"test-secret", headers={"content-type": "image/jpeg"}),
    ],
)
def test_what_is_no_thumbnail_is_not_kept_and_said(tmp_path: Path, answer: httpx.Response) -> None:
    _, events = keep(tmp_path, body(("thumb", address(1))), answer=answer)

    assert not (tmp_path / "media").exists()
    assert isinstance(events[0], Warned)
    assert "a thumbnail was not kept" in events[0].message
    assert "test-secret" not in events[0].message


def test_thumbnails_follow_no_link_out_of_a_clone(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "cassettes").mkdir()
    (tmp_path / "cassettes" / "media").symlink_to(tmp_path / "elsewhere")

    _, events = keep(tmp_path / "cassettes", body(("thumb", address(1))))

    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert isinstance(events[0], Warned) and "is a symbolic link" in events[0].message


def test_an_answer_that_is_no_json_has_no_thumbnails() -> None:
    assert thumbnails(b'{"thumb": ') == thumbnails(b"[" * 100_000 + b'"thumb"') == thumbnails(b"") == []
