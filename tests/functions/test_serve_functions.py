"""`getty-token serve` with functions of the site's own, as a process: what they see, and that none is left behind."""

import asyncio
import contextlib
import http.server
import json
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from fakes import PATIENCE
from functions.harness import needs_node, on_a_loop, written
from getty_emulator.events import Event, Said
from getty_emulator.exchange import Call
from getty_emulator.netlify.javascript.bundling import Bundler, for_npm
from getty_emulator.netlify.javascript.discovery import Source
from getty_emulator.netlify.javascript.failures import Failed
from getty_token.commands.serving.options import recycling
from getty_token.commands.serving.own_functions import sandboxed
from getty_token.commands.serving.shared_token import SharedToken, basic
from getty_token.commands.serving.terminal import scrubbing
from getty_token.credentials import Credentials
from getty_token.errors import WrongUsage
from getty_token.redaction import Secrets
from getty_token.tokens import Token
from programs import Program, environment, free_port, getty_token, sandbox

FILES = {
    "pid.js": "exports.handler = async () => ({ statusCode: 200, body: String(process.pid) })",
    "forks.js": """const { spawn } = require('node:child_process')
        exports.handler = async () => {
          const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
          child.unref()
          return { statusCode: 200, body: String(child.pid) }
        }""",
    "loop.js": "exports.handler = async (event) => { console.log('looping', process.pid); for (;;); }",
    "env.js": "exports.handler = async () => ({ statusCode: 200, body: JSON.stringify(process.env) })",
}


@contextlib.contextmanager
def serving(tmp_path: Path, **variables: str) -> Iterator[tuple[Program, str]]:
    site, home = written(tmp_path / "site", FILES), tmp_path / "home"
    home.mkdir(exist_ok=True)
    port = free_port()
    with getty_token("serve", "--offline", port=port, env={**environment(home), **variables}, cwd=site) as program:
        yield program, f"http://127.0.0.1:{port}/.netlify/functions"


def gone(pid: int, within: float = PATIENCE) -> bool:
    """Whether the process ends, or has."""
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            return True
        if state == "Z":  # nobody has waited for it, but it runs no more
            return True
        time.sleep(0.02)
    return False


@needs_node
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_behind_however_serve_ends(tmp_path: Path, how: signal.Signals) -> None:
    with serving(tmp_path) as (program, functions):
        pids = [int(httpx.get(f"{functions}/{name}", timeout=PATIENCE).text) for name in ("pid", "forks")]
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"{functions}/loop", timeout=0.5)
        program.wait_for(r"looping \d+", within=PATIENCE)
        pids += [int(number) for number in re.findall(r"looping (\d+)", program.terminal)]
        assert all(os.path.exists(f"/proc/{pid}") for pid in pids)

        os.kill(program.pid, how)

        assert [pid for pid in pids if not gone(pid)] == []


@needs_node
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc to see what a process started with")
def test_no_process_that_serve_starts_has_the_key_or_the_secret_in_its_environment(tmp_path: Path) -> None:
    with serving(tmp_path, GETTY_API_KEY="own-test-key", GETTY_API_SECRET="own-test-secret") as (program, functions):
        assert httpx.get(f"{functions}/pid", timeout=PATIENCE).status_code == 200
        tasks = Path(f"/proc/{program.pid}/task").iterdir()
        children = [pid for task in tasks for pid in (task / "children").read_text().split()]

        assert len(children) >= 2  # Node and the warden
        assert [pid for pid in children if b"own-test-" in Path(f"/proc/{pid}/environ").read_bytes()] == []


def test_npm_gets_what_it_needs_to_reach_its_registry_and_no_secret() -> None:
    needed = {"PATH": "/bin", "HOME": "/home/me", "https_proxy": "http://proxy:1", "npm_config_registry": "http://r/"}
    needed |= {"NODE_EXTRA_CA_CERTS": "/ca.pem"}
    secrets = {"GETTY_API_KEY": "own-test-key", "GETTY_API_SECRET": "own-test-secret", "MY_COPY": "own-test-secret"}

    assert for_npm(needed | secrets) == needed


@on_a_loop
async def test_npm_is_run_without_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f"#!/bin/sh\nexport -p > '{tmp_path}/seen'\necho no network >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("GETTY_API_SECRET", "own-test-secret")
    bundler = Bundler("node", tmp_path, tmp_path / "cache", lambda _: None)

    with pytest.raises(Failed, match="no network"):
        await bundler.bundle(Source("typed", tmp_path / "typed.ts"))

    assert "PATH=" in (tmp_path / "seen").read_text()
    assert "own-test-secret" not in (tmp_path / "seen").read_text()


@needs_node
def test_offline_a_function_never_sees_the_real_key_whatever_it_is_called(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / ".env").write_text(
        "GETTY_API_KEY=own-test-key\nGETTY_API_SECRET=own-test-secret\nMY_COPY=own-test-secret\nGREETING='hello'\n"
    )

    with serving(tmp_path, OF_THE_SHELL="x") as (_, functions):
        seen = httpx.get(f"{functions}/env", timeout=PATIENCE).json()

    assert (seen["GETTY_API_KEY"], seen["GETTY_API_SECRET"]) == ("test-key", "test-secret")
    assert seen["GREETING"] == "hello" and seen["NETLIFY_DEV"] == "true"
    assert "own-test-" not in str(seen) and "OF_THE_SHELL" not in seen


