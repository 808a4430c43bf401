"""Recordings: `cassette ...`."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from getty_emulator.replay.modes import RecordMode
from getty_token.commands.families.options import Json, Store
from getty_token.commands.terminal import confirm, out, say, show_json

family = typer.Typer(
    name="cassette", no_args_is_help=True, help="Look at recordings, compare, clean, check and make them."
)


def _complete(incomplete: str) -> list[str]:
    from getty_token.commands.cassettes.places import names

    return names(incomplete)


Folder = Annotated[Path | None, typer.Option("--cassettes", help="The folder.", show_default="getty-cassettes")]
One = Annotated[
    str, typer.Argument(help="A cassette, or an interaction in it: images.yaml#3", autocompletion=_complete)
]
Some = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NAME...",
        help="Cassettes, interactions or folders.",
        show_default="the folder",
        autocompletion=_complete,
    ),
]


@family.command("ls")
def ls(cassettes: Folder = None, as_json: Json = False) -> None:
    """List the cassettes: interactions, sizes, ages.

    $ getty-token cassette ls
    """
    from getty_token.commands.cassettes import listing
    from getty_token.commands.cassettes.places import existing

    found = listing.listed(existing(cassettes))
    if as_json:
        show_json(found)
        return
    if table := listing.in_a_table(found):
        print(table)
    say(*(each["problem"] for each in found["cassettes"] if each["problem"]))


@family.command()
def show(name: One, cassettes: Folder = None, as_json: Json = False) -> None:
    """Show one interaction, or list those of a cassette.

    $ getty-token cassette show images-id.yaml#2
    """
    from getty_token.commands.cassettes import listing
    from getty_token.commands.cassettes.places import label, place, usual

    meant = place(name, cassettes or usual())
    found = meant.scrubbed()
    if len(found) == 1:
        number, interaction = found[0]
        if as_json:
            show_json(listing.as_json(label(meant, number), interaction))
        else:
            print(listing.as_text(interaction))
        return
    rows = listing.interactions(meant)
    if as_json:
        show_json({"interactions": rows})
    else:
        cells = [(each["name"], each["method"], str(each["status"]), listing.size(each["bytes"])) for each in rows]
        uris = [each["uri"].removeprefix("https://api.gettyimages.com") for each in rows]
        table = [(*cell, uri) for cell, uri in zip(cells, uris, strict=True)]
        print(out().table(("interaction", "method", "status", "size", "request"), table))


@family.command()
def diff(
    name: One,
    other: Annotated[
        str | None, typer.Argument(help="Another cassette.", show_default="Getty", autocompletion=_complete)
    ] = None,
    cassettes: Folder = None,
    as_json: Json = False,
    store: Store = None,
) -> None:
    """Compare recordings with what Getty answers now, or with another cassette.

    $ getty-token cassette diff images-id.yaml
    $ getty-token cassette diff images-id.yaml bundled/images-id.yaml

    Exit code 1 if anything is different.
    """
    from getty_token.commands.cassettes import comparing
    from getty_token.commands.cassettes.places import place, usual
    from getty_token.commands.wiring import use_store

    use_store(store)
    folder = cassettes or usual()
    meant = place(name, folder)
    found = comparing.with_live([meant]) if other is None else comparing.with_file(meant, place(other, folder))
    if as_json:
        show_json({"same": not comparing.differs(found), "interactions": found})
    else:
        print("\n".join(comparing.in_words(found)))
    raise typer.Exit(1 if comparing.differs(found) else 0)


@family.command()
def scrub(
    names: Some = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit code 1 if there is a secret.")] = False,
    cassettes: Folder = None,
    as_json: Json = False,
) -> None:
    """Take secrets out of cassettes, whoever made them: by their names, and wherever the same values stand.

    $ getty-token cassette scrub --check tests/cassettes
    $ getty-token cassette scrub tests/cassettes

    The secrets of this machine are looked for, too. Nothing that is found is shown, only where it is. Exit code 1 if
    there is what nobody can look into, such as brotli.
    """
    from getty_emulator.replay.cleaning import cleaned, rewrite, unreadable
    from getty_token.commands.cassettes.knowledge import secrets_here
    from getty_token.commands.cassettes.places import places
    from getty_token.commands.serving.recording import scrubbers

    known = secrets_here()
    found: list[dict[str, Any]] = []
    hidden: list[dict[str, Any]] = []
    for path in dict.fromkeys(each.path for each in places(names or (), cassettes)):
        clean = cleaned(path, known, scrubbers)
        if clean.findings and not check:
            rewrite(path, clean.interactions, clean.read)
        found += [
            {"file": str(path), "interaction": each.number or None, "where": each.where} for each in clean.findings
        ]
        closed = "the answer's body: it is encoded so that nobody can look into it"
        hidden += [{"file": str(path), "interaction": n, "where": closed} for n in unreadable(clean.interactions)]
    if as_json:
        written = bool(found) and not check
        show_json({"clean": not found and not hidden, "written": written, "findings": [*found, *hidden]})
    else:
        for each in [*found, *hidden]:
            number = f"#{each['interaction']}" if each["interaction"] else ""
            print(f"{each['file']}{number}: {each['where']}")
        say("no secret was found" if not found else "found, and not changed" if check else "cleaned")
    raise typer.Exit(1 if hidden or (found and check) else 0)


@family.command()
def prune(
    cassettes: Folder = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: Json = False,
) -> None:
    """Remove what the last run of `serve`, or of your tests, did not play.

    $ getty-token cassette prune --dry-run
    """
    from getty_token.commands.cassettes import pruning
    from getty_token.commands.cassettes.places import existing

    folder = existing(cassettes)
    plan = pruning.planned(folder)
    if not as_json:
        for name in plan.names:
            print(name)
    go = bool(plan.names or plan.media) and not dry_run
    question = f"Remove {len(plan.names)} of {plan.total} interactions and {len(plan.media)} thumbnails?"
    go = go and (yes or confirm(question, "Say --yes, or --dry-run."))
    if go:
        pruning.carry_out(plan)
    if as_json:
        thumbnails = [path.name for path in plan.media]
        show_json({"removed": go, "interactions": list(plan.names), "media": thumbnails, "of": plan.total})
    else:
        say(f"{len(plan.names)} of {plan.total} interactions {'removed' if go else 'were not played by the last run'}")


@family.command(options_metavar="[OPTIONS] --")
def record(
    queries: Annotated[
        list[str],
        typer.Argument(metavar="QUERY...", help="A phrase, parameters (`phrase=x&page=2`), or a path (`/v3/...`)."),
    ],
    family: Annotated[str, typer.Option(help="creative, editorial or both.")] = "creative",
    fields: Annotated[str, typer.Option(help="Members of an image, comma separated.", show_default="summary_set")] = "",
    page_size: Annotated[int | None, typer.Option(min=1, max=100, help="Images in one answer.")] = None,
    pages: Annotated[int, typer.Option(min=1, max=100, help="Pages of each search.")] = 1,
    record_mode: Annotated[
        RecordMode, typer.Option(help="As for `serve --record`.", show_default="all")
    ] = RecordMode.ALL,
    with_media: Annotated[bool, typer.Option("--with-media", help="Keep the thumbnails, too.")] = False,
    cassettes: Folder = None,
    as_json: Json = False,
    store: Store = None,
) -> None:
    """Ask Getty and record the answers, without a browser.

    $ getty-token cassette record -- sunset "paper boats"
    $ getty-token cassette record --pages 3 --fields detail_set -- phrase=coast
    """
    from getty_token.commands.cassettes import recording
    from getty_token.commands.cassettes.places import usual
    from getty_token.commands.serving.terminal import request_log
    from getty_token.commands.wiring import use_store

    use_store(store)
    asked = recording.calls(queries, family, fields, page_size, pages)
    found = recording.record(asked, cassettes or usual(), record_mode, with_media, request_log())
    if as_json:
        show_json({"answers": found})
    else:
        for each in found:
            print(f"{each['status'] or '-'}  {each['origin']}  {each['target']}")
            if each["why"]:
                say(each["why"])
    raise typer.Exit(1 if any((each["status"] or 500) >= 400 for each in found) else 0)


@family.command("import")
def import_(
    archive: Annotated[Path, typer.Argument(help="A HAR file, as a browser saves it; - is standard input.")],
    cassettes: Folder = None,
    as_json: Json = False,
) -> None:
    """Take the exchanges with Getty out of a HAR file, scrubbed.

    $ getty-token cassette import network.har
    """
    from getty_token.commands.cassettes import recording
    from getty_token.commands.cassettes.places import usual

    content = sys.stdin.buffer.read() if str(archive) == "-" else archive.read_bytes()
    kept, left = recording.imported(content, cassettes or usual())
    if as_json:
        show_json({"recorded": kept, "left_out": left})
    else:
        print("\n".join(kept), end="\n" if kept else "")
        say(*left, f"{len(kept)} recorded, {len(left)} left out")
    raise typer.Exit(0 if kept else 1)


@family.command()
def export(
    names: Some = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file.", show_default="stdout")] = None,
    cassettes: Folder = None,
    as_json: Json = False,
) -> None:
    """Write cassettes as a HAR file, which is JSON, without the secrets that somebody's may hold.

    $ getty-token cassette export --output recorded.har
    """
    import json

    from getty_emulator.replay.har import archived
    from getty_token import __version__
    from getty_token.commands.cassettes.places import places

    found = [
        (interaction, place.path.stat().st_mtime)
        for place in places(names or (), cassettes)
        for _, interaction in place.scrubbed()
    ]
    text = json.dumps(archived(found, __version__), indent=None if as_json else 1)
    if output is None:
        print(text)
    else:
        from getty_emulator.replay.folder import write_whole

        write_whole(output, text.encode())
        say(f"{len(found)} interactions in {output}")


@family.command()
def verify(names: Some = None, cassettes: Folder = None, as_json: Json = False) -> None:
    """Check that recorded answers are still what Getty documents.

    $ getty-token cassette verify

    Exit code 1 if one is not. What is only not documented is told and does no harm.
    """
    from getty_emulator.replay.documented import verify as verified
    from getty_token.commands.cassettes.places import every, places

    total, found = 0, []
    for name, interaction in every(places(names or (), cassettes)):
        total += 1
        found += [{"name": name, **each._asdict()} for each in verified(interaction)]
    wrong = any(each["wrong"] for each in found)
    if as_json:
        show_json({"as_documented": not wrong, "interactions": total, "complaints": found})
    else:
        for each in found:
            mark = out().paint("wrong", "bad") if each["wrong"] else out().paint("new  ", "warn")
            print(f"{mark}  {each['name']}  {each['place']}: {each['says']}")
        say(f"{total} interactions, {len({each['name'] for each in found if each['wrong']})} not as documented")
    raise typer.Exit(1 if wrong else 0)
