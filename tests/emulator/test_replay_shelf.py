"""The index over a folder: it finds what reading everything would find, and is never believed over the files."""

import os
import stat
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from getty_emulator.exchange import Answer, Call
from getty_emulator.replay import shelf as shelf_module
from getty_emulator.replay.cassette_file import Interaction, Placed
from getty_emulator.replay.index import LIKELY, BadIndex, Index
from getty_emulator.replay.index_bytes import Stamp, built, cassette
from getty_emulator.replay.layout import serialised
from getty_emulator.replay.library import Library
from getty_emulator.replay.matching import Request, normalised
from getty_emulator.replay.recorder import Recorder
from getty_emulator.replay.shelf import CACHE_FILE, Shelf
from getty_emulator.replay.traits import digest, traits
from getty_emulator.replay.usage import LARGEST, USAGE_FILE, Usage, used

SEARCH = "/v3/search/images/creative"
GETTY = "https://api.gettyimages.com"

NAMES, VALUES = st.sampled_from("abc"), st.sampled_from(["", "1", "2", "x y"])
CALLS = st.builds(
    lambda method, path, pairs, headers: Call(method, path, "&".join(f"{n}={v}" for n, v in pairs), headers),
    st.sampled_from(["GET", "POST"]),
    st.sampled_from([SEARCH, "/v3/images/1", "/v3/images/2", "/v3/elsewhere"]),
    st.lists(st.tuples(NAMES, VALUES), max_size=4),
    st.dictionaries(st.sampled_from(["accept-language", "gi-country-code"]), st.sampled_from(["de", "fr"])),
)


def interaction(call: Call, body: bytes = b"{}") -> Interaction:
    return Interaction(GETTY + call.target, call, Answer(200, ((b"content-type", b"application/json"),), body, ""))


def get(query: str) -> Call:
    return Call("GET", SEARCH, query)


def write(folder: Path, name: str, *interactions: Interaction) -> Path:
    path = folder / name
    path.write_bytes(serialised(interactions))
    return path


def fill(folder: Path, monkeypatch: pytest.MonkeyPatch, phrases: int = 3) -> Path:
    """A cassette in `folder`, whose index is kept however small it is."""
    monkeypatch.setattr(shelf_module, "CACHED_FROM", 0)
    return write(folder, "a.yaml", *(interaction(get(f"phrase={n}"), f"{n}".encode()) for n in range(phrases)))


def played(folder: Path, query: str) -> bytes | None:
    answer = Library.load([folder], on_warning=pytest.fail).find(get(query))
    return answer.body if answer else None


def different(request: Request, recorded: Request) -> tuple[bool, int]:
    """How different two requests are, counted the slow way: elsewhere is furthest."""
    names = {name for name, _ in set(request.query) ^ set(recorded.query)}
    others = (
        request.method != recorded.method,
        request.path != recorded.path,
        request.body != recorded.body,
        recorded.language not in ("", request.language),
        recorded.country not in ("", request.country),
    )
    return request.path != recorded.path, len(names) + sum(others)


@given(st.lists(CALLS, max_size=12), CALLS)
def test_an_index_finds_exactly_what_is_recorded_and_of_the_rest_the_nearest(calls: list[Call], asked: Call) -> None:
    requests = [normalised(call) for call in calls]
    index = Index(
        built(
            [cassette("a.yaml", Stamp(0, 0, 0), [Placed(interaction(call), n, n + 1) for n, call in enumerate(calls)])]
        )
    )
    wanted = normalised(asked)
    same_path = [request for request in requests if request.path == wanted.path]

    assert index.find(digest(wanted)) == [number for number, request in enumerate(requests) if request == wanted]
    assert [index.row(number).digest for number in range(len(calls))] == [digest(request) for request in requests]
    nearest = index.nearest(traits(wanted))
    if same_path:
        assert nearest
        assert different(wanted, requests[nearest[1]]) == min(different(wanted, each) for each in same_path)


def test_of_many_recordings_the_nearest_shares_what_is_rare() -> None:
    calls = [get(f"phrase={n}&page_size=30&fields=id") for n in range(3 * LIKELY)]
    placed = [Placed(interaction(call), 0, 0) for call in calls]
    index = Index(built([cassette("a.yaml", Stamp(0, 0, 0), placed)]))

    assert index.nearest(traits(normalised(get("phrase=1400&page_size=10&fields=title")))) == (2, 1400)
    assert index.nearest(traits(normalised(get("phrase=new&page_size=30&fields=id")))) == (1, 0)


@given(st.binary(max_size=400), st.data())
def test_bytes_that_are_no_index_or_a_damaged_one_are_refused(noise: bytes, data: st.DataObject) -> None:
    good = built([cassette("a.yaml", Stamp(1, 2, 3), [Placed(interaction(get("phrase=1")), 0, 9)])])
    place = data.draw(st.integers(0, len(good) - 1))
    damaged = bytearray(good)
    damaged[place] ^= data.draw(st.integers(1, 255))

    for content in (noise, good[:place], good + b"x", bytes(damaged)):
        with pytest.raises(BadIndex):
            Index(content)


