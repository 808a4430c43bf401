"""Which value of a variable a function of the site sees."""

from pathlib import Path

import pytest

from getty_emulator.netlify.environment import environment, read_env, values
from getty_emulator.netlify.netlify_toml import load

ORDER = [".env.development.local", ".env.local", ".env.development", ".env"]
TOML = "[build.environment]\nWHO = 'build'\n[context.dev.environment]\nWHO = 'context'\n"


def who(folder: Path, **process: str) -> tuple[str, str]:
    variables, _ = environment(load(folder), process)
    return variables["WHO"].value, variables["WHO"].origin


def test_the_process_wins_then_each_file_then_the_context_then_the_build(tmp_path: Path) -> None:
    (tmp_path / "netlify.toml").write_text(TOML)
    for name in ORDER:
        (tmp_path / name).write_text(f"WHO={name}\n")

    assert who(tmp_path, WHO="process") == ("process", "the environment")
    assert who(tmp_path, WHO="") == ("", "the environment")
    for name in ORDER:
        assert who(tmp_path) == (name, name)
        (tmp_path / name).unlink()
    assert who(tmp_path) == ("context", "[context.dev.environment]")


def test_dev_may_name_other_files_the_first_wins(tmp_path: Path) -> None:
    (tmp_path / "netlify.toml").write_text("[dev]\nenvFiles = ['two.env', '.env']")
    (tmp_path / ".env").write_text("WHO=.env\nONLY=here")
    (tmp_path / "two.env").write_text("WHO=two")

    variables, _ = environment(load(tmp_path), {})

    assert (variables["WHO"].value, variables["ONLY"].value) == ("two", "here")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("A=1", "1"),
        ("export A=1", "1"),
        ("A = 'x # y'", "x # y"),
        ('A="two\nlines"', "two\nlines"),
        ("A=x # comment", "x"),
        ("A=", ""),
        ("A=${HOME}", "${HOME}"),
        ("A=pass#word", "pass"),
        ("A='pass#word'", "pass#word"),
        ("A=`it's`", "it's"),
        (r'A="x\ny\tz"', "x\ny\\tz"),
        (r"A='x\ny'", r"x\ny"),
        ("A: 1", "1"),
        ("A=1\r\nB=2\r\n", "1"),
    ],
)
def test_a_env_file_is_read_as_netlify_reads_it(line: str, expected: str) -> None:
    assert read_env(line)["A"] == expected


def test_a_function_is_told_that_this_is_a_developers_machine(tmp_path: Path) -> None:
    variables, _ = environment(load(tmp_path), {"NETLIFY_DEV": "no"}, "http://localhost:8888", "main")

    assert values(variables) == {
        "NETLIFY_DEV": "true",
        "NETLIFY_LOCAL": "true",
        "CONTEXT": "dev",
        "URL": "http://localhost:8888",
        "DEPLOY_URL": "http://localhost:8888",
        "BRANCH": "main",
        "HEAD": "main",
    }


def test_a_file_that_cannot_be_read_is_told_and_the_others_count(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff")
    (tmp_path / ".env.local").write_text("WHO=local")

    variables, findings = environment(load(tmp_path), {})

    assert [str(finding) for finding in findings] == [".env: cannot be read: it is not UTF-8 text"]
    assert variables["WHO"].value == "local"


def test_the_value_of_a_variable_is_not_in_its_repr(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GETTY_API_SECRET=test-secret")

    variables, _ = environment(load(tmp_path), {})

    assert "test-secret" not in repr(variables)
