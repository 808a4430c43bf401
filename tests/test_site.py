"""
A real Gatsby site, in a real Chromium, in front of a real `getty-token serve`.

The site is tests/site; its reader is tests/site/drive.mjs. SITE_SCREENSHOTS names a folder to keep the screenshots in.
"""

import base64
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from programs import CHECKOUT, environment, free_port, getty_token, running, sandbox

SITE = CHECKOUT / "tests" / "site"

API_KEY, API_SECRET = "test-key", "test-secret"
"""What the sandbox accepts."""


def chromium() -> str | None:
    """The browser: CHROMIUM, or the first of its usual names."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)


def missing(programs: Mapping[str, str | None]) -> str:
    """The programs that this machine does not have, as a reason to skip."""
    return "not installed: " + ", ".join(name for name, path in programs.items() if not path)


NODE = {"node": shutil.which("node"), "npm": shutil.which("npm")}
BROWSER = {**NODE, "chromium": chromium()}

pytestmark = [pytest.mark.site, pytest.mark.skipif(not all(BROWSER.values()), reason=missing(BROWSER))]


def install(package: Path) -> None:
    """npm's packages for a package.json, unless those of this very lock file are there."""
    wanted = hashlib.sha256((package / "package-lock.json").read_bytes()).hexdigest()
    installed = package / "node_modules" / ".installed"
    if installed.is_file() and installed.read_text() == wanted:
        return
    with running(["npm", "ci", "--ignore-scripts"], os.environ, package) as npm:
        npm.finish(within=1200)
    installed.write_text(wanted)


@dataclass(frozen=True)
class Site:
    """A running `gatsby develop`."""

    address: str
    proxy: str
    functions_port: int
    """Where the site expects Netlify's functions."""


@dataclass(frozen=True)
class Visit:
    """What a reader saw on the site, what `serve` said meanwhile, and what the browser received."""

    first: dict[str, Any]
    second: dict[str, Any]
    errors: dict[str, str]
    terminal: str
    token_requests: int
    received: bytes = field(repr=False)
    secrets: dict[str, str] = field(repr=False)


@pytest.fixture(scope="module", params=["middleware"])
def gatsby(request: pytest.FixtureRequest) -> Iterator[Site]:
    """The site, with one of the two proxies of its gatsby-config."""
    install(SITE)
    port, functions_port = free_port(), free_port()
    settings = {
        "CI": "true",
        "GATSBY_TELEMETRY_DISABLED": "1",
        "GETTY_TOKEN_PORT": str(functions_port),
        "GETTY_TOKEN_PROXY": request.param,
    }
    command = [str(SITE / "node_modules/.bin/gatsby"), "develop", "--port", str(port)]
    with running(command, os.environ | settings, SITE) as program:
        program.wait_for("success Building development bundle")
        yield Site(f"http://localhost:{port}/", request.param, functions_port)


@pytest.fixture(scope="module", params=["offline", "live"])
def visit(request: pytest.FixtureRequest, gatsby: Site, tmp_path_factory: pytest.TempPathFactory) -> Visit:
    """One reader's visit to the site, with `serve` in one of its modes."""
    home = tmp_path_factory.mktemp(f"{gatsby.proxy}-{request.param}", numbered=False)
    env = environment(home, GETTY_API_KEY=API_KEY, GETTY_API_SECRET=API_SECRET)
    secrets, token_requests = {"key": API_KEY, "secret": API_SECRET}, 0

    with contextlib.ExitStack() as stack:
        if live := request.param == "live":
            getty = f"http://127.0.0.1:{stack.enter_context(sandbox(home))}"
            env |= {"GETTY_API_URL": getty, "GETTY_AUTH_URL": getty}
        mode = [] if live else ["--offline"]
        serve = stack.enter_context(getty_token("serve", *mode, port=gatsby.functions_port, env=env, cwd=home))
        saw = drive(gatsby, home)
        if live:
            secrets["token"] = ask(env, home, "token")
            token_requests = json.loads(ask(env, home, "status", "--json"))["token_requests"]

    return Visit(
        **saw, terminal=serve.terminal, token_requests=token_requests, received=received(home), secrets=secrets
    )


def drive(site: Site, folder: Path) -> dict[str, Any]:
    """What a reader saw. Screenshots, and the browser's log of what it received, stay in `folder`."""
    browser = BROWSER["chromium"] or ""
    with running(["node", "drive.mjs", site.address, browser, str(folder)], os.environ, SITE) as node:
        saw: dict[str, Any] = json.loads(node.finish().splitlines()[-1])
    print(f"\nscreenshots: {keep(folder.glob('*.png'), folder)}")
    return saw


def keep(pictures: Iterable[Path], folder: Path) -> Path:
    """The folder where the screenshots are: one in SITE_SCREENSHOTS if that is set."""
    if not (wanted := os.environ.get("SITE_SCREENSHOTS")):
        return folder
    kept = Path(wanted) / folder.name
    kept.mkdir(parents=True, exist_ok=True)
    for picture in pictures:
        shutil.copy(picture, kept)
    return kept