def test_the_index_is_kept_beside_the_cassettes_for_its_owner_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, monkeypatch)
    Library.load([tmp_path])
    monkeypatch.setattr(shelf_module, "read_placed", lambda path: pytest.fail("it was read"))

    assert stat.S_IMODE((tmp_path / CACHE_FILE).stat().st_mode) == 0o600
    assert played(tmp_path, "phrase=2") == b"2"


def test_a_recorder_leaves_an_index_for_whoever_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf_module, "CACHED_FROM", 0)
    recorder = Recorder(tmp_path, bytes, lambda content: False, GETTY, lambda event: None)
    recorder.record(get("phrase=1"), Answer(200, (), b"1", "live"))

    recorder.close()

    monkeypatch.setattr(shelf_module, "read_placed", lambda path: pytest.fail("it was read"))
    assert played(tmp_path, "phrase=1") == b"1"


def test_a_small_folder_stays_free_of_an_index(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", interaction(get("phrase=1")))

    Library.load([tmp_path])

    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize("change", ["edited", "replaced", "added", "removed", "index deleted", "index damaged"])
def test_a_folder_that_has_changed_is_played_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    path = fill(tmp_path, monkeypatch)
    write(tmp_path, "b.yaml", interaction(get("phrase=b"), b"b"))
    Library.load([tmp_path])
    match change:
        case "edited":
            path.write_bytes(path.read_bytes().replace(b"string: '1'", b"string: '1 edited'"))
        case "replaced":
            before = path.stat()
            other = tmp_path / "other"
            other.write_bytes(path.read_bytes().replace(b"phrase=1", b"phrase=7"))
            os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
            other.replace(path)
        case "added":
            write(tmp_path, "0.yaml", interaction(get("phrase=0"), b"first"))
        case "removed":
            path.unlink()
        case "index deleted":
            (tmp_path / CACHE_FILE).unlink()
        case "index damaged":
            (tmp_path / CACHE_FILE).write_bytes((tmp_path / CACHE_FILE).read_bytes()[:-8])

    now = [played(tmp_path, f"phrase={each}") for each in ("0", "1", "7", "b")]

    assert now == {
        "edited": [b"0", b"1 edited", None, b"b"],
        "replaced": [b"0", None, b"1", b"b"],
        "added": [b"first", b"1", None, b"b"],
        "removed": [None, None, None, b"b"],
    }.get(change, [b"0", b"1", None, b"b"])


@pytest.mark.parametrize("edit", ["longer", "reordered", "gone", "broken"])
def test_a_file_edited_under_a_running_library_is_played_as_it_is_now(tmp_path: Path, edit: str) -> None:
    path = write(tmp_path, "a.yaml", *(interaction(get(f"phrase={n}"), f"answer {n}".encode()) for n in range(3)))
    warnings: list[str] = []
    library = Library.load([tmp_path], on_warning=warnings.append)
    now = [interaction(get(f"phrase={n}"), f"answer {n}, edited".encode()) for n in range(3)]
    match edit:
        case "longer":
            write(tmp_path, "a.yaml", *now)
        case "reordered":
            write(tmp_path, "a.yaml", *reversed(now))
        case "gone":
            write(tmp_path, "a.yaml", now[0])
        case "broken":
            path.write_text("interactions: [oh")

    answer = library.find(get("phrase=2"))

    if edit in ("gone", "broken"):
        assert answer is None
        assert warnings == ["a.yaml has changed and holds it no longer."]
    else:
        assert answer
        assert answer.body == b"answer 2, edited"


def test_an_index_that_others_could_have_made_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, monkeypatch)
    Library.load([tmp_path])
    (tmp_path / CACHE_FILE).chmod(0o644)  # as in a clone or an archive
    seen: list[Path] = []
    read = shelf_module.read_placed
    monkeypatch.setattr(shelf_module, "read_placed", lambda path: seen.append(path) or read(path))

    assert played(tmp_path, "phrase=1") == b"1"
    assert [path.name for path in seen] == ["a.yaml"]
    assert stat.S_IMODE((tmp_path / CACHE_FILE).stat().st_mode) == 0o600


def test_only_what_has_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, monkeypatch)
    write(tmp_path, "b.yaml", interaction(get("phrase=b"), b"b"), interaction(get("phrase=1"), b"hidden"))
    Library.load([tmp_path])
    write(tmp_path, "c.yaml", interaction(get("phrase=c"), b"c"))
    seen: list[str] = []
    read = shelf_module.read_placed
    monkeypatch.setattr(shelf_module, "read_placed", lambda path: seen.append(path.name) or read(path))

    library = Library.load([tmp_path])

    assert seen == ["c.yaml"]
    assert len(library) == 5
    assert [played(tmp_path, f"phrase={each}") for each in ("0", "1", "b", "c")] == [b"0", b"1", b"b", b"c"]
    assert (tmp_path / "a.yaml").unlink() is None
    assert played(tmp_path, "phrase=1") == b"hidden"


