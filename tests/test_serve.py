"""`getty-token serve` as a person runs it: a real process, real sockets, a sandbox or a fake in Getty's place."""

import io
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import jsonschema
import pytest

from fakes import CHECKOUT, FOREIGN, KEY, SECRET, FakeGetty, command, serving, surroundings
from getty_emulator.events import Answered, Recorded, TokenRenewed, Warned
from getty_token.commands import schemas
from getty_token.commands.request_log import RequestLog
from getty_token.commands.serving.options import Mode, choose
from getty_token.errors import WrongUsage
from programs import free_port

PATIENCE = 60.0
"""Seconds that a test waits before it fails. Nothing takes as long, not on a slow machine that is busy either."""

CREATIVE = "/.netlify/functions/getty/v3/search/images/creative"
SUNSET = f"{CREATIVE}?phrase=sunset&page_size=3"


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a person who has set nothing, at home in `home`."""
    kept = {
        name: value
        for name, value in surroundings().items()
        if not name.startswith("GETTY_") and not name.lower().endswith("_proxy") and name not in FOREIGN
    }
    folders = {"HOME": home, "XDG_CONFIG_HOME": home / "config", "XDG_CACHE_HOME": home / "cache"}
    keyring = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    return {**kept, **keyring, **{name: str(path) for name, path in folders.items()}, **more}


def but(change: str) -> Sequence[str]:
    """The program, but for a change that is made before it begins."""
    return [sys.executable, "-c", f"{change}; from getty_token.__main__ import main; main()"]


PATIENT = but("from getty_emulator import server; server.GRACE = 600")
"""It gives requests in flight ten minutes after SIGTERM: whatever ends it sooner shows."""


class Program:
    """A `getty-token` that runs, and what it says on stderr, line by line."""

    def __init__(
        self,
        *arguments: str,
        cwd: Path,
        home: Path,
        env: dict[str, str] | None = None,
        program: Sequence[str] = command(),
    ) -> None:
        self.process = subprocess.Popen(
            [*program, *arguments],
            cwd=cwd,
            env=environment(home, **(env or {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._lines: list[str] = []
        self._ended = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr
        with self.process.stderr:
            for line in self.process.stderr:
                with self._changed:
                    self._lines.append(line.rstrip("\n"))
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    @property
    def address(self) -> str:
        """Where it listens, as soon as it does."""
        return re.sub(r".* at ", "", self.line(" at http://127.0.0.1:"))

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    @property
    def said(self) -> str:
        """Everything so far."""
        return "\n".join(self._lines)

    def line(self, text: str) -> str:
        """The first line with `text` in it, waited for."""

        def found() -> str | None:
            return next((line for line in self._lines if text in line), None)

        self.wait_until(lambda: found() is not None)
        line = found()
        assert line is not None, f"{text!r} was never said:\n{self.said}"
        return line

    def wait_until(self, so: Callable[[], bool]) -> None:
        """Returns once `so` holds of what it said, or it has ended, or nobody would wait any longer."""
        with self._changed:
            self._changed.wait_for(lambda: so() or self._ended, PATIENCE)

    def get(self, target: str) -> httpx.Response:
        return httpx.get(self.address + target, timeout=PATIENCE, trust_env=False)

    def stop(self, with_signal: signal.Signals = signal.SIGINT) -> int:
        """Ask it to end; gives its exit code, and everything it said can be read."""
        self.process.send_signal(with_signal)
        return self.wait()

    def wait(self) -> int:
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self._reader.join()


@contextmanager
def running(
    *arguments: str,
    cwd: Path,
    home: Path | None = None,
    env: dict[str, str] | None = None,
    program: Sequence[str] = command(),
) -> Iterator[Program]:
    """A program that listens."""
    it = Program(*arguments, cwd=cwd, home=home or cwd, env=env, program=program)
    try:
        assert it.address
        yield it
    finally:
        it.process.kill()
        it.wait()


def ended(*arguments: str, cwd: Path, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Exit code and stderr of a `serve` that cannot start."""
    program = Program("serve", *arguments, cwd=cwd, home=cwd, env=env)
    return program.wait(), program.said


