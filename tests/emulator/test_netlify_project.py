"""`getty-token.toml`: what it may say, and what is told to whoever wrote something else."""

import os
from pathlib import Path

import pytest

from getty_emulator.netlify.project import FILE, Project, load
from getty_token.errors import WrongUsage

COMPLETE = """
[serve]
port = 8123
cassettes = "recorded"
allow = ["POST /v3/downloads/images/{id}", "GET /v3/boards"]

[functions.search-images]
endpoint = "GET /v3/search/images/creative"
allow = ["phrase", "page"]
fixed = { fields = "id,title,thumb", page_size = 12, safe_search = true }

[functions.image]
endpoint = "GET /v3/images/{id}"
"""

FUNCTION = '[functions.f]\nendpoint = "GET /v3/search/images/creative"\n'


def loaded(folder: Path, text: str) -> Project:
    (folder / FILE).write_text(text, encoding="utf-8")
    return load(folder)


def refused(folder: Path, text: str) -> WrongUsage:
    with pytest.raises(WrongUsage) as caught:
        loaded(folder, text)
    return caught.value


def test_a_folder_without_the_file_has_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == Project({}, frozenset(), "getty-cassettes", 9999)


@pytest.mark.parametrize("text", ["", "# nothing\n", "[serve]\n", "[functions]\n"])
def test_a_file_that_says_nothing_has_them_too(tmp_path: Path, text: str) -> None:
    assert loaded(tmp_path, text) == Project()


