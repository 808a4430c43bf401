"""
The forms that results can take, each in pieces of text: before the first image, a batch of images, after the last.

Every one of them can be written piece by piece, and gone on with after an interruption.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from getty_token.commands.searching.picks import Picks, as_text
from getty_token.images import Image

FORMATS = ("table", "ndjson", "json", "csv", "tsv", "html")


class Found(NamedTuple):
    """How a question went, for the end of a JSON document. `asked` is a phrase, or says what the ids were."""

    asked: str
    result_count: int
    images: int
    more: Mapping[str, Any] = {}
    """What else Getty says about it, by Getty's names."""


class Batch(NamedTuple):
    """Images to write; `phrase` is None where there is only one."""

    images: Sequence[Image]
    before: int
    """Images of all phrases that are written."""
    phrase: str | None = None
    seen: int = 0
    """Images of this phrase that are written."""


class Form(Protocol):
    """One of the forms."""

    def begin(self) -> str:
        """What stands before the first image."""

    def batch(self, batch: Batch) -> str:
        """Images, each whole."""

    def end(self, found: Sequence[Found]) -> str:
        """What stands after the last."""


def picked(picks: Picks, image: Image, phrase: str | None) -> Mapping[str, Any]:
    """The members to write; the phrase comes first where there are several."""
    members = picks.of(image)
    return members if phrase is None else {"phrase": phrase, **members}


class Ndjson:
    """One JSON object a line; `ascii` escapes what is not, for a reader that knows nothing else."""

    def __init__(self, picks: Picks, ascii: bool = False) -> None:
        self._picks = picks
        self._ascii = ascii

    def begin(self) -> str:
        return ""

    def batch(self, batch: Batch) -> str:
        images = (picked(self._picks, image, batch.phrase) for image in batch.images)
        return "".join(f"{json.dumps(image, ensure_ascii=self._ascii)}\n" for image in images)

    def end(self, found: Sequence[Found]) -> str:
        return ""


class OneObject:
    """
    One JSON object: `schema_version`, `images`, and the members that `about` makes of how the questions went.

    ASCII with escapes, as all that `--json` prints.
    """

    def __init__(self, picks: Picks, about: Callable[[Sequence[Found]], Mapping[str, Any]]) -> None:
        self._picks = picks
        self._about = about

    def begin(self) -> str:
        return '{"schema_version": 1, "images": ['

    def batch(self, batch: Batch) -> str:
        lines = (json.dumps(picked(self._picks, image, batch.phrase)) for image in batch.images)
        return "".join(f"{',' if batch.before or number else ''}\n{line}" for number, line in enumerate(lines))

    def end(self, found: Sequence[Found]) -> str:
        return f"\n], {json.dumps(self._about(found))[1:]}\n"


class Csv:
    """Comma-separated values (RFC 4180, but lines end as lines do), with a header."""

    def __init__(self, picks: Picks, with_phrase: bool) -> None:
        self._columns = [*(["phrase"] if with_phrase else []), *picks.paths]
        self._picks = picks._replace(whole=False)

    def begin(self) -> str:
        return self._lines([self._columns])

    def batch(self, batch: Batch) -> str:
        return self._lines([_row(self._picks, image, batch.phrase) for image in batch.images])

    def end(self, found: Sequence[Found]) -> str:
        return ""

    def _lines(self, rows: Sequence[Sequence[str]]) -> str:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        return text.getvalue()


class Tsv(Csv):
    """Tab-separated values: a tab, a line break or a backslash inside a value is written as \\t, \\n, \\r or \\\\."""

    def _lines(self, rows: Sequence[Sequence[str]]) -> str:
        return "".join("\t".join(cell.translate(_ESCAPES) for cell in row) + "\n" for row in rows)


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _row(picks: Picks, image: Image, phrase: str | None) -> list[str]:
    return [as_text(value) for value in picked(picks, image, phrase).values()]
