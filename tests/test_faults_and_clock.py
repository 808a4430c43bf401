"""`getty-token faults` and `getty-token clock` with a real sandbox and a real `serve`, each a process of its own."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from fakes import KEY, Outcome, serving
from getty_token.commands import schemas
from getty_token.commands.faults import seconds_in
from getty_token.errors import WrongUsage
from test_serve import PATIENCE, SUNSET, Program, running, signed_in

Run = Callable[..., Outcome]
SEARCH = "/v3/search/images/creative?phrase=sunset&page_size=3&fields=id"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with running("sandbox", "--port", "0", cwd=tmp_path_factory.mktemp("sandbox")) as running_program:
        yield running_program


@pytest.fixture(autouse=True)
def cleared(sandbox: Program) -> Iterator[None]:
    yield
    for method, control in (("DELETE", "faults"), ("PUT", "clock"), ("PUT", "lifetime")):
        tell(sandbox, method, control)


def tell(server: Program, method: str, control: str, **fields: str) -> httpx.Response:
    headers = {"Getty-Token-Control": "1", **fields}
    url = f"{server.address}/_getty-token/{control}"
    return httpx.request(method, url, headers=headers, timeout=PATIENCE, trust_env=False)


def ask(sandbox: Program, target: str = SEARCH) -> httpx.Response:
    return httpx.get(sandbox.address + target, headers={"Api-Key": KEY}, timeout=PATIENCE, trust_env=False)


def heard(sandbox: Program) -> str:
    """Everything the sandbox has logged until now: its lines come in batches, so one more is waited for."""
    last = f"/v3/countries?last={next(_MARKS)}"
    ask(sandbox, last)
    sandbox.line(last)
    return sandbox.said


_MARKS = itertools.count()


def at(server: Program) -> tuple[str, str]:
    return "--port", str(server.port)


@pytest.mark.parametrize("status", [401, 429, 503])
def test_a_status_comes_as_often_as_was_asked_for_and_the_log_says_so(
    sandbox: Program, program: Run, status: int
) -> None:
    said = program("faults", "add", str(status), "--requests", "2", *at(sandbox)).out

    statuses = [ask(sandbox).status_code for _ in range(3)]

    assert "2 requests left" in said
    assert statuses == [status, status, 200]
    assert sandbox.line(f"sandbox (fault: {status})")


def test_a_reset_connection_is_reset(sandbox: Program, program: Run) -> None:
    program("faults", "add", "reset", *at(sandbox))

    with pytest.raises(httpx.ReadError):
        ask(sandbox)

    assert ask(sandbox).status_code == 200
    assert sandbox.line("sandbox (fault: reset)").startswith("---")


def test_a_broken_body_ends_before_its_length(sandbox: Program, program: Run) -> None:
    program("faults", "add", "broken", *at(sandbox))

    with pytest.raises(httpx.RemoteProtocolError):
        ask(sandbox)

    assert ask(sandbox).status_code == 200


def test_truncated_json_looks_whole_to_http_only(sandbox: Program, program: Run) -> None:
    program("faults", "add", "truncated", *at(sandbox))

    half, whole = ask(sandbox), ask(sandbox)

    assert half.status_code == 200
    assert half.content == whole.content[: len(whole.content) // 2]


def test_a_web_page_in_gettys_place_is_html(sandbox: Program, program: Run) -> None:
    program("faults", "add", "html", *at(sandbox))

    assert ask(sandbox).headers["content-type"].startswith("text/html")


def test_slow_headers_are_waited_for(sandbox: Program, program: Run) -> None:
    whole = ask(sandbox).content
    program("faults", "add", "slow-headers", "--seconds", "0.3", *at(sandbox))

    started = time.perf_counter()
    late = ask(sandbox).content
    took = time.perf_counter() - started

    assert took >= 0.3
    assert late == whole


def test_of_a_slow_body_some_comes_at_once_and_the_rest_does_not(sandbox: Program, program: Run) -> None:
    whole = ask(sandbox).content
    program("faults", "add", "slow-body", "--seconds", "20", *at(sandbox))
    program("faults", "add", "slow-body", "--seconds", "0.3", *at(sandbox))

    address, key = sandbox.address + SEARCH, {"Api-Key": KEY}
    with httpx.stream("GET", address, headers=key, timeout=PATIENCE, trust_env=False) as response:
        first = next(response.iter_raw())

    assert whole.startswith(first) and first != whole
    assert ask(sandbox).content == whole


def test_serve_gets_a_new_token_when_the_sandbox_revokes_all(sandbox: Program, program: Run, tmp_path: Path) -> None:
    with running("serve", "--port", "0", cwd=tmp_path, env=signed_in(sandbox.address)) as serve:
        first = serve.get(SUNSET).status_code
        program("faults", "revoke", *at(sandbox))
        second = serve.get(SUNSET).status_code

        assert (first, second) == (200, 200)
        assert serve.line("new access token")


def test_half_an_hour_passes_at_once(sandbox: Program, program: Run, tmp_path: Path) -> None:
    with running("serve", "--port", "0", cwd=tmp_path, env=signed_in(sandbox.address)) as serve:
        assert serve.get(SUNSET).status_code == 200
        before = heard(sandbox).count("/oauth2/token")

        moved = program("clock", "+31m", *at(sandbox)).out

        assert "31 min 0 s ahead" in moved
        assert serve.get(SUNSET).status_code == 200
        assert heard(sandbox).count("/oauth2/token") == before + 1
        assert "401  GET" in sandbox.said
        assert "is right" in program("clock", "reset", *at(sandbox)).out


def test_what_serve_answers_can_fail_without_getty_hearing_of_it(
    sandbox: Program, program: Run, tmp_path: Path
) -> None:
    with running("serve", "--port", "0", cwd=tmp_path, env=signed_in(sandbox.address)) as serve:
        program("faults", "add", "401", *at(serve))
        program("faults", "add", "html", *at(serve))
        before = heard(sandbox).count(" /v3/search/")
        statuses = [serve.get(SUNSET).status_code for _ in range(2)]

        assert statuses == [401, 502]
        assert heard(sandbox).count(" /v3/search/") == before
        assert serve.line("live (fault: 401)")
        assert serve.line("live (fault: html)")
        assert program("clock", "+31m", *at(serve)).code == 2


def test_a_fault_is_never_recorded(sandbox: Program, program: Run, tmp_path: Path) -> None:
    with running("serve", "--record", "--port", "0", cwd=tmp_path, env=signed_in(sandbox.address)) as serve:
        program("faults", "add", "503", *at(serve))
        program("faults", "add", "truncated", *at(serve))
        statuses = [serve.get(SUNSET).status_code for _ in range(3)]
        serve.stop()

    [cassette] = (tmp_path / "getty-cassettes").glob("*.yaml")
    assert statuses == [503, 502, 200]
    assert cassette.read_text().count("status:") == 1
    assert "503" not in cassette.read_text()


def test_a_running_server_is_asked_as_json(sandbox: Program, program: Run) -> None:
    program("faults", "add", "429", *at(sandbox))

    state = json.loads(program("faults", "--json", *at(sandbox)).out)

    assert (state["schema_version"], state["server"], state["port"]) == (1, "sandbox", sandbox.port)
    assert [fault["kind"] for fault in state["faults"]] == ["429"]


def test_what_is_printed_as_json_is_what_its_schema_says(sandbox: Program, program: Run) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed: pip install '.[test]'")
    for arguments in (["faults", "add", "429", "--requests", "0"], ["faults"], ["clock", "+1m"], ["faults", "clear"]):
        jsonschema.validate(json.loads(program(*arguments, "--json", *at(sandbox)).out), schemas.load("faults"))


def test_without_a_port_the_usual_ones_are_tried_and_the_clock_is_the_sandboxs(
    sandbox: Program, program: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stranger(_: httpx.Request) -> httpx.Response:
        return httpx.Response(404, text="Function not found...")

    with (
        serving(stranger) as address,
        running("serve", "--offline", "--port", "0", cwd=tmp_path) as serve,
    ):
        ports = (int(address.rpartition(":")[2]), 1, serve.port, sandbox.port)
        monkeypatch.setattr("getty_token.commands.running.USUAL_PORTS", ports)

        assert program("faults").out.startswith(f"serve at http://127.0.0.1:{serve.port}")
        assert program("clock").out.startswith(f"sandbox at http://127.0.0.1:{sandbox.port}")
        assert program("faults", "revoke").out.startswith("sandbox")


@pytest.mark.parametrize(
    "fields", [{"Origin": "http://localhost:8000"}, {"Sec-Fetch-Site": "same-origin"}, {"Host": "evil.test"}]
)
def test_no_web_page_can_control_anything(sandbox: Program, fields: dict[str, str]) -> None:
    assert tell(sandbox, "POST", "revoke", **fields).status_code == 403


def test_without_our_header_field_nothing_is_controlled(sandbox: Program) -> None:
    response = httpx.post(f"{sandbox.address}/_getty-token/revoke", timeout=PATIENCE, trust_env=False)

    assert response.status_code == 403
    assert "Getty-Token-Control" in response.json()["detail"]


def test_where_nothing_of_ours_runs_it_says_so(program: Run) -> None:
    missed = program("faults", "--port", "1")

    assert missed.code == 1
    assert "no getty-token runs on port 1" in missed.err


@pytest.mark.parametrize(
    ("text", "seconds"), [("+31m", 1860), ("-90s", -90), ("+1h30m", 5400), ("45", 45), ("1h2m3s", 3723)]
)
def test_times_are_written_as_people_write_them(text: str, seconds: int) -> None:
    assert seconds_in(text) == seconds


@pytest.mark.parametrize("text", ["", "+", "m", "31x", "+-3m", "1m1h", "３m"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(WrongUsage):
        seconds_in(text)
