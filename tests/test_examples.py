"""Every example in the program's help and in the README, run as it stands, in a site with everything it speaks of."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.test_program import TREE
from fakes import CHECKOUT, PATIENCE, Terminal
from getty_emulator.sandbox import TEST_KEY, TEST_SECRET
from getty_token.commands.help_page import examples
from programs import environment, free_port, getty_token, running

pytestmark = pytest.mark.examples

SERVERS = ("serve", "sandbox")
"""Commands that run until they are stopped."""

CONTROLS = ("faults", "clock")
"""Commands that speak to a running sandbox."""

FOUND_SOMETHING = {
    "doctor": (0, 1),
    "scan": (0, 1),
    "status": (0, 3),
    "cassette verify": (0, 1),
    "cassette diff": (0, 1),
    "cassette prune": (0, 2),  # nothing has been played yet
}
"""Exit codes with which a command says what it found."""

PREPARED = {"store copy": "getty-token token", "cassette import": "getty-token cassette export --output network.har"}
"""What has to be done before."""


def of_the_readme() -> list[str]:
    """The lines of its code blocks that run the program; those that show what it prints begin with a dollar sign."""
    lines = re.findall(r"^ {4}(?:\$ )?(getty-token .+)$", (CHECKOUT / "README.md").read_text(), re.MULTILINE)
    return [line for line in lines if not re.match(r"getty-token \w+ at http", line)]


def of_the_help() -> list[str]:
    found = [example for command in TREE.values() for example in examples(command.help or "")]
    from getty_token.commands.root import commands

    return [*examples(commands().help or ""), *found]


EXAMPLES = list(dict.fromkeys(re.sub(r" +# .*", "", line).strip() for line in (*of_the_help(), *of_the_readme())))


@pytest.fixture(scope="module")
def getty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a Getty for all of them: the sandbox."""
    home = tmp_path_factory.mktemp("getty")
    port = free_port()
    with getty_token("sandbox", port=port, env=environment(home), cwd=home):
        yield port


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site that has everything which the examples name."""
    site = tmp_path / "site"
    (site / "netlify" / "functions").mkdir(parents=True)
    for name in ("search", "save"):
        (site / "netlify" / "functions" / f"{name}.mjs").write_text(
            "export const handler = async () => ({ statusCode: 200, body: 'ok' });\n"
        )
    (site / "package.json").write_text('{"devDependencies": {"http-proxy-middleware": "^3.0.3"}}')
    (site / "gatsby-config.js").write_text("module.exports = {\n}\n")
    (site / "netlify.toml").write_text('[[redirects]]\nfrom = "/blog/*"\nto = "/news/:splat"\n')
    (site / "getty-token.toml").write_text(f"[serve]\nport = {free_port()}\n")
    (site / "photo.json").write_text("{}")
    (site / "event.json").write_text('{"httpMethod": "GET", "path": "/x"}')
    (site / "phrases.txt").write_text("sunset\nharbour\n")
    (site / "public").mkdir()
    (site / "public" / "index.html").write_text("<h1>Sunsets</h1>")
    for folder in ("getty-cassettes", "tests/cassettes"):
        shutil.copytree(CHECKOUT / "cassettes", site / folder, ignore=shutil.ignore_patterns("*.md"))
    subprocess.run(["git", "init", "-q", str(site)], check=True)
    return site


@pytest.fixture
def person(tmp_path: Path, getty: int) -> dict[str, str]:
    """The environment of somebody who has installed it, with a key; `gatsby` and `npm` are there and do nothing."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "getty-token").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m getty_token "$@"\n')
    for name in ("gatsby", "npm"):
        (programs / name).write_text("#!/bin/sh\necho developing\n")
    for each in programs.iterdir():
        each.chmod(0o755)
    home = tmp_path / "home"
    for folder in (".local/share/bash-completion/completions", ".zfunc", ".config/fish/completions"):
        (home / folder).mkdir(parents=True)
    saved = home / "config" / "getty-token" / "profiles" / "work"
    for each in (saved.parent.parent, saved.parent, saved):
        each.mkdir(mode=0o700, parents=True)
    pair = {"api_key": TEST_KEY, "api_secret": TEST_SECRET}
    (saved / "credentials.json").write_text(json.dumps({"kept_in": "file", "fingerprint": "0" * 16, **pair}))
    (saved / "credentials.json").chmod(0o600)
    address = f"http://127.0.0.1:{getty}"
    return environment(
        home,
        PATH=f"{programs}:{os.environ['PATH']}",
        PROFILE=str(home / "profile.ps1"),
        PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring",
        GETTY_API_URL=address,
        GETTY_AUTH_URL=address,
        GETTY_API_KEY=TEST_KEY,
        GETTY_API_SECRET=TEST_SECRET,
        KEY=TEST_KEY,
        SECRET=TEST_SECRET,
        OTHER_STORE=f"disk://{home}/elsewhere",
        LC_ALL="C.UTF-8",
    )


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_example_works_as_it_stands(example: str, site: Path, person: dict[str, str], getty: int) -> None:
    words = re.sub(r"^.*\| (?=getty-token)|--profile work(?= status)", "", example).split()
    command = next((name for name in (" ".join(words[1:3]), words[1]) if name in TREE), "")
    if command == "invoke" and shutil.which("node") is None:
        pytest.skip("Node is needed to run a function")
    if words[0] == "curl" and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    if command in SERVERS:
        _until_it_listens(example, site, person)
    elif command == "login" and "--stdin" not in words:
        _typed(example, site, person)
    else:
        if words[1] in CONTROLS:
            example += f" --port {getty}"
        if command in PREPARED:
            assert _run(PREPARED[command], site, person).returncode == 0
        done = _run(example, site, person)
        assert done.returncode in FOUND_SOMETHING.get(command, (0,)), done.stderr
        assert "Traceback" not in done.stderr
        if words[1] in CONTROLS:
            for undo in ("faults clear", "clock reset", "faults lifetime"):
                _run(f"getty-token {undo} --port {getty}", site, person)


def _run(line: str, site: Path, person: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        line,
        shell=True,
        env=person,
        cwd=site,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
    )


def _until_it_listens(example: str, site: Path, person: dict[str, str]) -> None:
    with running(["sh", "-c", f"exec {example} --port 0"], person, site) as program:
        program.wait_for(r" at http://127\.0\.0\.1:\d+")
        assert "Traceback" not in program.terminal


def _typed(example: str, site: Path, person: dict[str, str]) -> None:
    person = {name: value for name, value in person.items() if name not in ("GETTY_API_KEY", "GETTY_API_SECRET", "CI")}
    terminal = Terminal(["sh", "-c", example], site, person)
    terminal.wait_for("API key: ")
    terminal.type(f"{TEST_KEY}\n")
    terminal.wait_for("API secret: ")
    terminal.type(f"{TEST_SECRET}\n")
    assert terminal.finish() == 0, terminal.seen
    assert TEST_SECRET not in terminal.seen


def test_stopping_a_server_is_ctrl_c(site: Path, person: dict[str, str]) -> None:
    with subprocess.Popen(
        ["getty-token", "serve", "--offline", "--port", "0"],
        env=person,
        cwd=site,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stderr and " at http://127.0.0.1:" in process.stderr.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 130
        finally:
            process.kill()
