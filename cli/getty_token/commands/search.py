"""`getty-token search`: scripted searches, with the same token as everything else."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import Progress, TextColumn
from rich.table import Table
from rich.text import Text

from getty_token import transport
from getty_token.client import Family, Getty, Image, Page
from getty_token.commands.wiring import Setup, warn
from getty_token.errors import WrongUsage
from getty_token.parameters import PARAMETERS, complaint

TABLE_FIELDS = "id,title,artist,collection_name,max_dimensions"
"""What a person sees who names no fields; a pipe gets Getty's `summary_set`."""

_NOT_IN_A_TABLE = frozenset({"caption", "display_sizes", "keywords"})
"""Too long for a column."""


@dataclass(frozen=True, slots=True)
class Query:
    """A search that Getty will understand. `limit` counts images; None means all."""

    family: Family
    parameters: Mapping[str, str]
    limit: int | None

    @classmethod
    def checked(
        cls,
        phrase: str,
        family: str,
        fields: str,
        filters: Mapping[str, str],
        limit: int | None,
        page_size: int | None = None,
    ) -> "Query":
        """Checks before anything is asked. Raises WrongUsage that names the option and what it takes."""
        if family not in [each.value for each in Family]:
            raise WrongUsage(f"--family is {family}.", mend="It is creative, editorial or both.")
        known = PARAMETERS[Family(family).path]
        if not phrase.strip():
            raise WrongUsage("the phrase is empty.", mend='Give one: getty-token search "paper boats"')
        for name, value in {"fields": fields, **filters}.items():
            flag = "--" + name.replace("_", "-")
            if name not in known:
                raise WrongUsage(f"{flag} is no filter of a {family} search.", mend=_who_takes(name))
            if wrong := complaint(known[name], value):
                raise WrongUsage(f"{flag}: {wrong}.")
        parameters = {"phrase": phrase, "fields": fields, **filters}
        if page_size is not None:
            parameters["page_size"] = str(page_size)
        return cls(Family(family), parameters, limit)


def search(query: Query, offline: bool, table: bool) -> None:
    """Ask, and print as the pages come; a table once they are all there."""
    with _client(offline) as getty:
        pages = getty.pages(query.family, query.parameters, query.limit)
        if not table:
            for page in _with_progress(pages, query.limit):
                for image in page.images:
                    sys.stdout.write(json.dumps(image, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        else:
            _print_table(list(_with_progress(pages, query.limit)))


@contextmanager
def _client(offline: bool) -> Iterator[Getty]:
    setup = Setup.here()
    if offline:
        from getty_emulator.netlify.project import load
        from getty_emulator.replay.transport import OfflineTransport
        from getty_token.commands.serving.offline import GETTY_MEDIA, OfflineGetty, cassette_folders

        folders = cassette_folders(None, Path.cwd() / load(Path.cwd()).cassettes)
        answers = OfflineGetty.load(folders, strict=False, media_url=GETTY_MEDIA, warn=warn)
        auth: httpx.Auth | None = None
        way: httpx.BaseTransport | None = OfflineTransport(answers.offline.answer)
    else:
        from getty_token.auth import GettyAuth

        pair = setup.credentials()
        auth, way = GettyAuth(pair.api_key, setup.source(pair, "search")), None
    with transport.client(auth, way) as http:
        yield Getty(http, setup.upstream.api_url.value)


def _with_progress(pages: Iterator[Page], limit: int | None) -> Iterator[Page]:
    """The pages; from the second on, and on a terminal, a line on stderr says how far we are."""
    console = Console(stderr=True)
    column = TextColumn("{task.description}")
    # Left to itself, rich takes stdout over, too: what goes into a pipe would end on the terminal.
    with Progress(
        column,
        console=console,
        transient=True,
        disable=not console.is_terminal,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as progress:
        task = progress.add_task("asking Getty ...", total=None)
        seen = 0
        for page in pages:
            yield page
            seen += len(page.images)
            wanted = page.result_count if limit is None else min(limit, page.result_count)
            progress.update(task, description=f"{seen:,} of {wanted:,} images")


def _print_table(pages: list[Page]) -> None:
    console = Console()
    images = [image for page in pages for image in page.images]
    total = pages[0].result_count if pages else 0
    if not images:
        print("no images", file=sys.stderr)
        return
    names = [name for name in images[0] if name not in _NOT_IN_A_TABLE]
    # The title is what a person looks for: right after the id, and the one that may take the room.
    names.sort(key=lambda name: {"id": 0, "title": 1}.get(name, 2))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        # An id is copied, so it stays in one piece however narrow the terminal is; the rest wraps.
        table.add_column(Text(_printable(name.replace("_", " "))), no_wrap=name == "id")
    for image in images:
        table.add_row(*(Text(_cell(image, name)) for name in names))
    console.print(table)
    print(f"{len(images):,} of {total:,} images", file=sys.stderr)


def _cell(image: Image, name: str) -> str:
    value: Any = image.get(name)
    if value is None:
        return ""
    if name == "max_dimensions" and isinstance(value, dict):
        return f"{value.get('width')} x {value.get('height')}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _printable(text)


def _printable(text: str) -> str:
    """`text` without anything that a terminal would take for a command."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _who_takes(name: str) -> str:
    families = [f"--family {each.value}" for each in Family if name in PARAMETERS[each.path]]
    return f"Use {' or '.join(families)}, or leave it out." if families else "Leave it out."
