"""`getty-token serve` and `getty-token sandbox`: the emulator, with what it may not know put in from here."""

import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from getty_emulator import server
from getty_emulator.asgi import Application
from getty_emulator.events import Answered, Event, Listener, TokenRenewed, Warned
from getty_emulator.exchange import Answer, Call, Getty
from getty_emulator.netlify.functions import BUILT_IN, BuiltIn, Function, Permissions
from getty_emulator.netlify.paths import PREFIX
from getty_emulator.netlify.project import FILE, Project, load
from getty_emulator.netlify.site import Site
from getty_token.commands.request_log import RequestLog
from getty_token.commands.wiring import Setup
from getty_token.errors import NoCredentials, WrongUsage

if TYPE_CHECKING:
    from getty_emulator.replay.offline import Offline
    from getty_token.redaction import Secrets


GETTY_MEDIA = "https://media.gettyimages.com"
"""Where Getty's pictures are; offline answers point at another place."""


class Mode(Enum):
    """Where `serve` gets its answers."""

    LIVE = "live"
    OFFLINE = "offline"
    RECORD = "record"


def choose(live: bool, offline: bool, record: bool, strict: bool) -> Mode:
    """The mode that the flags name; live if they name none. Raises WrongUsage for a contradiction."""
    named = [mode for mode, given in ((Mode.LIVE, live), (Mode.OFFLINE, offline), (Mode.RECORD, record)) if given]
    if len(named) > 1:
        flags = " and ".join(f"--{mode.value}" for mode in named)
        raise WrongUsage(f"{flags} exclude each other.", mend="Name one of them.")
    mode = named[0] if named else Mode.LIVE
    if strict and mode is not Mode.OFFLINE:
        raise WrongUsage("--strict means something with --offline only.", mend="Add --offline, or drop --strict.")
    return mode


def serve(mode: Mode, *, port: int | None, strict: bool, allow_changes: bool, cassettes: Path | None) -> None:
    """Run the emulator for the site in this folder until a signal."""
    project = load(Path.cwd())
    available = functions(project, allow_changes)
    log = RequestLog(sys.stderr, _colour())
    usual = Path.cwd() / project.cassettes
    folders = cassette_folders(cassettes, usual) if mode is Mode.OFFLINE else []
    listener: Listener = log
    close: Callable[[], Awaitable[None]] | None = None
    with server.bound(project.port if port is None else port) as (sockets, address):
        if mode is Mode.OFFLINE:
            offline, banner = _offline(folders, strict, address, log)
            site = Site(available, offline, offline.pictures)
        else:
            recordings = (cassettes or usual) if mode is Mode.RECORD else None
            getty, listener, banner, close = _upstream(recordings, log)
            site = Site(available, getty)

        def listening() -> None:
            example = f"{PREFIX}{BUILT_IN}/v3/search/images/creative?phrase=sunset"
            lines = [f"getty-token serve at {address}", f"  {banner}", f"  functions: {', '.join(sorted(available))}"]
            lines += [f"  try: curl '{address}{example}'", "  Ctrl-C stops it"]
            print("\n".join(lines), file=sys.stderr, flush=True)

        server.run(Application(site.answer, listener), sockets, listening, log.flush, close)


def functions(project: Project, allow_changes: bool) -> Mapping[str, Function]:
    """The built-in function and those of the project. Raises WrongUsage for one that is not permitted."""
    permissions = Permissions(project.allow, allow_changes)
    for defined in project.functions.values():
        if refusal := permissions.refusal(defined.operation):
            raise WrongUsage(f"the function {defined.name} in {FILE} is not allowed.", refusal)
    return {BUILT_IN: BuiltIn(permissions), **project.functions}


@dataclass(frozen=True, slots=True)
class OfflineGetty:
    """Cassettes, and behind them the sandbox or nothing. Answers at once, or where somebody awaits it."""

    offline: "Offline"
    recorded: int
    pictures: Callable[[str], Answer]

    @classmethod
    def load(cls, folders: list[Path], strict: bool, media_url: str, warn: Callable[[str], None]) -> "OfflineGetty":
        """
        `folders` come before the cassettes that are bundled, which are made up: `strict`, they stand in only where
        there are no folders. `media_url` is where pictures are to be had.
        """
        from getty_emulator.replay.library import Library, bundled
        from getty_emulator.replay.offline import Offline
        from getty_emulator.sandbox import Sandbox

        made_up = [] if strict and folders else [bundled()]
        library = Library.load([*folders, *made_up], media_url=media_url, on_warning=warn)
        sandbox = Sandbox(media_url=media_url)
        return cls(Offline(library, None if strict else sandbox.read), len(library), sandbox.picture)

    async def answer(self, call: Call) -> Answer:
        """As the emulator asks."""
        return self.offline.answer(call)


