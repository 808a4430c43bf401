"""The made-up catalogue."""

import subprocess
import sys
from pathlib import Path

import pytest

from getty_emulator.sandbox.catalogue import FIRST_ID, asset, happenings, index_of
from getty_emulator.sandbox.dice import Dice
from getty_emulator.sandbox.places import COLLECTIONS, person
from getty_emulator.sandbox.scenes import SCENES
from getty_emulator.sandbox.subjects import subjects
from getty_token.parameters import AGES_OF_PEOPLE, COMPOSITIONS, EDITORIAL_SEGMENTS, ETHNICITIES, MOODS, ORIENTATIONS

ROOT = Path(__file__).parents[2]
CATALOGUE = [asset(index, 1) for index in range(720)]


def test_an_asset_follows_from_its_index_and_the_seed() -> None:
    asset.cache_clear()

    assert [asset(index, 1) for index in (0, 371, 719)] == [CATALOGUE[0], CATALOGUE[371], CATALOGUE[719]]
    assert asset(0, 2) != CATALOGUE[0]


def test_the_millionth_asset_costs_no_more_than_the_first() -> None:
    last = asset(999_999, 1)

    assert last.id == str(FIRST_ID + 999_999)
    assert index_of(last.id, 1_000_000) == 999_999
    assert index_of(last.id, 720) is None


@pytest.mark.parametrize(
    "no_id", ["", "7", "-1900000001", "1900000000", "1900000721", "x", "１９０００００００１", " 1900000001"]
)
def test_what_is_no_id_of_ours_has_no_index(no_id: str) -> None:
    assert index_of(no_id, 720) is None


def test_no_two_assets_of_the_standard_catalogue_have_the_same_title() -> None:
    assert len({one.title for one in CATALOGUE}) == len(CATALOGUE)


def test_the_catalogue_has_every_kind_of_picture() -> None:
    assert {one.family for one in CATALOGUE} == {"creative", "editorial"}
    assert {one.orientation for one in CATALOGUE} == set(ORIENTATIONS)
    assert {one.style for one in CATALOGUE} == {"photography", "illustration", "vector", "fine_art"}
    assert {one.number_of_people for one in CATALOGUE} == {"none", "one", "two", "group"}
    assert {one.collection.code for one in CATALOGUE} == {one.code for one in COLLECTIONS}
    assert {one.subject.segment for one in CATALOGUE} - {""} == set(EDITORIAL_SEGMENTS)
    assert {mood for one in CATALOGUE for mood in one.palette.moods} == set(MOODS)


def test_its_words_are_words_that_getty_takes() -> None:
    for one in CATALOGUE:
        assert set(one.compositions) <= set(COMPOSITIONS)
        assert set(one.ethnicities) <= set(ETHNICITIES)
        assert set(one.ages) <= set(AGES_OF_PEOPLE)


def test_dimensions_agree_with_the_orientation() -> None:
    for one in CATALOGUE:
        expected = {"horizontal": one.width > one.height, "vertical": one.width < one.height}
        assert expected.get(one.orientation.removeprefix("panoramic_"), one.width == one.height)


def test_dates_span_ten_years_and_the_archive_is_older() -> None:
    recent = [one.day for one in CATALOGUE if one.subject.segment != "archival"]
    archive = [one.day for one in CATALOGUE if one.subject.segment == "archival"]

    assert min(recent) < "2017" and max(recent) > "2025"
    assert min(recent) >= "2016" and max(recent) < "2026"
    assert max(archive) < "1960"


def test_people_in_a_title_are_counted_and_different() -> None:
    for one in CATALOGUE:
        assert all(name in one.title for name in one.people)
        assert len(set(one.people)) == len(one.people)
        if one.people:
            assert one.number_of_people == ("one", "two")[len(one.people) - 1]


def test_the_second_of_two_people_never_has_the_name_of_the_first() -> None:
    first = {person(Dice(number)) for number in range(2000)}
    second = {person(Dice(number), second=True) for number in range(2000)}

    assert len(first) > 400
    assert first.isdisjoint(second)


def test_assets_of_an_event_share_its_day_and_place() -> None:
    for event, indices in happenings(720, 1):
        pictures = [CATALOGUE[index] for index in indices]
        assert pictures
        assert {(one.day, one.place) for one in pictures} == {(event.day, event.place)}
        assert {one.event for one in pictures} == {event}


@pytest.mark.parametrize("family", ["creative", "editorial"])
def test_every_subject_is_complete(family: str) -> None:
    for subject in subjects(family):
        assert len(subject.openings) == len(subject.endings) == 6
        assert len(subject.keywords) == 10
        assert subject.scene in SCENES
        assert bool(subject.segment) is (family == "editorial")


def test_the_sandbox_imports_nothing_heavy_and_no_secret_s_keeper() -> None:
    script = (
        "import sys, getty_emulator.sandbox as s; s.Sandbox();"
        "print(*sorted(name for name in sys.modules if name.split('.')[0] in"
        " ('httpx', 'typer', 'rich', 'vcr', 'asyncio', 'email', 'http', 'ssl', 'getty_token')))"
    )
    environment = {"PYTHONPATH": f"{ROOT / 'cli'}:{ROOT / 'emulator'}"}

    loaded = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)

    assert loaded.stdout.split() == [
        "getty_token",
        "getty_token.errors",
        "getty_token.operations",
        "getty_token.parameters",
    ]