def signed_in(address: str) -> dict[str, str]:
    return {"GETTY_API_URL": address, "GETTY_AUTH_URL": address, "GETTY_API_KEY": KEY, "GETTY_API_SECRET": SECRET}


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("offline")
    with running("serve", "--offline", "--port", "0", cwd=folder) as program:
        yield program


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with running("sandbox", "--port", "0", cwd=tmp_path_factory.mktemp("sandbox")) as program:
        yield program


@pytest.mark.parametrize("arguments", [["serve", "--offline"], ["sandbox"]], ids=" ".join)
def test_a_script_learns_where_a_server_listens_from_one_object(arguments: list[str], tmp_path: Path) -> None:
    with subprocess.Popen(
        command(*arguments, "--port", "0", "--json"), cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        try:
            told = json.loads(process.stdout.readline())
            jsonschema.validate(told, schemas.load(arguments[0]))
            address, fields = f"{told['address']}/_getty-token/state", {"Getty-Token-Control": "1"}
            state = httpx.get(address, headers=fields, timeout=PATIENCE, trust_env=False)
        finally:
            process.send_signal(signal.SIGINT)
        rest = process.stdout.read()

    assert (state.json()["server"], told["address"].endswith(f":{told['port']}")) == (arguments[0], True)
    assert (rest, process.returncode) == (b"", 130)


# The request log


def printed(*events: Answered | Recorded | TokenRenewed | Warned, colour: bool = False) -> str:
    out = io.StringIO()
    log = RequestLog(out, colour)
    for event in events:
        log(event)
    return out.getvalue()


def test_a_request_is_one_line_with_method_status_milliseconds_origin_and_target() -> None:
    line = printed(Answered("GET", "/x?phrase=a%2Cb", 200, 0.01234, "cassette search.yaml#3"))

    assert line == "200  GET    12.3 ms  cassette search.yaml#3 /x?phrase=a%2Cb\n"


@pytest.mark.parametrize("status", [304, 400, 404, 429, 500, 502])
def test_the_reason_of_anything_but_a_success_stands_below_its_line(status: int) -> None:
    line, reason = printed(Answered("GET", "/x", status, 0.1, "live", "Getty said no.")).splitlines()

    assert line.startswith(f"{status}  GET ")
    assert reason == "     Getty said no."


def test_a_success_has_no_reason_unless_it_broke_off() -> None:
    assert printed(Answered("GET", "/x", 200, 0.1, "live")).count("\n") == 1
    assert "\n     It broke off." in printed(Answered("GET", "/x", 200, 0.1, "site", "It broke off."))


HOSTILE = "a\x1b[2Jb\r\nc\x00d\x9be\u202ef\u2028g\x7f\ud800"


@pytest.mark.parametrize(
    "event",
    [
        Answered("GET", f"/{HOSTILE}", 200, 0.1, "live"),
        Answered("GET", "/x", 502, 0.1, "live", HOSTILE),
        Warned(HOSTILE),
    ],
    ids=["target", "reason", "warning"],
)
def test_no_control_character_reaches_the_terminal(event: Answered | Warned) -> None:
    text = printed(event)

    assert all(line.isprintable() for line in text.split("\n"))
    assert text.count("\n") == (2 if isinstance(event, Answered) and event.reason else 1)


def test_a_target_without_end_is_cut() -> None:
    assert len(printed(Answered("GET", "/" + "x" * 10_000, 200, 0.1, "live"))) < 500


def test_a_renewed_token_says_how_long_it_lives_why_and_what_it_cost() -> None:
    plain = printed(TokenRenewed(1799.9, 1))
    forced = printed(TokenRenewed(1799.9, 2, "Getty refused the old one"))

    assert plain == "     new access token for 30 min, 1 request this lifetime\n"
    assert forced == "     new access token for 30 min (Getty refused the old one), 2 requests this lifetime\n"


def test_colours_are_painted_only_where_they_are_asked_for() -> None:
    events = (Answered("GET", "/x", 404, 0.1, "live", "no"), Warned("careful"), TokenRenewed(60, 1))

    assert "\x1b" not in printed(*events)
    assert "\x1b[33m404\x1b[0m" in printed(*events, colour=True)


def test_a_log_that_nobody_reads_any_more_stops_nothing() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    RequestLog(Gone())(Warned("careful"))


# Flags and files


@pytest.mark.parametrize(
    ("flags", "mode"),
    [
        ((False, False, False, False), Mode.LIVE),
        ((True, False, False, False), Mode.LIVE),
        ((False, True, False, False), Mode.OFFLINE),
        ((False, True, False, True), Mode.OFFLINE),
        ((False, False, True, False), Mode.RECORD),
    ],
)
def test_the_flags_name_the_mode(flags: tuple[bool, bool, bool, bool], mode: Mode) -> None:
    assert choose(*flags) is mode


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ((True, True, False, False), "--live and --offline exclude each other"),
        ((False, True, True, False), "--offline and --record exclude each other"),
        ((True, True, True, True), "--live and --offline and --record exclude each other"),
        ((False, False, False, True), "--strict means something with --offline only"),
        ((False, False, True, True), "--strict means something with --offline only"),
    ],
)
def test_flags_that_contradict_each_other_are_wrong_usage(flags: tuple[bool, bool, bool, bool], says: str) -> None:
    with pytest.raises(WrongUsage, match=says) as raised:
        choose(*flags)

    assert raised.value.exit_code == 2


