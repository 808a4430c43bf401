"""`getty-token faults` and `getty-token clock`: let things go wrong in a running `serve` or `sandbox`, on demand."""

import json
import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from getty_token.commands.families.options import Json
from getty_token.errors import WrongUsage

if TYPE_CHECKING:
    from getty_token.commands.running import Running

_DURATION = re.compile(r"([+-]?)(?:([0-9]{1,4})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,8})s?)?")


def _kinds() -> list[str]:
    from getty_emulator.faults import KINDS

    return ["401", "403", "429", "500", "503", *KINDS]


Port = Annotated[
    int | None,
    typer.Option("--port", min=1, max=65535, help="Where it runs.", show_default="9999, then 9998"),
]

program = typer.Typer(
    help="""Let a running `serve` or `sandbox` fail on demand; say what is active.

    $ getty-token faults add 429 --requests 3
    $ getty-token faults add slow-body --seconds 10 --path /v3/search
    $ getty-token faults revoke  # every token of the sandbox, now
    $ getty-token faults clear
    """
)


@program.callback(invoke_without_command=True)
def _faults(context: typer.Context, port: Port = None, as_json: Json = False) -> None:
    if context.invoked_subcommand is None:
        ls(port, as_json)


@program.command()
def ls(port: Port = None, as_json: Json = False) -> None:
    """Say what is active, and how often each fault has been met.

    $ getty-token faults ls
    """
    from getty_token.commands.running import find

    show(find(port), as_json)


@program.command()
def add(
    kind: Annotated[
        str,
        typer.Argument(
            help="A status such as 429, 401 or 503, or one of slow-headers, slow-body, html, truncated (half of the"
            " JSON), broken (ends in mid-body), reset (no answer).",
            autocompletion=_kinds,
        ),
    ],
    requests: Annotated[int, typer.Option(min=0, help="For so many requests; 0 until it is cleared.")] = 1,
    path: Annotated[
        str, typer.Option(help="For paths that begin so, such as /oauth2/token.", show_default="every call of the API")
    ] = "",
    seconds: Annotated[float, typer.Option(help="How long the slow ones take.")] = 5.0,
    port: Port = None,
    as_json: Json = False,
) -> None:
    """Let the next requests fail.

    $ getty-token faults add 429 --requests 3
    $ getty-token faults add 500 --path /oauth2/token --requests 0

    On the port of a `sandbox` all of it happens on the wire. In `serve`, live or offline, it happens in front of what
    answers for Getty: a page sees the status, the wait, or the 502 that `serve` makes of such an answer. A request that
    fails so never reaches Getty, is never recorded, and costs nothing; a slow one does, later.
    """
    from getty_token.commands.running import find

    given = {"kind": kind, "requests": requests, "path": path, "seconds": seconds}
    show(find(port).tell("POST", "faults", **given), as_json)


@program.command()
def clear(
    number: Annotated[int | None, typer.Argument(help="The number of a fault.", show_default="all")] = None,
    port: Port = None,
    as_json: Json = False,
) -> None:
    """Forget a fault, or all of them.

    $ getty-token faults clear
    """
    from getty_token.commands.running import find

    content = {} if number is None else {"number": number}
    show(find(port).tell("DELETE", "faults", **content), as_json)


@program.command()
def revoke(port: Port = None, as_json: Json = False) -> None:
    """End every token that the sandbox has issued, now.

    $ getty-token faults revoke
    """
    from getty_token.commands.running import find

    show(find(port, tokens=True).tell("POST", "revoke"), as_json)


@program.command()
def lifetime(
    seconds: Annotated[int | None, typer.Argument(help="Seconds.", show_default="as at the start")] = None,
    port: Port = None,
    as_json: Json = False,
) -> None:
    """Set how long the tokens live that the sandbox issues from now on.

    $ getty-token faults lifetime 60
    """
    from getty_token.commands.running import find

    content = {} if seconds is None else {"seconds": seconds}
    show(find(port, tokens=True).tell("PUT", "lifetime", **content), as_json)


def clock(
    shift: Annotated[
        str,
        typer.Argument(
            metavar="[+31m|-90s|reset]", help="How far to move it, or back to the time.", show_default=False
        ),
    ] = "",
    port: Port = None,
    as_json: Json = False,
) -> None:
    """Move the clock of a running `sandbox`, or say how it is set.

    $ getty-token clock +31m  # every token it has issued is dead
    $ getty-token clock reset

    It is the clock by which the sandbox's tokens expire: `clock +31m` lets every token it has issued be half an hour
    older, and the next request with one gets Getty's 401. Nothing else follows it: not the dates of pictures, not the
    clock of this machine, and not `serve`, whose token other programs share.
    """
    from getty_token.commands.running import find

    running = find(port, tokens=True)
    if shift == "reset":
        running = running.tell("PUT", "clock")
    elif shift:
        running = running.tell("PUT", "clock", shift=running.state.get("clock_shift", 0) + seconds_in(shift))
    show(running, as_json)


def seconds_in(text: str) -> int:
    """The seconds in `+31m`, `-90s` or `1h30m`; a bare number is seconds. Raises WrongUsage."""
    found = _DURATION.fullmatch(text)
    sign, *parts = found.groups() if found else ("",)
    if not any(parts):
        raise WrongUsage(f"{text!r} is no time to move a clock by.", mend="Write it as +31m, -90s, +1h30m or reset.")
    hours, minutes, seconds = (int(part or 0) for part in parts)
    total = hours * 3600 + minutes * 60 + seconds
    return -total if sign == "-" else total


def show(running: "Running", as_json: bool) -> None:
    """Print what is active."""
    if as_json:
        typer.echo(json.dumps({**running.state, "port": running.port}))
    else:
        typer.echo("\n".join([running.name, *lines(running.state)]))


def lines(state: dict[str, Any]) -> list[str]:
    """What is active, a line each."""
    found = [
        f"  {one['number']:>2}  {one['kind']:<12}  {_left(one['left'])}, {one['hits']} met, "
        f"{one['path'] or 'every call of the API'}" + (f", {one['seconds']:g} s" if "slow" in one["kind"] else "")
        for one in state["faults"]
    ] or ["  no faults"]
    if "token_lifetime" in state:
        found.append(f"  the clock {_shifted(state['clock_shift'])}; new tokens live {state['token_lifetime']} s")
    return found


def _left(requests: int | None) -> str:
    return "until cleared" if requests is None else f"{requests} request{'s' * (requests != 1)} left"


def _shifted(shift: float) -> str:
    if not shift:
        return "is right"
    whole, seconds = divmod(abs(round(shift)), 60)
    return f"is {whole} min {seconds} s {'ahead' if shift > 0 else 'behind'}"
