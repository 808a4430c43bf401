"""The command line itself: what each command is called and takes. What a command does is in the module it imports."""

from pathlib import Path
from typing import Annotated

import typer

from getty_token import __version__
from getty_token.commands import faults
from getty_token.commands.search_options import with_filters
from getty_token.commands.wiring import refuse_password, use_store

program = typer.Typer(
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they show local variables, and those hold secrets
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Keep a short-lived Getty Images access token where no browser sees it.

    `getty-token serve --offline` answers a site's searches without key or network;
    `getty-token login`, then `getty-token serve`, with yours.""",
)

CREDENTIALS = "Credentials and token"
EMULATOR = "Emulator"
SEARCHES = "Searches"


Store = Annotated[
    str | None,
    typer.Option("--store", help="Where the token is kept; GETTY_TOKEN_STORE, else the disk.", metavar="ADDRESS"),
]


def _say(*lines: str) -> None:
    for line in lines:
        typer.echo(line, err=True)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"getty-token {__version__}")
        raise typer.Exit


@program.callback()
def _program(
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback when something fails.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass  # both options do their work elsewhere: --debug in __main__, --version in its callback


@program.command(rich_help_panel=CREDENTIALS)
def login(
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read two lines, key and secret, from standard input.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="Ask Getty for a token with them before saving.")
    ] = True,
    store: Store = None,
) -> None:
    """Ask for the API key and secret, check them, and save them."""
    import sys

    from getty_token.commands import login as this

    use_store(store)
    _say(*this.login(this.read_pair(sys.stdin, stdin), verify))


@program.command(rich_help_panel=CREDENTIALS)
def logout(store: Store = None) -> None:
    """Forget the saved API key and secret, and their token."""
    from getty_token.commands import login as this

    use_store(store)
    _say(*this.logout())


@program.command(rich_help_panel=CREDENTIALS)
def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    store: Store = None,
) -> None:
    """Say how the token is, where it is kept and whose it is. Exit code 0 if it is fresh, 3 if not."""
    from getty_token.commands.status import show

    use_store(store)
    raise typer.Exit(show(as_json))


@program.command(rich_help_panel=CREDENTIALS)
def token(store: Store = None) -> None:
    """Print a valid access token, or nothing and a non-zero exit code."""
    from getty_token.commands.access import show_token

    use_store(store)
    raise typer.Exit(show_token())


@program.command(rich_help_panel=CREDENTIALS)
def refresh(
    force: Annotated[bool, typer.Option("--force", help="Even if the token is fresh.")] = False,
    store: Store = None,
) -> None:
    """Get a new token if the one in the store is not fresh."""
    from getty_token.commands import access

    use_store(store)
    _say(access.refresh(force))


@program.command(rich_help_panel=CREDENTIALS)
def clear(store: Store = None) -> None:
    """Drop the token from the store. The next who needs one asks Getty."""
    from getty_token.commands import access

    use_store(store)
    _say(access.clear())


@program.command(
    "exec",
    rich_help_panel=CREDENTIALS,
    options_metavar="[OPTIONS] -- COMMAND [ARGS]...",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False},
)
def execute(context: typer.Context, store: Store = None) -> None:
    """Run a command with GETTY_ACCESS_TOKEN set: `getty-token exec -- npm run build`."""
    from getty_token.commands import access

    use_store(store)
    raise typer.Exit(access.execute(context.args))


@program.command(rich_help_panel=EMULATOR)
def serve(
    live: Annotated[bool, typer.Option("--live", help="Sign and forward to Getty: the mode if none is named.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Answer from cassettes, then from the sandbox.")] = False,
    record: Annotated[bool, typer.Option("--record", help="As --live, and write what passes to cassettes.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="With --offline: cassettes only, no sandbox.")] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.", show_default="9999")
    ] = None,
    cassettes: Annotated[
        Path | None, typer.Option(help="The folder of your cassettes.", show_default="getty-cassettes")
    ] = None,
    allow_changes: Annotated[
        bool,
        typer.Option(
            "--allow-changes",
            help="For this run, let pass what getty-token.toml allows that costs money or changes something.",
        ),
    ] = False,
    store: Store = None,
) -> None:
    """Stand where Netlify's functions stand while `gatsby develop` runs."""
    from getty_token.commands import serve as this
    from getty_token.commands.serving.options import Options, choose

    use_store(store)
    mode = choose(live, offline, record, strict)
    this.serve(
        Options(mode=mode, port=port, strict=strict, allow_changes=allow_changes, cassettes=cassettes),
    )


@program.command(rich_help_panel=EMULATOR)
def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 9998,
) -> None:
    """Run the made-up Getty on its own, for other clients."""
    from getty_token.commands import serve as this

    this.sandbox(port)


program.add_typer(faults.program, name="faults", rich_help_panel=EMULATOR)
program.command(rich_help_panel=EMULATOR, context_settings={"ignore_unknown_options": True})(faults.clock)


@program.command(rich_help_panel=SEARCHES)
@with_filters
def search(
    phrase: Annotated[str, typer.Argument(help="What to look for.")],
    filters: dict[str, str],
    family: Annotated[str, typer.Option(help="creative, editorial or both.")] = "creative",
    fields: Annotated[
        str | None, typer.Option(help="Members of an image, comma separated.", show_default="summary_set")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Stop after so many images.")] = 30,
    everything: Annotated[bool, typer.Option("--all", help="Every page to the end.")] = False,
    page_size: Annotated[
        int | None, typer.Option(min=1, max=100, help="Images in one request.", show_default="up to 100")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Answer from cassettes, then from the sandbox.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, as in a pipe.")] = False,
    store: Store = None,
) -> None:
    """Search for images: a table on a terminal, one JSON object a line in a pipe."""
    import sys

    from getty_token.commands import search as this

    use_store(store)
    table = sys.stdout.isatty() and not as_json
    wanted = fields or (this.TABLE_FIELDS if table else "summary_set")
    this.search(
        this.Query.checked(phrase, family, wanted, filters, None if everything else limit, page_size), offline, table
    )


stores = typer.Typer(no_args_is_help=True, help="Carry the token from one home to another; put a home to the test.")
program.add_typer(stores, name="store", rich_help_panel=CREDENTIALS)


@stores.command()
def copy(
    source: Annotated[str, typer.Argument(help="The address of a store: disk, redis://HOST, env:NAME ...")],
    target: Annotated[str, typer.Argument(help="The address of another.")],
) -> None:
    """Put the token of one store into another."""
    from getty_token.commands import stores as this

    for address in (source, target):
        refuse_password(address)
    _say(this.copy(source, target))


@stores.command()
def verify(
    address: Annotated[str | None, typer.Argument(help="The address of a store.", show_default="yours")] = None,
) -> None:
    """Try what a store promises, with a made-up token. Exit code 1 if it does not hold."""
    from getty_token.commands import stores as this

    if address is not None:
        refuse_password(address)
    failed = False
    for sentence, wrong in this.verify(address):
        failed = failed or bool(wrong)
        typer.echo(f"{'fail' if wrong else 'ok':<5} {sentence}{f': {wrong}' if wrong else ''}")
    raise typer.Exit(1 if failed else 0)