@pytest.mark.parametrize("mode", [["--offline"], ["--live"], []])
@pytest.mark.parametrize("option", [["--record-mode", "once"], ["--with-media"]])
def test_how_to_record_means_something_with_record_only(tmp_path: Path, mode: list[str], option: list[str]) -> None:
    code, said = ended(*mode, *option, "--port", "0", cwd=tmp_path)

    assert code == 2
    assert f"{option[0]} means something with --record only" in said


def test_recording_nothing_needs_no_key(tmp_path: Path) -> None:
    (tmp_path / "getty-cassettes").mkdir()

    with running("serve", "--record", "--record-mode", "none", "--port", "0", cwd=tmp_path) as program:
        answer = program.get(SUNSET)

    assert answer.status_code == 502
    assert "no cassette holds GET /v3/search/images/creative" in answer.json()["detail"]


def test_contradictory_flags_end_with_exit_code_2(tmp_path: Path) -> None:
    code, said = ended("--offline", "--live", cwd=tmp_path)

    assert code == 2
    assert "exclude each other" in said
    assert "Traceback" not in said


def test_a_folder_of_cassettes_that_is_not_there_ends_with_exit_code_2(tmp_path: Path) -> None:
    code, said = ended("--offline", "--cassettes", "nowhere", "--port", "0", cwd=tmp_path)

    assert code == 2
    assert "there is no folder nowhere" in said


def test_without_credentials_and_mode_it_ends_with_exit_code_4_and_offers_offline(tmp_path: Path) -> None:
    code, said = ended("--port", "0", cwd=tmp_path)

    assert code == 4
    assert said.startswith("getty-token: no API key.")
    assert "getty-token serve --offline" in said
    assert " at http://" not in said


@pytest.mark.parametrize(
    ("file", "content", "code", "says"),
    [
        ("getty-token.toml", "[serve\n", 2, ["getty-token.toml is not TOML", "line 1", "Mend that line"]),
        (
            "getty-token.toml",
            '[functions.buy]\nendpoint = "POST /v3/downloads/images/{id}"\n',
            2,
            ["the function buy in getty-token.toml is not allowed", "--allow-changes"],
        ),
        (".env", "GETTY_API_KEY=test-key\nwhat is this\n", 2, ["line 2", ".env is not NAME=value"]),
    ],
    ids=["not TOML", "not allowed", ".env"],
)
def test_a_file_that_cannot_be_understood_is_named_with_its_mend(
    tmp_path: Path, file: str, content: str, code: int, says: list[str]
) -> None:
    (tmp_path / file).write_text(content)
    (tmp_path / file).chmod(0o600)

    ended_with, said = ended("--port", "0", cwd=tmp_path)

    assert ended_with == code
    for part in says:
        assert part in said
    assert "Traceback" not in said
    assert "test-key" not in said


