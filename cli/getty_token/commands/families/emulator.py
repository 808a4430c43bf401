"""The emulator: `serve` and `sandbox`."""

from pathlib import Path
from typing import Annotated

import typer

from getty_emulator.netlify.till import MOST_CHANGES
from getty_emulator.replay.modes import RecordMode
from getty_token.commands.completion.words import functions
from getty_token.commands.families.options import Json, Listening, Store
from getty_token.commands.terminal import say
from getty_token.commands.wiring import use_store

family = typer.Typer()


@family.command()
def serve(
    live: Annotated[bool, typer.Option("--live", help="Sign and forward to Getty: the mode if none is named.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Answer from cassettes, then from the sandbox.")] = False,
    record: Annotated[bool, typer.Option("--record", help="As --live, and write what passes to cassettes.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="With --offline: cassettes only, no sandbox.")] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.", show_default="9999, or 8888")
    ] = None,
    cassettes: Annotated[
        Path | None, typer.Option(help="The folder of your cassettes.", show_default="getty-cassettes")
    ] = None,
    record_mode: Annotated[
        RecordMode | None,
        typer.Option(
            "--record-mode",
            help="With --record, as in VCR: all asks for everything anew, new_episodes only for what is not recorded,"
            " once records only where there is no cassette, none never.",
            show_default="all",
        ),
    ] = None,
    with_media: Annotated[
        bool, typer.Option("--with-media", help="With --record, keep the thumbnails, too, to show them offline.")
    ] = False,
    allow_changes: Annotated[
        bool,
        typer.Option(
            "--allow-changes",
            help="For this run, let pass what getty-token.toml allows that costs money or changes something.",
        ),
    ] = False,
    change_limit: Annotated[
        int, typer.Option("--change-limit", min=0, help="How often in this run, with --allow-changes.")
    ] = MOST_CHANGES,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Listen there, too (0.0.0.0: everywhere). Other machines then need the key that is printed.",
            show_default="this machine only",
        ),
    ] = "",
    instances: Annotated[
        int | None,
        typer.Option(
            min=1, max=16, help="Warm instances of each JavaScript function, used in turn.", show_default="1-4"
        ),
    ] = None,
    cold_rate: Annotated[
        float, typer.Option(min=0, max=1, help="The part of the calls that find a cold instance, 0 to 1.")
    ] = 0.0,
    recycle_after: Annotated[
        str | None,
        typer.Option(
            metavar="CALLS|TIME", help="When an instance goes: 100 is calls; 90s, 15m or 2h.", show_default=False
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=900, help="Seconds a JavaScript function may take; 60 on Netlify.")
    ] = 30.0,
    memory: Annotated[int, typer.Option(min=64, max=8192, help="MiB that one of them may take.")] = 1024,
    static: Annotated[
        bool, typer.Option("--static", help="Serve the publish folder of the built site, too, with its rules.")
    ] = False,
    site: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Stand in front of the site's own server, such as http://127.0.0.1:8000."),
    ] = None,
    country: Annotated[str, typer.Option(metavar="CODE", help="Where visitors are, for rules that ask.")] = "us",
    as_json: Listening = False,
    store: Store = None,
) -> None:
    """Stand where Netlify's functions stand while `gatsby develop` runs.

    $ getty-token serve --offline
    $ getty-token serve --record --port 9000
    $ getty-token serve --offline --static
    $ getty-token serve --offline --site http://127.0.0.1:8000 --port 8888
    $ getty-token serve --record --record-mode new_episodes --with-media
    """
    from getty_token.commands import serve as this
    from getty_token.commands.serving.options import Mode, Options, choose, recycling

    use_store(store)
    recording = "--record-mode" if record_mode else "--with-media" if with_media else ""
    mode = choose(live, offline, record, strict, recording)
    if record_mode is RecordMode.NONE:
        mode, strict = Mode.OFFLINE, True  # which is what it means, and takes no key
    this.serve(
        Options(
            mode=mode,
            port=port,
            strict=strict,
            host=host,
            allow_changes=allow_changes,
            change_limit=change_limit,
            cassettes=cassettes,
            record_mode=record_mode or RecordMode.ALL,
            with_media=with_media,
            instances=instances,
            cold_rate=cold_rate,
            recycle_after=recycling(recycle_after),
            timeout=timeout,
            memory=memory,
            static=static,
            site=site or "",
            country=country,
        ),
        as_json,
    )


