"""Tests of getty_token.commands.searching.output: a file that is there whole or not at all, and can be gone on with."""

import fcntl
import os
from pathlib import Path

import pytest

from getty_token.commands.searching.output import AlreadyRunning, Output, Point, to_file
from getty_token.errors import WrongUsage


class Stop(Exception):
    """Something that ends a search in the middle."""


def begun(path: Path, job: str = "job") -> None:
    """A search that wrote two answers and was interrupted in the third."""
    with pytest.raises(Stop), to_file(str(path), job, resume=False) as output:
        output.write("head\n")
        output.write("one\n", Point(0, 2, 1, 1, 9))
        output.write("two\n", Point(0, 3, 2, 2, 9))
        output.write("thr")
        raise Stop


def part(path: Path) -> Path:
    """What is written before it is whole."""
    return path.with_name(f"{path.name}.part")


def test_a_file_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    path.write_text("yesterday's\n")

    with to_file(str(path), "job", resume=False) as output:
        output.write("today's\n", Point(0, 2, 1, 1, 9))
        assert path.read_text() == "yesterday's\n"

    assert path.read_text() == "today's\n"
    assert [each.name for each in tmp_path.iterdir()] == ["boats.csv"]


def test_an_interrupted_search_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    path.write_text("yesterday's\n")

    begun(path)

    assert path.read_text() == "yesterday's\n"
    assert part(path).read_text() == "head\none\ntwo\nthr"


def test_resuming_knows_what_is_there_and_drops_what_was_half_written(tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    begun(path)

    with to_file(str(path), "job", resume=True) as output:
        points = list(output.begun)
        output.write("three\n", Point(0, 0, 3, 3, 9))

    assert points == [Point(0, 3, 2, 2, 9)]
    assert path.read_text() == "head\none\ntwo\nthree\n"


def test_resuming_twice_is_as_good_as_once(tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    begun(path)
    with pytest.raises(Stop), to_file(str(path), "job", resume=True) as output:
        output.write("three\n", Point(0, 0, 3, 3, 9))
        output.write("four\n", Point(1, 2, 1, 4, 5))
        raise Stop

    with to_file(str(path), "job", resume=True) as output:
        points = list(output.begun)

    assert points == [Point(0, 0, 3, 3, 9), Point(1, 2, 1, 4, 5)]
    assert path.read_text() == "head\none\ntwo\nthree\nfour\n"


@pytest.mark.parametrize("torn", [b"[3", b"null\n", b"[]\n", b"\xff\xfe\n"])
def test_a_journal_that_was_torn_counts_to_its_last_whole_line(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "boats.csv"
    begun(path)
    with open(f"{path}.part.journal", "ab") as journal:
        journal.write(torn)

    with to_file(str(path), "job", resume=True) as output:
        assert output.begun == [Point(0, 3, 2, 2, 9)]


def test_with_nothing_to_resume_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"

    with to_file(str(path), "job", resume=True) as output:
        assert list(output.begun) == []
        output.write("all\n")

    assert path.read_text() == "all\n"


def test_without_resume_an_old_part_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    begun(path)

    with to_file(str(path), "job", resume=False) as output:
        output.write("all\n")

    assert path.read_text() == "all\n"


def test_another_searchs_part_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    begun(path)

    with pytest.raises(WrongUsage, match="another search"), to_file(str(path), "other job", resume=True):
        pass

    assert part(path).read_text() == "head\none\ntwo\nthr"


def test_a_part_that_lost_its_end_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    begun(path)
    os.truncate(part(path), 3)

    with pytest.raises(WrongUsage, match="shorter"), to_file(str(path), "job", resume=True):
        pass


def test_two_searches_do_not_write_one_file(tmp_path: Path) -> None:
    path = str(tmp_path / "boats.csv")

    with (
        to_file(path, "job", resume=False) as output,
        pytest.raises(AlreadyRunning, match="another search is writing"),
        to_file(path, "job", resume=False),
    ):
        pass
    with to_file(path, "job", resume=False) as output:
        output.write("all\n")


def test_a_link_still_leads_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")

    with to_file(str(tmp_path / "link.csv"), "job", resume=False) as output:
        output.write("all\n")

    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "all\n"


def test_a_link_in_the_place_of_the_part_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    part(path).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(WrongUsage, match="cannot write"), to_file(str(path), "job", resume=False):
        pass

    assert not (tmp_path / "elsewhere").exists()


def test_a_device_is_written_to_as_it_is() -> None:
    with to_file("/dev/null", "job", resume=False) as output:
        output.write("all\n", Point(0, 2, 1, 1, 9))

    assert not Path("/dev/null.part").exists()
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("name", "why"), [("", "It is a folder."), ("missing/boats.csv", "Its folder does not exist.")]
)
def test_a_place_that_cannot_be_is_refused(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(WrongUsage) as refused, to_file(f"{tmp_path}/{name}", "job", resume=False):
        pass

    assert refused.value.why == why


def test_half_a_surrogate_pair_stops_nothing(tmp_path: Path) -> None:
    output: Output
    with to_file(str(tmp_path / "boats.csv"), "job", resume=False) as output:
        output.write("\ud83d\n")

    assert (tmp_path / "boats.csv").read_text() == "\\ud83d\n"


def test_where_nothing_came_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(Stop), to_file(str(tmp_path / "boats.csv"), "job", resume=False) as output:
        output.write("head\n")
        raise Stop

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_finished_meanwhile_is_not_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "boats.csv"
    lock = fcntl.flock

    def finished_meanwhile(descriptor: int, operation: int) -> None:
        os.write(descriptor, b"another search's\n")
        os.rename(part(path), path)
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", finished_meanwhile)

    with pytest.raises(AlreadyRunning), to_file(str(path), "job", resume=False):
        pass

    assert path.read_text() == "another search's\n"
