"""Tests of getty_token.config: which setting wins, where it came from, and which are refused."""

from pathlib import Path

import pytest

from getty_token.addresses import API_URL, AUTH_URL, addresses, trusted
from getty_token.config import Environment, Setting, cache_folder, config_folder
from getty_token.errors import CredentialsExposed, WrongUsage
from getty_token.loopback import is_loopback


def dotenv(folder: Path, text: str | bytes, mode: int = 0o600) -> Path:
    """A `.env` in `folder`."""
    path = folder / ".env"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return path


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    dotenv(tmp_path, "GETTY_API_KEY=test-key-file\nGETTY_API_SECRET=test-secret-file\n")

    environment = Environment({"GETTY_API_KEY": "test-key"}, tmp_path)

    assert environment.get("GETTY_API_KEY") == Setting("test-key", "GETTY_API_KEY in the environment")
    assert environment.get("GETTY_API_SECRET") == Setting("test-secret-file", "GETTY_API_SECRET in .env", ".env")
    assert environment.get("GETTY_API_URL") is None


def test_an_empty_value_counts_as_none_and_the_next_in_line_wins(tmp_path: Path) -> None:
    dotenv(tmp_path, "GETTY_API_KEY=test-key\nGETTY_API_URL=\nGETTY_AUTH_URL\n")

    environment = Environment({"GETTY_API_KEY": "  "}, tmp_path)

    assert environment.get("GETTY_API_KEY") == Setting("test-key", "GETTY_API_KEY in .env", ".env")
    assert environment.get("GETTY_API_URL") is None
    assert environment.get("GETTY_AUTH_URL") is None


def test_the_file_may_be_written_as_dotenv_files_are(tmp_path: Path) -> None:
    dotenv(tmp_path, "\ufeff# ours\nexport GETTY_API_KEY='test key' # comment\r\nGETTY_API_SECRET=\"test#secret\"\n")

    environment = Environment({}, tmp_path)

    assert environment.get("GETTY_API_KEY") == Setting("test key", "GETTY_API_KEY in .env", ".env")
    assert environment.get("GETTY_API_SECRET") == Setting("test#secret", "GETTY_API_SECRET in .env", ".env")


def test_no_repr_shows_a_setting() -> None:
    assert repr(Setting("test-secret", "here")) == "Setting(origin='here')"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("GETTY_API_KEY: test-secret\n", 1),
        ("GETTY_API_KEY=test-key\n# more\ntest-secret of ours\n", 3),
        ("GETTY_API_KEY=test-key\n\n\ntest-secret of ours\n", 4),
        ("GETTY_API_KEY=test-key\nGETTY_API_SECRET='test-secret\n", 2),
    ],
)
def test_a_line_that_is_no_setting_is_named_and_not_repeated(tmp_path: Path, text: str, line: int) -> None:
    path = dotenv(tmp_path, text)

    with pytest.raises(WrongUsage) as refused:
        Environment({}, tmp_path).get("GETTY_API_URL")

    assert refused.value.what == f"line {line} of {path} is not NAME=value."
    assert "test-secret" not in str(refused.value)


def test_a_file_that_is_not_about_getty_may_say_what_it_likes(tmp_path: Path) -> None:
    dotenv(tmp_path, "this is: no dotenv file\n", 0o644)

    assert Environment({}, tmp_path).get("GETTY_API_KEY") is None


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = dotenv(tmp_path, b"GETTY_API_KEY=\xff\xfe\n")

    with pytest.raises(WrongUsage, match="not UTF-8") as refused:
        Environment({}, tmp_path).get("GETTY_API_KEY")

    assert str(path) in refused.value.what


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
@pytest.mark.parametrize("name", ["GETTY_API_KEY", "GETTY_API_SECRET"])
def test_a_file_with_a_secret_that_others_can_read_is_refused_with_the_chmod(
    tmp_path: Path, name: str, mode: int
) -> None:
    path = dotenv(tmp_path, f"{name}=test-secret\n", mode)

    with pytest.raises(CredentialsExposed) as refused:
        Environment({}, tmp_path).get(name)

    assert refused.value.mend == f"Run `chmod 600 '{path}'`."
    assert "test-secret" not in str(refused.value)


def test_a_file_without_a_secret_may_be_read_by_all(tmp_path: Path) -> None:
    dotenv(tmp_path, "GETTY_API_URL=https://api.example.test\nGETTY_API_SECRET=\n", 0o644)

    assert Environment({}, tmp_path).get("GETTY_API_URL") == Setting(
        "https://api.example.test", "GETTY_API_URL in .env", ".env"
    )


def test_getty_is_the_documented_one_unless_told_otherwise(tmp_path: Path) -> None:
    found = addresses(Environment({}, tmp_path))

    assert found.api_url == Setting(API_URL, "default")
    assert found.auth_url == Setting(AUTH_URL, "default")
    assert found.token_url == "https://authentication.gettyimages.com/oauth2/token"


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.test",
        "https://api.example.test:8443/",
        "http://localhost:9998",
        "http://127.0.0.1",
        "http://127.8.9.10:80",
        "http://[::1]:9998",
        "http://getty.localhost:1",
        "HTTPS://API.EXAMPLE.TEST.",
    ],
)
def test_an_address_is_https_or_this_machine(tmp_path: Path, url: str) -> None:
    found = addresses(Environment({"GETTY_AUTH_URL": url}, tmp_path))

    assert found.auth_url == Setting(url.rstrip("/"), "GETTY_AUTH_URL in the environment")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.test",
        "http://localhost.example.test",
        "http://127.0.0.1.example.test",
        "http://127.0.0.256",
        "http://1.27.0.0.1",
        "http://[::2]",
        "http://0.0.0.0",
        "http://192.168.1.1:9998",
    ],
)
def test_plain_http_to_another_machine_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(WrongUsage, match="in the clear") as refused:
        addresses(Environment({"GETTY_API_URL": url}, tmp_path))

    assert refused.value.mend == f"Write {url.replace('http:', 'https:')}."


