"""Tests of getty_token.commands.terminal: what is shown where, and who is asked."""

import io
import sys
from typing import TextIO

import pytest

from getty_token.commands import terminal
from getty_token.commands.terminal import Screen, look
from getty_token.errors import WrongUsage

WIDE = Screen(is_terminal=True, colour=False, unicode=True, width=80)


class Tty(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def __init__(self, encoding: str = "utf-8", text: str = "") -> None:
        super().__init__(io.BytesIO(text.encode()), encoding=encoding)

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError  # so that the width is nobody's


@pytest.mark.parametrize(
    ("variables", "is_terminal", "coloured"),
    [
        ({"TERM": "xterm"}, True, True),
        ({}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({"TERM": "xterm"}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"GETTY_TOKEN_COLOR": "always", "NO_COLOR": "1"}, False, True),
        ({"GETTY_TOKEN_COLOR": "never", "FORCE_COLOR": "1"}, True, False),
        ({"GETTY_TOKEN_COLOR": "auto", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colour_is_decided_by_what_is_said_about_us_then_no_then_yes_then_the_terminal(
    variables: dict[str, str], is_terminal: bool, coloured: bool
) -> None:
    stream: TextIO = Tty() if is_terminal else io.StringIO()

    assert look(stream, variables).colour is coloured


@pytest.mark.parametrize(
    ("variables", "encoding", "unicode"),
    [
        ({"LANG": "en_US.UTF-8"}, "utf-8", True),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, "utf-8", False),
        ({"LC_CTYPE": "POSIX", "LANG": "en_US.UTF-8"}, "utf-8", False),
        ({"LC_ALL": "", "LANG": "C.UTF-8"}, "utf-8", True),
        ({}, "utf-8", False),
        ({"LANG": "de_DE.ISO-8859-1"}, "iso8859-1", False),
    ],
)
def test_what_is_not_ascii_is_shown_only_where_the_locale_has_it(
    variables: dict[str, str], encoding: str, unicode: bool
) -> None:
    screen = look(Tty(encoding), variables)

    assert screen.unicode is unicode
    assert screen.plain("…key → café") == ("…key → café" if unicode else "...key -> caf?")


def test_the_width_is_what_columns_says_and_80_where_nobody_knows() -> None:
    assert look(Tty(), {"COLUMNS": "132"}).width == 132
    assert look(Tty(), {"COLUMNS": "wide"}).width == 80
    assert look(io.StringIO(), {}).width == 80


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_no_line_of_a_paragraph_is_wider_than_the_terminal_or_than_one_can_read(width: int) -> None:
    screen = WIDE._replace(width=width)

    lines = screen.paragraph("a word " * 60, "  ").splitlines()

    assert max(map(len, lines)) <= min(width, 100)
    assert " ".join(" ".join(lines).split()) == ("a word " * 60).strip()


def test_an_address_is_never_broken_for_it_is_copied() -> None:
    address = "/home/somebody/" + "a/long/path/" * 10

    assert address in WIDE._replace(width=40).pairs([("store", f"disk {address}")])


def test_a_command_in_backticks_is_never_broken_for_it_is_pasted() -> None:
    command = "`chmod 700 '/home/somebody/.config/getty-token'`"

    assert command in WIDE._replace(width=40).paragraph(f"Others can read it. Run {command}, then again.")
    assert WIDE._replace(width=12).paragraph("one ` that is alone") == "one ` that\nis alone"


def test_names_stand_beside_what_they_say_or_above_it_where_there_is_no_room() -> None:
    rows = [("store", "where the token is kept"), ("credentials", "none")]

    wide, narrow = WIDE.pairs(rows), WIDE._replace(width=24).pairs(rows)

    assert wide == "store        where the token is kept\ncredentials  none"
    assert narrow == "store\n    where the token is\n    kept\ncredentials\n    none"


ROWS = [("serve.port", "9999", "default"), ("store", "disk", "GETTY_TOKEN_STORE in the environment")]
HEADER = ("setting", "value", "origin")


def test_the_last_column_of_a_table_goes_on_below_itself() -> None:
    narrow = WIDE._replace(width=45).table(HEADER, ROWS)

    assert narrow.splitlines() == [
        "setting     value  origin",
        "serve.port  9999   default",
        "store       disk   GETTY_TOKEN_STORE in the",
        "                   environment",
    ]


def test_a_table_that_has_no_room_for_that_becomes_blocks_and_loses_nothing() -> None:
    narrow = WIDE._replace(width=30).table(HEADER, ROWS)

    assert narrow.splitlines()[:3] == ["serve.port", "  value   9999", "  origin  default"]
    assert all(word in narrow for row in ROWS for cell in row for word in cell.split())
    assert max(map(len, narrow.splitlines())) <= 30


def test_a_pipe_gets_whole_lines() -> None:
    pipe = WIDE._replace(is_terminal=False, width=40)

    assert pipe.pairs([("name", "word " * 50)]).count("\n") == 0


def test_colour_takes_no_room() -> None:
    plain, painted = WIDE._replace(width=30), WIDE._replace(width=30, colour=True)
    text = "all the words that do not fit into one line"

    assert painted.pairs([("name", text)], style="accent").replace("\x1b[36m", "").replace(
        "\x1b[0m", ""
    ) == plain.pairs([("name", text)])


@pytest.mark.parametrize(
    ("answer", "agreed"), [("y\n", True), ("yes\n", True), ("Y\n", True), ("\n", False), ("n\n", False), ("", False)]
)
def test_only_a_yes_is_a_yes(answer: str, agreed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Tty(text=answer))
    monkeypatch.setattr(sys, "stderr", Tty())
    monkeypatch.delenv("CI", raising=False)

    assert terminal.confirm("Write 3 files?", "Add --yes.") is agreed


@pytest.mark.parametrize("variables", [{"CI": "true"}, {"GETTY_TOKEN_NO_INPUT": "1"}])
def test_in_ci_nobody_is_asked_and_the_flag_is_named(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Tty(text="y\n"))
    monkeypatch.setattr(sys, "stderr", Tty())
    monkeypatch.delenv("CI", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(WrongUsage, match="Add --yes"):
        terminal.confirm("Write 3 files?", "Add --yes.")


def test_a_ci_that_says_false_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Tty())
    monkeypatch.setattr(sys, "stderr", Tty())
    monkeypatch.setenv("CI", "false")

    assert terminal.interactive()
