"""The thumbnails that recorded answers refer to: kept beside the cassettes, and shown from there offline."""

import asyncio
import errno
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from getty_emulator.events import Listener, Warned
from getty_emulator.exchange import Answer
from getty_emulator.replay.canonical import MEDIA_URL
from getty_emulator.replay.folder import write_whole
from getty_emulator.replay.pictures import FOLDER, TYPES, file_stem
from getty_token.errors import CassetteError

MOST = 500
"""Thumbnails that one run keeps."""

LARGEST = 256 * 1024
"""Bytes of one. Getty's thumbnails are 170 pixels wide: some 10 KB."""

AT_ONCE = 4
"""How many are fetched at a time."""

LAST_WAIT = 2.0
"""Seconds that what is still being fetched has when the server stops."""


class MediaKeeper:
    """
    Fetches the thumbnails in answers with `client`, which signs nothing: their addresses are signed by Getty.

    `upstream_url` is where the API really is: a sandbox has its pictures there. `leaks` is asked before anything is
    written, as it is of every recording.
    """

    def __init__(
        self,
        folder: Path,
        client: httpx.AsyncClient,
        upstream_url: str,
        leaks: Callable[[bytes], bool],
        listener: Listener,
        most: int = MOST,
    ) -> None:
        self._folder = folder / FOLDER
        self._client = client
        self._leaks = leaks
        self._listener = listener
        self._bases = (f"{upstream_url.rstrip('/')}/media/", f"{MEDIA_URL}/")
        self._left = most
        self._seen: set[str] = set()
        self._fetching: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Semaphore(AT_ONCE)

    def keep(self, answer: Answer) -> None:
        """Begin to fetch what `answer` refers to and is not kept yet; whoever asked for it does not wait."""
        for address in thumbnails(answer.body):
            base = next((base for base in self._bases if address.startswith(base)), None)
            if base is None or address in self._seen:
                continue
            self._seen.add(address)
            stem = self._folder / file_stem("/" + address.removeprefix(base))
            if any(stem.with_suffix(suffix).exists() for suffix in TYPES):
                continue
            if self._left == 0:
                self._listener(Warned("as many thumbnails are kept as one run may keep; the others are not."))
            self._left -= 1
            if self._left >= 0:
                task = asyncio.ensure_future(self._fetch(address, stem))
                self._fetching.add(task)
                task.add_done_callback(self._fetching.discard)

    async def close(self) -> None:
        """Wait for what is being fetched, but not for long, and close the client."""
        if self._fetching:
            _, late = await asyncio.wait(self._fetching, timeout=LAST_WAIT)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._client.aclose()

    async def _fetch(self, address: str, stem: Path) -> None:
        try:
            async with self._turn, self._client.stream("GET", address) as response:
                kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                suffix = next((suffix for suffix, known in TYPES.items() if known == kind), None)
                content = b"".join([chunk async for chunk in _bounded(response.aiter_bytes())])
        except httpx.HTTPError as error:
            self._listener(Warned(f"a thumbnail was not kept: {type(error).__name__}."))
            return
        if response.status_code != 200 or suffix is None or len(content) > LARGEST or self._leaks(content):
            why = f"the answer is {response.status_code}, {len(content):,} bytes of {kind or 'no type'}"
            self._listener(Warned(f"a thumbnail was not kept: {why}."))
            return
        try:
            if self._folder.is_symlink():
                raise OSError(errno.ELOOP, f"{self._folder} is a symbolic link")  # out of a clone, to anywhere
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            await asyncio.to_thread(write_whole, stem.with_suffix(suffix), content)
        except (OSError, CassetteError) as error:
            self._listener(Warned(f"a thumbnail was not kept: {error}"))


async def _bounded(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        yield chunk
        size += len(chunk)
        if size > LARGEST:
            return


def thumbnails(body: bytes) -> list[str]:
    """The addresses of the thumbnails in an answer of Getty's, each once."""
    if b"thumb" not in body:
        return []
    with suppress(ValueError, RecursionError):
        return list(dict.fromkeys(_thumbnails(json.loads(body))))
    return []


def _thumbnails(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _thumbnails(each)
    elif isinstance(value, dict):
        if value.get("name") == "thumb" and isinstance(address := value.get("uri"), str):
            yield address
        for each in value.values():
            yield from _thumbnails(each)
