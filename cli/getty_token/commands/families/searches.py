"""Scripted searches: `search`."""

from typing import Annotated

import typer

from getty_token.commands.families.options import Store
from getty_token.commands.search_options import with_filters
from getty_token.commands.wiring import use_store

family = typer.Typer()


@family.command()
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
    """Search for images: a table on a terminal, one JSON object a line in a pipe.

    $ getty-token search sunset --offline --limit 3
    $ getty-token search "paper boats" --orientations horizontal
    """
    import sys

    from getty_token.commands import search as this

    use_store(store)
    table = sys.stdout.isatty() and not as_json
    wanted = fields or (this.TABLE_FIELDS if table else "summary_set")
    this.search(
        this.Query.checked(phrase, family, wanted, filters, None if everything else limit, page_size), offline, table
    )
