"""Tests of profiles: several Getty accounts, each with its own key and its own token."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from fakes import KEY, SECRET, FakeGetty, Outcome, python
from getty_token import profiles

Program = Callable[..., Outcome]


def login(program: Program, name: str, key: str = KEY, secret: str = SECRET) -> Outcome:
    return program("login", "--stdin", "--no-verify", "--profile", name, stdin=f"{key}\n{secret}\n")


def config() -> Path:
    return Path(os.environ["XDG_CONFIG_HOME"]) / "getty-token"


def test_each_profile_has_its_own_key_and_its_own_token(
    program: Program, getty: FakeGetty, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_with: list[bytes] = []

    def issue(request: httpx.Request) -> httpx.Response:
        asked_with.append(request.content)
        answer = {"access_token": f"test-token-{len(asked_with)}", "token_type": "Bearer", "expires_in": 1800}
        return httpx.Response(200, json=answer)

    getty.instead["/oauth2/token"] = issue
    login(program, "work", "test-key-work")
    login(program, "play", "test-key-play")

    tokens = [program("token", "--profile", name).out for name in ("work", "play", "work", "play")]

    assert tokens == ["test-token-1\n", "test-token-2\n", "test-token-1\n", "test-token-2\n"]
    assert [b"test-key-work" in asked_with[0], b"test-key-play" in asked_with[1]] == [True, True]


def test_a_named_profile_never_uses_the_key_of_the_environment(program: Program, signed_in: None) -> None:
    outcome = program("token", "--profile", "work")

    assert (outcome.code, outcome.out) == (4, "")
    assert "no API key for the profile work" in outcome.err
    assert "named by --profile" in outcome.err
    assert "`getty-token login --profile work`" in outcome.err


def test_the_default_profile_is_where_everything_was_before(program: Program, getty: FakeGetty) -> None:
    program("login", "--stdin", "--no-verify", stdin=f"{KEY}\n{SECRET}\n")

    outcome = program("status", "--json", "--profile", "default")

    assert json.loads(outcome.out)["profile"] == "default"
    assert json.loads(outcome.out)["credentials"] == str(config() / "credentials.json")


def test_a_profile_is_named_by_flag_then_environment_then_dotenv_then_the_users_file(
    program: Program, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def used(*flags: str) -> str:
        facts = json.loads(program("config", "get", "profile", "--json", *flags).out)
        return f"{facts['value']}: {facts['origin']}"

    program("config", "set", "profile", "from-file")
    seen = [used()]
    (folder / ".env").write_text("GETTY_TOKEN_PROFILE=from-dotenv\n")
    seen.append(used())
    monkeypatch.setenv("GETTY_TOKEN_PROFILE", "from-environment")
    seen.append(used())
    seen.append(used("--profile", "from-flag"))

    assert seen == [
        f"from-file: profile in {config()}/config.toml",
        "from-dotenv: GETTY_TOKEN_PROFILE in .env",
        "from-environment: GETTY_TOKEN_PROFILE in the environment",
        "from-flag: --profile",
    ]


@pytest.mark.parametrize("name", ["../elsewhere", "", "Work", "a/b", ".hidden", "-x", "a" * 33, "wörk", "a\n", "a b"])
def test_a_name_that_is_no_folder_of_ours_is_refused(program: Program, name: str) -> None:
    outcome = program("login", "--stdin", f"--profile={name}", stdin=f"{KEY}\n{SECRET}\n")

    assert outcome.code == 2
    assert "is no name of a profile" in outcome.err
    assert not config().exists()


def test_saved_profiles_are_private_as_the_default_one_is(program: Program) -> None:
    assert login(program, "work").code == 0

    modes = {
        path: stat.S_IMODE(path.stat().st_mode)
        for path in (config(), config() / "profiles", config() / "profiles" / "work")
    }
    assert set(modes.values()) == {0o700}
    assert stat.S_IMODE((config() / "profiles/work/credentials.json").stat().st_mode) == 0o600


def test_logout_forgets_one_account_and_leaves_the_others(program: Program) -> None:
    login(program, "work")
    login(program, "play")

    program("logout", "--profile", "work")

    assert profiles.saved(str(config())) == ["default", "play"]


def test_profiles_lists_them_and_marks_the_one_in_use(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    login(program, "work")
    monkeypatch.setenv("GETTY_TOKEN_PROFILE", "work")

    lines = program("profiles").out.splitlines()
    listed = json.loads(program("profiles", "--json").out)["profiles"]

    assert [line.split()[:2] for line in lines[1:]] == [["default", "none"], ["*", "work"]]
    assert [(each["name"], each["used"]) for each in listed] == [("default", False), ("work", True)]
    assert KEY not in str(listed)


def test_a_folder_that_names_a_profile_cannot_send_its_secrets_elsewhere(program: Program, folder: Path) -> None:
    login(program, "work")
    (folder / ".env").write_text(
        "GETTY_TOKEN_PROFILE=work\nGETTY_AUTH_URL=https://evil.example\nGETTY_API_KEY=a-key\nGETTY_API_SECRET=b-secret\n"
    )
    (folder / ".env").chmod(0o600)

    outcome = program("token")

    assert (outcome.code, outcome.out) == (2, "")
    assert "GETTY_AUTH_URL in .env is not followed" in outcome.err


def test_the_keychain_holds_each_profile_under_its_own_name(tmp_path: Path) -> None:
    done = python(
        """
import keyring, keyring.backend
class InMemory(keyring.backend.KeyringBackend):
    priority = 1
    name = "in memory"
    kept = {}
    def get_password(self, service, username): return self.kept.get((service, username))
    def set_password(self, service, username, password): self.kept[service, username] = password
    def delete_password(self, service, username): del self.kept[service, username]
keyring.set_keyring(InMemory())
from getty_token import credentials, profiles
from getty_token.config import Environment, config_folder
home = config_folder()
for name in ("default", "work"):
    credentials.save(credentials.Credentials("test-key-" + name, "test-secret", "login"), profiles.folder(home, name))
for name in ("default", "work"):
    environment = Environment({"GETTY_TOKEN_PROFILE": name}, "/")
    print(credentials.find(environment, profiles.folder(home, name)).api_key)
credentials.forget(profiles.folder(home, "work"))
print(sorted(InMemory.kept))
"""
    )

    assert done.stdout.splitlines() == ["test-key-default", "test-key-work", "[('getty-token', 'api')]"], done.stderr
