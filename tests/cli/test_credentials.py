"""Tests of getty_token.credentials and getty_token.keychain: found, saved, forgotten, and never shown."""

import json
import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from fakes import KEY, SECRET
from getty_token import credentials
from getty_token.config import Environment
from getty_token.credentials import Credentials, CredentialsFile
from getty_token.errors import CredentialsError, CredentialsExposed, NoCredentials

PAIR = Credentials(KEY, SECRET, "a test")


class MemoryKeychain(KeyringBackend):
    """A keychain that works."""

    priority = 5
    name = "Memory"

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


class LockedKeychain(MemoryKeychain):
    """A keychain whose owner does not unlock it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("locked, and here is test-secret")

    set_password = delete_password = get_password  # type: ignore[assignment]


class ForgetfulKeychain(MemoryKeychain):
    """A keychain that takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


@pytest.fixture
def use_keychain() -> Iterator[Callable[[KeyringBackend], None]]:
    yield keyring.set_keyring
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]


@pytest.fixture
def keychain(use_keychain: Callable[[KeyringBackend], None]) -> MemoryKeychain:
    working = MemoryKeychain()
    use_keychain(working)
    return working


@pytest.fixture(autouse=True)
def no_keychain(use_keychain: Callable[[KeyringBackend], None]) -> None:
    use_keychain(fail.Keyring())  # type: ignore[no-untyped-call]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "config"


@pytest.fixture
def nothing(tmp_path: Path) -> Environment:
    return Environment({}, tmp_path)


def test_the_environment_wins_over_the_file_and_that_over_what_is_saved(tmp_path: Path, folder: Path) -> None:
    (tmp_path / ".env").write_text("GETTY_API_KEY=test-key-2\nGETTY_API_SECRET=test-secret-2\n")
    (tmp_path / ".env").chmod(0o600)
    credentials.save(Credentials("test-key-3", "test-secret-3", ""), folder)
    variables = {"GETTY_API_KEY": KEY, "GETTY_API_SECRET": SECRET}

    found = [
        credentials.find(Environment(variables, tmp_path), folder),
        credentials.find(Environment({}, tmp_path), folder),
        credentials.find(Environment({}, tmp_path / "elsewhere"), folder),
    ]

    assert [(pair.api_key, pair.origin) for pair in found] == [
        ("test-key", "GETTY_API_KEY in the environment"),
        ("test-key-2", "GETTY_API_KEY in .env"),
        ("test-key-3", str(folder / "credentials.json")),
    ]


def test_a_pair_may_come_from_two_places_and_says_so(tmp_path: Path, folder: Path) -> None:
    (tmp_path / ".env").write_text("GETTY_API_KEY=test-key\n")
    (tmp_path / ".env").chmod(0o600)

    found = credentials.find(Environment({"GETTY_API_SECRET": SECRET}, tmp_path), folder)

    assert found == Credentials(KEY, SECRET, "GETTY_API_KEY in .env, GETTY_API_SECRET in the environment")


@pytest.mark.parametrize(
    ("present", "missing"), [("GETTY_API_KEY", "GETTY_API_SECRET"), ("GETTY_API_SECRET", "GETTY_API_KEY")]
)
def test_half_a_pair_is_an_error_even_if_a_whole_one_is_saved(
    tmp_path: Path, folder: Path, present: str, missing: str
) -> None:
    credentials.save(PAIR, folder)

    with pytest.raises(NoCredentials) as refused:
        credentials.find(Environment({present: "test-value"}, tmp_path), folder)

    assert refused.value.what == f"{present} is set but {missing} is not."
    assert f"{present} in the environment" in refused.value.why
    assert "test-value" not in str(refused.value)


def test_nothing_anywhere_says_where_was_looked_and_what_to_run(nothing: Environment, folder: Path) -> None:
    for look in (credentials.find, credentials.locate):
        with pytest.raises(NoCredentials) as refused:
            look(nothing, folder)

        assert str(folder / "credentials.json") in refused.value.why
        assert "getty-token login" in refused.value.mend


