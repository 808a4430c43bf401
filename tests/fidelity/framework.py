"""A page server as a site's framework runs one in development: a few pages, and it tells what it was asked."""

import gzip
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PAGES = {"/": "home", "/page": "page", "/unforced": "the framework has it", "/with/slash/": "slash"}

_SHOWN = frozenset(
    "host cookie content-type content-length transfer-encoding authorization accept origin referer x-from x-second "
    "x-custom x-nf-sign user-agent range if-none-match x-forwarded-host te expect accept-encoding".split()
)


class _Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.partition("?")[0]
        if path == "/echo":
            told = {
                "method": self.command,
                "target": self.path,
                "host": self.headers["host"].partition(":")[0],
                "forwarded": self.headers.get("x-forwarded-host") is not None,
                "cookie": self.headers.get("cookie"),
                "custom": self.headers.get("x-custom"),
                "body": body.decode(),
            }
            self._send(200, json.dumps(told), "application/json")
        elif path.startswith("/echo/") or path.startswith("/with/base"):
            shown = {name.lower(): value for name, value in self.headers.items() if name.lower() in _SHOWN}
            told = {"method": self.command, "target": self.path, "fields": shown, "body": body.decode("latin-1")}
            self._send(
                200, json.dumps(told, sort_keys=True), "application/json", ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")
            )
        elif path.startswith("/status/"):
            status = int(path.removeprefix("/status/"))
            self._send(status, "" if status in (204, 304) else "as asked", "text/plain", ("X-Two", "a"), ("X-Two", "b"))
        elif path == "/zipped":
            self._send(200, gzip.compress(b"zipped", mtime=0), "text/plain", ("Content-Encoding", "gzip"))
        elif path == "/cached":
            self._send(200, "cached", "text/plain", ("ETag", '"own"'), ("Cache-Control", "max-age=60"))
        elif path in _PAGES:
            self._send(200, _PAGES[path], "text/html")
        elif path == "/moved-by-framework":
            self._send(302, "", "text/plain", ("Location", "/page"))
        elif path == "/fails":
            self._send(500, "the framework failed", "text/plain")
        else:
            self._send(404, "the framework has no such page", "text/plain")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = _answer

    def _send(self, status: int, body: str | bytes, kind: str, *more: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), ("X-Framework", "yes"), *more):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body if isinstance(body, bytes) else body.encode())

    def log_message(self, *_: object) -> None:
        pass


def framework() -> ThreadingHTTPServer:
    """The server on a free port of this machine, not yet running."""
    return ThreadingHTTPServer(("127.0.0.1", 0), _Page)


if __name__ == "__main__":
    server = framework()
    print(server.server_address[1], flush=True)
    server.serve_forever()
