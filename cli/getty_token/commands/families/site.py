"""What the site in this folder does: `routes`."""

from typing import Annotated

import typer

from getty_token.commands.families.options import Json

family = typer.Typer()


@family.command()
def routes(
    path: Annotated[str | None, typer.Argument(help="Say who answers it, and why nobody before did.")] = None,
    method: Annotated[str, typer.Option("--method", help="Of the request.")] = "GET",
    query: Annotated[list[str] | None, typer.Option("--query", metavar="NAME=VALUE", help="More of its query.")] = None,
    header: Annotated[list[str] | None, typer.Option("--header", metavar="NAME:VALUE", help="A header field.")] = None,
    cookie: Annotated[list[str] | None, typer.Option("--cookie", metavar="NAME=VALUE", help="A cookie.")] = None,
    country: Annotated[str, typer.Option("--country", metavar="CODE", help="Where the visitor is.")] = "us",
    language: Annotated[
        str | None, typer.Option("--language", metavar="CODE", help="What the visitor speaks.", show_default="en")
    ] = None,
    host: Annotated[str, typer.Option("--host", help="The site's name, for rules that ask for one.")] = "localhost",
    as_json: Json = False,
) -> None:
    """Print who answers which path, in the order in which they are asked: functions, rules, files.

    $ getty-token routes
    $ getty-token routes /blog/hello --language de
    $ getty-token routes '/search?q=a' --json
    """
    from getty_token.commands import routes as this

    asking = path and this.Asking(path, method, query or (), header or (), cookie or (), country, language or "", host)
    raise typer.Exit(this.show(asking or None, as_json))
