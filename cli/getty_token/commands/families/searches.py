"""Scripted searches: `search` and `images`."""

from typing import Annotated

import typer

from getty_token.commands.families.options import Store
from getty_token.commands.search_options import complete_fields, with_filters
from getty_token.commands.wiring import use_store

family = typer.Typer()

FORMATS = ("table", "ndjson", "json", "csv", "tsv", "html")

From = Annotated[str | None, typer.Option("--from", metavar="FILE", help="More of them, one a line; - is stdin.")]
Fields = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="Members of an image, comma separated; a.b leads into one.",
        show_default=False,
        autocompletion=complete_fields,
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORM",
        help=f"{', '.join(FORMATS)}. A table on a terminal, else ndjson.",
        autocompletion=lambda ctx, args, incomplete: [each for each in FORMATS if each.startswith(incomplete)],
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object: --format json.")]
Output = Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help="Write there, whole or not at all.")]
Open = Annotated[bool, typer.Option("--open", help="Make a contact sheet and show it in the browser.")]
Qps = Annotated[float | None, typer.Option(min=0.01, max=100, help="Requests a second at the most.")]
Wait = Annotated[
    float,
    typer.Option(
        "--wait",
        min=0,
        max=86_400,
        metavar="SECONDS",
        help="How long to wait when Getty answers 429.",
        show_default="120",
    ),
]
Offline = Annotated[bool, typer.Option("--offline", help="Answer from cassettes, then from the sandbox.")]


@family.command()
@with_filters
def search(
    filters: dict[str, str],
    phrase: Annotated[str | None, typer.Argument(help="What to look for.", metavar="[PHRASE]")] = None,
    source: From = None,
    family: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="creative, editorial or both.",
            autocompletion=lambda ctx, args, incomplete: [
                each for each in ("creative", "editorial", "both") if each.startswith(incomplete)
            ],
        ),
    ] = "creative",
    limit: Annotated[
        int | None, typer.Option(min=1, help="Images of each phrase, at the most.", show_default="30")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every image, to the last page.")] = False,
    page_size: Annotated[
        int | None, typer.Option(min=1, max=100, help="Images in one request.", show_default="up to 100")
    ] = None,
    fields: Fields = None,
    form: Format = None,
    as_json: AsJson = False,
    output: Output = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted -o FILE ended.")] = False,
    show: Open = False,
    qps: Qps = None,
    at_once: Annotated[int, typer.Option("--at-once", min=1, max=16, help="Requests under way at the same time.")] = 1,
    wait: Wait = 120.0,
    offline: Offline = False,
    store: Store = None,
) -> None:
    """Search for images: a table on a terminal, one JSON object a line in a pipe.

    $ getty-token search sunset --offline --limit 3
    $ getty-token search "paper boats" --orientations horizontal --offline
    $ getty-token search boats --all --fields id,title,display_sizes.thumb.uri -o boats.csv --offline
    $ printf 'sunset\\nharbour\\n' | getty-token search --from - --limit 50 --qps 2 --format ndjson --offline
    $ getty-token search sunset --format html -o sheet.html --offline

    --fields takes Getty's members; a point leads into one: max_dimensions.width, keywords.text,
    display_sizes.thumb.uri. With several phrases every image says which one found it. A filter
    that is a LIST takes several values, separated by commas.
    """
    from getty_token.commands import search as this
    from getty_token.commands.searching.wishes import Terms, Wishes

    use_store(store)
    terms = Terms(family, filters, limit, everything, page_size, at_once)
    wishes = Wishes(_form(form, as_json), fields or "", output or "", resume, show, qps, wait, offline)
    raise typer.Exit(this.search(phrase, source, terms, wishes))


@family.command()
def images(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of images.", metavar="ID...")] = None,
    source: From = None,
    fields: Fields = None,
    form: Format = None,
    as_json: AsJson = False,
    output: Output = None,
    show: Open = False,
    qps: Qps = None,
    wait: Wait = 120.0,
    offline: Offline = False,
    store: Store = None,
) -> None:
    """Print the details of images by their ids. Exit code 1 if Getty does not know some of them.

    $ getty-token images 1900000001 1900000002 --offline
    $ getty-token images 1900000001 --fields id,credit_line,keywords.text --format json --offline
    """
    from getty_token.commands import search as this
    from getty_token.commands.searching.wishes import Wishes

    use_store(store)
    wishes = Wishes(_form(form, as_json), fields or "", output or "", False, show, qps, wait, offline)
    raise typer.Exit(this.images(ids or [], source, wishes))


def _form(form: str | None, as_json: bool) -> str:
    from getty_token.errors import WrongUsage

    if as_json and form not in (None, "json"):
        raise WrongUsage(f"--json and --format {form} exclude each other.", mend="Leave one of them out.")
    return "json" if as_json else form or ""
