"""
The server for Netlify Blobs of this machine: on loopback, for whoever knows the run's token.

Two ways in, as @netlify/blobs has them: through the edge, which functions take, and through Netlify's API, where the
server first names an address that holds its own proof.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import secrets
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote

from getty_emulator.asgi import Application
from getty_emulator.exchange import JSON, Answer, Headers, Incoming
from getty_emulator.netlify.javascript.blobs import Blob, BlobStore, private_folder
from getty_emulator.server import aside

API = "/api/v1/blobs/"
METADATA = b"x-amz-meta-user"
METADATA_OF_THE_API = b"netlify-blobs-metadata"
SIGNED = "application/json;type=signed-url"
LONGEST_KEY = 600
LONGEST_STORE = 64
RUN_FILE = "run.json"
"""Where the other commands of this person find the server: its address and the token of this run."""


class BlobsServer:
    """Serves the blobs in `folder` from `start` to `stop`."""

    def __init__(self, folder: Path, site: str) -> None:
        self._folder = folder
        self._site = site
        self._store = BlobStore(folder / "stores")
        self._token = secrets.token_urlsafe(32)
        self._running = AsyncExitStack()
        self._starting = asyncio.Lock()
        self.address = ""
        self._context = self._event = ""

    async def start(self) -> None:
        """Listen, if it does not yet. Raises OSError where the folder cannot be written to."""
        async with self._starting:
            if not self.address:
                application = Application(self.answer, lambda _: None)
                async with AsyncExitStack() as begun:
                    address = await begun.enter_async_context(aside(application))
                    self._describe(address)
                    self._publish(address)
                    self._running = begun.pop_all()
                self.address = address

    async def stop(self) -> None:
        """Listen no more."""
        if self.address:
            self.address = ""
            with suppress(OSError, ValueError):  # somebody else's run may have replaced it
                if json.loads((self._folder / RUN_FILE).read_bytes())["token"] == self._token:
                    (self._folder / RUN_FILE).unlink()
            await self._running.aclose()

    def context(self) -> str:
        """NETLIFY_BLOBS_CONTEXT for a function; empty as long as nothing listens."""
        return self._context if self.address else ""

    def event(self) -> str:
        """The `blobs` member of an event, from which `connectLambda` makes the same."""
        return self._event if self.address else ""

    async def answer(self, incoming: Incoming) -> Answer:
        """As Netlify answers."""
        parameters = dict(parse_qsl(incoming.query, keep_blank_values=True))
        fields = dict(incoming.fields)
        path, by_api = incoming.path, incoming.path.startswith(API)
        where = "/" + path.removeprefix(API) if by_api else path
        if not self._may(fields, where, parameters):
            return _nothing(403)
        if by_api and (incoming.method == "PUT" or fields.get(b"accept", b"").decode("latin-1") == SIGNED):
            return _json({"url": f"{self.address}{where}?signature={self._signature(where)}"})
        parts = [unquote(part) for part in where.removeprefix("/").split("/")]
        if parts[0].startswith("region:"):
            parts = parts[1:]
        site, store, key = [*parts, "", ""][0], [*parts, "", ""][1], "/".join(parts[2:])
        if not site or len(store.encode()) > LONGEST_STORE + len("site:") or len(key.encode()) > LONGEST_KEY:
            return _nothing(400)
        if not store:
            return _json({"stores": self._store.stores(site)}) if incoming.method == "GET" else _nothing(405)
        if not key:
            return self._of_a_store(incoming.method, site, store, parameters)
        return self._of_a_blob(incoming, fields, site, store, key)

    def _of_a_store(self, method: str, site: str, store: str, parameters: dict[str, str]) -> Answer:
        if method == "DELETE":
            return _json({"blobs_deleted": self._store.delete_all(site, store), "has_more": False})
        if method != "GET":
            return _nothing(405)
        directories = parameters.get("directories") == "true"
        blobs, below = self._store.listed(site, store, parameters.get("prefix", ""), directories)
        return _json({"blobs": [{"etag": blob.etag, "key": blob.key} for blob in blobs], "directories": below})

    def _of_a_blob(self, incoming: Incoming, fields: dict[bytes, bytes], site: str, store: str, key: str) -> Answer:
        match incoming.method:
            case "GET" | "HEAD":
                blob = self._store.get(site, store, key)
                if blob is None:
                    return _nothing(404)
                if fields.get(b"if-none-match", b"").decode("latin-1") == blob.etag:
                    return Answer(304, _headers(blob), b"", "blobs")
                return Answer(200, _headers(blob), blob.body if incoming.method == "GET" else b"", "blobs")
            case "PUT":
                metadata = fields.get(METADATA) or fields.get(METADATA_OF_THE_API) or b""
                etag = self._store.put(
                    site,
                    store,
                    key,
                    incoming.body,
                    metadata.decode("latin-1"),
                    new=fields.get(b"if-none-match") == b"*",
                    match=fields.get(b"if-match", b"").decode("latin-1"),
                )
                return _nothing(412) if etag is None else Answer(200, ((b"etag", etag.encode()),), b"", "blobs")
            case "DELETE":
                self._store.delete(site, store, key)
                return _nothing(204)
            case _:
                return _nothing(405)

    def _may(self, fields: dict[bytes, bytes], where: str, parameters: dict[str, str]) -> bool:
        scheme, _, token = fields.get(b"authorization", b"").decode("latin-1").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(token.encode(), self._token.encode()):
            return True
        return hmac.compare_digest(parameters.get("signature", "").encode(), self._signature(where).encode())

    def _signature(self, where: str) -> str:
        canonical = quote(unquote(where)).encode()
        return hmac.new(self._token.encode(), canonical, hashlib.sha256).hexdigest()

    def _describe(self, url: str) -> None:
        token = self._token
        context = {"deployID": "0", "edgeURL": url, "primaryRegion": "dev", "siteID": self._site, "token": token}
        self._context = _encoded(context | {"uncachedEdgeURL": url})
        self._event = _encoded({"primary_region": "dev", "url": url, "url_uncached": url, "token": token})

    def _publish(self, address: str) -> None:
        """For this person's own commands: `--store netlify-blobs://local/STORE`."""
        private_folder(self._folder)
        temporary = self._folder / f"run.{secrets.token_hex(8)}"
        content = {"address": address, "token": self._token, "site": self._site, "process": os.getpid()}
        with os.fdopen(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
            json.dump(content, out)
        temporary.replace(self._folder / RUN_FILE)


def _headers(blob: Blob) -> Headers:
    metadata = blob.metadata.encode("latin-1")
    return ((b"etag", blob.etag.encode()), *(((METADATA, metadata),) if metadata else ()))


def _nothing(status: int) -> Answer:
    return Answer(status, (), b"", "blobs")


def _json(content: object) -> Answer:
    return Answer(200, ((b"content-type", JSON),), json.dumps(content).encode(), "blobs")


def _encoded(content: object) -> str:
    return base64.b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()