def ask(env: Mapping[str, str], cwd: Path, *arguments: str) -> str:
    """What a getty-token prints that shares its token with the others of this environment."""
    command = [sys.executable, "-m", "getty_token", *arguments]
    return subprocess.run(command, env=env, cwd=cwd, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def received(folder: Path) -> bytes:
    """
    Every byte that Chromium received, from its own log: what came over the sockets (headers, WebSocket frames), and
    each body once more as it was after decompression.
    """
    entries = json.loads((folder / "received.json").read_text())
    kinds = entries["constants"]["logEventTypes"]
    wanted = {kinds["SOCKET_BYTES_RECEIVED"], kinds["URL_REQUEST_JOB_FILTERED_BYTES_READ"]}
    streams: defaultdict[tuple[int, int], bytearray] = defaultdict(bytearray)
    for event in entries["events"]:
        if event["type"] in wanted:
            streams[event["type"], event["source"]["id"]] += base64.b64decode(event["params"]["bytes"])
    return b"\n".join(streams.values())


def test_a_search_shows_twelve_pictures_that_really_loaded(visit: Visit) -> None:
    pictures = visit.first["pictures"]

    assert len(pictures) == 12
    assert all(picture["width"] > 0 for picture in pictures)


def test_the_second_page_shows_other_pictures(visit: Visit) -> None:
    first, second = ({picture["address"] for picture in page["pictures"]} for page in (visit.first, visit.second))

    assert len(second) == 12
    assert not first & second
    assert all(picture["width"] > 0 for picture in visit.second["pictures"])


def test_gettys_own_error_is_shown_with_its_status_and_reason(visit: Visit) -> None:
    assert "400: page must be less than or equal to" in visit.errors["pageThatIsNotThere"]


def test_a_refusal_by_serve_is_shown_with_its_status_and_reason(visit: Visit) -> None:
    shown = visit.errors["searchThatIsNotThere"]

    assert re.search(r"\b40[34]: .*nosuch", shown)


def test_the_reason_of_an_error_is_on_the_terminal_of_serve(visit: Visit) -> None:
    assert "page must be less than or equal to" in visit.terminal
    assert "nosuch" in visit.terminal


@pytest.mark.parametrize("gatsby", ["plain"], indirect=True)
@pytest.mark.parametrize("visit", ["offline"], indirect=True)
def test_the_terminal_has_the_reason_that_gatsbys_plain_proxy_hides(visit: Visit) -> None:
    assert len(visit.second["pictures"]) == 12
    assert "500: " in visit.errors["pageThatIsNotThere"]
    assert "page must be less than or equal to" not in visit.errors["pageThatIsNotThere"]
    assert "page must be less than or equal to" in visit.terminal


@pytest.mark.parametrize("visit", ["live"], indirect=True)
def test_one_token_request_serves_a_whole_visit(visit: Visit) -> None:
    assert visit.token_requests == 1


def test_nothing_that_the_browser_received_holds_key_secret_or_token(visit: Visit) -> None:
    # The log is complete: it holds what the reader was shown.
    assert all(picture["title"].encode() in visit.received for picture in visit.first["pictures"])

    basic = base64.b64encode(f"{API_KEY}:{API_SECRET}".encode()).decode()
    leaked = [name for name, secret in (visit.secrets | {"basic": basic}).items() if secret.encode() in visit.received]

    assert leaked == []


def test_behind_serve_site_a_change_shows_by_itself(gatsby: Site, tmp_path: Path) -> None:
    page, port = SITE / "src" / "pages" / "index.jsx", free_port()
    source = page.read_text()
    headings = ["Find a picture", "Find another picture"]
    # Live: all that the page loads and is told is looked through on its way. Getty itself is not asked for anything.
    nowhere = {"GETTY_API_URL": "http://127.0.0.1:9", "GETTY_AUTH_URL": "http://127.0.0.1:9"}
    env = environment(tmp_path, GETTY_API_KEY=API_KEY, GETTY_API_SECRET=API_SECRET, **nowhere)
    try:
        with getty_token("serve", "--site", gatsby.address, port=port, env=env, cwd=tmp_path):
            arguments = [f"http://localhost:{port}/", BROWSER["chromium"] or "", str(page), *headings]
            with running(["node", "change.mjs", *arguments], os.environ, SITE) as node:
                saw = json.loads(node.finish().splitlines()[-1])
    finally:
        page.write_text(source)

    # Usually one: Gatsby's page opens another where its server was too busy to answer in time.
    assert all(each["address"].startswith(f"ws://localhost:{port}/socket.io/") for each in saw["sockets"])
    assert any(each["received"] > 0 for each in saw["sockets"])
    assert all(address.startswith(f"http://localhost:{port}/") for address in saw["events"])
    assert saw["loads"] == 1


def test_the_lock_file_names_no_download_address() -> None:
    assert '"resolved"' not in (SITE / "package-lock.json").read_text()