@pytest.mark.parametrize(
    "value", ["two words", "line\nbreak", "tab\t", "sm\u00f6rg\u00e5s", "zero\u200bwidth", "\x1b[31m"]
)
def test_what_cannot_be_a_key_is_refused_without_repeating_it(tmp_path: Path, folder: Path, value: str) -> None:
    environment = Environment({"GETTY_API_KEY": f"test{value}key", "GETTY_API_SECRET": SECRET}, tmp_path)

    with pytest.raises(CredentialsError) as refused:
        credentials.find(environment, folder)

    assert "GETTY_API_KEY is not one word" in refused.value.what
    assert value not in str(refused.value)


def test_without_a_keychain_the_pair_goes_into_a_file_only_its_owner_can_read(
    nothing: Environment, folder: Path
) -> None:
    before = os.umask(0)
    try:
        place = credentials.save(PAIR, folder)
    finally:
        os.umask(before)

    path = folder / "credentials.json"
    assert place == f"{path}, which only you can read"
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder, path)] == [0o700, 0o600]
    assert list(folder.iterdir()) == [path]
    found = credentials.find(nothing, folder)
    assert (found.api_key, found.api_secret) == (KEY, SECRET)


def test_locating_tells_the_same_pair_by_its_fingerprint(nothing: Environment, folder: Path) -> None:
    credentials.save(PAIR, folder)

    located = credentials.locate(nothing, folder)

    assert located.fingerprint == PAIR.fingerprint == credentials.find(nothing, folder).fingerprint
    assert KEY not in repr(located) and SECRET not in repr(located)


def test_fingerprints_tell_pairs_apart() -> None:
    pairs = [("test", "key"), ("testk", "ey"), ("key", "test"), ("test\0key", "")]

    prints = {credentials.fingerprint(*pair) for pair in pairs}

    assert len(prints) == 4
    assert all(len(each) == 16 and int(each, 16) >= 0 for each in prints)


def test_a_new_pair_takes_the_place_of_the_old_one(nothing: Environment, folder: Path) -> None:
    credentials.save(Credentials("test-key-1", "test-secret-1", ""), folder)

    credentials.save(PAIR, folder)

    assert credentials.find(nothing, folder).api_key == KEY


@pytest.mark.parametrize(
    ("name", "mode", "mend"), [("", 0o755, "700"), ("", 0o710, "700"), ("credentials.json", 0o640, "600")]
)
def test_what_others_can_read_is_refused_with_the_chmod_that_mends_it(
    nothing: Environment, folder: Path, name: str, mode: int, mend: str
) -> None:
    credentials.save(PAIR, folder)
    (folder / name).chmod(mode)

    for use in (
        lambda: credentials.find(nothing, folder),
        lambda: credentials.locate(nothing, folder),
        lambda: credentials.save(PAIR, folder),
    ):
        with pytest.raises(CredentialsExposed) as refused:
            use()

        assert refused.value.what == f"others on this machine can read {folder / name}."
        assert refused.value.mend == f"Run `chmod {mend} '{folder / name}'`."


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("name", ["", "credentials.json"])
def test_what_belongs_to_somebody_else_is_refused_with_the_chown_that_mends_it(
    nothing: Environment, folder: Path, name: str
) -> None:
    credentials.save(PAIR, folder)
    os.chown(folder / name, 12345, -1)

    with pytest.raises(CredentialsExposed) as refused:
        credentials.find(nothing, folder)
    subprocess.run(refused.value.mend.removeprefix("Run `sudo ").removesuffix("`."), shell=True, check=True)

    assert credentials.find(nothing, folder).api_key == PAIR.api_key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        "{}",
        '{"kept_in": "file"}',
        '{"kept_in": "file", "fingerprint": "f"}',
        '{"kept_in": "file", "fingerprint": "f", "api_key": "test-key", "api_secret": 17}',
        '{"kept_in": "file", "fingerprint": 1, "api_key": "test-key", "api_secret": "test-secret"}',
        '{"kept_in": 1, "fingerprint": "f"}',
    ],
)
def test_a_damaged_file_says_so_and_how_to_begin_again(nothing: Environment, folder: Path, text: str) -> None:
    credentials.save(PAIR, folder)
    path = folder / "credentials.json"
    path.write_text(text)

    with pytest.raises(CredentialsError) as refused:
        credentials.find(nothing, folder)
    forgotten = credentials.forget(folder)

    assert refused.value.what == f"{path} is damaged."
    assert "test-secret" not in str(refused.value)
    assert "getty-token logout" in refused.value.mend
    assert forgotten
    assert not path.exists()


