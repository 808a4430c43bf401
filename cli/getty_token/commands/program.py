"""
The command line: the list of its commands, by what people want.

A command is imported when it is used, so this page is all that `--help` and completion read. One more command is one
more line; its family, a `typer.Typer` called `family`, is in the module that the line names.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
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

FAMILIES = "getty_token.commands.families"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list. `module` is one of the families; `name` is a command in it, or the family's own name."""

    name: str
    module: str
    says: str


SECTIONS: dict[str, tuple[Entry, ...]] = {
    "Credentials and token": (
        Entry("login", "account", "Ask for the API key and secret, check them, and save them."),
        Entry("logout", "account", "Forget the saved API key and secret, and their token."),
        Entry("profiles", "account", "List the saved Getty accounts."),
        Entry("status", "account", "Say how the token is; exit code 3 if it is not fresh."),
        Entry("token", "account", "Print a valid access token, or nothing."),
        Entry("refresh", "account", "Get a new token if the one in the store is not fresh."),
        Entry("clear", "account", "Drop the token from the store."),
        Entry("exec", "account", "Run a command with GETTY_ACCESS_TOKEN set."),
        Entry("store", "stores", "Copy a token between stores; put a store to the test."),
    ),
    "Emulator": (
        Entry("serve", "emulator", "Stand where Netlify's functions stand while `gatsby develop` runs."),
        Entry("invoke", "emulator", "Call one of the site's functions, without a server."),
        Entry("sandbox", "emulator", "Run the made-up Getty on its own, for other clients."),
        Entry("cassette", "cassettes", "Look at recordings, compare, clean, check and make them."),
        Entry("faults", "control", "Let a running `serve` or `sandbox` fail on demand."),
        Entry("clock", "control", "Say or move the time of a running `sandbox`."),
        Entry("routes", "site", "Print who answers which path of the site, and why."),
    ),
    "Searches": (
        Entry("search", "searches", "Search for images: a table, JSON, CSV, a contact sheet."),
        Entry("images", "searches", "Print the details of images by their ids."),
    ),
    "Help": (
        Entry("help", "about", "Explain a command, or a topic such as environment or exit-codes."),
        Entry("version", "about", "Print the version."),
    ),
}
ENTRIES = {entry.name: entry for entries in SECTIONS.values() for entry in entries}


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


def run(arguments: Sequence[str]) -> int:
    """Run one command; gives its exit code. Raises GettyTokenError, and what Python raises."""
    root = adopted(program)
    try:
        with root.make_context("getty-token", list(arguments), color=terminal.out().colour) as context:
            root.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return error.exit_code
    return 0
