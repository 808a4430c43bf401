"""A Gatsby site that knows nothing of getty-token, brought up with two commands: `init`, then `dev`."""

import os
import re
import select
import shutil
import sys
from pathlib import Path

import httpx
import pytest

from fakes import Terminal
from programs import environment, free_port
from test_site import NODE, SITE, install, missing

PATIENCE = 60.0
"""Seconds that a test waits before it fails."""

pytestmark = [pytest.mark.site, pytest.mark.skipif(not all(NODE.values()), reason=missing(NODE))]


def test_init_and_dev_bring_a_site_up_and_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    install(SITE)
    site = tmp_path / "site"
    shutil.copytree(SITE, site, ignore=shutil.ignore_patterns("node_modules", ".cache", "public", "gatsby-config.mjs"))
    # Links to its files, not one to the folder: Gatsby would take what is behind that for the site's own code.
    shutil.copytree(SITE / "node_modules", site / "node_modules", symlinks=True, copy_function=_linked)
    (site / "gatsby-config.mjs").write_text('export default {\n  siteMetadata: { title: "Sunsets" },\n};\n')
    person = environment(tmp_path, GATSBY_TELEMETRY_DISABLED="1", CI="", LC_ALL="C.UTF-8")
    program, port = [sys.executable, "-m", "getty_token"], free_port()

    started = Terminal([*program, "init"], site, person)
    started.wait_for("[y/N] ")
    started.type("y\n")
    assert started.finish() == 0, started.seen

    gatsby = [str(site / "node_modules/.bin/gatsby"), "develop", "--port", str(port)]
    running = Terminal([*program, "dev", "--offline", "--port", "0", "--", *gatsby], site, person)
    running.wait_for("Writing page-data.json")
    with httpx.Client(base_url=f"http://localhost:{port}", trust_env=False, timeout=PATIENCE) as page:
        found = page.get("/.netlify/functions/search-images?phrase=sunset")
        refused = page.get("/.netlify/functions/no-such-function")
    running.wait_for("There is no function no-such-function")
    running.type("\x03")
    code = running.finish()

    assert found.status_code == 200 and found.json()["images"]
    assert refused.status_code == 404
    assert code == 0  # what Gatsby itself ends with after Ctrl-C
    plain = re.sub(r"\x1b\[[0-9;]*m", "", running.seen)
    said = [line for line in plain.splitlines() if "gatsby" not in line and line.startswith(("success", "info"))]
    assert said == [], "a line without a label"
    pids = [int(name) for name in os.listdir("/proc") if name.isdecimal()] if os.path.isdir("/proc") else []
    assert not [pid for pid in pids if str(site) in _arguments(pid) and not _ends(pid)]


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def _ends(pid: int) -> bool:
    """Whether a process ends; one that dev has killed may take a moment."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], PATIENCE)[0])
    finally:
        os.close(process)


def _arguments(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return ""
