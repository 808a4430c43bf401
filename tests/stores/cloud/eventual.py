"""A Workers KV namespace whose reads are as old as a test wants, behind a real socket. Time is a number."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class EventualKV:
    """
    Each read gives what was there `lag()` seconds ago, for each key and each reader by itself.

    That is worse than Cloudflare's caches: a later read may be older, and a writer need not see its own write.
    """

    clock: Callable[[], float]
    lag: Callable[[], float]
    _written: dict[str, list[tuple[float, bytes | None]]] = field(default_factory=dict)

    def read(self, key: str) -> bytes | None:
        then = self.clock() - self.lag()
        return next((value for at, value in reversed(self._written.get(key, [])) if at <= then), None)

    def write(self, key: str, value: bytes | None) -> None:
        self._written.setdefault(key, []).append((self.clock(), value))


@contextmanager
def serving(kv: EventualKV) -> Iterator[str]:
    """`kv` in the shape of Cloudflare's REST API; gives the address of a namespace in it."""

    class Exchange(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # which keeps the connection
        wbufsize = -1  # an answer in two pieces would wait for an acknowledgement of the first, 40 ms

        def do_GET(self) -> None:
            value = kv.read(self._key)
            if value is None:
                self._answer(404, json.dumps({"success": False, "errors": [{"code": 10009}]}).encode())
            else:
                self._answer(200, value)

        def do_PUT(self) -> None:
            kv.write(self._key, self.rfile.read(int(self.headers["content-length"])))
            self._answer(200, b'{"success": true}')

        def do_DELETE(self) -> None:
            kv.write(self._key, None)
            self._answer(200, b'{"success": true}')

        @property
        def _key(self) -> str:
            return self.path.partition("?")[0].rpartition("/")[2]

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response_only(status)  # without the date, which is not that of kv.clock
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Exchange)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.005,))
    thread.start()
    try:
        yield f"workers-kv://test-account/test-namespace?api=http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
