"""Options that several commands take."""

from typing import Annotated

import typer

Store = Annotated[
    str | None,
    typer.Option("--store", help="Where the token is kept; GETTY_TOKEN_STORE, else the disk.", metavar="ADDRESS"),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object.")]
Listening = Annotated[bool, typer.Option("--json", help="One JSON object, as soon as it listens.")]
