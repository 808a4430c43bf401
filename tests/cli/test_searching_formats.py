"""Tests of the forms that results can take: each is read back with what people read it with."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pytest

from getty_token.commands.searching.formats import Batch, Csv, Form, Found, Ndjson, OneObject, Tsv
from getty_token.commands.searching.picks import Picks
from getty_token.commands.searching.table import Table
from getty_token.images import Image

NASTY = 'A "boat", 50 % off\tat sea\nand\r\\n more 写真 ⛵'
PICKS = Picks("id,title", ("id", "title", "max_dimensions"))


def image(number: int, title: str | None = NASTY) -> Image:
    """An image."""
    return {"id": f"{number:04}", "title": title, "max_dimensions": {"height": 1, "width": 2}}


def written(form: Form, batches: Sequence[Sequence[Image]], phrase: str | None = None) -> str:
    """All of it."""
    text, before = form.begin(), 0
    for images in batches:
        text += form.batch(Batch(images, before, phrase))
        before += len(images)
    return text + form.end([Found("boat", 9, before)])


BATCHES = [[image(1), image(2, None)], [image(3)]]


def test_ndjson_is_an_object_a_line() -> None:
    lines = written(Ndjson(PICKS), BATCHES).split("\n")

    assert [json.loads(line)["id"] for line in lines[:-1]] == ["0001", "0002", "0003"]
    assert json.loads(lines[0])["title"] == NASTY


def test_with_several_phrases_every_image_says_which_one_found_it() -> None:
    line = written(Ndjson(PICKS), [[image(1)]], "paper boats")

    assert list(json.loads(line)) == ["phrase", "id", "title", "max_dimensions"]


@pytest.mark.parametrize("batches", [[], [[]], [[], [image(1)]], BATCHES])
def test_one_object_is_json_however_many_images_there_are(batches: list[list[Image]]) -> None:
    document = json.loads(written(OneObject(PICKS, lambda found: {"count": found[0].result_count}), batches))

    assert list(document) == ["schema_version", "images", "count"]
    assert document["schema_version"] == 1 and document["count"] == 9
    assert [each["id"] for each in document["images"]] == [each["id"] for batch in batches for each in batch]


def test_csv_is_read_back_by_csv() -> None:
    rows = list(csv.reader(io.StringIO(written(Csv(PICKS, with_phrase=False), BATCHES), newline="")))

    assert rows[0] == ["id", "title", "max_dimensions"]
    assert rows[1] == ["0001", NASTY, '{"height":1,"width":2}']
    assert rows[2][1] == ""
    assert len(rows) == 4


def test_tsv_has_a_line_for_each_image_and_as_many_tabs_in_each() -> None:
    text = written(Tsv(PICKS, with_phrase=True), BATCHES, "boat")

    lines = text.split("\n")
    assert [line.count("\t") for line in lines] == [3, 3, 3, 3, 0]
    assert lines[1].split("\t")[2] == 'A "boat", 50 % off\\tat sea\\nand\\r\\\\n more 写真 ⛵'


def table(width: int | None, *titles: str, columns: tuple[str, ...] = ("artist", "title", "id", "city")) -> list[str]:
    """The lines of a table."""
    images: list[Any] = [
        {"id": f"19000000{n}", "title": title, "artist": "Ottoline Coppermoor", "city": "Oslo"}
        for n, title in enumerate(titles, 10)
    ]
    return written(Table(Picks("", columns), False, width), [images]).splitlines()


@pytest.mark.parametrize("width", [12, 20, 40, 60, 80, 120, 200])
@pytest.mark.parametrize(
    "title", ["Boat", "A very long title of a boat " * 9, "折り紙の船と港の夕日 " * 8, "\x1b[2J\n⛵"]
)
def test_a_table_fits_and_shows_ids_whole(width: int, title: str) -> None:
    from rich.cells import cell_len

    lines = table(width, title, "Short")

    assert max(cell_len(line) for line in lines) <= max(width, 10 + 2 + 1)
    assert [line.split()[0] for line in lines] == ["id", "1900000010", "1900000011"]
    assert all(line.isprintable() for line in lines)


def test_a_wide_table_cuts_nothing() -> None:
    assert table(200, "A boat") == [
        "id          title   artist               city",
        "1900000010  A boat  Ottoline Coppermoor  Oslo",
    ]


def test_a_narrow_table_leaves_out_the_last_columns_and_says_which() -> None:
    form = Table(Picks("", ("id", "title", "artist", "city")), False, 40)
    images: list[Any] = [{"id": "1900000001", "title": "Boat " * 9, "artist": "Ottoline Coppermoor", "city": "Oslo"}]

    header = written(form, [images]).splitlines()[0]

    assert header.split() == ["id", "title"]
    assert form.left_out == ["artist", "city"]


def test_a_table_that_is_no_terminals_cuts_nothing() -> None:
    lines = table(None, "A very long title of a boat " * 9)

    assert ("A very long title of a boat " * 9).strip() in lines[1]


def test_a_list_in_a_table_is_read_by_a_person() -> None:
    images: list[Any] = [{"id": "1", "keywords": [{"text": "sea"}, {"text": "boat"}]}]

    assert written(Table(Picks("", ("id", "keywords.text")), False, 80), [images]).splitlines()[1] == "1   sea, boat"


def test_the_columns_of_a_long_table_stay_where_they_are() -> None:
    form = Table(Picks("", ("id", "title")), False, 80)

    first = form.batch(Batch([image(1, "Short")], 0)).splitlines()
    second = form.batch(Batch([image(2, "A much longer title than the first")], 1)).splitlines()

    assert len(first) == 2 and len(second) == 1
    assert len(second[0]) <= len("0002  Short")
