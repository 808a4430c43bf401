"""`getty-token serve` as a process, open to others, allowed to spend, told to end: what it may never do."""

import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from test_server import other_address

from fakes import KEY, SECRET, FakeGetty, getty_token, serving
from test_serve import PATIENCE, PATIENT, Program, but, environment, running, signed_in

BUY = "/getty/v3/downloads/images/7"
ALLOWED = '[serve]\nallow = ["POST /v3/downloads/images/{id}"]\n'


@contextmanager
def spending(folder: Path, *arguments: str) -> Iterator[tuple[Program, FakeGetty]]:
    """A live `serve` that may buy images, and the Getty where they are bought."""
    (folder / "getty-token.toml").write_text(ALLOWED)
    getty = FakeGetty()
    getty.instead["/v3/downloads/images/7"] = lambda request: httpx.Response(200, json={"uri": "bought"})
    with (
        serving(getty) as upstream,
        running("serve", "--port", "0", *arguments, cwd=folder, env=signed_in(upstream)) as program,
    ):
        yield program, getty


def post(program: Program, target: str, **fields: str) -> httpx.Response:
    return httpx.post(program.address + target, headers=fields, timeout=PATIENCE, trust_env=False)


def test_a_run_buys_no_more_than_its_limit_and_counts_aloud(tmp_path: Path) -> None:
    with spending(tmp_path, "--allow-changes", "--change-limit", "2") as (program, getty):
        answers = [post(program, BUY).status_code for _ in range(4)]
        program.line("number 2 of 2 in this run")
        refused = program.line("--change-limit")

    assert answers == [200, 200, 403, 403]
    assert len(getty.requests) == 2
    assert "may make no more" in refused


def test_neither_the_flag_nor_the_name_alone_lets_anything_be_bought(tmp_path: Path) -> None:
    with spending(tmp_path) as (program, getty):
        answers = [post(program, BUY).status_code, program.get(BUY).status_code]

    assert answers == [403, 405]
    assert getty.requests == []


@pytest.mark.skipif(not other_address(), reason="this machine has no address but its loopback")
def test_other_machines_need_the_key_that_is_printed(tmp_path: Path) -> None:
    getty = FakeGetty()
    with (
        serving(getty) as upstream,
        running("serve", "--port", "0", "--host", other_address(), cwd=tmp_path, env=signed_in(upstream)) as program,
    ):
        key = program.line("Authorization: Bearer ").partition("Bearer ")[2].strip()
        program.line("Ctrl-C")
        url = f"http://{other_address()}:{program.port}/getty/v3/search/images?page=1&page_size=1"
        with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
            without = client.get(url)
            wrong = client.get(url, headers={"authorization": f"Bearer {key[:-1]}"})
            local = client.get(url, headers={"host": "localhost:8000"})
            right = client.get(url, headers={"authorization": f"Bearer {key}"})
            control = client.get(
                f"http://{other_address()}:{program.port}/_getty-token/state",
                headers={"authorization": f"Bearer {key}", "getty-token-control": "1"},
            )
        said_before = program.said

    assert re.fullmatch(r"[\w-]{32}", key)
    assert [each.status_code for each in (without, wrong, local, right, control)] == [403, 403, 403, 200, 403]
    assert len(getty.requests) == 1
    assert "bearer " + key not in str(getty.requests[0].headers).lower()
    assert said_before.count(key) == 1


def test_without_host_no_other_machine_can_connect(tmp_path: Path) -> None:
    if not other_address():
        pytest.skip("this machine has no address but its loopback")
    with running("serve", "--offline", "--port", "0", cwd=tmp_path) as program, pytest.raises(ConnectionRefusedError):
        socket.create_connection((other_address(), program.port), timeout=PATIENCE)


