"""Tests of getty_token.commands.searching.picks: which members are asked for, and which are written."""

from typing import Any

import pytest

from getty_token.commands.searching.picks import Picks, as_text, reach
from getty_token.errors import WrongUsage

CREATIVE = "/v3/search/images/creative"
IMAGE: Any = {
    "id": "1",
    "title": None,
    "max_dimensions": {"height": 2, "width": 3},
    "keywords": [{"text": "sea", "keyword_id": "9"}, {"text": "boat", "keyword_id": "8"}],
    "display_sizes": [{"name": "comp", "uri": "https://c"}, {"name": "thumb", "uri": "https://t"}],
    "people": [],
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("id", "1"),
        ("title", None),
        ("title.more", None),
        ("max_dimensions.width", 3),
        ("max_dimensions.depth", None),
        ("keywords.text", ["sea", "boat"]),
        ("keywords.0.text", "sea"),
        ("keywords.7.text", None),
        ("display_sizes.thumb.uri", "https://t"),
        ("display_sizes.uri", ["https://c", "https://t"]),
        ("people", []),
        ("people.name", []),
        ("absent", None),
        ("absent.deeper", None),
    ],
)
def test_a_point_leads_into_a_member(path: str, found: object) -> None:
    assert reach(IMAGE, path) == found


@pytest.mark.parametrize(
    ("text", "asked", "paths"),
    [
        ("id,title", "id,title", ("id", "title")),
        (" id , title ,id", "id,title", ("id", "title")),
        ("max_dimensions.width,max_dimensions.height", "max_dimensions", None),
        ("display_sizes.thumb.uri", "thumb", ("display_sizes.thumb.uri",)),
        ("display_sizes.uri", "display_set", ("display_sizes.uri",)),
        ("display_sizes", "display_set", ("display_sizes",)),
        ("keywords.text", "keywords", ("keywords.text",)),
    ],
)
def test_getty_is_asked_for_what_is_picked(text: str, asked: str, paths: tuple[str, ...] | None) -> None:
    picks = Picks.read(text, CREATIVE)

    assert picks.asked == asked
    assert picks.paths == (paths or tuple(text.split(",")))
    assert not picks.whole


def test_what_is_picked_is_written_under_the_name_it_was_picked_by_and_in_that_order() -> None:
    picks = Picks.read("max_dimensions.width,id,keywords.text", CREATIVE)

    assert list(picks.of(IMAGE).items()) == [
        ("max_dimensions.width", 3),
        ("id", "1"),
        ("keywords.text", ["sea", "boat"]),
    ]


def test_a_set_leaves_images_as_getty_gives_them_and_has_columns_all_the_same() -> None:
    picks = Picks.read("summary_set,artist", CREATIVE)

    assert picks.of(IMAGE) is IMAGE
    assert picks.asked == "summary_set,artist"
    assert {"id", "title", "artist"} <= set(picks.paths)


@pytest.mark.parametrize(
    ("text", "template", "said"),
    [
        ("titel", CREATIVE, "Perhaps title"),
        ("id,,title", CREATIVE, "'' is not one of"),
        ("credit_line", CREATIVE, "getty-token images ID"),
        ("people", CREATIVE, "getty-token images ID"),
        ("thumb.uri", CREATIVE, "'thumb' is not one of"),
        ("secret", "/v3/images", "'secret' is not one of"),
    ],
)
def test_a_member_that_these_images_do_not_have_is_named_before_anything_is_asked(
    text: str, template: str, said: str
) -> None:
    with pytest.raises(WrongUsage) as refused:
        Picks.read(text, template)

    assert said in refused.value.sentence


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), ("a,b", "a,b"), (3, "3"), (True, "true"), (["ä", 1], '["ä",1]'), ({"a": None}, '{"a":null}')],
)
def test_a_cell_holds_text_as_it_is_and_json_for_the_rest(value: object, text: str) -> None:
    assert as_text(value) == text
