"""Whatever is recorded in whatever order, a cassette is what vcrpy would write, and plays what a simple model says."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getty_emulator.exchange import Answer, Call
from getty_emulator.replay import recorder as recorder_module
from getty_emulator.replay.cassette_file import read_interactions
from getty_emulator.replay.layout import serialised
from getty_emulator.replay.library import Library
from getty_emulator.replay.recorder import Recorder

NEW_RUN, EDITED = "a new run", "edited by hand"
BODIES = [
    b"",
    b"{}",
    b"\xff\x00\xfe",
    "two\n\n lines, café: 'x'  # y\n".encode(),
    b" " * 200 + b"end",
    b"- a\nversion: 1\n",
]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from("ab"), st.sampled_from(range(len(BODIES)))),
        st.sampled_from([NEW_RUN, EDITED]),
    ),
    min_size=3,
    max_size=16,
)


@settings(max_examples=60)
@given(steps=STEPS, full=st.sampled_from([600, 2**21]))
def test_a_folder_plays_what_was_recorded(steps: list[object], full: int) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(recorder_module, "FULL", full)
        folder, model, this_run = Path(name), dict[str, list[bytes]](), set[str]()

        def begin() -> Recorder:
            this_run.clear()
            return Recorder(folder, bytes, lambda content: False, "https://x", lambda event: None)

        recorder = begin()
        for step in steps:
            if step == NEW_RUN:
                recorder = begin()
            elif step == EDITED:
                for path in folder.glob("*.yaml"):
                    path.write_bytes(b"# noted\n" + path.read_bytes())
            else:
                assert isinstance(step, tuple)
                phrase, body = step[0], BODIES[step[1]]
                recorder.record(_search(phrase), Answer(200, (), body, "live"))
                known = model.setdefault(phrase, []) if phrase in this_run else []
                model[phrase] = known
                if known[-1:] != [body]:
                    known.append(body)
                this_run.add(phrase)

        library = Library.load([folder], on_warning=pytest.fail)
        for phrase, bodies in model.items():
            assert [_body(library, phrase) for _ in range(len(bodies) + 1)] == [*bodies, bodies[-1]]
        assert len(library) == sum(map(len, model.values()))
        for path in folder.glob("*.yaml"):
            assert path.read_bytes().replace(b"# noted\n", b"") == serialised(read_interactions(path))


def _search(phrase: str) -> Call:
    return Call("GET", "/v3/search/images", f"phrase={phrase}")


def _body(library: Library, phrase: str) -> bytes | None:
    answer = library.find(_search(phrase))
    return answer.body if answer else None
