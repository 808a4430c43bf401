"""Tests of `getty-token config`: what each setting is, where that came from, and files that keep their comments."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes import KEY, SECRET, Outcome
from getty_token.config import DOTENV_FILES, Environment

Program = Callable[..., Outcome]


def user_file() -> Path:
    return Path(os.environ["XDG_CONFIG_HOME"]) / "getty-token" / "config.toml"


def origins(program: Program, *flags: str) -> dict[str, tuple[str, str]]:
    listed = json.loads(program("config", "list", "--json", *flags).out)["settings"]
    return {each["name"]: (each["value"], each["origin"]) for each in listed}


def test_without_any_setting_everything_is_the_default(program: Program) -> None:
    found = origins(program)

    assert found["serve.port"] == ("9999", "default")
    assert found["token.advisory"] == ("300", "default")
    assert found["api-key"] == ("", "nowhere")
    assert {origin for name, (_, origin) in found.items() if not name.startswith("api-")} == {"default"}


def test_every_place_is_named_and_the_first_of_them_wins(
    program: Program, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("config", "set", "token.advisory", "400")
    seen = [origins(program)["token.advisory"]]
    for file in reversed(DOTENV_FILES):
        (folder / file).write_text(f"GETTY_TOKEN_ADVISORY={500 + len(seen)}\n")
        seen.append(origins(program)["token.advisory"])
    monkeypatch.setenv("GETTY_TOKEN_ADVISORY", "600")
    seen.append(origins(program)["token.advisory"])

    assert seen == [
        ("400", f"token.advisory in {user_file()}"),
        ("501", "GETTY_TOKEN_ADVISORY in .env"),
        ("502", "GETTY_TOKEN_ADVISORY in .env.development"),
        ("503", "GETTY_TOKEN_ADVISORY in .env.local"),
        ("504", "GETTY_TOKEN_ADVISORY in .env.development.local"),
        ("600", "GETTY_TOKEN_ADVISORY in the environment"),
    ]


def test_a_flag_is_named_as_the_flag_it_was(program: Program) -> None:
    assert origins(program, "--profile", "work")["profile"] == ("work", "--profile")


def test_no_secret_is_shown(program: Program, signed_in: None) -> None:
    shown = [program("config", "list", "--show-origin"), program("config", "list", "--json")]
    shown += [program("config", "get", name, *more) for name in ("api-key", "api-secret") for more in ([], ["--json"])]

    assert not any(secret in outcome.out + outcome.err for outcome in shown for secret in (KEY, SECRET))
    assert "GETTY_API_SECRET in the environment" in shown[0].out
    assert "...-key" in shown[0].out


def test_the_functions_of_the_site_are_settings_too(program: Program, folder: Path) -> None:
    (folder / "getty-token.toml").write_text('[functions.find]\nendpoint = "GET /v3/search/images/creative"\n')

    assert origins(program)["functions.find"] == ("GET /v3/search/images/creative", "getty-token.toml")


def test_set_changes_one_value_and_keeps_comments_and_order(program: Program, folder: Path) -> None:
    before = '# mine\n[serve]\ncassettes = "tapes"  # old ones\nport = 9000   # ours\n\n# last\n[functions]\n'
    (folder / "getty-token.toml").write_text(before)

    outcome = program("config", "set", "serve.port", "9001")

    assert (outcome.code, outcome.out) == (0, "")
    assert (folder / "getty-token.toml").read_text() == before.replace("9000", "9001")
    assert program("config", "get", "serve.port").out == "9001\n"


def test_set_makes_a_file_that_is_not_there_and_only_you_can_read_yours(program: Program) -> None:
    program("config", "set", "token.advisory", "600")

    assert user_file().read_text() == "[token]\nadvisory = 600\n"
    assert stat.S_IMODE(user_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(user_file().parent.stat().st_mode) == 0o700
    assert program("login", "--stdin", "--no-verify", stdin=f"{KEY}\n{SECRET}\n").code == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["serve.port", "100000"], "whole number from 1 to 65535"),
        (["serve.port", "1", "2"], "one value"),
        (["serve.allow", "GET /v3/nothing"], "none of Getty's operations"),
        (["token.advisory", "5"], "from 10 to 86400"),
        (["token.mandatory", "4000"], "more than GETTY_TOKEN_ADVISORY"),
        (["getty.auth_url", "http://getty.example"], "in the clear"),
        (["profile", "../x"], "no name of a profile"),
        (["api-secret", SECRET], "login"),
        (["store", "redis://:test-password@host"], "env:NAME"),
        (["store", "bogus://x"], "no such kind of store"),
        (["store", "disk://here"], "three slashes"),
        (["store", ""], "store is empty"),
        (["no.such", "1"], "no setting"),
    ],
)
def test_set_refuses_what_makes_no_sense_and_changes_nothing(
    program: Program, folder: Path, arguments: list[str], why: str
) -> None:
    (folder / "getty-token.toml").write_text("[serve]\nport = 9000\n")

    outcome = program("config", "set", *arguments)

    assert (outcome.code, outcome.out) == (2, "")
    assert why in outcome.err
    assert "test-password" not in outcome.err and SECRET not in outcome.err
    assert (folder / "getty-token.toml").read_text() == "[serve]\nport = 9000\n"
    assert not user_file().exists()


def test_a_store_that_means_nothing_is_told_with_the_file_that_names_it(program: Program, signed_in: None) -> None:
    user_file().parent.mkdir(parents=True, exist_ok=True)
    user_file().write_text('store = "bogus://x"\n')

    outcome = program("status")

    assert outcome.code == 2
    assert f"store in {user_file()}" in outcome.err


def test_set_says_who_wins_over_the_file(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GETTY_TOKEN_ADVISORY", "700")

    outcome = program("config", "set", "token.advisory", "600")

    assert "But GETTY_TOKEN_ADVISORY in the environment wins: it is 700." in outcome.err


def test_a_link_stays_a_link(program: Program, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "shared.toml").write_text("[serve]\nport = 9000\n")
    (folder / "getty-token.toml").symlink_to(tmp_path / "shared.toml")

    program("config", "set", "serve.port", "9001")

    assert (folder / "getty-token.toml").is_symlink()
    assert (tmp_path / "shared.toml").read_text() == "[serve]\nport = 9001\n"


def test_path_says_where_the_files_are(program: Program, folder: Path) -> None:
    assert program("config", "path", "user").out == f"{user_file()}\n"
    assert program("config", "path", "project").out == f"{folder}/getty-token.toml\n"
    assert "(not there)" in program("config", "path").out


@pytest.mark.parametrize("text", ["[token", "nothing = 1\n", "[token]\nadvisory = true\n", "[token]\nmore = 1\n"])
def test_a_file_of_yours_that_makes_no_sense_is_named(program: Program, text: str) -> None:
    user_file().parent.mkdir(mode=0o700, parents=True)
    user_file().write_text(text)

    outcome = program("status")

    assert (outcome.code, outcome.out) == (2, "")
    assert str(user_file()) in outcome.err


def test_the_order_of_dotenv_files_is_netlifys(tmp_path: Path) -> None:
    for number, name in enumerate(DOTENV_FILES):
        (tmp_path / name).write_text(f"A={number}\nGETTY_{number}=x\n")

    found = Environment({}, tmp_path).all("A")

    assert [setting.origin for setting in found] == [
        "A in .env.development.local", "A in .env.local", "A in .env.development", "A in .env",
    ]  # fmt: skip