class Hesitant(FakeGetty):
    """A Getty that answers a search when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived, self.let = threading.Event(), threading.Event()

    def search(self, request: httpx.Request) -> httpx.Response:
        self.arrived.set()
        self.let.wait(10 * PATIENCE)  # longer than a test waits for an end
        return super().search(request)


SEARCH = b"GET /getty/v3/search/images?page=1&page_size=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_sigterm_lets_what_is_in_flight_finish_and_tells_of_it_and_takes_nothing_new(tmp_path: Path) -> None:
    getty, late = Hesitant(), but("from getty_token.commands import request_log; request_log.BATCH = 600")
    with (
        serving(getty) as upstream,
        running("serve", "--port", "0", cwd=tmp_path, env=signed_in(upstream), program=late) as program,
        socket.create_connection(("127.0.0.1", program.port), timeout=PATIENCE) as page,
    ):
        page.sendall(SEARCH)
        assert getty.arrived.wait(PATIENCE)
        program.process.send_signal(signal.SIGTERM)
        until_refused(program.port)
        getty.let.set()
        received = b"".join(iter(lambda: page.recv(65536), b""))
        code = program.wait()

    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received.endswith(b"}")
    assert code == -signal.SIGTERM
    assert "/getty/v3/search/images?page=1&page_size=1" in program.said  # though nothing is printed before the end


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(tmp_path: Path, second: signal.Signals) -> None:
    getty = Hesitant()
    with (
        serving(getty) as upstream,
        running("serve", "--port", "0", cwd=tmp_path, env=signed_in(upstream), program=PATIENT) as program,
        socket.create_connection(("127.0.0.1", program.port), timeout=PATIENCE) as page,
    ):
        page.sendall(SEARCH)
        assert getty.arrived.wait(PATIENCE)
        program.process.send_signal(signal.SIGTERM)
        until_refused(program.port)
        program.process.send_signal(second)
        code = program.wait()
        getty.let.set()

    assert code < 0 or code == 130
    assert "Traceback" not in program.said


def until_refused(port: int) -> None:
    """Returns once nobody takes connections on `port` any more."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
        except ConnectionError:
            return
    pytest.fail("it goes on taking connections")


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="limits are read from /proc")
def test_a_crash_of_serve_leaves_no_memory_behind(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        with (
            serving(FakeGetty()) as upstream,
            running("serve", "--port", "0", cwd=tmp_path, env=signed_in(upstream)) as program,
        ):
            process = Path(f"/proc/{program.process.pid}")
            limits = (process / "limits").read_text()
            owner = (process / "mem").stat().st_uid
            program.process.send_signal(signal.SIGSEGV)
            code = program.wait()
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))

    assert re.search(r"Max core file size\s+0\s", limits)
    assert owner == 0  # of a process that may be dumped it is the user's own
    assert code == -signal.SIGSEGV
    assert not list(tmp_path.glob("core*"))
    for secret in (KEY, SECRET, "test-token"):
        assert secret not in program.said


def readable(file: Path) -> bytes:
    """What others may read of `file`; of the environment of a process that keeps its memory to itself only root may."""
    try:
        return file.read_bytes()
    except PermissionError:
        return b""


def test_the_process_list_and_its_environment_show_no_secret_of_a_saved_login(tmp_path: Path) -> None:
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("the process list is read from /proc")
    getty = FakeGetty()
    with serving(getty) as upstream:
        where = {"GETTY_API_URL": upstream, "GETTY_AUTH_URL": upstream}
        saved = getty_token(
            "login", "--stdin", cwd=tmp_path, stdin=f"{KEY}\n{SECRET}\n", env=environment(tmp_path, **where)
        )
        with running("serve", "--port", "0", cwd=tmp_path, env=where) as program:
            program.get("/getty/v3/search/images?page=1&page_size=1")
            shown = [readable(Path(f"/proc/{program.process.pid}/{name}")) for name in ("cmdline", "environ")]

    assert saved.returncode == 0, saved.stderr
    assert len(getty.requests) == 1
    for secret in (KEY, SECRET, "test-token"):
        assert all(secret.encode() not in each for each in shown)


@pytest.mark.parametrize("level", ["DEBUG", "NOTSET"])
def test_no_library_logs_a_secret_at_any_level(tmp_path: Path, level: str) -> None:
    code = f"""if True:
        import logging, sys
        logging.basicConfig(level={level!r}, stream=sys.stdout)
        logging.getLogger().setLevel(1)
        from getty_token.__main__ import run
        codes = [run(["search", "boat", "--limit", "3"]), run(["refresh", "--force"]), run(["status"])]
        print(codes)
        """
    with serving(FakeGetty()) as upstream:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=environment(tmp_path, **signed_in(upstream)),
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert "DEBUG" in done.stdout  # the libraries do log
    for secret in (KEY, SECRET, "test-token-1", "test-token-2"):
        assert secret not in done.stdout + done.stderr
