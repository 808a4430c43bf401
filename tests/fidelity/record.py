"""
Records how Netlify's own command line answers, for tests/fidelity/test_fidelity.py to compare us with.

    npm install --prefix /tmp/netlify netlify-cli@27 node@22
    python tests/fidelity/record.py /tmp/netlify/node_modules/.bin

Takes a few minutes; the names of servers (`"dev, one-page app"`) after it have only those recorded anew. It needs
no account and no network, and Node 22.13 or newer in that folder or on the path.
"""

import contextlib
import json
import os
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

from fidelity.copies import copied  # noqa: E402
from fidelity.framework import framework  # noqa: E402
from fidelity.requests import every  # noqa: E402
from fidelity.sent import ALONE, APP, DEV, FORMS, FRONT, FUNCTIONS, SHELF, WORKSHOP, Sent  # noqa: E402
from fidelity.wire import Answer, ask  # noqa: E402
from programs import free_port  # noqa: E402

RECORDINGS = HERE / "recordings.json"
START = 120.0
"""Seconds that Netlify's command line may take until it listens."""
READY = Sent("ready", "", "/.netlify/functions/hello")


class Netlify:
    """One of Netlify's servers for the site in `folder`; started again when a request has ended it."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self._command, self._folder, self._environment = command, folder, environment
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def ask(self, sent: Sent) -> Answer | None:
        if self._process is None or self._process.poll() is not None:
            self._start()
        answer = ask(self.port, sent)
        if answer is None and ask(self.port, READY) is None:
            self.stop()  # it is on its way out
        return answer

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
        while ask(self.port, READY) is None:
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
    alone = [netlify, "functions:serve", "--offline"]
    started = {
        FUNCTIONS: alone,
        DEV: [*dev, "--dir", "public"],
        APP: [*dev, "--dir", "dist"],
        FRONT: front,
        FORMS: [*dev, "--dir", "public"],
        SHELF: [*dev, "--dir", "public"],
        WORKSHOP: [*dev, "--dir", "dist"],
        ALONE: alone,
    }
    return {to: Netlify(command, copied(to, scratch, target_port), environment) for to, command in started.items()}


def answers(binaries: str, requests: list[Sent]) -> Iterator[tuple[Sent, Answer | None]]:
    """Each request with its answer."""
    with tempfile.TemporaryDirectory() as scratch, framework() as behind:
        threading.Thread(target=behind.serve_forever, daemon=True).start()
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
    binaries, *only = sys.argv[1:]
    recorded = json.loads(RECORDINGS.read_text()) if only else {}
    for sent, answer in answers(binaries, [sent for sent in every() if not only or sent.to in only]):
        print(f"{answer['status'] if answer else 'none'}  {sent.name}", flush=True)
        recorded[sent.name] = answer
    recorded = {sent.name: recorded[sent.name] for sent in every()}
    lines = [f"{json.dumps(name)}: {json.dumps(answer, ensure_ascii=False)}" for name, answer in recorded.items()]
    RECORDINGS.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
