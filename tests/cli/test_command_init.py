"""Tests of `getty-token init`: what it proposes for a site, that it only adds, and that it asks."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes import Outcome, Terminal, command
from getty_emulator.netlify import project
from getty_token.commands.site import proxy

Program = Callable[..., Outcome]

COMMONJS = """\
/**
 * @type {import('gatsby').GatsbyConfig}
 */
module.exports = {
  siteMetadata: {
    title: `A site // with a slash`,
  },
  plugins: [],
}
"""
MODULE = """\
import path from "node:path";

export default {
  siteMetadata: { title: "A site" },
};
"""
TYPESCRIPT = """\
import type { GatsbyConfig } from "gatsby"

const config: GatsbyConfig = {
  siteMetadata: { title: "A site" },
}

export default config
"""


def site(folder: Path, config: str = COMMONJS, name: str = "gatsby-config.js", package: str = "{}") -> None:
    (folder / name).write_text(config)
    (folder / "package.json").write_text(package)


def is_kept(before: str, after: str) -> bool:
    """Whether every line of `before` is in `after`, in the same order."""
    lines = iter(after.splitlines())
    return all(line in lines for line in before.splitlines())


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("gatsby-config.js", COMMONJS),
        ("gatsby-config.mjs", MODULE),
        ("gatsby-config.ts", TYPESCRIPT),
        ("gatsby-config.js", COMMONJS.replace("\n", "\r\n")),
        ("gatsby-config.js", '"use strict"\n\nmodule.exports = {}\n'),
        ("gatsby-config.mjs", "// @ts-check\nexport default {\n\tplugins: [],\n};\n"),
    ],
)
def test_init_adds_its_lines_and_keeps_all_others(program: Program, folder: Path, name: str, config: str) -> None:
    site(folder)
    (folder / "gatsby-config.js").unlink()
    (folder / name).write_bytes(config.encode())
    (folder / ".gitignore").write_text("node_modules")

    outcome = program("init", "--yes")

    after = (folder / name).read_bytes().decode()
    assert outcome.code == 0, outcome.err
    assert is_kept(config, after) if "{}" not in config else "plugins" not in after
    assert after.count("developMiddleware") == 1
    assert ("\r\n" in config) is ("\r\n" in after) and after.count("\n") - after.count("\r\n") in (0, after.count("\n"))
    assert is_kept("node_modules", (folder / ".gitignore").read_text())
    assert project.load(folder).functions["search-images"].operation.name == "GET /v3/search/images/creative"


@pytest.mark.parametrize(("name", "config"), [("gatsby-config.js", COMMONJS), ("gatsby-config.mjs", MODULE)])
@pytest.mark.parametrize("version", ["^2.0.6", "^3.0.3"])
def test_node_runs_what_init_has_written(program: Program, folder: Path, name: str, config: str, version: str) -> None:
    if shutil.which("node") is None:
        pytest.skip("Node is needed to run a gatsby-config")
    site(folder, config, name, json.dumps({"devDependencies": {"http-proxy-middleware": version}}))
    package = folder / "node_modules" / "http-proxy-middleware"
    package.mkdir(parents=True)
    (package / "package.json").write_text(json.dumps({"version": version[1:], "main": "index.js"}))
    (package / "index.js").write_text("exports.createProxyMiddleware = (...given) => JSON.stringify(given)\n")
    program("init", "--yes")
    show = f"import('./{name}').then(m => (m.default || m).developMiddleware({{ use: (made) => console.log(made) }}))"

    done = subprocess.run(["node", "-e", show], cwd=folder, capture_output=True, text=True)

    target = {"target": "http://127.0.0.1:9999"}
    expected = (
        ["/.netlify/functions", target] if version == "^2.0.6" else [{"pathFilter": "/.netlify/functions"} | target]
    )
    assert json.loads(done.stdout) == expected, done.stderr


def test_a_second_init_has_nothing_to_do(program: Program, folder: Path) -> None:
    site(folder)
    program("init", "--yes")
    written = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}

    outcome = program("init", "--yes")

    assert "Nothing to write" in outcome.err
    assert outcome.out == ""
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == written


def test_a_dry_run_shows_the_diff_and_writes_nothing(program: Program, folder: Path) -> None:
    site(folder)
    before = sorted(path.name for path in folder.iterdir())

    outcome = program("init", "--dry-run")

    assert outcome.code == 0
    assert "+++ b/getty-token.toml" in outcome.out
    assert "+  developMiddleware: (app) => {" in outcome.out
    assert sorted(path.name for path in folder.iterdir()) == before
    assert (folder / "gatsby-config.js").read_text() == COMMONJS


def test_the_diff_is_one_that_git_applies(program: Program, folder: Path) -> None:
    site(folder)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    diff = program("init", "--dry-run").out

    subprocess.run(["git", "apply", "-"], cwd=folder, input=diff, text=True, check=True)

    applied = {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}
    site(folder)
    for name in ("getty-token.toml", ".gitignore"):
        (folder / name).unlink()
    program("init", "--yes")
    assert {path.name: path.read_text() for path in folder.iterdir() if path.is_file()} == applied


def test_without_a_terminal_init_names_the_flag_and_writes_nothing(program: Program, folder: Path) -> None:
    site(folder)

    outcome = program("init")

    assert outcome.code == 2
    assert "Add --yes" in outcome.err
    assert not (folder / "getty-token.toml").exists()


@pytest.mark.parametrize(("answer", "written"), [("y\r", True), ("\r", False), ("\x04", False)])
def test_on_a_terminal_init_asks(folder: Path, answer: str, written: bool) -> None:
    site(folder)
    terminal = Terminal(command("init"), folder, {"CI": ""})

    terminal.wait_for("Write 3 files? [y/N]")
    terminal.type(answer)
    code = terminal.finish()

    assert code == 0
    assert (folder / "getty-token.toml").exists() is written
    assert ("Not written" in terminal.seen) is not written


def test_a_config_whose_settings_are_elsewhere_is_left_alone_and_the_lines_are_shown(
    program: Program, folder: Path
) -> None:
    site(folder, 'module.exports = require("./settings")("production")\n')

    outcome = program("init", "--yes")

    assert (folder / "gatsby-config.js").read_text().startswith("module.exports = require")
    assert "Add this to gatsby-config.js" in outcome.err
    assert "developMiddleware: (app) => {" in outcome.out


@pytest.mark.parametrize(
    "config",
    [
        "module.exports = {\n  developMiddleware: (app) => {},\n}\n",
        'module.exports = {\n  proxy: { prefix: "/api", url: "http://127.0.0.1:1" },\n}\n',
    ],
)
def test_somebody_elses_proxy_stays(program: Program, folder: Path, config: str) -> None:
    site(folder, config)

    program("init", "--yes")

    assert (folder / "gatsby-config.js").read_text() == config


def test_what_a_wider_pattern_ignores_is_not_listed_again(program: Program, folder: Path) -> None:
    site(folder)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / ".gitignore").write_text(".env*\n")

    program("init", "--yes")

    assert (folder / ".gitignore").read_text().splitlines()[-1] == "getty-cassettes/"
    assert "\n.env\n" not in (folder / ".gitignore").read_text()


def test_a_netlify_site_without_gatsby_gets_the_rest(program: Program, folder: Path) -> None:
    (folder / "netlify.toml").write_text('[build]\npublish = "dist"\n')

    outcome = program("init", "--yes", "--json")

    said = json.loads(outcome.out)
    assert said["written"] is True
    assert [change["path"] for change in said["changes"]] == ["getty-token.toml", ".gitignore"]
    assert said["by_hand"] == []


def test_a_folder_that_is_no_site_is_refused(program: Program, folder: Path) -> None:
    outcome = program("init", "--yes")

    assert (outcome.code, outcome.out) == (2, "")
    assert "no Gatsby or Netlify project" in outcome.err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", [".gitignore", "getty-token.toml", "gatsby-config.js"])
def test_a_link_out_of_the_folder_is_not_followed(program: Program, folder: Path, tmp_path: Path, name: str) -> None:
    site(folder)
    (tmp_path / "yours").write_text(COMMONJS if name.endswith("js") else "")
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(tmp_path / "yours")

    outcome = program("init", "--yes")

    assert (outcome.code, outcome.out) == (2, "")
    assert f"{name} is a link to a file outside" in outcome.err
    assert (tmp_path / "yours").read_text() == (COMMONJS if name.endswith("js") else "")


@pytest.mark.parametrize(
    ("text", "proxied"),
    [
        ("// developMiddleware: nothing\nmodule.exports = {}", False),
        ("/* proxy: { } */", False),
        ("const url = 'http://x'; module.exports = { proxy: 1 }", True),
        ("developMiddleware(app) {}", True),
        ("const title = `proxy // not: this`", False),
    ],
)
def test_what_is_commented_out_is_no_proxy(text: str, proxied: bool) -> None:
    assert proxy.has_proxy(text) is proxied
