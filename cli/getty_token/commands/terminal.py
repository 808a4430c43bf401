"""
What the person in front of us can see, and whether they can be asked: decided here, once, for every command.

Imports next to nothing: `status` comes through here.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TextIO

from getty_token.errors import GettyTokenError, WrongUsage

COLOUR = "GETTY_TOKEN_COLOR"
"""What `--color` says, for this process: one of COLOURS."""
COLOURS = ("auto", "always", "never")
NO_INPUT = "GETTY_TOKEN_NO_INPUT"
"""Not empty: nothing is asked. What `--no-input` says, for this process."""

WIDEST = 100
"""Columns that running text fills at the most: longer lines are hard to read."""
LONGEST_NAME = 32
"""Characters of a name that still has what it says beside it, not below."""
NARROWEST = 20
"""Columns that what a name says must have beside it."""
_GAP = "  "

_STYLES = {"good": "32", "warn": "33", "bad": "31", "accent": "36", "bold": "1", "dim": "2"}
_IN_ASCII = str.maketrans({"…": "...", "→": "->", "–": "-", "—": "-", "·": "-", "’": "'", "×": "x", "│": "|"})


class Screen(NamedTuple):
    """One of our two outputs: whether a person sees it, and what it can show. `width` is in columns."""

    is_terminal: bool
    colour: bool
    unicode: bool
    width: int

    def paint(self, text: str, style: str) -> str:
        """`text` in good, warn, bad, accent, bold or dim, where there is colour."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour and text else text

    def plain(self, text: str) -> str:
        """`text` in ASCII where the locale has nothing else."""
        return text if self.unicode else text.translate(_IN_ASCII).encode("ascii", "replace").decode()

    def page(self) -> "Screen":
        """The same for a page of text, which is broken into lines in a pipe, too."""
        return self._replace(is_terminal=True)

    def paragraph(self, text: str, indent: str = "", first: str | None = None) -> str:
        """On a terminal, `text` broken at spaces; `first` stands before the first line, `indent` before the others."""
        lines, line = [], indent if first is None else first
        if not self.is_terminal:
            return self.plain(line + text)
        empty = True
        for word in _words(self.plain(text)):
            # A word that is too long stays whole: addresses, paths and commands are copied.
            if not empty and _seen(line) + 1 + _seen(word) > min(self.width, WIDEST):
                lines.append(line)
                line, empty = indent, True
            line += word if empty else f" {word}"
            empty = False
        return "\n".join([*lines, line])

    def pairs(self, rows: Iterable[tuple[str, str]], indent: str = "", style: str = "", gap: int = 2) -> str:
        """A name and what it says on each line, in two columns; what is long goes on below itself."""
        rows = list(rows)
        column = max((len(name) for name, _ in rows if len(name) <= LONGEST_NAME), default=0)
        if self.is_terminal and len(indent) + column + gap + NARROWEST > self.width:
            column = 0  # no room for two columns: the text goes below its name
        deeper = indent + " " * (column + gap if column else 4)
        lines = []
        for name, text in rows:
            named = indent + (self.paint(name, style) if style else name)
            if not text:
                lines.append(named)
            elif len(name) > column:
                lines += [named, self.paragraph(text, deeper)]
            else:
                lines.append(self.paragraph(text, deeper, named + " " * (column - len(name) + gap)))
        return "\n".join(lines)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """
        Columns with a header. Where they do not fit, the last one goes on below itself; where that has no room either,
        each row becomes a small block of its own.
        """
        cells = [[self.plain(cell) for cell in row] for row in rows]
        widths = [max(len(line[at]) for line in [header, *cells]) for at in range(len(header))]
        if self.is_terminal and sum(widths) + len(_GAP) * (len(widths) - 1) > self.width:
            first = sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
            longest = max(len(word) for row in cells for word in (row[-1].split() or [""]))
            if max(NARROWEST, longest) <= self.width - first:
                lines = [
                    self.paragraph(row[-1], " " * first, f"{_side_by_side(row[:-1], widths):<{first}}") for row in cells
                ]
                return "\n".join([self.paint(_side_by_side(header, widths), "bold"), *lines])
            blocks = (self.pairs(list(zip(header[1:], row[1:], strict=True)), "  ", "dim") for row in cells)
            titles = (self.paint(row[0], "bold") for row in cells)
            return "\n".join(f"{title}\n{block}" for title, block in zip(titles, blocks, strict=True))
        lines = [_side_by_side(row, widths) for row in cells]
        return "\n".join([self.paint(_side_by_side(header, widths), "bold"), *lines])


