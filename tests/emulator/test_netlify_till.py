"""The last look at a call before it leaves: permitted by name, counted, bounded; and never a GET that costs."""

import asyncio

import pytest

from getty_emulator.events import Event, Warned
from getty_emulator.exchange import Answer, Call
from getty_emulator.netlify.functions import Permissions
from getty_emulator.netlify.till import MOST_CHANGES, Till
from getty_token.operations import OPERATIONS, Operation

BUY = "POST /v3/downloads/images/{id}"
EVERYTHING = Permissions(frozenset(operation.name for operation in OPERATIONS), changes=True)


class Asked:
    """A Getty that remembers its calls."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    async def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        return Answer(200, (), b"{}", "live")


def paid(*calls: Call, permissions: Permissions = EVERYTHING, most: int = 3) -> tuple[list[Answer], Asked, list[Event]]:
    """The answers to `calls`, one after the other, what reached Getty, and what was told."""
    getty, told = Asked(), list[Event]()
    till = Till(getty, permissions, told.append, most)

    async def run() -> list[Answer]:
        return [await till.answer(call) for call in calls]

    return asyncio.run(run()), getty, told


def test_nothing_that_costs_or_changes_something_is_a_get() -> None:
    assert [each.name for each in OPERATIONS if each.method == "GET" and each.effect.name in ("COSTS", "CHANGES")] == []


def test_reading_is_not_counted() -> None:
    answers, getty, told = paid(*[Call("GET", "/v3/countries")] * 10, permissions=Permissions())

    assert [answer.status for answer in answers] == [200] * 10
    assert len(getty.calls) == 10
    assert told == []


def test_spending_is_counted_told_and_bounded() -> None:
    answers, getty, told = paid(*[Call("POST", "/v3/downloads/images/7", "product_type=x")] * 5)

    assert [answer.status for answer in answers] == [200, 200, 200, 403, 403]
    assert len(getty.calls) == 3
    assert told[-1] == Warned(
        "POST /v3/downloads/images/7 uses up a licence, a credit or a quota: number 3 of 3 in this run."
    )
    assert "--change-limit" in answers[-1].reason


def test_all_that_changes_something_shares_one_limit() -> None:
    answers, _, _ = paid(Call("POST", "/v3/boards"), Call("POST", "/v3/downloads/images/7"), most=1)

    assert [answer.status for answer in answers] == [200, 403]


@pytest.mark.parametrize(
    "permissions",
    [
        Permissions(),
        Permissions(frozenset({BUY})),
        Permissions(changes=True),
        Permissions(frozenset({"POST /v3/boards"}), True),
    ],
)
def test_whatever_function_makes_the_call_it_needs_its_name_and_the_flag(permissions: Permissions) -> None:
    answers, getty, told = paid(Call("POST", "/v3/downloads/images/7"), permissions=permissions)

    assert answers[0].status == 403
    assert getty.calls == []
    assert told == []


@pytest.mark.parametrize(
    "call",
    [
        Call("POST", "/v3/search/images"),
        Call("PATCH", "/v3/boards/7"),
        Call("DELETE", "/oauth2/token"),
        Call("HEAD", "/v3/countries"),
    ],
)
def test_what_is_none_of_gettys_operations_goes_nowhere(call: Call) -> None:
    answers, getty, _ = paid(call)

    assert answers[0].status == 403
    assert getty.calls == []


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each.method != "GET"], ids=lambda each: each.name)
def test_every_operation_that_is_no_get_needs_permission(operation: Operation) -> None:
    method, template = operation.name.split()
    answers, getty, _ = paid(Call(method, template.replace("{", "a").replace("}", "")), permissions=Permissions())

    assert answers[0].status == 403
    assert getty.calls == []


def test_a_limit_of_none_at_all_is_one_too() -> None:
    answers, _, _ = paid(Call("POST", "/v3/boards"), most=0)

    assert answers[0].status == 403
    assert MOST_CHANGES == 20