def test_a_port_that_is_taken_ends_with_exit_code_1_and_says_who_may_have_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, said = ended("--offline", "--port", str(port), cwd=tmp_path)

    assert code == 1
    assert said.splitlines() == [
        f"getty-token: port {port} is in use.",
        "  Another `getty-token serve` or `netlify functions:serve` may be running.",
        "  Stop it, or choose another port with --port.",
    ]


# Offline


def test_offline_a_search_its_pictures_and_an_image_are_answered(offline: Program) -> None:
    found = offline.get(SUNSET)
    first = found.json()["images"][0]
    picture = _fetched(first["display_sizes"][0]["uri"])
    image = offline.get(f"/getty/v3/images/{first['id']}")

    assert (found.status_code, picture.status_code, image.status_code) == (200, 200, 200)
    assert first["display_sizes"][0]["uri"].startswith(f"{offline.address}/media/")
    assert picture.headers["content-type"].startswith("image/")
    assert offline.line(SUNSET).startswith("200  GET ")


def test_offline_what_costs_money_is_refused_on_the_terminal_too(offline: Program) -> None:
    response = httpx.post(f"{offline.address}/getty/v3/downloads/images/77", timeout=PATIENCE, trust_env=False)

    assert response.status_code == 403
    assert "403  POST" in offline.line("/getty/v3/downloads/images/77")
    assert offline.line("uses up a licence").strip() == response.json()["detail"]


def test_head_has_the_length_of_get_and_no_body_on_the_wire(offline: Program) -> None:
    boat = f"{CREATIVE}?phrase=boat&page_size=3"
    with socket.create_connection(("127.0.0.1", offline.port), timeout=PATIENCE) as connection:
        reply = connection.makefile("rb")
        lengths = []
        for method in ("HEAD", "GET"):
            connection.sendall(f"{method} {boat} HTTP/1.1\r\nHost: localhost:8000\r\n\r\n".encode())
            head = dict(line.split(b": ", 1) for line in list(iter(lambda: reply.readline().strip(), b""))[1:])
            lengths.append(int(head[b"content-length"]))
        body = reply.read(lengths[1])

    assert lengths[0] == lengths[1]
    assert json.loads(body)["images"]


