"""Faults as values, what they do in front of `serve`'s Getty, and the endpoint that controls them."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from getty_emulator.control import PREFIX, Clock, Control
from getty_emulator.exchange import Answer, Call, Incoming
from getty_emulator.faults import KINDS, MOST, Faults
from getty_emulator.faulty import FaultyGetty
from getty_emulator.sandbox.authorization import AuthorizationServer
from getty_token.errors import WrongUsage

SEARCH, TOKEN, PICTURE = "/v3/search/images/creative", "/oauth2/token", "/media/id/1/photo/x.jpg"
FOUND = Answer(200, (), b"{}", "live")


@dataclass
class Getty:
    """One that always finds something, and remembers what it was asked."""

    calls: list[Call] = field(default_factory=list)

    async def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        return FOUND


def met(faults: Faults, *paths: str) -> list[str | None]:
    return [fault.kind if (fault := faults.take(path)) else None for path in paths]


def test_a_fault_is_met_as_often_as_was_asked_for() -> None:
    faults = Faults()
    faults.add("429", requests=2)

    assert met(faults, *[SEARCH] * 3) == ["429", "429", None]
    assert faults.active == ()


def test_faults_are_met_in_the_order_they_were_asked_for() -> None:
    faults = Faults()
    for kind in ("429", "503", "reset"):
        faults.add(kind)

    assert met(faults, *[SEARCH] * 4) == ["429", "503", "reset", None]


def test_a_fault_for_no_number_of_requests_stays_until_it_is_cleared() -> None:
    faults = Faults()
    fault = faults.add("500", requests=0)

    assert met(faults, *[SEARCH] * 50) == ["500"] * 50
    assert faults.active[0].hits == 50

    faults.clear(fault.number)

    assert met(faults, SEARCH) == [None]


def test_token_requests_and_pictures_are_spared_unless_they_are_named() -> None:
    faults = Faults()
    faults.add("500", requests=0)

    assert met(faults, TOKEN, PICTURE, SEARCH) == [None, None, "500"]

    faults.clear()
    faults.add("429", requests=0, path="/oauth2/")

    assert met(faults, TOKEN, SEARCH) == ["429", None]


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "399"},
        {"kind": "600"},
        {"kind": "４２９"},
        {"kind": "slow"},
        {"kind": "429", "requests": -1},
        {"kind": "429", "requests": 10**9},
        {"kind": "slow-body", "seconds": 0.0},
        {"kind": "slow-body", "seconds": 1e9},
        {"kind": "slow-body", "seconds": float("nan")},
        {"kind": "429", "path": "v3"},
    ],
)
def test_what_cannot_be_is_refused(asked: dict[str, Any]) -> None:
    faults = Faults()

    with pytest.raises(WrongUsage):
        faults.add(**asked)

    assert faults.active == ()


def test_there_is_an_end_to_faults() -> None:
    faults = Faults()
    for _ in range(MOST):
        faults.add("429")

    with pytest.raises(WrongUsage, match="clear"):
        faults.add("429")


def through_serve(kind: str, **more: Any) -> tuple[Answer, Getty]:
    faults, getty = Faults(), Getty()
    faults.add(kind, **more)
    return asyncio.run(FaultyGetty(getty, faults, "live").answer(Call("GET", SEARCH))), getty


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("401", b'{"message":"Unauthorized"}'),
        ("403", b'{"message":"Forbidden"}'),
        ("429", b'{"message":"Too Many Requests"}'),
        ("503", b'{"message":"Service Unavailable"}'),
        ("599", b'{"message":"Error"}'),
    ],
)
def test_a_status_in_front_of_serve_is_answered_as_the_gateway_does_and_asks_nobody(status: str, body: bytes) -> None:
    answer, getty = through_serve(status)

    assert (answer.status, answer.body) == (int(status), body)
    assert answer.origin == f"live (fault: {status})"
    assert getty.calls == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "slow" not in kind])
def test_an_answer_that_nobody_could_use_is_what_serve_makes_of_it(kind: str) -> None:
    answer, getty = through_serve(kind)

    assert answer.status == 502
    assert answer.origin == f"live (fault: {kind})"
    assert json.loads(answer.body)["detail"].startswith("Getty")
    assert getty.calls == []


@pytest.mark.parametrize("kind", ["slow-headers", "slow-body"])
def test_a_slow_answer_is_the_real_one_marked(kind: str) -> None:
    answer, getty = through_serve(kind, seconds=0.001)

    assert (answer.status, answer.body) == (200, b"{}")
    assert answer.origin == f"live (fault: {kind})"
    assert len(getty.calls) == 1


def test_without_faults_the_answer_is_untouched() -> None:
    assert asyncio.run(FaultyGetty(Getty(), Faults(), "live").answer(Call("GET", SEARCH))) is FOUND


def controlled(control: Control, method: str, name: str, content: object = None) -> tuple[int, dict[str, Any]]:
    body = b"" if content is None else json.dumps(content).encode()
    answer = control.answer(Incoming(method, PREFIX + name, "", (), body))
    return answer.status, json.loads(answer.body)


def sandbox_control() -> tuple[Control, Faults, AuthorizationServer, Clock]:
    faults, clock = Faults(), Clock(lambda: 1000.0)
    tokens = AuthorizationServer(1, clock, 1800)
    return Control("sandbox", faults, tokens, clock), faults, tokens, clock


def test_every_control_answers_with_what_is_active_then() -> None:
    control, *_ = sandbox_control()

    controlled(control, "POST", "faults", {"kind": "429", "requests": 3, "path": "/v3/images"})
    controlled(control, "PUT", "clock", {"shift": 1860})
    status, state = controlled(control, "PUT", "lifetime", {"seconds": 60})

    assert status == 200
    assert state == {
        "schema_version": 1,
        "server": "sandbox",
        "faults": [{"number": 1, "kind": "429", "left": 3, "path": "/v3/images", "seconds": 5.0, "hits": 0}],
        "clock_shift": 1860,
        "token_lifetime": 60,
    }
    assert controlled(control, "GET", "state") == (200, state)


def test_what_was_changed_can_be_put_back() -> None:
    control, faults, tokens, clock = sandbox_control()
    for content in ({"kind": "429"}, {"kind": "500"}):
        controlled(control, "POST", "faults", content)
    controlled(control, "PUT", "clock", {"shift": 1860})
    controlled(control, "PUT", "lifetime", {"seconds": 60})

    controlled(control, "DELETE", "faults", {"number": 1})
    assert [fault.kind for fault in faults.active] == ["500"]
    controlled(control, "DELETE", "faults")
    controlled(control, "PUT", "clock")
    controlled(control, "PUT", "lifetime")

    assert (faults.active, clock(), tokens.lifetime) == ((), 1000.0, 1800)


@pytest.mark.parametrize(
    ("method", "name", "content", "status"),
    [
        ("GET", "nothing", None, 404),
        ("POST", "state", None, 404),
        ("POST", "faults/../revoke", None, 404),
        ("POST", "faults", None, 400),
        ("POST", "faults", [], 400),
        ("POST", "faults", {"kind": "429", "requests": "3"}, 400),
        ("POST", "faults", {"kind": "429", "requests": True}, 400),
        ("POST", "faults", {"kind": "429", "seconds": 1e300}, 400),
        ("DELETE", "faults", {"number": 7}, 400),
        ("PUT", "lifetime", {"seconds": 0}, 400),
        ("PUT", "lifetime", {"seconds": 10**7}, 400),
        ("PUT", "clock", {"shift": 10**9}, 400),
    ],
)
def test_what_cannot_be_controlled_is_a_problem_and_changes_nothing(
    method: str, name: str, content: object, status: int
) -> None:
    control, *_ = sandbox_control()
    before = control.state()

    assert controlled(control, method, name, content)[0] == status
    assert control.state() == before


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_is_a_problem(body: bytes) -> None:
    control, *_ = sandbox_control()

    assert control.answer(Incoming("POST", f"{PREFIX}faults", "", (), body)).status == 400


def test_serve_takes_no_fault_for_what_it_does_not_pass_on() -> None:
    control = Control("serve", Faults())

    refused, problem = controlled(control, "POST", "faults", {"kind": "429", "path": "/oauth2/token"})
    taken, _ = controlled(control, "POST", "faults", {"kind": "429", "path": "/v3/search"})

    assert (refused, taken) == (400, 200)
    assert "sandbox" in problem["detail"]


@pytest.mark.parametrize(("method", "name"), [("POST", "revoke"), ("PUT", "lifetime"), ("PUT", "clock")])
def test_serve_has_faults_and_no_time_of_its_own(method: str, name: str) -> None:
    control = Control("serve", Faults())

    status, problem = controlled(control, method, name)

    assert status == 400
    assert "sandbox" in problem["detail"]
    assert set(control.state()) == {"schema_version", "server", "faults"}
