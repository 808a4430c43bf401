"""Recording in front of Getty: what a recorder needs to know of secrets is handed to it here."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from getty_emulator.events import Listener, Warned
from getty_emulator.exchange import Getty
from getty_emulator.replay.modes import RecordMode
from getty_emulator.replay.scrubbing import PLACEHOLDER

if TYPE_CHECKING:
    from getty_token.commands.serving.options import Options
    from getty_token.redaction import Secrets


def scrubber(secrets: "Secrets") -> Callable[[bytes], bytes]:
    """What puts the cassettes' placeholder in the place of `secrets`."""
    return lambda content: secrets.scrub(content, PLACEHOLDER.encode())


def scrubbers(values: Collection[str]) -> Callable[[bytes], bytes]:
    """The same for values that are secret by their place."""
    from getty_token.redaction import Secrets

    return scrubber(Secrets(values))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A Getty that is recorded, a line about it for the terminal, and what ends it, on the event loop."""

    getty: Getty
    banner: str
    close: Callable[[], Awaitable[None]]


def recorded(getty: Getty, url: str, secrets: "Secrets", folder: Path, options: "Options", log: Listener) -> Recorded:
    """`getty`, which is at `url`, recorded into `folder`; with the thumbnails it refers to, if that is wanted."""
    from getty_emulator.replay.library import Library
    from getty_emulator.replay.media import MediaKeeper
    from getty_emulator.replay.recorder import Recorder
    from getty_emulator.replay.recording import Recording
    from getty_emulator.replay.usage import Usage
    from getty_token import transport

    host = url.partition("//")[2]
    mode, run = options.record_mode, f"serve {os.getpid()} {time.time()}"
    usage = Usage.joining(folder) if options.joins_last_run else Usage(folder, run)
    recorder = Recorder(folder, scrubber(secrets), secrets.hidden_in, url, log, scrubbers, usage)
    library = None
    banner = f"record: requests reach {host}, and what passes is written, scrubbed, to {folder}"
    if mode is not RecordMode.ALL:
        folders = [folder] if folder.is_dir() else []
        # In a recording, addresses are Getty's; a sandbox in its place has its pictures itself.
        is_getty = (urlsplit(url).hostname or "").endswith("gettyimages.com")
        media_url = None if is_getty else f"{url.rstrip('/')}/media"
        noted = None if options.joins_last_run else run
        library = Library.load(folders, media_url=media_url, on_warning=lambda text: log(Warned(text)), run=noted)
        nothing_new = mode is RecordMode.ONCE and len(library) > 0
        what = "nothing new" if nothing_new else f"what is new reaches {host} and is written, scrubbed, to {folder}"
        banner = f"record ({mode.value}): {len(library)} recorded answers, {what}"
    ending = AsyncExitStack()
    ending.push_async_callback(asyncio.to_thread, recorder.close)
    keep = None
    if options.with_media:
        # Not signed: the addresses of pictures are, and nothing of ours has to go there.
        media = MediaKeeper(folder, transport.async_client(), url, secrets.found_in, log)
        ending.push_async_callback(media.close)
        keep = media.keep
    return Recorded(Recording(getty, recorder.record, log, mode, library, keep), banner, ending.aclose)