def exchanged(port: int, raw: bytes) -> bytes:
    """What comes back for `raw` on a connection of its own, until it is closed or silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        with suppress(OSError):  # it may answer and hang up before all is said
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def http(target: str, *fields: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {target} HTTP/1.1", *fields, "Connection: close", "", ""]).encode("latin-1")


LOCAL = "Host: localhost:8000"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (http("/%", LOCAL), 400),
        (http("//", LOCAL), 404),
        (http("///", LOCAL), 404),
        (http("*", LOCAL, method="OPTIONS"), 404),
        (http("/getty/%", LOCAL), 400),
        (http("/.netlify/functions/../..//v3", LOCAL), 404),
        (http("/.netlify/functions/getty/%2e%2e/x", LOCAL), 404),
        (http("/.netlify/functions/getty/v3%2Fcountries", LOCAL), 400),
        (http("/getty/v3/countries", "Host: evil.test"), 403),
        (http("/getty/v3/countries", "Host: ???"), 403),
        (http("/getty/v3/countries", "Host:"), 403),
        (http("/getty/v3/countries"), 403),
        (http("/getty/v3/countries", LOCAL, LOCAL), 403),
        (http("/getty/v3/countries", LOCAL, "Origin: https://evil.test"), 403),
        (http("http://evil.test/getty/v3/countries", LOCAL), 400),
        (http("/getty/v3/countries", LOCAL, "Cookie: " + "c" * 1_000_000), 431),
        (http("/" + "x" * 30_000, LOCAL), 431),
        (http("evil.test:443", LOCAL, method="CONNECT"), 400),
        (http("/getty/v3/countries", LOCAL, method="BREW"), 400),
        (http("/getty/v3/countries", LOCAL, "Content-Length: x", method="POST"), 400),
        (http("/getty/v3/countries", LOCAL, "Content-Length: 2", "Transfer-Encoding: chunked", method="POST"), 400),
        (http("/\xe9\x1b[31m", LOCAL), 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"hello\r\n\r\n", 400),
    ],
)
def test_an_odd_request_is_refused_and_the_next_one_is_answered(offline: Program, raw: bytes, status: int) -> None:
    reply = exchanged(offline.port, raw)

    assert reply.split(b" ")[1] == str(status).encode()
    assert exchanged(offline.port, http("/getty/v3/countries", LOCAL)).startswith(b"HTTP/1.1 200 OK\r\n")


def test_no_escape_sequence_of_a_page_reaches_the_terminal(offline: Program) -> None:
    offline.get("/getty/v3/%1b[31m?escape-in-path")
    offline.get("/getty/v3/search/images/creative?page=%1b%5B31m&escape-in-query")

    assert offline.line("escape-in-path")
    assert offline.line("escape-in-query")
    assert "\x1b" not in offline.said


def test_a_miss_in_strict_mode_is_502_and_names_the_nearest_recording_and_how_to_record_it(tmp_path: Path) -> None:
    with running("serve", "--offline", "--strict", "--port", "0", cwd=tmp_path) as program:
        response = program.get(f"{CREATIVE}?phrase=never+recorded")
        reason = program.line("no cassette holds")

    detail = response.json()["detail"]
    assert response.status_code == 502
    assert "no cassette holds GET /v3/search/images/creative?phrase=never+recorded." in detail
    assert "The nearest is bundled/search-images-creative.yaml: " in detail
    assert "Record it with `getty-token serve --record`." in detail
    assert reason.strip() == detail


def test_strict_plays_the_sites_cassettes_and_no_made_up_ones(tmp_path: Path) -> None:
    folder = tmp_path / "getty-cassettes"
    folder.mkdir()
    shutil.copy(CHECKOUT / "cassettes" / "countries.yaml", folder)

    with running("serve", "--offline", "--strict", "--port", "0", cwd=tmp_path) as program:
        recorded, made_up = program.get("/getty/v3/countries"), program.get("/getty/v3/collections")
        line = program.line("/getty/v3/countries")

    assert (recorded.status_code, made_up.status_code) == (200, 502)
    assert "cassette countries.yaml#1" in line


def test_a_malformed_cassette_is_named_and_skipped_and_the_others_serve(tmp_path: Path) -> None:
    folder = tmp_path / "getty-cassettes"
    folder.mkdir()
    (folder / "broken.yaml").write_text("interactions: [")
    (folder / "nonsense.yaml").write_bytes(b"\xff\xfe\x00")
    shutil.copy(CHECKOUT / "cassettes" / "countries.yaml", folder)

    with running("serve", "--offline", "--strict", "--port", "0", cwd=tmp_path) as program:
        response = program.get("/getty/v3/countries")
        program.line("/getty/v3/countries")

    assert response.status_code == 200
    for name in ("broken.yaml", "nonsense.yaml"):
        assert name in program.said
    assert "Traceback" not in program.said


def test_the_functions_of_getty_token_toml_answer_with_their_prefix_and_without(tmp_path: Path) -> None:
    (tmp_path / "getty-token.toml").write_text(
        '[functions.pictures]\nendpoint = "GET /v3/search/images/creative"\n'
        'allow = ["phrase"]\nfixed = { page_size = 2 }\n'
    )

    with running("serve", "--offline", "--port", "0", cwd=tmp_path) as program:
        answers = [program.get(f"{prefix}/pictures?phrase=boat") for prefix in ("/.netlify/functions", "", "/")]
        stranger = program.get("/pictures?phrase=boat&page_size=100")

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({answer.content for answer in answers}) == 1
    assert len(answers[0].json()["images"]) == 2
    assert stranger.status_code == 400


# Live


def test_two_hundred_requests_at_once_cost_one_token(sandbox: Program, tmp_path: Path) -> None:
    sandbox.get("/v3/countries?first")
    sandbox.line("/v3/countries?first")  # and with it all that came before
    before = sandbox.said.count("/oauth2/token")

    with running("serve", "--port", "0", cwd=tmp_path, env=signed_in(sandbox.address)) as program:
        address = program.address

        def page(number: int) -> int:
            return client.get(f"{address}{CREATIVE}?phrase=boat+{number}&page_size=1").status_code

        with (
            httpx.Client(trust_env=False, timeout=PATIENCE, limits=httpx.Limits(max_connections=200)) as client,
            ThreadPoolExecutor(200) as pages,
        ):
            statuses = list(pages.map(page, range(1, 201)))
        marker = program.get(f"{CREATIVE}?phrase=last&page_size=1")
        for each in (sandbox, program):
            each.line("phrase=last")

    assert statuses == [200] * 200
    assert marker.status_code == 200
    assert sandbox.said.count("/oauth2/token") == before + 1
    assert program.said.count("new access token") == 1
    assert KEY not in program.said
    assert SECRET not in program.said


def test_a_token_that_getty_has_revoked_is_replaced_without_anybody_noticing(tmp_path: Path) -> None:
    getty = FakeGetty()

    with serving(getty) as upstream, running("serve", "--port", "0", cwd=tmp_path, env=signed_in(upstream)) as program:
        before = program.get(SUNSET)
        getty.revoke_tokens()
        after = program.get(SUNSET)
        program.line("Getty refused the old one")

    assert (before.status_code, after.status_code) == (200, 200)
    assert getty.token_requests == 2


def test_a_key_that_getty_refuses_is_502_and_the_terminal_says_why(tmp_path: Path) -> None:
    with serving(FakeGetty()) as upstream:
        env = {**signed_in(upstream), "GETTY_API_SECRET": "test-secret-that-is-wrong"}
        with running("serve", "--port", "0", cwd=tmp_path, env=env) as program:
            response = program.get(SUNSET)
            program.line("Getty does not accept the API key and secret.")

    assert response.status_code == 502
    assert str(tmp_path) not in response.text
    assert "test-secret" not in response.text + program.said


def test_a_secret_that_a_page_sends_is_not_repeated_on_the_terminal(tmp_path: Path) -> None:
    with (
        serving(FakeGetty()) as upstream,
        running("serve", "--port", "0", cwd=tmp_path, env=signed_in(upstream)) as program,
    ):
        program.get(f"{SUNSET}&marker=first&x={SECRET}")
        program.get(f"/{SECRET}?marker=second")
        told = [program.line("marker=first"), program.line("marker=second")]

    assert SECRET not in program.said
    assert all("[redacted]" in line for line in told)


TARGETS = [
    f"{CREATIVE}?phrase=sunset&page_size=5",
    f"{CREATIVE}?phrase=caf%C3%A9&page_size=2&page=2",
    "/.netlify/functions/getty/v3/search/images/editorial?phrase=boat&page_size=2",
    "/.netlify/functions/getty/v3/countries",
    f"{CREATIVE}?page_size=1000",  # 400
]


def test_what_is_recorded_replays_byte_for_byte_and_holds_no_secret(sandbox: Program, tmp_path: Path) -> None:
    recorded_into = tmp_path / "getty-cassettes"

    with running("serve", "--record", "--port", "0", cwd=tmp_path, env=signed_in(sandbox.address)) as program:
        recorded = [program.get(target) for target in TARGETS]
        assert program.stop() == 130, program.said
    with running("serve", "--offline", "--strict", "--port", "0", cwd=tmp_path) as program:
        address = program.address
        replayed = [program.get(target) for target in TARGETS]

    for one, other in zip(recorded, replayed, strict=True):
        assert other.status_code == one.status_code
        assert other.headers["content-type"] == one.headers["content-type"]
        assert other.text.replace(address, "here") == one.text.replace(sandbox.address, "here")
    files = sorted(recorded_into.glob("*.yaml"))
    assert [file.name for file in files] == [
        "countries.yaml",
        "search-images-creative.yaml",
        "search-images-editorial.yaml",
    ]
    for file in files:
        content = file.read_bytes()
        for secret in (KEY, SECRET, "sbx.", str(tmp_path), sandbox.address):
            assert secret.encode() not in content


def test_thumbnails_that_were_recorded_are_shown_offline_and_others_drawn(sandbox: Program, tmp_path: Path) -> None:
    target = f"{CREATIVE}?phrase=sunset&page_size=2&fields=display_set"

    with running(
        "serve", "--record", "--with-media", "--port", "0", cwd=tmp_path, env=signed_in(sandbox.address)
    ) as one:
        live = _sizes(one.get(target))
        assert one.stop() == 130, one.said  # by then, what was being fetched is kept
    with running("serve", "--offline", "--strict", "--port", "0", cwd=tmp_path) as other:
        offline = _sizes(other.get(target))
        pictures = {name: _fetched(uri) for name, uri in offline.items()}
        origins = other.line("cassette media/"), other.line("sandbox     /media/")

    assert pictures["thumb"].content == _fetched(live["thumb"]).content
    assert pictures["thumb"].headers["x-content-type-options"] == "nosniff"
    assert [picture.status_code for picture in pictures.values()] == [200] * len(pictures)
    assert all(origins)


def _fetched(uri: str) -> httpx.Response:
    return httpx.get(uri, timeout=PATIENCE, trust_env=False)


def _sizes(response: httpx.Response) -> dict[str, str]:
    """The addresses of the first picture, by the names of its sizes."""
    return {size["name"]: size["uri"] for size in response.json()["images"][0]["display_sizes"]}


# Getty, gone wrong

TOKEN = json.dumps({"access_token": "test-token", "token_type": "Bearer", "expires_in": 1800}).encode()
HTML = b"<html><body>Please log in to the hotel's network</body></html>"


def reply(status: str, body: bytes, *fields: str) -> bytes:
    """A whole answer as it is on the wire."""
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "", ""]).encode() + body


class RawServer:
    """A server in Getty's place: `answer` gives raw bytes for a request line, or None to leave it waiting."""

    def __init__(self, answer: Callable[[str], bytes | None]) -> None:
        self.waiting = threading.Event()
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._kept: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> "RawServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing a socket does not wake the thread that waits on it; shutting it down does.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        for each in (self._listener, *self._kept):
            each.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with suppress(ConnectionError):  # who has seen enough hangs up, or was killed
                answer = self._answer(_request_line(connection))
                if answer is None:
                    self._kept.append(connection)
                    self.waiting.set()
                    continue
                connection.sendall(answer)
            connection.close()