def test_a_folder_that_cannot_be_written_to_plays_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, monkeypatch)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refused)

    assert played(tmp_path, "phrase=1") == b"1"


def test_interactions_are_found_in_yaml_laid_out_in_any_way(tmp_path: Path) -> None:
    interactions = [interaction(get(f"phrase={n}"), f"café {n}".encode()) for n in range(3)]
    data = yaml.safe_load(serialised(interactions))
    for flow in (True, False, None):
        text = yaml.safe_dump(data, default_flow_style=flow, allow_unicode=True, indent=4)
        (tmp_path / "a.yaml").write_text(text)

        assert played(tmp_path, "phrase=2") == "café 2".encode()


def test_every_place_that_is_read_back_is_whole(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", *(interaction(get(f"phrase={n}"), b"x\n" * n) for n in range(40)))
    opened = Shelf.open(tmp_path, pytest.fail)
    pieces = [opened._piece("a.yaml", row.start, row.end) for row in map(opened.index.row, range(40))]

    assert [piece[:10] for piece in pieces] == [b"- request:"] * 40
    assert all(piece.endswith(b"message: OK\n") for piece in pieces)


def test_what_a_run_plays_is_noted_once_and_the_next_run_begins_anew(tmp_path: Path) -> None:
    sequence = [interaction(get("phrase=a"), body) for body in (b"1", b"2")]
    write(tmp_path, "a.yaml", *sequence, interaction(get("phrase=b")), interaction(get("phrase=c")))
    a, b = (digest(normalised(get(f"phrase={each}"))) for each in "ab")
    library = Library.load([tmp_path], run="one")
    for query in ("phrase=a", "phrase=a", "phrase=a", "phrase=nothing"):
        library.find(get(query))
    library.close()
    first = used(tmp_path)

    Library.load([tmp_path], run="").find(get("phrase=b"))

    assert first == {(a, 0), (a, 1)}
    assert used(tmp_path) == {(b, 0)}
    assert stat.S_IMODE((tmp_path / USAGE_FILE).stat().st_mode) == 0o600


def test_runs_at_the_same_time_do_not_take_each_others_notes_away(tmp_path: Path) -> None:
    one, other = Usage(tmp_path, "one"), Usage(tmp_path, "other")

    for usage, letter in ((one, b"a"), (other, b"b"), (one, b"c")):
        usage.note(letter * 16, 0)
    noted = used(tmp_path)
    other.note(b"d" * 16, 3)

    assert noted == {(b"a" * 16, 0), (b"c" * 16, 0)}
    assert used(tmp_path) == {(b"b" * 16, 0), (b"d" * 16, 3)}
    one.close()
    other.close()


def test_what_a_run_records_is_in_use_and_what_is_recorded_besides_belongs_to_the_last_run(tmp_path: Path) -> None:
    a, b, c = (digest(normalised(get(f"phrase={each}"))) for each in "abc")

    def record(usage: Usage | None, *phrases: str) -> None:
        recorder = Recorder(tmp_path, bytes, lambda content: False, GETTY, lambda event: None, usage=usage)
        for number, phrase in enumerate(phrases):
            recorder.record(get(f"phrase={phrase}"), Answer(200, (), b"%d" % number, "live"))
        recorder.close()

    nobody = Usage.joining(tmp_path)
    record(Usage(tmp_path, "a run"), "a", "a", "b", "b")
    first = used(tmp_path)
    record(Usage.joining(tmp_path), "c")

    assert nobody is None
    assert first == {(a, 0), (a, 1), (b, 0), (b, 1)}
    assert used(tmp_path) == {(a, 0), (a, 1), (b, 0), (b, 1), (c, 0)}


def test_notes_do_not_grow_for_ever(tmp_path: Path) -> None:
    (tmp_path / USAGE_FILE).write_bytes(b"x" * (LARGEST + 1))
    usage = Usage(tmp_path)
    usage.note(b"a" * 16, 0)
    usage.close()

    assert (tmp_path / USAGE_FILE).stat().st_size < 100


def test_runs_of_one_name_share_a_note(tmp_path: Path) -> None:
    for worker in range(3):
        usage = Usage(tmp_path, "the same test run")
        usage.note(bytes([worker] * 16), 0)
        usage.close()
    with (tmp_path / USAGE_FILE).open("ab") as file:
        file.write(b"0101")

    assert used(tmp_path) == {(bytes([worker] * 16), 0) for worker in range(3)}
    assert used(tmp_path / "nowhere") is None


def test_the_name_of_a_request_is_for_ever() -> None:
    request = normalised(Call("POST", "/v3/x%FF", "b=%F0%9F%99%82&a=%00%FF", {"accept-language": "de"}, b"\xff"))

    assert digest(request).hex() == "59fe036a4c307449ed09c0a3fab35ff0"
