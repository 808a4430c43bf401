"""Kept thumbnails: which file belongs to an address, and the answer with it."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from getty_emulator.exchange import Answer

FOLDER = "media"
"""Beside the cassettes."""

TYPES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
}
"""What is kept, by how its file is called."""

_ID = re.compile(r"/id/([\w-]{1,40})/")


def file_stem(target: str) -> str:
    """What the file of a picture is called, without its ending. `target` is path and query on Getty's media host."""
    image = _ID.match(target)
    # The whole address counts: the size is in the query, and Getty wants addresses used exactly as given.
    return f"{image[1] if image else 'picture'}-{blake2b(target.encode(), digest_size=8).hexdigest()}"


def pictures(folders: Sequence[Path], otherwise: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """What answers `/media/...`: what is kept in `folders`, and `otherwise` for the rest."""
    places = [folder / FOLDER for folder in folders if (folder / FOLDER).is_dir()]
    if not places:
        return otherwise

    @lru_cache(maxsize=256)
    def kept(target: str) -> Answer | None:
        stem = file_stem(target.removeprefix("/media"))
        for place in places:
            for suffix, kind in TYPES.items():
                with suppress(OSError):
                    content = (place / f"{stem}{suffix}").read_bytes()
                    return Answer(200, _headers(kind), content, f"cassette media/{stem}{suffix}")
        return None

    return lambda target: kept(target) or otherwise(target)


def _headers(kind: str) -> tuple[tuple[bytes, bytes], ...]:
    # A drawing may hold a script; opened on its own it would run as a page of ours.
    return (
        (b"content-type", kind.encode()),
        (b"cache-control", b"public, max-age=86400"),
        (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        (b"x-content-type-options", b"nosniff"),
    )
