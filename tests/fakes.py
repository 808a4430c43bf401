"""Fakes that several tests share: a Getty, a clock, a store in memory, a real server and a real program around them."""

import codecs
import fcntl
import json
import os
import pty
import select
import ssl
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from getty_token.errors import StoreError
from getty_token.stores.contract import TokenStore
from getty_token.stores.memory import MemoryStore as Memory
from getty_token.stores.record import Record
from getty_token.tokens import Token

CHECKOUT = Path(__file__).resolve().parent.parent
NOW = 1_700_000_000.0
KEY, SECRET = "test-key", "test-secret"

PATIENCE = 60.0
"""Seconds that a test waits for another process before it fails. Nothing takes as long."""

FOREIGN = (
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NO_COLOR",
    "FORCE_COLOR",
    "COLUMNS",
    "LINES",
    "TERM",
    "PYTHONUNBUFFERED",
    "CI",
)
"""Variables that change what a program does or how it looks, set or not by whoever runs the tests."""

Handler = Callable[[httpx.Request], httpx.Response]


@dataclass
class Clock:
    """Time as a number that a test moves."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


def token(access_token: str = "test-token", requested_at: float = NOW, lifetime: float = 1800.0) -> Token:
    """A token as Getty gives it, half an hour long."""
    return Token(access_token, "Bearer", requested_at, requested_at + lifetime)


class MemoryStore(Memory):
    """The store in memory. `full` makes every write fail, as a full disk does."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False

    def put_if(self, record: Record, version: Hashable) -> bool:
        if self.full:
            raise StoreError("cannot use the token store.", "No space left on device.")
        return super().put_if(record, version)


def keep(store: TokenStore, record: Record) -> None:
    """Put `record` into `store`, whatever is there."""
    assert store.put_if(record, store.get().version)


def finish_renewals() -> None:
    """Wait for the renewals that go on in the background."""
    for thread in threading.enumerate():
        if thread.name == "getty-token refresh":
            thread.join()