@pytest.mark.parametrize(
    "url",
    [
        "api.example.test",
        "//api.example.test",
        "https://",
        "https:///v3",
        "ftp://api.example.test",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://api.example.test/v3",
        "https://api.example.test?key=1",
        "https://api.example.test#top",
        "https://api.example.test:port",
        "https://api.example.test:99999",
        "https://[::1",
        "https://two words",
        "https://api\t.example.test",
        "https://api..example.test",
        f"https://{'a' * 64}.example.test",
    ],
)
@pytest.mark.parametrize("name", ["GETTY_API_URL", "GETTY_AUTH_URL"])
def test_what_is_not_the_address_of_a_server_is_refused_by_name(tmp_path: Path, name: str, url: str) -> None:
    with pytest.raises(WrongUsage) as refused:
        addresses(Environment({name: url}, tmp_path))

    assert refused.value.what.startswith(f"{name} in the environment is not ")


@pytest.mark.parametrize(
    "url",
    [
        "https://somebody:test-secret@api.example.test",
        "https://test-secret@api.example.test",
        "https://:test-secret@api.example.test",
        "http://somebody:test-secret@api.example.test",
        "https://some/body:test-secret@api.example.test",
        "https://somebody:test-secret/@api.example.test",
        "somebody:test-secret@api.example.test",
    ],
)
def test_an_address_with_a_password_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(WrongUsage) as refused:
        addresses(Environment({"GETTY_API_URL": url}, tmp_path))

    assert "test-secret" not in str(refused.value) + repr(refused.value)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("::1", True),
        ("127.0.0.1", True),
        ("127.255.255.255", True),
        ("", False),
        ("localhost.", False),
        ("notlocalhost", False),
        ("127.0.0", False),
        ("127.0.0.x", False),
        ("128.0.0.1", False),
        ("::", False),
    ],
)
def test_which_names_can_only_mean_this_machine(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_folders_are_where_the_xdg_variables_say(tmp_path: Path) -> None:
    variables = {"XDG_CONFIG_HOME": "/somewhere/config", "XDG_CACHE_HOME": "/somewhere/cache"}

    assert Path(config_folder(variables)) == Path("/somewhere/config/getty-token")
    assert Path(cache_folder(variables)) == Path("/somewhere/cache/getty-token")


@pytest.mark.parametrize("variables", [{}, {"XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": "relative/path"}])
def test_folders_are_in_the_home_if_the_xdg_variables_say_nothing_useful(variables: dict[str, str]) -> None:
    assert Path(config_folder(variables)) == Path.home() / ".config/getty-token"
    assert Path(cache_folder(variables)) == Path.home() / ".cache/getty-token"


@pytest.mark.parametrize("name", ["GETTY_API_URL", "GETTY_AUTH_URL"])
def test_a_folder_does_not_send_a_key_of_another_origin_to_a_place_of_its_own(name: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"{name}=https://elsewhere.test\n")

    for variables in ({}, {"GETTY_API_KEY": "test-key", "GETTY_API_SECRET": "test-secret"}):
        with pytest.raises(WrongUsage, match="is not followed"):
            addresses(Environment(variables, tmp_path))


@pytest.mark.parametrize(
    ("committed", "own", "variables"),
    [
        ("GETTY_API_KEY=test-key\n", "", {"GETTY_API_SECRET": "test-secret"}),
        ("", "GETTY_API_KEY=test-key\nGETTY_API_SECRET=test-secret\n", {}),
    ],
)
@pytest.mark.parametrize("name", ["GETTY_AUTH_URL", "GETTY_TOKEN_STORE"])
def test_an_address_is_not_followed_where_only_a_part_of_the_pair_or_another_file_s_stands(
    committed: str, own: str, variables: dict[str, str], name: str, tmp_path: Path
) -> None:
    for file, text in ((".env", f"{name}=https://elsewhere.test\n{committed}"), (".env.local", own)):
        (tmp_path / file).write_text(text)
        (tmp_path / file).chmod(0o600)

    with pytest.raises(WrongUsage, match="is not followed"):
        trusted(Environment(variables, tmp_path), name)


def test_a_folder_that_brings_its_own_key_may_say_where_it_goes(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("GETTY_API_KEY=test-key\nGETTY_API_SECRET=test-secret\nGETTY_AUTH_URL=https://elsewhere.test\n")
    file.chmod(0o600)

    assert addresses(Environment({}, tmp_path)).auth_url.value == "https://elsewhere.test"


def test_an_address_in_the_environment_is_followed_whoever_has_the_key(tmp_path: Path) -> None:
    given = Environment({"GETTY_AUTH_URL": "https://elsewhere.test"}, tmp_path)

    assert addresses(given).auth_url.value == "https://elsewhere.test"
