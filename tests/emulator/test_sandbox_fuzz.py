"""Whatever is asked, the sandbox answers, in one of Getty's two shapes of errors or in JSON that is whole."""

import json
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from getty_emulator.exchange import Call
from getty_emulator.sandbox import TEST_KEY, Sandbox
from getty_emulator.sandbox.reads import ANSWERED
from getty_token.parameters import PARAMETERS

SANDBOX = Sandbox(assets=4000)

templates = st.sampled_from(sorted(ANSWERED))
ids = st.sampled_from(
    ["1900000001", "1900003999", "1900004000", "1500000001", "775000001", "775000039", "0", "-1", "%00", "%2F"]
)
values = st.one_of(
    st.text(max_size=12),
    st.integers(-(2**40), 2**40).map(str),
    st.sampled_from(
        ["true", "False", "1", "100", "2024-02-30", "2024-01-01T00:00:00+25:00", "#GGGGGG", "#aabbcc", ",", "a,,b"]
    ),
)


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """A call of a read, with parameters it may have and others, of values it may take and others."""
    template = draw(templates)
    known = PARAMETERS[template]
    pairs = []
    for name in draw(st.lists(st.sampled_from([*sorted(known), "nonsense"]), max_size=5)):
        choices = known[name].choices if name in known else ()
        value = draw(st.one_of(values, st.sampled_from(choices))) if choices else draw(values)
        pairs.append(f"{name}={quote(value, safe=',#+%' if draw(st.booleans()) else '')}")
    return Call("GET", template.replace("{id}", draw(ids)), "&".join(pairs), {"api-key": TEST_KEY})


@given(calls())
@settings(max_examples=200)
def test_every_read_is_answered_whatever_is_asked(call: Call) -> None:
    answer = SANDBOX.read(call)

    content = json.loads(answer.body)
    assert answer.status in (200, 400, 404)
    assert set(content) == {"ErrorCode", "ErrorMessage"} if answer.status != 200 else content
    assert SANDBOX.answer(call).status in (answer.status, 401)


@given(st.text(max_size=30), st.text(max_size=40), st.binary(max_size=60), st.sampled_from(["GET", "POST", "PUT", "X"]))
def test_nothing_that_arrives_makes_it_fail(path: str, query: str, body: bytes, method: str) -> None:
    for place in (
        f"/{quote(path)}",
        f"/v3/{quote(path)}",
        "/oauth2/token",
        f"/media/{quote(path)}",
        f"/media/id/1/photo/{quote(path)}.svg",
    ):
        answer = SANDBOX.answer(Call(method, place, quote(query, safe="&="), {"authorization": query}, body))

        assert 200 <= answer.status < 500
