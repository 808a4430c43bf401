"""Tests of `getty-token doctor`: each trap it knows, and that what it names mends it."""

import json
import os
import socket
import subprocess
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path

import httpx
import pytest

from fakes import KEY, SECRET, FakeGetty, Outcome
from getty_token.commands.checkup import machine
from programs import free_port

Program = Callable[..., Outcome]

MIDDLEWARE = """\
const { createProxyMiddleware } = require("http-proxy-middleware")
module.exports = {
  developMiddleware: (app) => app.use(createProxyMiddleware({
    pathFilter: "/.netlify/functions", target: "http://127.0.0.1:PORT" })),
}
"""


@pytest.fixture
def port(folder: Path) -> int:
    """A free port, and a site that uses it: nobody's 9999 may decide a test."""
    number = free_port()
    (folder / "getty-token.toml").write_text(f"[serve]\nport = {number}\n")
    return number


def checks(program: Program, *flags: str) -> dict[str, tuple[str, str, str]]:
    """Each line by its name; the worst, where a name has several."""
    outcome = program("doctor", "--json", *flags)
    found = json.loads(outcome.out)
    assert outcome.code == (1 if found["failed"] else 0)
    order = ("ok", "warn", "fail")
    worst = sorted(found["checks"], key=lambda each: order.index(each["state"]))
    return {each["name"]: (each["state"], each["says"], each["mend"]) for each in worst}


def test_with_everything_in_order_no_line_is_anything_but_ok(
    program: Program, getty: FakeGetty, signed_in: None, folder: Path, port: int
) -> None:
    getty.instead["/"] = lambda _: httpx.Response(404, headers={"date": formatdate(usegmt=True)})
    (folder / "gatsby-config.js").write_text(MIDDLEWARE.replace("PORT", str(port)))
    (folder / "package.json").write_text('{"devDependencies": {"http-proxy-middleware": "^3.0.3"}}')
    (folder / "public").mkdir()
    (folder / "public" / "index.html").write_text("<h1>Sunsets</h1>")

    outcome = program("doctor")

    assert outcome.code == 0
    assert {line.split()[0] for line in outcome.out.splitlines()} == {"ok"}, outcome.out
    names = [line.split()[1] for line in outcome.out.splitlines()]
    assert names == [
        "credentials", "keychain", "store", "getty", "clock", "settings", "port", "localhost", "gatsby", "variables",
        "leaks",
    ]  # fmt: skip
    assert "none failed, no warnings" in outcome.err
    assert getty.token_requests == 0


def test_no_key_is_a_warning_with_the_command_that_mends_it(program: Program, port: int) -> None:
    state, _, mend = checks(program, "--offline")["credentials"]

    assert (state, "getty-token login" in mend) == ("warn", True)


def test_credentials_that_others_can_read_fail_and_the_named_command_mends_them(program: Program, port: int) -> None:
    program("login", "--stdin", "--no-verify", stdin=f"{KEY}\n{SECRET}\n")
    file = Path(os.environ["XDG_CONFIG_HOME"]) / "getty-token" / "credentials.json"
    file.chmod(0o644)

    state, _, mend = checks(program, "--offline")["credentials"]
    subprocess.run(mend.partition("`")[2].partition("`")[0], shell=True, check=True)

    assert state == "fail"
    assert checks(program, "--offline")["credentials"][0] == "ok"


def test_a_store_that_others_can_read_fails_and_the_named_command_mends_it(
    program: Program, getty: FakeGetty, signed_in: None, port: int
) -> None:
    program("token")
    store = Path(os.environ["XDG_CACHE_HOME"]) / "getty-token" / "store"
    store.chmod(0o755)

    state, _, mend = checks(program, "--offline")["store"]
    subprocess.run(mend.partition("`")[2].partition("`")[0], shell=True, check=True)

    assert state == "fail"
    assert checks(program, "--offline")["store"][0] == "ok"


@pytest.mark.parametrize(("off", "state"), [(0, "ok"), (30, "ok"), (600, "fail"), (-600, "fail")])
def test_a_clock_that_is_not_gettys_fails(program: Program, getty: FakeGetty, port: int, off: int, state: str) -> None:
    import time

    date = formatdate(time.time() + off, usegmt=True)
    getty.instead["/"] = lambda _: httpx.Response(404, headers={"date": date})

    assert checks(program)["clock"][0] == state


