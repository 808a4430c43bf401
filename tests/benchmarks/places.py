"""What the benchmarks of the server start on loopback: getty-token, the constant answer, and the peers."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [str(found)] if (found := Path(sys.executable).with_name("getty-token")).exists() else [
    sys.executable, "-m", "getty_token"
]  # fmt: skip

Proxy = Callable[[str, Path], AbstractContextManager[str]]
"""Starts something that forwards to an address, with a folder to work in; gives its own address."""


class Absent(Exception):
    """A peer that is not on this machine, and why."""


def environment(home: Path, upstream: str = "") -> dict[str, str]:
    """That of a person with a key, whose Getty is at `upstream`."""
    sources = os.pathsep.join(str(ROOT / source) for source in ("cli", "emulator"))
    # As long as the real ones: what is looked for in every answer decides how long that takes.
    keys = {
        "GETTY_API_KEY": "testkey0123456789abcdefg",
        "GETTY_API_SECRET": "testsecret0123456789ABCDEFGHIJKLMNOPqrstuvwx",
    }
    urls = {"GETTY_API_URL": upstream, "GETTY_AUTH_URL": upstream} if upstream else {}
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": sources, **keys, **urls}


@contextmanager
def getty_token(*arguments: str, env: Mapping[str, str], cwd: Path) -> Iterator[tuple[str, int]]:
    """A getty-token server; gives its address and process id. Its log is read and thrown away."""
    command = [*COMMAND, *arguments, "--port", "0"]
    with _process(command, env, cwd, stderr=subprocess.PIPE) as process:
        assert process.stderr
        said = process.stderr.readline()
        if " at http://" not in said:
            raise SystemExit(f"{said}{process.stderr.read()}")
        address = said.split()[-1]
        with subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL):
            yield address, process.pid
            process.send_signal(signal.SIGTERM)


@contextmanager
def constant(body: bytes, folder: Path) -> Iterator[str]:
    """The constant answer `body`, on the same kind of socket."""
    file = folder / "constant.json"
    file.write_bytes(body)
    command = [sys.executable, str(Path(__file__).with_name("constant.py")), str(file)]
    with _process(command, environment(folder), folder, stdout=subprocess.PIPE) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        if not address:
            raise SystemExit("the constant answer did not start")
        yield address


@contextmanager
def nginx(upstream: str, folder: Path) -> Iterator[str]:
    """nginx with kept connections, one worker."""
    port = free_port()
    (folder / "nginx.conf").write_text(
        f"""daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log /dev/null;
        events {{ worker_connections 1024; }}
        http {{
            access_log off;
            client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
            uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
            upstream getty {{ server {upstream.partition("//")[2]}; keepalive 64; }}
            server {{
                listen 127.0.0.1:{port};
                location / {{ proxy_pass http://getty; proxy_http_version 1.1; proxy_set_header Connection ""; }}
            }}
        }}"""
    )
    with _listening(
        [_installed("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")], port, folder
    ) as address:
        yield address


@contextmanager
def caddy(upstream: str, folder: Path) -> Iterator[str]:
    """Caddy's reverse_proxy as it comes."""
    port = free_port()
    file = folder / "Caddyfile"
    file.write_text(f"{{\n admin off\n auto_https off\n}}\nhttp://127.0.0.1:{port} {{\n reverse_proxy {upstream}\n}}\n")
    with _listening([_installed("caddy"), "run", "--config", str(file)], port, folder) as address:
        yield address


@contextmanager
def mitmproxy(upstream: str, folder: Path, *more: str) -> Iterator[str]:
    """mitmproxy in front of `upstream`; `more` are options of mitmdump."""
    port = free_port()
    mode = ["--mode", f"reverse:{upstream}", "--listen-host", "127.0.0.1", "-p", str(port), "-q"]
    settings = ["--set", f"confdir={folder}", *more]
    with _listening([_mitmdump(folder), *mode, *settings], port, folder) as address:
        yield address


@contextmanager
def mitmproxy_replay(upstream: str, folder: Path, target: str) -> Iterator[str]:
    """mitmproxy's server replay of one recorded request for `target`."""
    flows = folder / "flows"
    with mitmproxy(upstream, folder, "-w", str(flows)) as address:
        get(address + target)
    with mitmproxy(upstream, folder, "-S", str(flows), "--set", "server_replay_reuse=true") as address:
        yield address


def http_proxy_middleware(keep_alive: bool) -> Proxy:
    """http-proxy-middleware in Node's own server; as it comes, or with an agent that keeps connections."""

    @contextmanager
    def started(upstream: str, folder: Path) -> Iterator[str]:
        port = free_port()
        agent = "new http.Agent({keepAlive: true, maxSockets: 64})" if keep_alive else "undefined"
        script = folder / "proxy.cjs"
        script.write_text(
            f"""const http = require("http"), {{createProxyMiddleware}} = require("http-proxy-middleware")
            const proxy = createProxyMiddleware({{target: "{upstream}", agent: {agent}}})
            http.createServer((request, response) => proxy(request, response, () => response.end())).listen(
                {port}, "127.0.0.1")"""
        )
        _npm_installed("http-proxy-middleware", folder)
        with _listening([_installed("node"), str(script)], port, folder) as address:
            yield address

    return started


def get(url: str) -> bytes:
    """What is there."""
    with urllib.request.urlopen(url, timeout=60) as response:
        content: bytes = response.read()
        return content


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _installed(name: str) -> str:
    if path := shutil.which(name):
        return path
    raise Absent(f"{name} is not installed")


def _mitmdump(folder: Path) -> str:
    if path := shutil.which("mitmdump"):
        return path
    place = folder.parent / "mitmproxy"  # another Python's packages, not ours
    if not place.is_dir():
        try:
            subprocess.run([sys.executable, "-m", "venv", place], check=True, capture_output=True)
            subprocess.run([place / "bin/pip", "install", "-q", "mitmproxy"], check=True, capture_output=True)
        except subprocess.CalledProcessError as error:
            raise Absent(f"mitmproxy cannot be installed: {error.stderr.decode().strip()[-200:]}") from None
    return str(place / "bin/mitmdump")


def _npm_installed(package: str, folder: Path) -> None:
    command = [_installed("npm"), "install", "--no-audit", "--no-fund", "--prefix", str(folder), package]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Absent(f"{package} cannot be installed: {done.stderr.strip()[-200:]}")


@contextmanager
def _listening(command: Sequence[str], port: int, folder: Path) -> Iterator[str]:
    """A process that listens on `port` before long."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with _process(command, {**os.environ, "HOME": str(folder)}, folder, **quiet) as process:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                raise Absent(f"{command[0]} ended with {process.returncode}")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _process(
    command: Sequence[str], env: Mapping[str, str], cwd: Path, stdout: int | None = None, stderr: int | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A process that is asked to end in any case."""
    with subprocess.Popen(command, env=env, cwd=cwd, stdout=stdout, stderr=stderr, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
