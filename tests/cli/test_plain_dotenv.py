"""Tests of getty_token.plain_dotenv: it says what python-dotenv says, or nothing."""

import io

import pytest
from dotenv.parser import parse_stream
from hypothesis import example, given
from hypothesis import strategies as st

from getty_token.plain_dotenv import read_plain

PIECES = st.sampled_from(
    [
        "GETTY_API_KEY",
        "A",
        "=",
        "test-key",
        "export ",
        ":",
        " ",
        "\t",
        "\n",
        "#",
        "'",
        '"',
        "\\",
        "$A",
        "\x0b",
        "\u2028",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=30))
@example("export A=1\nB=\n  C=x=y  \n# a comment, 'quoted\n\nA=2")
@example("=1")
@example("export =1")
def test_what_it_reads_python_dotenv_reads_the_same(text: str) -> None:
    found = read_plain(text.replace("\r", "\n"))  # as a file is read

    if found is not None:
        bindings = [each for each in parse_stream(io.StringIO(text.replace("\r", "\n")))]
        assert not any(each.error for each in bindings)
        assert found == {each.key: each.value for each in bindings if each.key}


@pytest.mark.parametrize("line", ["A=x y", "A='x'", 'A="x"', "A=x#y", "A=x # y", "A=$B", "A = x", "A", "A=\\n", "A=é"])
def test_what_has_rules_of_its_own_is_left_to_python_dotenv(line: str) -> None:
    assert read_plain(f"B=1\n{line}\n") is None


def test_the_usual_file_is_read() -> None:
    text = "# Getty\nGETTY_API_KEY=test-key\nexport GETTY_API_SECRET=test-secret==\n\nGETTY_API_URL=http://127.0.0.1:9998\n"

    assert read_plain(text) == {
        "GETTY_API_KEY": "test-key",
        "GETTY_API_SECRET": "test-secret==",
        "GETTY_API_URL": "http://127.0.0.1:9998",
    }