def out() -> Screen:
    """Standard output, as it is now."""
    return look(sys.stdout, os.environ)


def err() -> Screen:
    """Standard error, as it is now."""
    return look(sys.stderr, os.environ)


def look(stream: TextIO, variables: Mapping[str, str]) -> Screen:
    """What `stream` can show."""
    is_terminal = _is_terminal(stream)
    return Screen(
        is_terminal,
        _in_colour(is_terminal, variables),
        _in_unicode(stream, variables),
        _width(stream, variables),
    )


def interactive() -> bool:
    """Whether there is somebody to ask: a terminal on both sides, no CI, no `--no-input`."""
    hushed = os.environ.get(NO_INPUT) or os.environ.get("CI", "").lower() not in ("", "0", "false")
    return not hushed and _is_terminal(sys.stdin) and _is_terminal(sys.stderr)


def confirm(question: str, instead: str) -> bool:
    """
    The answer to a yes-or-no question; Enter is no.

    Raises WrongUsage that says `instead` where nobody can be asked.
    """
    if not interactive():
        raise WrongUsage("there is nobody to ask.", f"The question is: {question}", instead)
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):  # Ctrl-D
        print(file=sys.stderr)
    return answer.strip().lower() in ("y", "yes")


def say(*lines: str) -> None:
    """Sentences for a person, on standard error."""
    screen = err()
    for line in lines:
        print(screen.paragraph(line) if screen.is_terminal else screen.plain(line), file=sys.stderr)


def printable(text: str) -> str:
    """`text`, a name of a file or the like, without anything that a terminal would take for a command."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def show_error(error: GettyTokenError) -> None:
    """What happened, why, and what to do, on standard error."""
    screen = err()
    lines = [screen.paragraph(error.what, "  ", screen.paint("getty-token: ", "bad"))]
    lines += [screen.paragraph(line, "  ", "  ") for part in (error.why, error.mend) for line in part.splitlines()]
    print("\n".join(lines), file=sys.stderr)


def show_json(document: Mapping[str, Any]) -> None:
    """
    One JSON object on standard output: on one line in a pipe, indented for a person.

    ASCII with escapes, so that it is JSON in every locale.
    """
    import json

    # Whoever reads the line of a server would wait for it until that ends.
    print(json.dumps({"schema_version": 1, **document}, indent=2 if _is_terminal(sys.stdout) else None), flush=True)


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # closed, or none at all
        return False


def _in_colour(is_terminal: bool, variables: Mapping[str, str]) -> bool:
    # The order of Python's own (3.13, _colorize.can_colorize): what is said about us, no, yes, the terminal.
    match variables.get(COLOUR):
        case "always":
            return True
        case "never":
            return False
    if variables.get("NO_COLOR"):
        return False
    if variables.get("FORCE_COLOR", "0").lower() not in ("", "0", "false"):
        return True
    return is_terminal and variables.get("TERM") != "dumb"


def _in_unicode(stream: TextIO, variables: Mapping[str, str]) -> bool:
    if (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "") != "utf8":
        return False
    # In the C locale Python writes UTF-8 all the same (PEP 540); the terminal does not know that.
    locale = next((variables[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if variables.get(name)), "C")
    return locale not in ("C", "POSIX")


def _width(stream: TextIO, variables: Mapping[str, str]) -> int:
    given = variables.get("COLUMNS", "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (AttributeError, OSError, ValueError):
        return 80


def _side_by_side(row: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()


def _words(text: str) -> Iterator[str]:
    """What may stand on lines of its own: a command in backticks is pasted, and so in one piece."""
    held = ""
    for word in text.split():
        held += f" {word}" if held else word
        if held.count("`") % 2 == 0:
            yield held
            held = ""
    if held:
        yield from held.split()


def _seen(text: str) -> int:
    """How many columns `text` takes: colours take none."""
    if "\x1b" not in text:
        return len(text)
    parts = text.split("\x1b[")
    return len(parts[0]) + sum(len(part.partition("m")[2]) for part in parts[1:])
