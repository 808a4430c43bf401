"""A table for a person: on a terminal it fits, whatever the width; an id is never cut, for it is copied."""

from collections.abc import Callable, Sequence

from rich.cells import cell_len, set_cell_size

from getty_token.commands.searching.formats import Batch, Found
from getty_token.commands.searching.picks import Picks, as_text, reach
from getty_token.images import Image

NARROWEST = 12
"""Cells. A column that would get less is left out, and said to be."""
_GAP = "  "
_SHARES = {"title": 3.0, "caption": 3.0}
"""How much of the room a column gets, beside 1 for others."""
_HEADINGS = {"collection_name": "collection", "max_dimensions": "size"}
"""Shorter than Getty's names: a heading need not be wider than what is below it."""
_TOO_LONG = frozenset({"allowed_use", "caption", "display_sizes", "referral_destinations"})
"""Members of a set that no column could hold."""


class Table:
    """
    Rows with a header. `width` is in cells, None for no limit; `bold` puts a header into bold; `plain` leaves of a
    text what the terminal can show.

    Columns are as wide as the first batch needs, so a long search prints its rows as they come.
    """

    def __init__(
        self, picks: Picks, with_phrase: bool, width: int | None, plain: Callable[[str], str] = str, bold: bool = False
    ) -> None:
        paths = [path for path in picks.paths if not (picks.whole and path in _TOO_LONG)]
        # The title is what a person looks for: right after the id.
        paths.sort(key=lambda path: {"id": 0, "title": 1}.get(path, 2))
        self._columns = [*(["phrase"] if with_phrase else []), *paths]
        self._width = width
        self._plain = plain
        self._ellipsis = plain("…")
        self._bold = bold
        self._widths: dict[str, int] = {}
        self.left_out: list[str] = []
        """The columns for which there was no room."""

    def begin(self) -> str:
        return ""  # the header waits for the first rows, which say how wide its columns are

    def batch(self, batch: Batch) -> str:
        rows = [{name: self._cell(image, name, batch.phrase) for name in self._columns} for image in batch.images]
        lines = []
        if not self._widths and rows:
            self._widths = self._fitting(rows)
            header = self._line({name: heading(name) for name in self._widths})
            lines.append(f"\x1b[1m{header}\x1b[0m" if self._bold else header)
        return "".join(f"{line}\n" for line in [*lines, *map(self._line, rows)])

    def end(self, found: Sequence[Found]) -> str:
        return ""

    def _cell(self, image: Image, name: str, phrase: str | None) -> str:
        value = phrase if name == "phrase" else reach(image, name)
        if name == "max_dimensions" and isinstance(value, dict):
            return f"{value.get('width')} x {value.get('height')}"
        if isinstance(value, list) and all(isinstance(each, str | int) for each in value):
            value = ", ".join(map(str, value))
        return printable(self._plain(as_text(value)))

    def _fitting(self, rows: list[dict[str, str]]) -> dict[str, int]:
        wanted = {
            name: max(cell_len(each) for each in [heading(name), *(row[name] for row in rows)]) for name in rows[0]
        }
        if self._width is None:
            return wanted
        while True:
            fixed = sum(wanted[name] for name in wanted if name == "id") + len(_GAP) * (len(wanted) - 1)
            widths = _shared(self._width - fixed, {name: wanted[name] for name in wanted if name != "id"})
            tight = [name for name in widths if widths[name] < min(NARROWEST, wanted[name])]
            if not tight or len(widths) == 1:
                return {name: widths.get(name, wanted[name]) for name in wanted}
            self.left_out.insert(0, [*widths][-1])
            del wanted[self.left_out[0]]

    def _line(self, row: dict[str, str]) -> str:
        return _GAP.join(self._sized(row[name], width) for name, width in self._widths.items()).rstrip()

    def _sized(self, text: str, width: int) -> str:
        if cell_len(text) <= width:
            return text + " " * (width - cell_len(text))
        room = max(0, width - cell_len(self._ellipsis))
        return set_cell_size(set_cell_size(text, room).rstrip() + self._ellipsis, width)


def _shared(room: int, wanted: dict[str, int]) -> dict[str, int]:
    """`room` cells among columns: what a narrow one does not need goes to the others."""
    left = dict(wanted)
    widths: dict[str, int] = {}
    while left:
        shares = {name: _SHARES.get(name, 1.0) for name in left}
        part = max(0, room) / sum(shares.values())
        content = [name for name in left if left[name] <= part * shares[name]]
        if not content:
            widths |= {name: int(part * shares[name]) for name in left}
            break
        for name in content:
            widths[name] = left.pop(name)
            room -= widths[name]
    return {name: widths[name] for name in wanted}


def heading(path: str) -> str:
    """What a person reads above the column of `path`."""
    return _HEADINGS.get(path) or printable(path.replace("_", " "))


def printable(text: str) -> str:
    """`text` without anything that a terminal would take for a command."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
