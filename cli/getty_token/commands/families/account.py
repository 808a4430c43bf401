"""Credentials and token: `login`, `logout`, `profiles`, `status`, `token`, `refresh`, `clear`, `exec`."""

from typing import Annotated

import typer

from getty_token.commands.families.options import Json, Store
from getty_token.commands.terminal import say, show_json
from getty_token.commands.wiring import use_store

family = typer.Typer()


@family.command()
def login(
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read two lines, key and secret, from standard input.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="Ask Getty for a token with them before saving.")
    ] = True,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Ask for the API key and secret, check them, and save them.

    $ getty-token login
    $ printf '%s\\n' "$KEY" "$SECRET" | getty-token login --stdin
    $ getty-token login --profile work  # another account

    They are shown nowhere. They go to the keychain if the extra `keychain` is installed and one works, else to a file
    that only you can read.
    """
    import sys

    from getty_token.commands import login as this

    use_store(store)
    _told(this.login(this.read_pair(sys.stdin, stdin), verify), "saved", as_json)


@family.command()
def logout(store: Store = None, as_json: Json = False) -> None:
    """Forget the saved API key and secret, and their token.

    $ getty-token logout
    $ getty-token logout --profile work
    """
    from getty_token.commands import login as this

    use_store(store)
    _told(this.logout(), "forgotten", as_json)


@family.command()
def profiles(as_json: Json = False) -> None:
    """List the saved Getty accounts; the one in use has a star.

    $ getty-token profiles
    $ getty-token --profile work status  # use another one once
    $ export GETTY_TOKEN_PROFILE=work  # or for the whole shell
    """
    from getty_token.commands import accounts

    found = accounts.listed()
    if as_json:
        show_json({"profiles": found})
    else:
        print(accounts.in_a_table(found))


@family.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    store: Store = None,
) -> None:
    """Say how the token is, where it is kept and whose it is.

    $ getty-token status
    $ getty-token status --json

    Exit code 0 if it is fresh, 3 if not. Asks nobody and changes nothing.
    """
    from getty_token.commands.status import show

    use_store(store)
    raise typer.Exit(show(as_json))


@family.command()
def token(store: Store = None, as_json: Json = False) -> None:
    """Print a valid access token, or nothing and a non-zero exit code.

    $ getty-token token
    $ curl --header "Authorization: Bearer $(getty-token token)" "$GETTY_API_URL/v3/countries"
    """
    from getty_token.commands.access import show_token

    use_store(store)
    raise typer.Exit(show_token(as_json))


@family.command()
def refresh(
    force: Annotated[bool, typer.Option("--force", help="Even if the token is fresh.")] = False,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Get a new token if the one in the store is not fresh.

    $ getty-token refresh
    $ getty-token refresh --force
    """
    from getty_token.commands import access

    use_store(store)
    seconds, new = access.refresh(force)
    if as_json:
        show_json({"new": new, "seconds_left": seconds})
    elif new:
        say(f"new token, good for {seconds // 60} min {seconds % 60} s")
    else:
        say(f"still fresh for {seconds // 60} min {seconds % 60} s; Getty was not asked")


@family.command()
def clear(store: Store = None, as_json: Json = False) -> None:
    """Drop the token from the store. The next who needs one asks Getty.

    $ getty-token clear
    """
    from getty_token.commands import access

    use_store(store)
    home = access.clear()
    if as_json:
        show_json({"cleared": True, "store": home})
    else:
        say("the token is gone from the store")


@family.command(
    "exec",
    options_metavar="[OPTIONS] -- COMMAND [ARGS]...",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False},
)
def execute(context: typer.Context, store: Store = None) -> None:
    """Run a command with GETTY_ACCESS_TOKEN set.

    $ getty-token exec -- sh -c 'test -n "$GETTY_ACCESS_TOKEN"'
    $ getty-token exec -- npm run build

    GETTY_API_KEY is set, too; the secret is not.
    """
    from getty_token.commands import access

    use_store(store)
    raise typer.Exit(access.execute(context.args))


def _told(said: list[str], what: str, as_json: bool) -> None:
    if as_json:
        show_json({what: said[0] != "Nothing was saved.", "said": said})
    else:
        say(*said)
