"""A site's folder: `init`, `dev`, `doctor`, `scan`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from getty_token.commands.families.options import Json, Store
from getty_token.commands.terminal import err, out, printable, say, show_json
from getty_token.commands.wiring import use_store

family = typer.Typer()


@family.command()
def init(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Set a Gatsby or Netlify site up: show what to add to its files, and ask.

    $ getty-token init --dry-run
    $ getty-token init --yes

    It proposes a getty-token.toml, the proxy lines of gatsby-config, and lines of .gitignore. Lines are added; nothing
    that is there is taken away.
    """
    from getty_token.commands.initial import initialise

    initialise(Path.cwd(), yes, dry_run, as_json)


@family.command(
    options_metavar="[OPTIONS] -- COMMAND [ARGS]...",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False},
)
def dev(
    context: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Answer from cassettes, then from the sandbox.")] = False,
    record: Annotated[bool, typer.Option("--record", help="Live, and write what passes to cassettes.")] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port of `serve`; 0 takes a free one.", show_default="9999")
    ] = None,
    store: Store = None,
) -> None:
    """Run `serve` and your site's own command together; one Ctrl-C stops both.

    $ getty-token dev --offline -- gatsby develop
    $ getty-token dev --port 0 -- npm run develop

    GETTY_TOKEN_SERVE tells the command where `serve` listens; it is given no API secret. The exit code is the
    command's.
    """
    from getty_token.commands.together import together

    use_store(store)
    flags = [*(["--offline"] if offline else []), *(["--record"] if record else [])]
    raise typer.Exit(together(context.args, [*flags, *(["--port", str(port)] if port is not None else [])]))


@family.command()
def doctor(
    offline: Annotated[bool, typer.Option("--offline", help="Without asking Getty for the time.")] = False,
    as_json: Json = False,
) -> None:
    """Look at everything that could be wrong, and say what mends it.

    $ getty-token doctor
    $ getty-token doctor --offline --json

    Exit code 1 if anything fails; a warning is no failure.
    """
    from getty_token.commands import doctor as this

    raise typer.Exit(this.doctor(Path.cwd(), offline, as_json))


@family.command()
def scan(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders.", metavar="[PATH]...", show_default="this folder")
    ] = None,
    history: Annotated[bool, typer.Option("--history", help="And all that the Git repository remembers.")] = False,
    as_json: Json = False,
) -> None:
    """Look for the API key, the secret and the current token where they must not be.

    $ getty-token scan public
    $ getty-token scan --history  # all that Git remembers, too

    Finds them plain, in base64, percent-encoded, escaped, in hexadecimal, and inside gzip. Says where, never what.
    Exit code 1 if there is any: run it in CI before a deploy. Not looked into are node_modules, and the .env files of
    this folder, where they belong.
    """
    from getty_token.commands.leaks import report
    from getty_token.commands.wiring import Setup

    screen = err()

    def counting(count: int) -> None:
        if screen.is_terminal and not as_json and count % 200 == 0:
            print(f"{count:,} searched", end="\r", flush=True, file=sys.stderr)

    found = report.scan(report.secrets(Setup.here()), paths or [Path()], Path() if history else None, counting)
    if as_json:
        show_json(found.as_json())
    else:
        for place, find in found.finds:
            print(f"{out().paint(f'{printable(place)}:{find.line}', 'bold')}: {find.inside}{find.secret}")
        for place, why in found.unread:
            say(f"not searched: {printable(place)} ({why})")
        many = f"{found.searched:,} file{'s' * (found.searched != 1)}{' and Git objects' if history else ''}"
        say(f"{len(found.finds) or 'nothing'} found in {many}; looked for {', '.join(found.looked_for)}")
    raise typer.Exit(1 if found.finds else 0)