@family.command()
def invoke(
    name: Annotated[str, typer.Argument(help="The function: the name of its file.", autocompletion=functions)],
    query: Annotated[
        list[str] | None, typer.Option("--query", metavar="NAME=VALUE", help="A parameter; again for more.")
    ] = None,
    body: Annotated[str | None, typer.Option(metavar="TEXT|@FILE|@-", help="The body.", show_default=False)] = None,
    header: Annotated[
        list[str] | None, typer.Option("--header", metavar="NAME:VALUE", help="A header field; again for more.")
    ] = None,
    method: Annotated[str | None, typer.Option(help="The method.", show_default="GET, POST with a body")] = None,
    path: Annotated[
        str | None, typer.Option(help="Another path than the usual one.", show_default="/.netlify/functions/NAME")
    ] = None,
    event: Annotated[
        Path | None, typer.Option(help="A file with the whole event as JSON, or -.", show_default=False)
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Sign and forward to Getty: the mode if none is named.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Answer from cassettes, then from the sandbox.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="With --offline: cassettes only, no sandbox.")] = False,
    cassettes: Annotated[
        Path | None, typer.Option(help="The folder of your cassettes.", show_default="getty-cassettes")
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, max=900, help="Seconds it may take; 60 on Netlify.")] = 30.0,
    as_json: Json = False,
    store: Store = None,
) -> None:
    """Call one of the site's functions, without a server.

    $ getty-token invoke search --offline --query phrase=sunset
    $ getty-token invoke save --offline --body @photo.json --header 'content-type: application/json'
    $ getty-token invoke search --offline --event event.json --json

    The body goes to standard output, status and header fields to standard error. Exit code 1 if the status is 500 or
    more.
    """
    import sys
    from dataclasses import replace

    from getty_token.commands import invoke as this
    from getty_token.commands.serving.options import Options, choose
    from getty_token.commands.terminal import show_json

    use_store(store)
    call = this.wanted(name, method, path, query or (), header or (), body)
    if event is not None:
        call = replace(call, event=this.event(event))
    mode = choose(live, offline, False, strict)
    result = this.invoke(call, Options(mode=mode, strict=strict, cassettes=cassettes, timeout=timeout))
    if as_json:
        show_json({"function": name, **result.document})
    else:
        say(f"{result.answer.status}", *(": ".join(field) for field in result.headers))
        sys.stdout.buffer.write(result.answer.body)
        sys.stdout.flush()
    raise typer.Exit(int(result.answer.status >= 500))


def _switches() -> list[str]:
    from getty_emulator.switches import CHOICES, NUMBERS

    return [f"{name}={value}" for name, (values, _) in CHOICES.items() for value in values] + [f"{n}=" for n in NUMBERS]


@family.command()
def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 9998,
    assets: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many pictures there are.")] = 720,
    seed: Annotated[int, typer.Option(min=0, help="Which pictures: the same number, the same ones.")] = 1,
    switch: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="What Getty has not published, another way; again for more. `getty-token help switches` lists them.",
            show_default=False,
            autocompletion=_switches,
        ),
    ] = None,
    as_json: Listening = False,
) -> None:
    """Run the made-up Getty on its own, for other clients.

    $ getty-token sandbox --port 0
    $ getty-token sandbox --assets 1000000 --switch qps=5 --switch expires-in=string

    `getty-token faults` and `getty-token clock` let it fail, and time pass, while it runs.
    """
    from getty_emulator.switches import switched
    from getty_token.commands import serve as this

    this.sandbox(port, assets, seed, switched(switch or ()), as_json)
