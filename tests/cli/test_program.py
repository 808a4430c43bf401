"""Tests of the list of commands: help that begins with examples, errors that guess, exit codes as they are written."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from typer._click.core import Command as AnyCommand
from typer._click.core import Context
from typer.core import TyperGroup

from fakes import FakeGetty, Handler, Outcome, command, getty_token
from getty_token import errors
from getty_token.commands.command import Command, Group
from getty_token.commands.help_page import examples
from getty_token.commands.help_topics import EXIT_CODES, VARIABLES
from getty_token.commands.program import ENTRIES, SECTIONS
from getty_token.commands.root import commands

Program = Callable[..., Outcome]


def tree() -> Iterator[tuple[str, AnyCommand]]:
    """Every command there is, by what one types."""

    def below(group: TyperGroup, path: str, context: Context) -> Iterator[tuple[str, AnyCommand]]:
        for name in group.list_commands(context):
            found = group.get_command(context, name)
            assert found, f"{path} {name} is in the list and nowhere else"
            yield f"{path} {name}".strip(), found
            if isinstance(found, TyperGroup):
                yield from below(found, f"{path} {name}".strip(), context)

    root = commands()
    yield from below(root, "", Context(root, info_name="getty-token"))


TREE = dict(tree())


@pytest.mark.parametrize("name", TREE)
def test_every_command_is_one_of_ours(name: str) -> None:
    assert isinstance(TREE[name], Command | Group)


@pytest.mark.parametrize("name", TREE)
def test_help_says_what_it_is_in_its_first_line_and_then_shows_examples(program: Program, name: str) -> None:
    help_of = program("help", *name.split())

    assert (help_of.code, help_of.err) == (0, "")
    what, then, *_ = help_of.out.split("\n\n")
    assert re.match("[A-Z]", what)
    if not isinstance(TREE[name], TyperGroup):
        assert then.startswith("  $ getty-token "), f"{name} shows no example first:\n{help_of.out}"
    assert help_of.out == program(*name.split(), "--help").out


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("name", ["", *ENTRIES])
def test_no_page_of_help_is_wider_than_the_terminal(
    program: Program, name: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))

    page = program(*name.split(), "--help").out

    # Examples are pasted, and names of options are typed: those are never broken.
    broken = [
        line for line in page.splitlines() if len(line) > columns and not re.match(r"  (\$|-)| *`[^`]+`\S?$", line)
    ]
    assert broken == []


def test_every_command_is_in_one_section_with_a_short_sentence() -> None:
    names = [entry.name for entries in SECTIONS.values() for entry in entries]

    assert len(names) == len(set(names))
    assert all(len(entry.says) <= 70 and entry.says.endswith(".") for entry in ENTRIES.values())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["sttaus"], "`getty-token status`"),
        (["serv"], "`getty-token serve`"),
        (["config", "lst"], "`getty-token config list`"),
        (["status", "--jsno"], "--json"),
        (["serve", "--ofline"], "--offline"),
        (["search", "cat", "--orientation", "square"], "--orientations"),
        (["config", "get", "serve.prot"], "serve.port"),
    ],
)
def test_a_typing_error_is_answered_with_what_is_meant(program: Program, typed: list[str], meant: str) -> None:
    outcome = program(*typed)

    assert (outcome.code, outcome.out) == (2, "")
    assert f"Perhaps {meant}" in outcome.err


@pytest.mark.parametrize(
    "typed", [["sttaus"], ["status", "--jsno"], ["config", "zzz"], ["serve", "--port", "many"], ["status", "--store"]]
)
def test_the_next_command_that_an_error_of_usage_names_works(program: Program, typed: list[str]) -> None:
    named = re.findall(r"`getty-token ([^`]+)`", program(*typed).err)

    assert named
    for words in named:
        assert program(*words.split()).code in (0, 3), words


def test_a_name_that_is_no_text_is_not_repeated_on_the_terminal(program: Program) -> None:
    outcome = program("\x1b[31mstatus")

    assert (outcome.code, outcome.out) == (2, "")
    assert "\x1b" not in outcome.err


def test_nothing_to_do_shows_the_help_and_is_wrong_usage(program: Program) -> None:
    outcome = program()

    assert (outcome.code, outcome.out) == (2, "")
    assert "Credentials and token\n  login " in outcome.err


def test_the_program_says_its_version(program: Program) -> None:
    plain, flag, as_json = program("version"), program("--version"), program("version", "--json")

    assert plain.out == flag.out == f"getty-token {json.loads(as_json.out)['version']}\n"


@pytest.mark.parametrize("topic", ["environment", "exit-codes", "formatting", "json"])
def test_each_topic_has_a_page(program: Program, topic: str) -> None:
    outcome = program("help", topic)

    assert (outcome.code, outcome.err) == (0, "")
    assert len(outcome.out.splitlines()) > 5


def test_a_topic_that_is_none_is_guessed(program: Program) -> None:
    outcome = program("help", "sttaus")

    assert outcome.code == 2
    assert "`getty-token status`" in outcome.err


def test_the_page_of_variables_has_every_one_that_the_code_reads(program: Program) -> None:
    from fakes import CHECKOUT

    read = set()
    for file in (CHECKOUT / "cli").rglob("*.py"):
        read |= set(re.findall(r'"(GETTY_[A-Z_]+)"', file.read_text()))
    explained = {name for rows in VARIABLES.values() for names, _ in rows for name in names.split(", ")}

    # Those that commands set for what they run, and those that only other stores read, are explained by these.
    set_by_us = ("GETTY_ACCESS_TOKEN", "GETTY_TOKEN_SERVE", "GETTY_TOKEN_UNDER_DEV")
    assert {name for name in read if not name.startswith(set_by_us)} <= explained


# exit codes


def answered(status: int) -> Handler:
    import httpx

    return lambda _: httpx.Response(status)


NO_GETTY = {"GETTY_API_URL": "http://127.0.0.1:1", "GETTY_AUTH_URL": "http://127.0.0.1:1"}
KEY = {"GETTY_API_KEY": "test-key", "GETTY_API_SECRET": "test-secret"}


@pytest.mark.parametrize(
    ("code", "arguments", "variables"),
    [
        (0, ["version"], {}),
        (1, ["store", "copy", "disk", "memory:"], KEY),
        (2, ["version", "--no-such-option"], {}),
        (2, ["status"], {"GETTY_TOKEN_PROFILE": "../elsewhere"}),
        (3, ["status"], KEY),
        (4, ["token"], {}),
        (6, ["token"], KEY | NO_GETTY),
        (126, ["exec", "--", "."], KEY),
        (127, ["exec", "--", "no-such-command"], KEY),
        (127, ["dev", "--offline", "--port", "0", "--", "no-such-command"], {}),
    ],
)
def test_exit_codes_are_those_of_the_page(
    getty: FakeGetty, folder: Any, code: int, arguments: list[str], variables: dict[str, str]
) -> None:
    done = getty_token(*arguments, cwd=folder, env=variables)

    assert done.returncode == code, done.stderr
    assert code in dict(EXIT_CODES)
    assert "Traceback" not in done.stderr


def test_too_many_requests_is_5(program: Program, getty: FakeGetty, signed_in: None) -> None:
    getty.instead["/oauth2/token"] = answered(429)

    assert program("token").code == 5


def test_every_error_has_an_exit_code_of_the_page() -> None:
    def below(kind: type[errors.GettyTokenError]) -> Iterator[type[errors.GettyTokenError]]:
        yield kind
        for each in kind.__subclasses__():
            yield from below(each)

    assert {kind.exit_code for kind in below(errors.GettyTokenError)} <= set(dict(EXIT_CODES))


def test_the_examples_of_help_are_lines_that_begin_with_a_dollar_sign() -> None:
    assert examples("What it is.\n\n    $ getty-token status\n    $ getty-token token  # a word\n\n    More.") == [
        "getty-token status",
        "getty-token token  # a word",
    ]
    assert command()[1:] == ["-m", "getty_token"]