def cassette_folders(named: Path | None, usual: Path) -> list[Path]:
    """The folder a person named, which must be there, or the usual one if it is."""
    if named is None:
        return [usual] if usual.is_dir() else []
    if not named.is_dir():
        raise WrongUsage(f"there is no folder {named}.", mend="Name the folder that holds your cassettes.")
    return [named]


def _offline(folders: list[Path], strict: bool, address: str, log: RequestLog) -> tuple[OfflineGetty, str]:
    getty = OfflineGetty.load(folders, strict, f"{address}/media", lambda text: log(Warned(text)))
    behind = "nothing else (--strict)" if strict else "then the sandbox"
    return getty, f"offline: {getty.recorded} recorded answers, {behind}; no key, no network"


def _upstream(recordings: Path | None, log: RequestLog) -> tuple[Getty, Listener, str, Callable[[], Awaitable[None]]]:
    """Getty itself, recorded into `recordings` if there is such a folder to be, and what closes its connections."""
    from getty_emulator.live import Live
    from getty_token import transport
    from getty_token.auth import GettyAuth
    from getty_token.redaction import Secrets

    setup = Setup.here()
    try:
        pair = setup.credentials()
    except NoCredentials as error:
        mend = f"{error.mend} Or work without a key: getty-token serve --offline"
        raise NoCredentials(error.what, error.why, mend) from None
    secrets = Secrets([pair.api_key, pair.api_secret])
    listener = _scrubbing(log, secrets)
    source = setup.source(
        pair,
        "serve",
        lambda token, reason: log(TokenRenewed(token.expires_at - time.time(), token.requests, reason)),
        lambda text: log(Warned(text)),
    )
    url = setup.upstream.api_url.value
    host = url.partition("//")[2]
    client = transport.async_client(GettyAuth(pair.api_key, source, secrets.add))
    live = Live(client, url, lambda error: transport.unreachable(host, error), secrets.found_in)
    if recordings is None:
        banner = f"live: requests reach {host}, signed with the key from {pair.origin}"
        return live, listener, banner, client.aclose
    from getty_emulator.replay.recorder import Recorder
    from getty_emulator.replay.recording import Recording

    recorder = Recorder(recordings, secrets.scrub, secrets.found_in, url, log)
    banner = f"record: requests reach {host}, and what passes is written, scrubbed, to {recordings}"
    return Recording(live, recorder.record, log), listener, banner, client.aclose


def _scrubbing(log: RequestLog, secrets: "Secrets") -> Listener:
    """Nothing a page sends us may put a secret on the terminal, not even a page that knows one."""

    def listen(event: Event) -> None:
        if isinstance(event, Answered):
            # A reason out of Getty's JSON may hold half a surrogate pair, which UTF-8 has no bytes for.
            told = [text.encode(errors="backslashreplace") for text in (event.target, event.reason)]
            if any(secrets.found_in(text) for text in told):
                target, reason = (secrets.scrub(text).decode() for text in told)
                event = Answered(event.method, target, event.status, event.seconds, event.origin, reason)
        log(event)

    return listen


def sandbox(port: int) -> None:
    """Run the made-up Getty on its own until a signal."""
    from getty_emulator.sandbox import TEST_KEY, TEST_SECRET, Sandbox
    from getty_emulator.sandbox.app import application

    log = RequestLog(sys.stderr, _colour())
    with server.bound(port) as (sockets, address):

        def listening() -> None:
            lines = [f"getty-token sandbox at {address}", "  made-up pictures, not Getty; point a client at it with:"]
            print("\n".join(lines), file=sys.stderr, flush=True)
            print(f"export GETTY_API_URL={address} GETTY_AUTH_URL={address}")
            print(f"export GETTY_API_KEY={TEST_KEY} GETTY_API_SECRET={TEST_SECRET}", flush=True)

        server.run(application(Sandbox(media_url=f"{address}/media"), log), sockets, listening, log.flush)


def _colour() -> bool:
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