class FakeGetty:
    """
    Getty as a function of a request: it issues tokens, honours those it has not revoked, and finds `total` images.

    `instead` answers for a path in place of Getty; any thread may call.
    """

    def __init__(self, total: int = 250) -> None:
        self.total = total
        self.lifetime: object = 1800
        self.token_requests = 0
        self.requests: list[httpx.Request] = []
        self.instead: dict[str, Handler] = {}
        self._valid: set[str] = set()
        self._mutex = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        is_token_request = request.url.path == "/oauth2/token"
        with self._mutex:
            if is_token_request:
                self.token_requests += 1
            else:
                # A copy: the scheme that signs sends the same object again with another token.
                self.requests.append(httpx.Request(request.method, request.url, headers=request.headers))
        if other := self.instead.get(request.url.path):
            return other(request)
        return self.issue(request) if is_token_request else self.search(request)

    def revoke_tokens(self) -> None:
        """From here on every token issued so far is answered with 401."""
        self._valid.clear()

    def issue(self, request: httpx.Request) -> httpx.Response:
        """The answer to a token request."""
        form = parse_qs(request.content.decode())
        if (form.get("client_id"), form.get("client_secret")) != ([KEY], [SECRET]):
            return httpx.Response(401, json={"error": "invalid_client"})
        issued = f"test-token-{self.token_requests}"
        self._valid.add(issued)
        return httpx.Response(200, json={"access_token": issued, "token_type": "Bearer", "expires_in": self.lifetime})

    def search(self, request: httpx.Request) -> httpx.Response:
        """The answer to a search, if it is signed with a token that is still good."""
        signed_with = request.headers.get("authorization", "").removeprefix("Bearer ")
        if request.headers.get("api-key") != KEY or signed_with not in self._valid:
            return httpx.Response(401, json={"ErrorCode": "InvalidAuthToken", "ErrorMessage": "Not authorized."})
        page, size = (int(request.url.params.get(name, "1")) for name in ("page", "page_size"))
        numbers = range((page - 1) * size + 1, min(page * size, self.total) + 1)
        images = [{"id": f"{number:09}", "title": f"Paper boat {number}"} for number in numbers]
        return httpx.Response(200, json={"result_count": self.total, "images": images})


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # of five, the sixth that comes at once waits a second until it asks again

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # whoever asked was killed: that is what some tests do
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def serving(handler: Handler, certificate: ssl.SSLContext | None = None) -> Iterator[str]:
    """`handler` behind a real socket on loopback; gives its address."""

    class Exchange(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            response = handler(httpx.Request(self.command, address + self.path, headers=self._fields(), content=body))
            # With a Date of its own, unless the handler has one.
            (self.send_response_only if "date" in response.headers else self.send_response)(response.status_code)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.content)

        do_POST = do_GET

        def _fields(self) -> list[tuple[str, str]]:
            return list(self.headers.items())

        def log_message(self, *_: object) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Exchange)
    server.daemon_threads = True
    port = server.server_address[1]
    address = f"https://localhost:{port}" if certificate else f"http://127.0.0.1:{port}"
    if certificate:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.005,))
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def surroundings(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a subprocess that imports this checkout."""
    path = os.pathsep.join(str(CHECKOUT / folder) for folder in ("cli", "emulator", "tests"))
    return {**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "error", **(more or {})}


def python(code: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A real other process that runs `code`."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=surroundings(more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def getty_token(
    *arguments: str, cwd: Path, stdin: str = "", env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The program as a person runs it."""
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=surroundings(env),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def command(*arguments: str) -> Sequence[str]:
    """The command line of the program."""
    return [sys.executable, "-m", "getty_token", *arguments]


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[None]:
    """A file system of 1 MB on `folder`, mounted with `options`; skips the test where nobody may mount one."""
    folder.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", f"size=1m,mode=700,{options}", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"this takes a small tmpfs, and mount says: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def lines_of_json(text: str) -> list[dict[str, object]]:
    """What is printed into a pipe, one object a line."""
    return [json.loads(line) for line in text.splitlines()]


@dataclass(frozen=True)
class Outcome:
    """What a command did: its exit code, and what it printed."""

    code: int
    out: str
    err: str


def state_of(pid: int) -> str:
    """What a process does, as `ps` says it: S for one that sleeps, Z for a zombie, nothing for one that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return ""
    except FileNotFoundError:
        if sys.platform == "linux":
            return ""
        shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return shown.stdout.strip()


class Terminal:
    """A program that runs in a pseudo-terminal, its own: Ctrl-C is a key. `seen` is everything it showed."""

    def __init__(
        self, arguments: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None, columns: int = 80
    ) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            arguments,
            cwd=cwd,
            env=surroundings({"TERM": "xterm", **(env or {})}),
            preexec_fn=lambda: os.login_tty(theirs),
            pass_fds=[theirs],
        )
        os.close(theirs)
        self._decoded = codecs.getincrementaldecoder("utf-8")()  # a character may come in two halves
        self.seen = ""

    def wait_for(self, text: str) -> None:
        """Read until `text` has been shown, or to the end."""
        while text not in self.seen and self._read():
            pass
        assert text in self.seen, self.seen

    def wait_for_question(self, text: str) -> None:
        """
        Read until `text` has been shown and an answer to it is being waited for.

        Ctrl-C needs that: Python looks for signals before it reads, and what comes between the two it sees when it has
        read something.
        """
        self.wait_for(text)
        until = time.monotonic() + PATIENCE
        while not state_of(self.process.pid).startswith("S"):
            assert time.monotonic() < until, f"no answer is waited for after:\n{self.seen}"
            time.sleep(0.01)

    def type(self, text: str) -> None:
        """Type `text`."""
        os.write(self._ours, text.encode())

    def finish(self) -> int:
        """Read to the end; gives the exit code."""
        while self._read():
            pass
        os.close(self._ours)
        return self.process.wait(PATIENCE)

    def _read(self) -> bool:
        if not select.select([self._ours], [], [], PATIENCE)[0]:
            self.process.kill()
            raise AssertionError(f"nothing was shown for {PATIENCE:.0f} s after:\n{self.seen}")
        try:
            data = os.read(self._ours, 65_536)
        except OSError:  # the other end is closed
            return False
        self.seen += self._decoded.decode(data)
        return bool(data)