def _request_line(connection: socket.socket) -> str:
    """The first line of a request that is read to its end, or to where the other side hung up."""
    head, body = b"", b""
    while b"\r\n\r\n" not in head and (data := connection.recv(65536)):
        head += data
    head, _, body = head.partition(b"\r\n\r\n")
    if length := re.search(rb"(?i)content-length: (\d+)", head):
        while len(body) < int(length[1]) and (data := connection.recv(65536)):
            body += data
    return head.split(b"\r\n")[0].decode()


WRONG = {
    "oops": (reply("500 Oops", HTML, "Content-Type: text/html"), 500, f"{len(HTML)} bytes without an explanation"),
    "denied": (reply("403 No", b'{"message": "For\\u001b[31mbidden \\ud800"}'), 403, "bidden"),
    "portal": (reply("200 OK", HTML, "Content-Type: text/html; charset=utf-8"), 502, "a web page"),
    "moved": (reply("302 Found", b"", "Location: https://evil.test/"), 502, "a redirect; it is not followed"),
    "echo": (reply("200 OK", b'{"key": "test-secret"}'), 502, "contained a secret of yours"),
    "half": (reply("200 OK", b'{"half": true}')[:-3], 502, "broke off"),
    "nothing": (b"", 502, "broke off"),
    "garbage": (b"\x00\xff\r\n\r\n", 502, "broke off"),
}
"""Phrase, what a server in Getty's place sends, the status a browser sees, the reason on the terminal."""