def test_the_sandboxs_credentials_stand_in_by_name_and_by_value() -> None:
    values = {
        "GETTY_IMAGES_CLIENT_ID": "abc",
        "GATSBY_GETTY_SECRET": "def",
        "COPY": "x own-test-key y",
        "GETTY_PAGE_SIZE": "12",
        "SHORT": "own",
    }

    assert sandboxed(values, {"own-test-key", "own"}) == {
        "GETTY_API_KEY": "test-key",
        "GETTY_API_SECRET": "test-secret",
        "GETTY_IMAGES_CLIENT_ID": "test-key",
        "GATSBY_GETTY_SECRET": "test-secret",
        "COPY": "test-secret",
        "GETTY_PAGE_SIZE": "12",
        "SHORT": "own",
    }


class _Source:
    def __init__(self) -> None:
        self.asked = 0

    def token(self) -> Token:
        self.asked += 1
        now = time.time()
        return Token("the-shared-token", "Bearer", now, now + 1000)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b"grant_type=client_credentials&client_id=my-key&client_secret=my-secret"),
        ({}, b"grant_type=client_credentials&client_id=test-key&client_secret=test-secret"),
        ({"authorization": "Basic bXkta2V5Om15LXNlY3JldA=="}, b"grant_type=client_credentials"),
    ],
)
def test_a_functions_token_request_is_answered_from_the_shared_token(headers: dict[str, str], body: bytes) -> None:
    source = _Source()
    heard: list[str] = []
    pair = Credentials("my-key", "my-secret", "here")
    tokens = SharedToken(pair, source, "http://127.0.0.1:1/", heard.append)  # type: ignore[arg-type]

    answer = asyncio.run(tokens.answer(Call("POST", "/oauth2/token", "", headers, body)))

    content = json.loads(answer.body)
    assert (content["access_token"], content["token_type"]) == ("the-shared-token", "Bearer")
    assert 990 <= content["expires_in"] <= 1000
    assert source.asked == 1
    assert heard == ["the-shared-token"]


def test_a_token_for_a_functions_own_key_is_looked_for_too() -> None:
    class Getty(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = b'{"access_token": "another-token", "token_type": "Bearer", "expires_in": 1800}'
            self.send_response(200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    heard: list[str] = []
    body = b"grant_type=client_credentials&client_id=another-key&client_secret=another-secret"
    with http.server.HTTPServer(("127.0.0.1", 0), Getty) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        pair = Credentials("my-key", "my-secret", "here")
        tokens = SharedToken(pair, _Source(), address, heard.append)  # type: ignore[arg-type]
        answer = asyncio.run(tokens.answer(Call("POST", "/oauth2/token", "", {}, body)))

    assert b"another-token" in answer.body
    assert heard == ["another-token"]


@needs_node
def test_live_a_function_cannot_pass_its_token_on_not_even_in_the_first_answer(tmp_path: Path) -> None:
    files = {
        "token.mjs": """export default async () => {
          const body = new URLSearchParams({ grant_type: 'client_credentials',
            client_id: process.env.GETTY_API_KEY, client_secret: process.env.GETTY_API_SECRET })
          const got = await fetch('https://authentication.gettyimages.com/oauth2/token', { method: 'POST', body })
          return new Response(await got.text())
        }"""
    }
    site, home = written(tmp_path / "site", files), tmp_path / "home"
    home.mkdir()
    with sandbox(home) as getty:
        address, port = f"http://127.0.0.1:{getty}", free_port()
        pair = {"GETTY_API_KEY": "test-key", "GETTY_API_SECRET": "test-secret"}
        env = environment(home, GETTY_API_URL=address, GETTY_AUTH_URL=address, **pair)
        with getty_token("serve", port=port, env=env, cwd=site) as program:
            answer = httpx.get(f"http://127.0.0.1:{port}/.netlify/functions/token", timeout=PATIENCE)

            assert answer.status_code == 502, program.terminal
            assert "contained a secret" in answer.text and "access_token" not in answer.text


def test_what_a_function_prints_of_a_secret_does_not_reach_the_terminal() -> None:
    heard: list[Event] = []
    listen = scrubbing(heard.append, Secrets(["test-secret"]))

    listen(Said("search", "it is test-secret", True))
    listen(Said("search", "it is nothing"))

    assert heard == [Said("search", "it is [redacted]", True), Said("search", "it is nothing")]


def test_basic_credentials_that_make_no_sense_are_none() -> None:
    assert basic("Basic !!!") is None
    assert basic("Bearer abc") is None


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (None, (None, None)),
        ("100", (100, None)),
        ("90s", (None, 90.0)),
        ("15m", (None, 900.0)),
        ("2h", (None, 7200.0)),
    ],
)
def test_recycle_after_is_calls_or_a_time(text: str | None, meaning: tuple[int | None, float | None]) -> None:
    assert recycling(text) == meaning


@pytest.mark.parametrize("text", ["", "0", "-1", "often", "5d", "1.5h"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(WrongUsage):
        recycling(text)
