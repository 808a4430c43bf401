"""A catalogue of a million: nothing is made before it is asked for, and every page is there."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getty_emulator.exchange import Call
from getty_emulator.sandbox import Sandbox
from getty_emulator.sandbox.catalogue import DISTINCT, FIRST_ID, LARGEST
from getty_emulator.sandbox.found import Found, frames

CREATIVE = "/v3/search/images/creative"


@pytest.fixture(scope="module")
def large() -> Sandbox:
    return Sandbox(assets=LARGEST)


def ask(sandbox: Sandbox, query: str, path: str = CREATIVE) -> dict[str, Any]:
    answer = sandbox.read(Call("GET", path, query))
    assert answer.status == 200, answer
    content: dict[str, Any] = json.loads(answer.body)
    return content


def ids(content: dict[str, Any]) -> list[str]:
    return [image["id"] for image in content["images"]]


@pytest.mark.parametrize(
    "query", ["", "phrase=sunset", "sort_order=newest", "sort_order=random", "orientations=square"]
)
def test_the_last_page_is_the_last(large: Sandbox, query: str) -> None:
    count = ask(large, f"{query}&page_size=1&fields=id")["result_count"]
    last = -(-count // 100)

    content = ask(large, f"{query}&page_size=100&page={last}&fields=id")
    beyond = large.read(Call("GET", CREATIVE, f"{query}&page_size=100&page={last + 1}"))

    assert count > 10_000
    assert len(content["images"]) == count - 100 * (last - 1)
    assert f"page must be less than or equal to {last}, results count {count}" in beyond.reason


def test_the_pages_of_a_search_hold_every_image_once() -> None:
    sandbox = Sandbox(assets=3 * DISTINCT + 1000)
    count = ask(sandbox, "phrase=dog&fields=id")["result_count"]

    found = [
        one
        for page in range(1, -(-count // 100) + 1)
        for one in ids(ask(sandbox, f"phrase=dog&fields=id&page_size=100&page={page}"))
    ]

    assert len(found) == len(set(found)) == count
    assert all(FIRST_ID <= int(one) < FIRST_ID + 3 * DISTINCT + 1000 for one in found)


def test_a_page_does_not_show_the_same_thing_again_and_again(large: Sandbox) -> None:
    titles = [image["title"] for image in ask(large, "phrase=sunset&fields=title&page_size=30")["images"]]

    assert len(set(titles)) > 20


def test_filters_hold_on_every_page(large: Sandbox) -> None:
    for page in (1, 50, 400):
        found = ask(large, f"orientations=square&fields=orientation&page_size=100&page={page}")["images"]
        assert {image["orientation"] for image in found} == {"Square"}


def test_every_id_up_to_the_last_can_be_read(large: Sandbox) -> None:
    last = str(FIRST_ID + LARGEST - 1)

    assert ids(ask(large, "fields=id", f"/v3/images/{last}")) == [last]
    assert large.read(Call("GET", f"/v3/images/{FIRST_ID + LARGEST}")).status == 404


def test_similar_pictures_and_events_are_those_of_a_large_catalogue(large: Sandbox) -> None:
    similar = ask(large, "fields=id", f"/v3/images/{FIRST_ID + 500_000}/similar")
    events = ask(large, "fields=image_count", "/v3/search/events")

    assert similar["result_count"] > 10_000
    assert str(FIRST_ID + 500_000) not in ids(similar)
    assert all(event["image_count"] > 500 for event in events["events"])


def test_a_small_catalogue_of_another_seed_has_other_pictures() -> None:
    one, other = (ask(Sandbox(seed=seed), "phrase=sunset&fields=title") for seed in (1, 2))

    assert one != other


GROUPS = st.lists(st.integers(0, DISTINCT - 1), unique=True, max_size=40).flatmap(
    lambda numbers: st.lists(st.integers(0, len(numbers)), max_size=4).map(
        lambda cuts: [
            group
            for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(numbers)], strict=True)
            if (group := numbers[start:end])
        ]
    )
)


@given(GROUPS, st.integers(1, 5 * DISTINCT), st.integers(1, 17))
def test_pages_are_a_partition_of_what_was_found(groups: list[list[int]], assets: int, size: int) -> None:
    found = Found(groups, assets)
    expected = {
        number + frame * DISTINCT for group in groups for number in group for frame in range(frames(number, assets))
    }

    pages = [found.page(slice(start, start + size)) for start in range(0, len(found), size)]

    assert [number for page in pages for number in page] == found.page(slice(0, len(found) + 9))
    assert sorted(number for page in pages for number in page) == sorted(expected)
    assert all(len(page) == size for page in pages[:-1])
    assert len(found) == len(expected)
