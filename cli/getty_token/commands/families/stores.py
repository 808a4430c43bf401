"""The homes of a token: `store copy` and `store verify`."""

from typing import Annotated

import typer

from getty_token.commands.families.options import Json
from getty_token.commands.terminal import out, say, show_json
from getty_token.commands.wiring import refuse_password

family = typer.Typer(
    name="store", no_args_is_help=True, help="Carry the token from one home to another; put a home to the test."
)


@family.command()
def copy(
    source: Annotated[str, typer.Argument(help="The address of a store: disk, redis://HOST, env:NAME ...")],
    target: Annotated[str, typer.Argument(help="The address of another.")],
    as_json: Json = False,
) -> None:
    """Put the token of one store into another.

    $ getty-token store copy disk env:OTHER_STORE
    """
    from getty_token.commands import stores as this

    for address in (source, target):
        refuse_password(address)
    said = this.copy(source, target)
    if as_json:
        show_json({"copied": True, "said": said})
    else:
        say(said)


@family.command()
def verify(
    address: Annotated[str | None, typer.Argument(help="The address of a store.", show_default="yours")] = None,
    as_json: Json = False,
) -> None:
    """Try what a store promises, with a made-up token.

    $ getty-token store verify
    $ getty-token store verify memory:

    Exit code 1 if it does not hold.
    """
    from getty_token.commands import stores as this

    if address is not None:
        refuse_password(address)
    checks = []
    for sentence, wrong in this.verify(address):
        checks.append({"promise": sentence, "holds": not wrong, "why": wrong})
        if not as_json:
            screen = out()
            verdict = screen.paint("fail", "bad") if wrong else screen.paint("ok", "good")
            print(f"{verdict}{'   ' if not wrong else ' '} {sentence}{f': {wrong}' if wrong else ''}", flush=True)
    holds = all(each["holds"] for each in checks)
    if as_json:
        show_json({"holds": holds, "checks": checks})
    raise typer.Exit(0 if holds else 1)