def test_whatever_getty_answers_the_browser_gets_a_whole_answer_and_the_terminal_the_reason(tmp_path: Path) -> None:
    def answer(line: str) -> bytes:
        phrase = next((phrase for phrase in WRONG if phrase in line), None)
        return WRONG[phrase][0] if phrase else reply("200 OK", TOKEN)

    with (
        RawServer(answer) as upstream,
        running("serve", "--port", "0", cwd=tmp_path, env=signed_in(upstream.address)) as program,
    ):
        received = {phrase: program.get(f"{CREATIVE}?phrase={phrase}") for phrase in WRONG}
        program.get("/the-end")
        program.line("/the-end")

    told = program.said.splitlines()
    for phrase, (_, status, reason) in WRONG.items():
        [place] = [number for number, line in enumerate(told) if f"phrase={phrase}" in line]
        assert received[phrase].status_code == status
        assert told[place].startswith(f"{status}  GET")
        assert reason in told[place + 1]
    everything = program.said + "".join(each.text for each in received.values())
    assert "test-secret" not in everything
    assert "Traceback" not in everything
    assert "\x1b" not in program.said


@pytest.mark.parametrize(
    ("token_answer", "says"),
    [
        (reply("200 OK", HTML, "Content-Type: text/html"), "127.0.0.1"),
        (b"", "broke off"),
        (reply("500 Oops", b"test-secret"), "500"),
    ],
    ids=["HTML", "nothing", "500"],
)
def test_a_token_request_gone_wrong_is_502_and_explained(tmp_path: Path, token_answer: bytes, says: str) -> None:
    with (
        RawServer(lambda _line: token_answer) as upstream,
        running("serve", "--port", "0", cwd=tmp_path, env=signed_in(upstream.address)) as program,
    ):
        received = program.get(SUNSET)
        assert program.line("502  GET")
        assert program.line(says)

    assert received.status_code == 502
    assert "test-secret" not in received.text + program.said
    assert "Traceback" not in program.said


