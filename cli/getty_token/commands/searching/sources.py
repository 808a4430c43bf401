"""Who answers: Getty with the shared token, or recordings and the sandbox."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from getty_token import transport
from getty_token.addresses import API_URL
from getty_token.client import Getty
from getty_token.commands.searching.sheet import Picture
from getty_token.setup import Setup, warn


class Source(NamedTuple):
    """Getty's client, and thumbnails by their addresses."""

    getty: Getty
    pictures: Callable[[Sequence[str]], Mapping[str, Picture]]


@contextmanager
def source(offline: bool, command: str) -> Iterator[Source]:
    """Whoever answers; `command` is what `status` calls who asked for the token."""
    with _offline() if offline else _live(command) as found:
        yield found


@contextmanager
def _live(command: str) -> Iterator[Source]:
    from getty_token.auth import GettyAuth
    from getty_token.commands.searching.pictures import fetched

    setup = Setup.here()
    pair = setup.credentials()
    url = setup.upstream.api_url.value
    with transport.client(GettyAuth(pair.api_key, setup.source(pair, command), api_url=url)) as http:
        yield Source(Getty(http, url), fetched(url))


@contextmanager
def _offline() -> Iterator[Source]:
    from getty_emulator.netlify.project import load
    from getty_emulator.replay.transport import OfflineTransport
    from getty_token.commands.searching.pictures import drawn
    from getty_token.commands.serving.offline import GETTY_MEDIA, OfflineGetty, cassette_folders

    folders = cassette_folders(None, Path.cwd() / load(Path.cwd()).cassettes)
    answers = OfflineGetty.load(folders, strict=False, media_url=GETTY_MEDIA, warn=warn)
    with transport.client(None, OfflineTransport(answers.offline.answer)) as http:
        # Recordings name Getty's own address; no setting matters, and no .env is read.
        yield Source(Getty(http, API_URL), drawn(answers.pictures))