def test_a_file_that_is_not_text_is_damaged(folder: Path) -> None:
    credentials.save(PAIR, folder)
    (folder / "credentials.json").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(CredentialsError, match=r"credentials\.json is damaged\."):
        CredentialsFile(folder).load()


def test_a_save_that_fails_leaves_the_old_pair_whole(
    nothing: Environment, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials.save(PAIR, folder)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CredentialsError, match="No space left") as refused:
        credentials.save(Credentials("test-key-2", "test-secret-2", ""), folder)

    assert "test-secret-2" not in str(refused.value)
    assert credentials.find(nothing, folder).api_key == KEY
    assert [each.name for each in folder.iterdir()] == ["credentials.json"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(CredentialsError) as refused:
        credentials.save(PAIR, tmp_path / "file" / "config")

    assert refused.value.what == f"cannot save credentials in {tmp_path}/file/config."


def test_a_keychain_that_works_keeps_the_pair_and_the_file_only_says_so(
    keychain: MemoryKeychain, nothing: Environment, folder: Path
) -> None:
    place = credentials.save(PAIR, folder)

    text = (folder / "credentials.json").read_text()
    assert place == "the OS keychain (Memory)"
    assert SECRET not in text and KEY not in text
    assert json.loads(text)["kept_in"] == "Memory"
    assert len(keychain.entries) == 1
    assert credentials.find(nothing, folder) == Credentials(KEY, SECRET, "the OS keychain (Memory)")


def test_locating_opens_no_keychain(
    keychain: MemoryKeychain, use_keychain: Callable[[KeyringBackend], None], nothing: Environment, folder: Path
) -> None:
    credentials.save(PAIR, folder)
    use_keychain(LockedKeychain())

    located = credentials.locate(nothing, folder)

    assert (located.fingerprint, located.origin) == (PAIR.fingerprint, "the OS keychain (Memory)")


@pytest.mark.parametrize("broken", [LockedKeychain, ForgetfulKeychain, fail.Keyring, null.Keyring])
def test_a_keychain_that_does_not_work_gives_way_to_the_file(
    use_keychain: Callable[[KeyringBackend], None],
    nothing: Environment,
    folder: Path,
    broken: type[KeyringBackend],
) -> None:
    use_keychain(broken())

    place = credentials.save(PAIR, folder)

    assert place == f"{folder}/credentials.json, which only you can read"
    assert credentials.find(nothing, folder).api_secret == SECRET


@pytest.mark.parametrize("later", [LockedKeychain, MemoryKeychain, fail.Keyring])
def test_a_keychain_that_no_longer_gives_the_pair_is_an_error_that_says_what_to_do(
    keychain: MemoryKeychain,
    use_keychain: Callable[[KeyringBackend], None],
    nothing: Environment,
    folder: Path,
    later: type[KeyringBackend],
) -> None:
    credentials.save(PAIR, folder)
    use_keychain(later())

    with pytest.raises(CredentialsError, match="keychain does not give") as refused:
        credentials.find(nothing, folder)

    assert "test-secret" not in str(refused.value)


def test_forgetting_empties_the_keychain_and_the_file(keychain: MemoryKeychain, folder: Path) -> None:
    credentials.save(PAIR, folder)

    forgotten = [credentials.forget(folder), credentials.forget(folder)]

    assert forgotten == [True, False]
    assert keychain.entries == {}
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("keychain_type", [fail.Keyring, null.Keyring, MemoryKeychain])
def test_forgetting_what_was_never_saved_says_so(
    use_keychain: Callable[[KeyringBackend], None], folder: Path, keychain_type: type[KeyringBackend]
) -> None:
    use_keychain(keychain_type())

    assert not credentials.forget(folder)