def test_a_getty_that_cannot_be_reached_is_a_warning(
    program: Program, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GETTY_API_URL", "http://127.0.0.1:1")

    found = checks(program)

    assert found["getty"][0] == "warn"
    assert "clock" not in found


def test_a_port_that_another_program_has_is_a_warning(program: Program, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        state, says, mend = checks(program, "--offline")["port"]

    assert (state, mend) == ("warn", "getty-token serve --port 0")
    assert "netlify functions:serve" in says


@pytest.mark.parametrize(
    ("config", "package", "state", "trap", "mend"),
    [
        ("module.exports = {}", "{}", "warn", "passes no functions on", "getty-token init"),
        (
            'module.exports = { proxy: { prefix: "/.netlify/functions", url: "http://127.0.0.1:PORT" } }',
            "{}", "warn", "bare 500", "getty-token init",
        ),
        (MIDDLEWARE.replace("127.0.0.1", "localhost"), '{"dependencies": {"http-proxy-middleware": "3"}}',
         "warn", "may mean ::1", "127.0.0.1"),
        (MIDDLEWARE.replace("PORT", "1234"), '{"dependencies": {"http-proxy-middleware": "3"}}',
         "fail", "asks port 1234", "getty-token config set serve.port 1234"),
        (MIDDLEWARE, "{}", "fail", "package.json does not list", "npm install --save-dev http-proxy-middleware"),
        (MIDDLEWARE, '{"dependencies": {"http-proxy-middleware": "^2.0.6"}}',
         "fail", "passes every page on", "http-proxy-middleware@3"),
        ("// developMiddleware: (app) => {}\nmodule.exports = {}", "{}", "warn", "passes no functions on", "init"),
    ],
)  # fmt: skip
def test_the_traps_of_a_gatsby_config_are_named_with_what_mends_them(
    program: Program, folder: Path, port: int, config: str, package: str, state: str, trap: str, mend: str
) -> None:
    (folder / "gatsby-config.js").write_text(config.replace("PORT", str(port)))
    (folder / "package.json").write_text(package)

    found = checks(program, "--offline")["gatsby"]

    assert found[0] == state
    assert trap in found[1]
    assert mend in found[2]


def test_what_init_writes_leaves_no_trap(program: Program, folder: Path, port: int) -> None:
    (folder / "gatsby-config.js").write_text("module.exports = {\n}\n")
    (folder / "package.json").write_text('{"devDependencies": {"http-proxy-middleware": "^3.0.3"}}')
    program("init", "--yes")

    assert checks(program, "--offline")["gatsby"][0] == "ok"


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (f"GATSBY_ANYTHING={SECRET}", "fail"),
        ("GATSBY_GETTY_API_KEY=whatever", "fail"),
        ("GATSBY_TITLE=Sunsets", "ok"),
        ("# GATSBY_GETTY_API_SECRET=", "ok"),
    ],
)
def test_a_variable_that_gatsby_would_publish_fails(
    program: Program, signed_in: None, folder: Path, port: int, line: str, state: str
) -> None:
    (folder / ".env.development").write_text(f"{line}\n")

    found = checks(program, "--offline")["variables"]

    assert found[0] == state
    assert SECRET not in str(found)


def test_a_secret_that_git_has_fails_and_the_named_command_mends_it(program: Program, folder: Path, port: int) -> None:
    (folder / ".env").write_text(f"GETTY_API_KEY={KEY}\nGETTY_API_SECRET={SECRET}\n")
    (folder / ".env").chmod(0o600)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "add", ".env"], check=True)

    state, _, mend = checks(program, "--offline")["variables"]
    subprocess.run(mend.split(), cwd=folder, check=True, capture_output=True)

    assert (state, mend) == ("fail", "git rm --cached .env")
    assert checks(program, "--offline")["variables"][0] == "ok"


@pytest.mark.parametrize("place", ["public/app.js", "getty-cassettes/a.yaml"])
def test_a_leak_fails_and_says_where_and_never_what(
    program: Program, signed_in: None, folder: Path, port: int, place: str
) -> None:
    (folder / place).parent.mkdir()
    (folder / place).write_text(f"one\n{SECRET}\n")

    state, says, mend = checks(program, "--offline")["leaks"]

    assert (state, says) == ("fail", f"API secret in {place}:2")
    assert program(*mend.split()[1:]).code == 1
    assert SECRET not in says + mend


@pytest.mark.parametrize(
    ("name", "state"), [("search.js", "ok"), ("search images.js", "warn"), ("getty.js", "warn"), ("_shared.js", "ok")]
)
def test_a_function_that_netlify_would_not_find_is_named(
    program: Program, folder: Path, port: int, name: str, state: str
) -> None:
    (folder / "netlify" / "functions").mkdir(parents=True)
    (folder / "netlify" / "functions" / name).write_text("")

    assert checks(program, "--offline")["functions"][0] == state


def test_settings_that_make_no_sense_fail_and_the_rest_is_looked_at_all_the_same(
    program: Program, folder: Path
) -> None:
    (folder / "getty-token.toml").write_text("[serve]\nprt = 1\n")

    found = checks(program, "--offline")

    assert found["settings"][0] == "fail"
    assert "localhost" in found


@pytest.mark.parametrize(
    ("first", "works", "state"), [("::1", False, "warn"), ("::1", True, "ok"), ("127.0.0.1", False, "ok")]
)
def test_localhost_that_means_an_address_nobody_listens_on_is_a_warning(
    program: Program, port: int, monkeypatch: pytest.MonkeyPatch, first: str, works: bool, state: str
) -> None:
    family = socket.AF_INET6 if ":" in first else socket.AF_INET
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(family, socket.SOCK_STREAM, 6, "", (first, 80))])
    monkeypatch.setattr(machine, "_has_ipv6", lambda: works)

    assert checks(program, "--offline")["localhost"][0] == state


def test_a_keychain_that_no_longer_gives_the_key_fails(program: Program, port: int) -> None:
    program("login", "--stdin", "--no-verify", stdin=f"{KEY}\n{SECRET}\n")
    file = Path(os.environ["XDG_CONFIG_HOME"]) / "getty-token" / "credentials.json"
    file.write_text(json.dumps({"kept_in": "a keychain", "fingerprint": "0" * 16}))

    state, says, mend = checks(program, "--offline")["keychain"]

    assert state == "fail"
    assert "does not give" in says and "getty-token login" in mend


def test_a_name_that_is_a_command_to_the_terminal_is_written_out(program: Program, folder: Path, port: int) -> None:
    (folder / "netlify" / "functions").mkdir(parents=True)
    (folder / "netlify" / "functions" / "a\x1b[31mb.js").touch()

    outcome = program("doctor", "--offline")

    assert "\x1b" not in outcome.out
    assert r"a\x1b[31mb" in outcome.out
