"""The options that every command takes. Each sets its variable for this process, so that all of us see one answer."""

from typer._click.core import Context, Parameter
from typer.core import TyperOption

from getty_token.commands.completion.words import profiles
from getty_token.commands.terminal import COLOUR, COLOURS, NO_INPUT, out
from getty_token.config import by_flag
from getty_token.errors import WrongUsage
from getty_token.profiles import PROFILE, checked


def _profile(ctx: Context, _: Parameter, name: str | None) -> None:
    if name is not None and not ctx.resilient_parsing:
        by_flag(PROFILE, checked(name, "--profile"), "--profile")


def _colour(ctx: Context, _: Parameter, when: str | None) -> None:
    if when is not None and not ctx.resilient_parsing:
        if when not in COLOURS:
            raise WrongUsage(f"--color is {when!r}.", "It is auto, always or never.")
        by_flag(COLOUR, when, "--color")
        ctx.color = out().colour


def _no_input(ctx: Context, _: Parameter, hushed: bool | None) -> None:
    if hushed and not ctx.resilient_parsing:
        by_flag(NO_INPUT, "1", "--no-input")


EVERYWHERE: tuple[TyperOption, ...] = (
    TyperOption(
        param_decls=["--profile"],
        metavar="NAME",
        help="The Getty account to use; GETTY_TOKEN_PROFILE.",
        callback=_profile,
        expose_value=False,
        is_eager=True,
        autocompletion=lambda ctx, args, incomplete: profiles(),
    ),
    TyperOption(
        param_decls=["--color"],
        metavar="WHEN",
        help="auto, always or never.",
        callback=_colour,
        expose_value=False,
        is_eager=True,
        autocompletion=lambda ctx, args, incomplete: list(COLOURS),
    ),
    TyperOption(
        param_decls=["--no-input"],
        is_flag=True,
        default=False,
        help="Ask nothing; fail with what to set instead.",
        callback=_no_input,
        expose_value=False,
        is_eager=True,
    ),
)
