"""
Records how Netlify's own command line answers, for tests/fidelity/test_fidelity.py to compare us with.

    npm install --prefix /tmp/netlify netlify-cli@27 node@22
    python tests/fidelity/record.py /tmp/netlify/node_modules/.bin

Takes a few minutes. It needs no account and no network, and Node 22.13 or newer in that folder or on the path.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from fidelity.framework import framework  # noqa: E402
from fidelity.requests import APP, DEV, FRONT, FUNCTIONS, Sent, every  # noqa: E402
from fidelity.wire import Answer, ask  # noqa: E402
from programs import free_port  # noqa: E402

RECORDINGS = HERE / "recordings.json"
START = 120.0
"""Seconds that Netlify's command line may take until it listens."""


class Netlify:
    """One of Netlify's servers for the site in `folder`; started again when a request has ended it."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self._command, self._folder, self._environment = command, folder, environment
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def ask(self, sent: Sent) -> Answer | None:
        if self._process is None or self._process.poll() is not None:
            self._start()
        return ask(self.port, sent)

    def _start(self) -> None:
        self.stop()
        self.port = free_port()
        log = (self._folder.parent / f"{self._command[1]}.log").open("ab")
        command = [*self._command, "--port", str(self.port)]
        self._process = subprocess.Popen(
            command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        deadline = time.monotonic() + START
        while ask(self.port, Sent("ready", "", "/.netlify/functions/hello")) is None:
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise SystemExit(f"{command} does not listen; see {log.name}")
            time.sleep(0.5)

    def stop(self) -> None:
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def servers(binaries: str, scratch: Path, target_port: int) -> dict[str, Netlify]:
    """Netlify's servers, by who is asked."""
    passed = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    environment = {**passed, "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}", "NETLIFY_TELEMETRY_DISABLED": "1"}
    netlify = str(Path(binaries) / "netlify")
    dev = [netlify, "dev", "--offline", "--internal-disable-edge-functions", "--no-open"]
    front = [*dev, "--framework", "#custom", "--command", "sleep 10000", "--target-port", str(target_port)]
    started = {
        FUNCTIONS: ("main", [netlify, "functions:serve", "--offline"]),
        DEV: ("main", [*dev, "--dir", "public"]),
        APP: ("spa", [*dev, "--dir", "dist"]),
        FRONT: ("front", front),
    }
    return {
        to: Netlify(command, scratch / site / "fidelity-site", environment) for to, (site, command) in started.items()
    }


def answers(binaries: str, requests: list[Sent]) -> Iterator[tuple[Sent, Answer | None]]:
    """Each request with its answer."""
    with tempfile.TemporaryDirectory() as scratch, framework() as behind:
        threading.Thread(target=behind.serve_forever, daemon=True).start()
        for site in ("main", "spa", "front"):
            shutil.copytree(HERE / "sites" / site, Path(scratch) / site / "fidelity-site")
        asked = servers(binaries, Path(scratch), behind.server_address[1])
        try:
            for to, server in asked.items():  # one after another: they share a port of their own for files
                for sent in requests:
                    if sent.to == to:
                        yield sent, server.ask(sent)
                server.stop()
        finally:
            for server in asked.values():
                server.stop()
            behind.shutdown()


def main() -> None:
    recorded = {}
    for sent, answer in answers(sys.argv[1], every()):
        print(f"{answer['status'] if answer else 'none'}  {sent.name}", flush=True)
        recorded[sent.name] = answer
    lines = [f"{json.dumps(name)}: {json.dumps(answer, ensure_ascii=False)}" for name, answer in recorded.items()]
    RECORDINGS.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
