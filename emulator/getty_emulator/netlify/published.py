"""
The publish folder of a built site, as Netlify serves it: pretty addresses, 404.html, ETags. Nothing else of the disk.

Not served, though netlify-cli does: dotfiles (but .well-known), `_redirects`, `_headers`, and, where the site's own
folder is the publish folder, what the site is made of.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from getty_emulator.exchange import Answer, Headers, Incoming
from getty_emulator.netlify.media_types import content_type
from getty_emulator.netlify.paths import BadPath
from getty_emulator.netlify.web_urls import decoded

ORIGIN = "published"
NOT_OVERRIDDEN = frozenset((b"content-type", b"cache-control"))
"""What no header rule changes of a file, in netlify-cli."""

_CACHE = (b"cache-control", b"public, max-age=0")
_REVALIDATED = (b"cache-control", b"public, max-age=0, must-revalidate")
_PLAIN = (b"content-type", b"text/plain; charset=utf-8")
_ASSET = re.compile(r"\.(html?|png|jpg|js|css|svg|gif|ico|woff|woff2)\Z")
"""What is never tried as a folder or with `.html` behind it."""
_SLASHES = re.compile("/+")
"""Several in a row are one where files are looked for."""
_OURS = re.compile(r"_(redirects|headers)\Z")
_SOURCES = re.compile(
    r"(node_modules|netlify|src|getty-cassettes)\Z|[^/]*\.(toml|lock|log|ya?ml|tsx?|jsx|env|pem|key)\Z"
    r"|(package|package-lock|tsconfig|jsconfig)[^/]*\.json\Z|[^/]*[.-](config|node|browser|ssr)\.[cm]?js\Z",
    re.IGNORECASE,
)


class Published:
    """The files of one folder. `is_site` says that it is the site's own folder, with its sources."""

    def __init__(self, folder: Path, is_site: bool = False) -> None:
        self._root = folder.resolve()
        self._is_site = is_site

    @property
    def is_server(self) -> bool:
        """Whether there is a server behind it, and not a folder."""
        return False

    def located(self, path: str) -> str | None:
        """The address of the file that `path` (decoded) means for a rule, which it may stand in the way of."""
        path = _SLASHES.sub("/", path)
        return next((each for each in [path.rstrip("/") or "/", *alternatives(path)] if self._file(each)), None)

    async def serve(self, incoming: Incoming, path: str, status: int | None) -> tuple[Answer, str]:
        """
        The answer for `path` (percent-encoded), and the path that header rules are asked for.

        `status` is that of a rule that led here.
        """
        if incoming.method not in ("GET", "HEAD"):
            return Answer(status or 405, (_REVALIDATED, _PLAIN), b"Method Not Allowed", ORIGIN, ""), path
        tried = path
        for tried in (path, *alternatives(path)):
            # A folder with an index comes before a page of its name: `/both` is both/index.html, not both.html.
            if file := self._served(tried) or (self._served(f"{path}/") if tried == path else None):
                return self._of(file, status or 200), tried
        page = self._file("/404.html")
        if page is None:
            return Answer(status or 404, (_REVALIDATED, _PLAIN), b"404 Not Found", ORIGIN, _reason(path)), tried
        answer = self._of(page, status or 404)
        return Answer(answer.status, answer.headers, answer.body, ORIGIN, _reason(path)), tried

    def not_found_page(self) -> bytes:
        """What stands in 404.html, or the words in its place."""
        page = self._file("/404.html")
        return page.read_bytes() if page else b"Not Found"

    def _served(self, path: str) -> Path | None:
        try:
            plain = "/".join(_segment(segment) for segment in _SLASHES.sub("/", path).split("/"))
        except BadPath:
            return None
        return self._file(f"{plain}index.html" if plain.endswith("/") else plain)

    def _file(self, path: str) -> Path | None:
        """The file at `path` (decoded), if there is one that may be seen."""
        segments = path.split("/")[1:]
        if any(not self._may_be_seen(segment, number == 0) for number, segment in enumerate(segments)):
            return None
        file = self._root.joinpath(*segments)
        try:
            # A link that leads out of the folder shows what nobody published.
            return file if file.is_file() and file.resolve().is_relative_to(self._root) else None
        except (OSError, ValueError):
            return None

    def _may_be_seen(self, segment: str, is_first: bool) -> bool:
        if segment == "" or "\\" in segment or "\0" in segment or (":" in segment and len(segment) == 2):
            return False
        if segment.startswith(".") and segment != ".well-known":
            return False
        return not (is_first and (_OURS.match(segment) or (self._is_site and _SOURCES.match(segment))))

    def _of(self, file: Path, status: int) -> Answer:
        kind = content_type(file.suffix).encode()
        return Answer(status, (_CACHE, (b"content-type", kind)), file.read_bytes(), ORIGIN)


def alternatives(path: str) -> Iterator[str]:
    """Under which names a file for `path` may stand, beside its own."""
    if path.endswith("/"):
        if path != "/":
            yield from (f"{path[:-1]}.html", f"{path[:-1]}.htm")
        yield from (f"{path}index.html", f"{path}index.htm")
    elif not _ASSET.search(path):
        yield from (f"{path}.html", f"{path}.htm", f"{path}/index.html", f"{path}/index.htm")


def weak_etag(body: bytes) -> bytes:
    """The ETag that npm's `etag` makes: length in hexadecimal, and a hash."""
    digest = b64encode(hashlib.sha1(body, usedforsecurity=False).digest())[:27]
    return b'W/"%x-%s"' % (len(body), digest)


def quoted(path: str) -> str:
    """A decoded path of a file, percent-encoded."""
    return quote(path, safe="/!$&'()*+,;=:@~")


def with_fields(answer: Answer, fields: Headers) -> Answer:
    """`answer` with `fields` in front of its own."""
    return Answer(answer.status, (*fields, *answer.headers), answer.body, answer.origin, answer.reason)


def _segment(segment: str) -> str:
    plain = decoded(segment)
    if "/" in plain:
        raise BadPath("a slash inside a name")
    return plain


def _reason(path: str) -> str:
    return f"No file is published at {path}."
