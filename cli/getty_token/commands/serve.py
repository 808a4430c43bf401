"""`getty-token serve` and `getty-token sandbox`: the emulator, with what it may not know put in from here."""

import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from getty_emulator import server
from getty_emulator.asgi import Application
from getty_emulator.control import Clock, Control
from getty_emulator.events import Listener
from getty_emulator.faults import Faults
from getty_emulator.faulty import FaultyGetty
from getty_emulator.guards import Guard
from getty_emulator.netlify import netlify_toml
from getty_emulator.netlify.functions import BUILT_IN, Permissions
from getty_emulator.netlify.paths import PREFIX
from getty_emulator.netlify.project import Project, load
from getty_emulator.netlify.settings import Settings
from getty_emulator.netlify.site import Site
from getty_emulator.netlify.till import Till
from getty_emulator.switches import Switches
from getty_token.commands.serving import offline, upstream
from getty_token.commands.serving.backend import Backend
from getty_token.commands.serving.exposure import exposure, key_for
from getty_token.commands.serving.functions import functions
from getty_token.commands.serving.options import Mode, Options
from getty_token.commands.serving.own_functions import own_functions
from getty_token.commands.serving.terminal import request_log
from getty_token.commands.serving.under_dev import end_with_dev
from getty_token.commands.serving.whole_site import whole_site
from getty_token.commands.terminal import show_json

WHOLE_SITE = 8888
"""The port of `netlify dev`, and ours where we stand in its place and no other is named."""


def serve(options: Options, as_json: bool = False) -> None:
    """Run the emulator for the site in this folder until a signal."""
    folder = Path.cwd()
    project = load(folder)
    permissions = Permissions(project.allow, options.allow_changes)
    available = functions(project, permissions)
    guard = Guard(project.origins, key_for(options.host))
    folders = recordings(folder, project, options)
    log, faults = request_log(), Faults()
    settings = netlify_toml.load(folder)
    port = port_for(options, project, settings)
    with server.bound(port, options.host) as (sockets, address):
        backend = backend_for(folders, options, address, log)
        backend = replace(backend, getty=FaultyGetty(backend.getty, faults, options.mode.value))
        till = Till(backend.getty, permissions, backend.listener, options.change_limit)
        counted = replace(backend, getty=till)
        own = own_functions(settings, project, options, counted, permissions, address)
        functions_only = Site(available, till, backend.pictures, own=own)
        site = whole_site(functions_only, folder, options, project.allow_hosts, backend.watch, backend.listener)

        def listening() -> None:
            end_with_dev()
            own.prepare()
            example = f"{PREFIX}{BUILT_IN}/v3/search/images/creative?phrase=sunset"
            lines = [f"getty-token serve at {address}", f"  {backend.banner}"]
            names = sorted({*available, *own.found()})
            lines += [f"  functions: {', '.join(names)}", *exposure(options.host, guard.key)]
            lines += [f"  {line}" for line in site.banner]
            lines += [f"  try: curl '{address}{example}'", "  Ctrl-C stops it"]
            print("\n".join(lines), file=sys.stderr, flush=True)
            if as_json:
                show_json(_where("serve", address) | {"mode": options.mode.value, "functions": names})

        application = Application(site.answer, backend.listener, Control("serve", faults), guard, site.sockets)
        server.run(application, sockets, listening, log.flush, _closing(backend.close, own.close, site.close))


def recordings(folder: Path, project: Project, options: Options) -> list[Path]:
    """Where to play cassettes from, or the one folder to record them into."""
    usual = folder / project.cassettes
    match options.mode:
        case Mode.OFFLINE:
            return offline.cassette_folders(options.cassettes, usual)
        case Mode.RECORD:
            return [options.cassettes or usual]
        case Mode.LIVE:
            return []


def backend_for(folders: list[Path], options: Options, address: str, log: Listener) -> Backend:
    if options.mode is Mode.OFFLINE:
        return offline.backend(folders, options.strict, address, log)
    return upstream.backend(folders[0] if folders else None, log, options)


def port_for(options: Options, project: Project, settings: Settings) -> int:
    """
    Where to listen: the flag, `[serve]` of getty-token.toml, for a whole site `[dev]` of netlify.toml, else the usual.

    A port in getty-token.toml that is the usual one of functions counts as none.
    """
    if options.port is not None:
        return options.port
    if options.front and project.port == Project().port:
        return settings.port or WHOLE_SITE
    return project.port


def _closing(*closers: Callable[[], Awaitable[None]] | None) -> Callable[[], Awaitable[None]]:
    """All of `closers`, the last first, each whatever becomes of the others."""

    async def close() -> None:
        async with AsyncExitStack() as stack:
            for closer in closers:
                if closer:
                    stack.push_async_callback(closer)

    return close


def _where(name: str, address: str) -> dict[str, object]:
    return {"server": name, "address": address, "port": int(address.rpartition(":")[2])}


def sandbox(port: int, assets: int, seed: int, switches: Switches, as_json: bool = False) -> None:
    """Run the made-up Getty on its own until a signal."""
    from getty_emulator.sandbox import TEST_KEY, TEST_SECRET, Sandbox
    from getty_emulator.sandbox.app import application

    log, clock = request_log(), Clock()
    with server.bound(port) as (sockets, address):

        def listening() -> None:
            lines = [f"getty-token sandbox at {address}", "  made-up pictures, not Getty; point a client at it with:"]
            print("\n".join(lines), file=sys.stderr, flush=True)
            addresses = {"GETTY_API_URL": address, "GETTY_AUTH_URL": address}
            credentials = {"GETTY_API_KEY": TEST_KEY, "GETTY_API_SECRET": TEST_SECRET}
            if as_json:
                show_json(_where("sandbox", address) | {"environment": addresses | credentials})
                return
            for each in (addresses, credentials):
                print("export", *(f"{name}={value}" for name, value in each.items()), flush=True)

        media = f"{address}/media"
        getty = Sandbox(assets=assets, seed=seed, media_url=media, clock=clock, switches=switches)
        server.run(application(getty, log, clock), sockets, listening, log.flush)
