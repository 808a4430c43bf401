"""
Netlify Blobs on disk: what `getStore` of npm's @netlify/blobs reads and writes while functions run here.

A blob is one file, written whole or not at all, of mode 0600 in folders of mode 0700: its head is a line of JSON with
the key, the metadata and the ETag; what follows is the blob. Nothing expires, as on Netlify.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

PATIENCE = 10.0
"""Seconds to wait for another process that writes into the same store."""


@dataclass(frozen=True, slots=True)
class Blob:
    """`metadata` is as the client encoded it, which is nobody's business here."""

    key: str
    etag: str
    metadata: str
    body: bytes = b""


class BlobStore:
    """The stores of all sites below `folder`. Several processes may use it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, site: str, store: str, key: str) -> Blob | None:
        """The blob, or None."""
        return _read(self._file(site, store, key))

    def put(
        self, site: str, store: str, key: str, body: bytes, metadata: str, *, new: bool = False, match: str = ""
    ) -> str | None:
        """
        Write the blob and give its ETag; None if it was not written, because of what there was.

        `new`: only if there is none. `match`: only if it has this ETag.
        """
        file = self._file(site, store, key)
        private_folder(file.parent)
        # As on Netlify, the ETag is that of the contents; the metadata may change under it.
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        head = {"key": key, "etag": etag, "metadata": metadata, "site": site, "store": store}
        with FileLock(file.parent / ".lock", PATIENCE, mode=0o600):
            before = _read(file) if new or match else None
            if (new and before) or (match and (before is None or before.etag != match)):
                return None
            temporary = file.with_suffix(f".{secrets.token_hex(8)}")
            descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as out:
                    out.write(json.dumps(head).encode() + b"\n" + body)
                temporary.replace(file)
            finally:
                temporary.unlink(missing_ok=True)
        return etag

    def delete(self, site: str, store: str, key: str) -> None:
        """Forget the blob if there is one."""
        self._file(site, store, key).unlink(missing_ok=True)

    def delete_all(self, site: str, store: str) -> int:
        """Forget every blob of the store; gives how many there were."""
        blobs = list(self._blobs(site, store))
        for blob in blobs:
            self.delete(site, store, blob.key)
        return len(blobs)

    def listed(self, site: str, store: str, prefix: str, directories: bool) -> tuple[list[Blob], list[str]]:
        """
        The blobs whose keys begin with `prefix`, sorted.

        With `directories`, those that have a slash after it are left out, and what stands before that slash is given.
        """
        found, below = [], set()
        for blob in self._blobs(site, store):
            if not blob.key.startswith(prefix):
                continue
            first, slash, _ = blob.key.removeprefix(prefix).partition("/")
            if directories and slash:
                below.add(prefix + first)
            else:
                found.append(blob)
        return sorted(found, key=lambda blob: blob.key), sorted(below)

    def stores(self, site: str) -> list[str]:
        """The names of the site's stores that hold something."""
        names = set()
        with suppress(OSError):
            for folder in (self._folder / _name(site)).iterdir():
                names |= {name for file in folder.glob("*.blob") if (name := _head(file).get("store"))}
        return sorted(names)

    def _blobs(self, site: str, store: str) -> Iterator[Blob]:
        for file in (self._folder / _name(site) / _name(store)).glob("*.blob"):
            head = _head(file)
            if head:
                yield Blob(head["key"], head["etag"], head["metadata"])

    def _file(self, site: str, store: str, key: str) -> Path:
        # Names are somebody's words: none of them may become a path.
        return self._folder / _name(site) / _name(store) / f"{_name(key)}.blob"


def private_folder(folder: Path) -> None:
    """Make `folder`, and those above it that are missing, for this person only."""
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(exist_ok=True, mode=0o700)


def _name(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:40]


def _read(file: Path) -> Blob | None:
    try:
        line, _, body = file.read_bytes().partition(b"\n")
        head = json.loads(line)
        return Blob(head["key"], head["etag"], head["metadata"], body)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _head(file: Path) -> dict[str, str]:
    try:
        with file.open("rb") as opened:
            head = json.loads(opened.readline())
    except (OSError, ValueError):
        return {}
    return head if isinstance(head, dict) and {"key", "etag", "metadata"} <= head.keys() else {}
