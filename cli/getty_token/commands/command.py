"""What every command of ours is: help that begins with examples, typing errors guessed, some options everywhere."""

from difflib import get_close_matches
from typing import Any

import typer
from typer._click.core import Command as AnyCommand  # typer vendors click and shows no other door to it
from typer._click.core import Context, Parameter
from typer._click.exceptions import NoSuchOption, UsageError
from typer.core import TyperCommand, TyperGroup

from getty_token.commands.everywhere import EVERYWHERE
from getty_token.commands.help_page import page, says
from getty_token.errors import WrongUsage


class Command(TyperCommand):
    """A command. `help` may hold examples: lines that begin with a dollar sign, as in a README."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        own = super().get_params(ctx)
        # `search` has a --color of Getty's: there, ours stands before the command.
        taken = {name for each in own for name in each.opts}
        return [*own, *(each for each in EVERYWHERE if taken.isdisjoint(each.opts))]

    def get_help(self, ctx: Context) -> str:
        return page(self, ctx)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        return _parsed(super().parse_args, ctx, args)


class Group(TyperGroup):
    """A family of commands under one name."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        return [*super().get_params(ctx), *EVERYWHERE]

    def get_help(self, ctx: Context) -> str:
        return page(self, ctx)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        return _parsed(super().parse_args, ctx, args)

    def sections(self, ctx: Context) -> dict[str, list[tuple[str, str]]]:
        """What its page lists: a heading, and below it each command and what it does."""
        return {"Commands": [(name, says(command)) for name, command in self.commands.items() if not command.hidden]}

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, AnyCommand | None, list[str]]:
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None and not ctx.resilient_parsing:
            close = get_close_matches(name, self.list_commands(ctx), 1)
            raise WrongUsage(
                f"there is no command {name}." if name.isprintable() else "there is no such command.",
                f"Perhaps `{ctx.command_path} {close[0]}` is meant." if close else "",
                f"`{ctx.command_path} --help` shows all of them.",
            )
        return (name if command else None), command, args[1:]


def _parsed(parse: Any, ctx: Context, args: list[str]) -> list[str]:
    """What `parse` gives; what it raises, in our words."""
    try:
        left: list[str] = parse(ctx, args)
        return left
    except NoSuchOption as error:
        close = [each for each in error.possibilities or () if each.startswith("--")]
        raise WrongUsage(
            f"there is no option {error.option_name}." if error.option_name.isprintable() else "no such option.",
            f"Perhaps {close[0]} is meant." if close else "",
            f"`{ctx.command_path} --help` shows all of them.",
        ) from None
    except UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            raise
        said = error.format_message().rstrip(".").replace("a valid int range", "a whole number")
        raise WrongUsage(
            f"{said[:1].lower()}{said[1:]}.", mend=f"`{ctx.command_path} --help` shows how it is written."
        ) from None


def adopted(family: typer.Typer) -> TyperGroup:
    """The commands of `family`, each of them one of ours."""
    _adopt(family)
    return typer.main.get_group(family)


def _adopt(family: typer.Typer) -> None:
    family.rich_markup_mode = None  # importing rich costs as much as everything else together
    family.info.cls = family.info.cls if isinstance(family.info.cls, type) else Group
    for command in family.registered_commands:
        command.cls = Command if command.cls in (None, TyperCommand) else command.cls
    for below in family.registered_groups:
        below.cls = Group
        if below.typer_instance:
            _adopt(below.typer_instance)