def test_a_complete_file_is_read(tmp_path: Path) -> None:
    project = loaded(tmp_path, COMPLETE)

    assert (project.port, project.cassettes) == (8123, "recorded")
    assert project.allow == {"POST /v3/downloads/images/{id}", "GET /v3/boards"}
    assert list(project.functions) == ["search-images", "image"]
    search = project.functions["search-images"]
    assert search.operation.name == "GET /v3/search/images/creative"
    assert search.allow == ("phrase", "page")
    assert search.fixed == {"fields": "id,title,thumb", "page_size": "12", "safe_search": "true"}
    assert project.functions["image"].placeholders == ["id"]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ('"a b"', "a b"),
        ('""', ""),
        ("12", "12"),
        ("-3", "-3"),
        ("1.5", "1.5"),
        ("true", "true"),
        ("2024-05-01", "2024-05-01"),
        ("false", "false"),
        ('["id", "title"]', "id,title"),
        ("[1, 2]", "1,2"),
        ('["a", 1]', "a,1"),
        ("[true]", "true"),
        ("[]", ""),
    ],
)
def test_a_fixed_value_of_any_kind_is_sent_as_getty_takes_it(tmp_path: Path, written: str, sent: str) -> None:
    project = loaded(tmp_path, f"{FUNCTION}fixed = {{ phrase = {written} }}\n")

    assert project.functions["f"].fixed == {"phrase": sent}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        # no TOML
        ("[serve\n", ["is not TOML", "line 1"]),
        ("port = \n", ["is not TOML"]),
        ("[serve]\nport = 1\nport = 2\n", ["is not TOML"]),
        # names that mean nothing here
        ("[server]\n", ["the file has server", "Perhaps serve is meant"]),
        ("[function.f]\n", ["Perhaps functions is meant"]),
        ("[x]\n", ["There are functions, serve"]),
        ("[serve]\nports = 1\n", ["[serve] has ports", "Perhaps port is meant"]),
        (f"{FUNCTION}fix = {{}}\n", ["[functions.f] has fix", "Perhaps fixed is meant"]),
        # tables that are none
        ("serve = 1\n", ["[serve] is 1", "a table"]),
        ("functions = []\n", ["[functions] is []", "a table"]),
        ("[functions]\nf = 1\n", ["[functions.f] is 1", "a table"]),
        ("[[functions.f]]\n", ["[functions.f] is [{}]", "a table"]),
        (f"{FUNCTION}fixed = []\n", ["fixed in [functions.f] is []", "a table"]),
        # [serve]
        *[
            (f"[serve]\nport = {port}\n", ["port in [serve] is", "1 to 65535"])
            for port in ("0", "-1", "65536", "true", '"9999"', "1.5", "[]")
        ],
        ('[serve]\ncassettes = ""\n', ["cassettes in [serve] is ''", "names a folder"]),
        ("[serve]\ncassettes = 1\n", ["cassettes in [serve] is 1", "names a folder"]),
        ('[serve]\nallow = "GET /v3/boards"\n', ["allow in [serve]", "a list of texts"]),
        ("[serve]\nallow = [1]\n", ["allow in [serve]", "a list of texts"]),
        ('[serve]\nallow = ["GET /v3/board"]\n', ["GET /v3/board", "Perhaps GET /v3/boards is meant"]),
        ('[serve]\nallow = ["everything"]\n', ["everything", "Write it like GET"]),
        # a function's name
        ("[functions.getty]\n", ["[functions.getty] cannot be defined", "the built-in function"]),
        ('[functions."a b"]\n', ["[functions.a b] is no function name", "letters, digits, hyphens"]),
        ('[functions."é"]\n', ["is no function name"]),
        ('[functions.""]\n', ["is no function name"]),
        ('[functions."../x"]\n', ["is no function name"]),
        # its endpoint
        ("[functions.f]\n", ["endpoint in [functions.f] is None"]),
        ("[functions.f]\nendpoint = 1\n", ["endpoint in [functions.f] is 1"]),
        (
            '[functions.f]\nendpoint = "GET /v3/search/image/creative"\n',
            ["Perhaps GET /v3/search/images/creative is meant"],
        ),
        (
            '[functions.f]\nendpoint = "/v3/search/images/creative"\n',
            ["Perhaps GET /v3/search/images/creative is meant"],
        ),
        ('[functions.f]\nendpoint = "get /v3/countries"\n', ["Perhaps GET /v3/countries is meant"]),
        ('[functions.f]\nendpoint = "x"\n', ["Write it like GET"]),
        # its parameters
        (f'{FUNCTION}allow = "phrase"\n', ["allow in [functions.f] is 'phrase'", "a list of texts"]),
        (f"{FUNCTION}allow = [1]\n", ["a list of texts"]),
        (f'{FUNCTION}allow = ["phrases"]\n', ["names phrases", "Perhaps phrase is meant"]),
        (f"{FUNCTION}fixed = {{ pagesize = 1 }}\n", ["names pagesize", "Perhaps page_size is meant"]),
        (
            '[functions.f]\nendpoint = "GET /v3/countries"\nallow = ["zzz"]\n',
            ["names zzz, which GET /v3/countries does not take", "There are none"],
        ),
        (f'{FUNCTION}allow = ["page"]\nfixed = {{ page = 1 }}\n', ["page in [functions.f] is both allowed and fixed"]),
        (f"{FUNCTION}fixed = {{ phrase = {{}} }}\n", ["phrase in [functions.f] is {}", "A fixed value is"]),
        (f"{FUNCTION}fixed = {{ phrase = [[1]] }}\n", ["phrase in [functions.f] is [[1]]", "A fixed value is"]),
        (f"{FUNCTION}fixed = {{ phrase = [{{}}] }}\n", ["A fixed value is"]),
    ],
)
def test_a_file_that_says_something_impossible_is_refused_with_its_name_the_place_and_the_mend(
    tmp_path: Path, text: str, says: list[str]
) -> None:
    error = refused(tmp_path, text)

    for part in (*says, str(tmp_path / FILE)):
        assert part in error.sentence
    assert error.mend
    assert ".." not in str(error).replace(str(tmp_path), "").replace("../x", "")


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b'[serve]\ncassettes = "\xe9"\n')

    with pytest.raises(WrongUsage, match="cannot read") as caught:
        load(tmp_path)

    assert "it is not UTF-8 text" in caught.value.sentence
    assert str(tmp_path / FILE) in caught.value.sentence


def test_a_folder_of_that_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()

    with pytest.raises(WrongUsage, match="cannot read"):
        load(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).touch(mode=0o200)

    with pytest.raises(WrongUsage, match="cannot read"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("http://192.168.1.20:8000", "http://192.168.1.20:8000"),
        ("https://Preview.Test/", "https://preview.test"),
        ("https://preview.test:443", "https://preview.test"),
        ("http://preview.test:80", "http://preview.test"),
        ("https://preview.test:80", "https://preview.test:80"),
        ("http://[fe80::1]:8000", "http://[fe80::1]:8000"),
    ],
)
def test_an_origin_is_read_as_browsers_write_it(tmp_path: Path, written: str, read: str) -> None:
    assert loaded(tmp_path, f'[serve]\norigins = ["{written}"]\n').origins == {read}


@pytest.mark.parametrize(
    "written",
    [
        *("*", "", "null", "preview.test", "https://*.preview.test", "https://preview.test/path", "file:///home"),
        *("https://me@preview.test", "https://preview.test?x", "ftp://preview.test", "https://a.test, https://b.test"),
    ],
)
def test_what_is_no_origin_is_refused(tmp_path: Path, written: str) -> None:
    error = refused(tmp_path, f'[serve]\norigins = ["{written}"]\n')

    assert "origins in [serve] is no origin" in str(error)
    assert "http://192.168.1.20:8000" in str(error)