def test_a_getty_that_nobody_runs_is_502_and_the_terminal_says_what_to_check(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}"

    with running("serve", "--port", "0", cwd=tmp_path, env=signed_in(address)) as program:
        received = program.get(SUNSET)
        reason = program.line("cannot reach 127.0.0.1:")

    assert received.status_code == 502
    assert "GETTY_API_URL" in reason


# The end


def test_ctrl_c_ends_it_at_once_with_130_and_no_traceback(tmp_path: Path) -> None:
    with running("serve", "--offline", "--port", "0", cwd=tmp_path) as program:
        program.get("/getty/v3/countries")
        code = program.stop()

    assert code == 130
    assert "/getty/v3/countries" in program.said
    assert "Traceback" not in program.said


@pytest.mark.parametrize("hanging", ["GET /v3/", "POST /oauth2/token"])
def test_ctrl_c_ends_it_soon_while_getty_keeps_a_request_waiting(tmp_path: Path, hanging: str) -> None:
    def answer(line: str) -> bytes | None:
        return None if line.startswith(hanging) else reply("200 OK", TOKEN)

    with (
        RawServer(answer) as upstream,
        running("serve", "--port", "0", cwd=tmp_path, env=signed_in(upstream.address), program=PATIENT) as program,
        socket.create_connection(("127.0.0.1", program.port)) as page,
    ):
        page.sendall(http(SUNSET, LOCAL))
        assert upstream.waiting.wait(PATIENCE)
        code = program.stop()

    assert code == 130
    assert "Traceback" not in program.said


def test_sigterm_ends_it_and_the_last_requests_are_told(tmp_path: Path) -> None:
    with running("serve", "--offline", "--port", "0", cwd=tmp_path) as program:
        program.get("/getty/v3/countries")
        code = program.stop(signal.SIGTERM)

    assert code == -signal.SIGTERM
    assert "/getty/v3/countries" in program.said
    assert "Traceback" not in program.said
