"""
A page of somebody else, in a real Chromium, against a live `getty-token serve` that is allowed to spend.

The page's name is mapped to this machine, so that the browser's own rules for requests from the internet to loopback
stand aside: what is tested is what we refuse ourselves.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from test_serve import Program, running, signed_in

EVIL = Path(__file__).parent / "evil"
PATIENCE = 120.0
"""Seconds for all that one page does."""

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-popup-blocking",
    "--remote-debugging-port=0",
)
# A test that is not run must not look like one that holds.
pytestmark = [
    pytest.mark.attack,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium; name one with CHROMIUM"),
]

MUST_ARRIVE = {
    *("img", "script", "stylesheet", "css-url", "css-font", "iframe", "object", "video", "popup", "icon"),
    *("form-get", "form-post", "form-text", "form-multipart", "form-control"),
    *("fetch-cors", "fetch-no-cors", "fetch-post-cors", "fetch-post-no-cors", "fetch-post-json", "fetch-keepalive"),
    *("fetch-control", "fetch-by-another-name", "xhr", "xhr-post", "beacon", "ping", "websocket", "eventsource"),
    *("redirect-img", "redirect-fetch", "redirect-iframe", "redirect-post"),
    *("worker-fetch", "service-worker", "prefetch", "preload", "csp-report"),
}
"""Ways that Chromium lets through to the server. One that no longer arrives proves nothing any more."""


class Evil:
    """The server of somebody else: its pages, redirects to wherever they like, and what they got hold of."""

    def __init__(self, host: str, port: int, server_port: int) -> None:
        self.got: dict[str, str] = {}
        self.shown: list[str] = []
        self.done = threading.Event()
        evil = self

        class Exchange(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                evil.shown.append(self.path)
                parts = urlsplit(self.path)
                if parts.path == "/redirect":
                    self.send_response(307)
                    self.send_header("location", parse_qs(parts.query)["to"][0])
                    self.send_header("content-length", "0")
                    self.end_headers()
                    return
                file = EVIL / parts.path.lstrip("/")
                found = file.is_file() and file.parent == EVIL
                body = file.read_bytes() if found else b"nothing"
                self.send_response(200 if found else 404)
                kind = {".html": "text/html", ".js": "text/javascript"}.get(file.suffix, "text/plain")
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                if file.name == "rebound.html":
                    self.send_header("cache-control", "max-age=3600")
                if file.name == "attack.html":
                    to = f"http://127.0.0.1:{server_port}/.netlify/functions/getty/v3/downloads/images/1?how-csp-report"
                    self.send_header(
                        "content-security-policy-report-only", f"img-src http://127.0.0.1:* 'self'; report-uri {to}"
                    )
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                if self.path == "/got":
                    report = json.loads(body)
                    evil.got[report["how"]] = report["got"]
                elif self.path == "/done":
                    evil.done.set()
                elif self.path.startswith("/redirect"):
                    self.do_GET()
                    return
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer((host, port), Exchange, bind_and_activate=False)
        self.server.daemon_threads, self.server.request_queue_size = True, 128  # a page asks for much at once
        self.server.server_bind()
        self.server.server_activate()
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.005,))

    def __enter__(self) -> "Evil":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@contextmanager
def chromium(profile: Path, rules: str, url: str, *more: str) -> Iterator[None]:
    """A browser that shows `url`, in whose world names resolve by `rules`."""
    command: Sequence[str] = [
        CHROMIUM or "",
        *FLAGS,
        f"--user-data-dir={profile}",
        f"--host-resolver-rules={rules}",
        *more,
        url,
    ]
    # A home of its own: no setting of the person who runs the tests plays a part.
    browser = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(profile)},
        start_new_session=True,
    )
    try:
        yield
        browser.terminate()
        browser.wait(PATIENCE)  # it writes down the pages that it keeps
    finally:
        with suppress(ProcessLookupError):
            os.killpg(browser.pid, signal.SIGKILL)
        browser.wait()


@contextmanager
def spender(folder: Path, *arguments: str) -> Iterator[tuple[Program, Program]]:
    """A live `serve` that is allowed to spend, and the sandbox that it spends at."""
    (folder / "getty-token.toml").write_text('[serve]\nallow = ["POST /v3/downloads/images/{id}"]\n')
    with (
        running("sandbox", "--port", "0", cwd=folder) as getty,
        running(
            "serve", "--port", "0", "--allow-changes", *arguments, cwd=folder, env=signed_in(getty.address)
        ) as server,
    ):
        yield server, getty


def arrived(server: Program, awaited: set[str]) -> dict[str, set[str]]:
    """
    The statuses that each way was answered with, by the server's log, once the `awaited` ones are there.

    The browser takes its time with some: a popup, a report or a ping may come after the page has said that it is done.
    """
    ways = re.compile(r"^(\d{3})  \S+ .*[?=]how-([\w-]+)", re.MULTILINE)
    server.wait_until(lambda: {how for _, how in ways.findall(server.said)} >= awaited)
    last = f"/the-end?{len(server.said)}"
    server.get(last)
    server.line(last)
    found: dict[str, set[str]] = {}
    for status, how in ways.findall(server.said):
        found.setdefault(how, set()).add(status)
    return found


def assert_nothing_happened(server: Program, getty: Program) -> None:
    """Neither the page nor anything it caused has reached Getty; and a program of this machine still may."""
    assert "/v3/" not in getty.said
    assert "/oauth2/token" not in getty.said
    assert "in this run" not in server.said
    httpx.post(f"{server.address}/.netlify/functions/getty/v3/downloads/images/1900000001", timeout=20, trust_env=False)
    assert server.line("in this run").endswith("number 1 of 20 in this run.")
    assert "/v3/downloads/images/1900000001" in getty.line("/v3/downloads")


def test_a_page_of_somebody_else_gets_nothing_changes_nothing_and_spends_nothing(tmp_path: Path) -> None:
    with spender(tmp_path) as (server, getty), Evil("127.0.0.1", 0, server.port) as evil:
        origin = f"http://evil.test:{evil.port}"
        with chromium(
            tmp_path / "profile",
            "MAP evil.test 127.0.0.1",
            f"{origin}/attack.html?port={server.port}",
            f"--unsafely-treat-insecure-origin-as-secure={origin}",
        ):
            assert evil.done.wait(PATIENCE), f"the page did not come to its end: {evil.got}"
            refused = arrived(server, MUST_ARRIVE)
        print(f"\n{len(evil.got)} ways tried, {len(refused)} arrived: {', '.join(sorted(refused))}")

        loot = {how: got for how, got in evil.got.items() if got and not re.fullmatch(r"\(.*\)", got)}
        assert loot == {}
        assert {how: statuses for how, statuses in refused.items() if statuses != {"403"}} == {}
        assert set(refused) >= MUST_ARRIVE, f"these do not arrive any more: {MUST_ARRIVE - set(refused)}"
        assert_nothing_happened(server, getty)


def test_it_gets_no_further_where_the_whole_site_is_served(tmp_path: Path) -> None:
    with (
        Evil("127.0.0.1", 0, 0) as behind,
        spender(tmp_path, "--site", f"http://127.0.0.1:{behind.port}") as (server, getty),
        Evil("127.0.0.1", 0, server.port) as evil,
    ):
        own = server.get("/attack.html")
        url = f"http://evil.test:{evil.port}/attack.html?port={server.port}"
        with chromium(tmp_path / "profile", "MAP evil.test 127.0.0.1", url):
            assert evil.done.wait(PATIENCE), f"the page did not come to its end: {evil.got}"
            refused = arrived(server, {"websocket"})

        assert own.status_code == 200
        # The browser asks for the icon of the refusal that a popup shows: that page is ours.
        assert {urlsplit(shown).path for shown in behind.shown} <= {"/attack.html", "/the-end", "/favicon.ico"}
        assert {status for statuses in refused.values() for status in statuses} == {"403"}
        assert "websocket" in refused
        assert_nothing_happened(server, getty)


def test_a_page_whose_name_is_rebound_to_this_machine_gets_nothing(tmp_path: Path) -> None:
    with spender(tmp_path) as (server, getty), Evil("127.0.0.1", 0, server.port) as reports:
        url = f"http://rebind.test:{server.port}/rebound.html?to=http://127.0.0.1:{reports.port}"
        profile = tmp_path / "profile"
        # First the name means the attacker's machine, whose page the browser keeps; then it means this one.
        with (
            Evil("127.0.0.2", server.port, server.port) as before,
            chromium(profile, "MAP rebind.test 127.0.0.2", url),
        ):
            assert reports.done.wait(PATIENCE), "the page was not shown"
            assert before.port == server.port
        assert set(reports.got) == {"rebound-get", "rebound-post", "rebound-control", "rebound-secret"}
        assert arrived(server, set()) == {}
        reports.got.clear()
        reports.done.clear()
        with chromium(profile, "MAP rebind.test 127.0.0.1", url):
            assert reports.done.wait(PATIENCE), "the browser did not keep the page"
            refused = arrived(server, {*reports.got, "rebound-websocket"})

        assert {got.split(" ")[0] for got in reports.got.values()} == {"403"}
        assert all("The Host field does not name this machine." in got for got in reports.got.values())
        assert set(refused) == {*reports.got, "rebound-websocket"}
        assert {status for statuses in refused.values() for status in statuses} == {"403"}
        assert_nothing_happened(server, getty)
