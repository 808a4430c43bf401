"""The program itself: the commands of the list, and what is said before any of them."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer
from typer._click.core import Command as AnyCommand  # typer vendors click and shows no other door to it
from typer._click.core import Context
from typer._click.exceptions import NoArgsIsHelpError
from typer._click.shell_completion import CompletionItem
from typer.core import TyperGroup

from getty_token import __version__
from getty_token.commands import terminal
from getty_token.commands.command import Group, adopted
from getty_token.commands.program import ENTRIES, FAMILIES, SECTIONS


class Root(Group):
    """The commands of `ENTRIES`, each imported when it is asked for."""

    def list_commands(self, ctx: Context) -> list[str]:
        return list(ENTRIES)

    def get_command(self, ctx: Context, cmd_name: str) -> AnyCommand | None:
        entry = ENTRIES.get(cmd_name)
        if entry is None:
            return None
        family: typer.Typer = import_module(f"{FAMILIES}.{entry.module}").family
        return adopted(family) if family.info.name == entry.name else adopted(family).commands[entry.name]

    def sections(self, ctx: Context) -> dict[str, list[tuple[str, str]]]:
        return {title: [(entry.name, entry.says) for entry in entries] for title, entries in SECTIONS.items()}

    def shell_complete(self, ctx: Context, incomplete: str) -> list[CompletionItem]:
        names = [entry for entry in ENTRIES.values() if entry.name.startswith(incomplete)]
        options = [] if incomplete == "" else super(TyperGroup, self).shell_complete(ctx, incomplete)
        return [*(CompletionItem(entry.name, help=entry.says) for entry in names), *options]


def _version(wanted: bool) -> None:
    if wanted:
        print(f"getty-token {__version__}")
        raise typer.Exit


program = typer.Typer(
    cls=Root,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@program.callback()
def _program(
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback when something fails.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Keep a short-lived Getty Images access token where no browser sees it.

    $ getty-token serve --offline  # a site's searches answered without key or network
    $ getty-token login  # then `getty-token serve`, with your key
    $ getty-token search sunset --offline --limit 3
    """


def commands() -> TyperGroup:
    """The program as a tree of commands."""
    return adopted(program)


def run(arguments: Sequence[str]) -> int:
    """Run one command; gives its exit code. Raises GettyTokenError, and what Python raises."""
    root = commands()
    try:
        with root.make_context("getty-token", list(arguments), color=terminal.out().colour) as context:
            root.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return error.exit_code
    return 0
