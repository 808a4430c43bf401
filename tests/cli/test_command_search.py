"""Tests of getty_token.commands.search: pages, pipes and tables, and options that say what they take."""

import json
import os
import shlex
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import jsonschema
import pytest

from fakes import (
    PATIENCE,
    SECRET,
    FakeGetty,
    Outcome,
    Terminal,
    command,
    getty_token,
    lines_of_json,
    small_disk,
    surroundings,
)
from getty_token.commands import schemas
from getty_token.parameters import PARAMETERS

CREATIVE = "/v3/search/images/creative"

Program = Callable[..., Outcome]

pytestmark = pytest.mark.usefixtures("signed_in")


def test_a_pipe_gets_one_object_a_line_and_nothing_else(getty: FakeGetty, folder: Path) -> None:
    done = getty_token("search", "paper boats", "--limit", "3", cwd=folder)

    assert (done.returncode, done.stderr) == (0, "")
    assert lines_of_json(done.stdout) == [
        {"id": f"00000000{number}", "title": f"Paper boat {number}"} for number in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("arguments", "images", "pages"),
    [
        ([], 30, 1),
        (["--limit", "120"], 120, 2),
        (["--limit", "5", "--page-size", "2"], 5, 3),
        (["--all"], 250, 3),
        (["--all", "--page-size", "50"], 250, 5),
    ],
)
def test_as_many_pages_as_needed_are_asked_for_with_one_token(
    program: Program, getty: FakeGetty, arguments: list[str], images: int, pages: int
) -> None:
    outcome = program("search", "boat", *arguments)

    found = [image["id"] for image in lines_of_json(outcome.out)]
    assert (outcome.code, outcome.err) == (0, "")
    assert len(found) == len(set(found)) == images
    assert len(getty.requests) == pages
    assert getty.token_requests == 1


def test_filters_reach_getty_by_gettys_names(program: Program, getty: FakeGetty) -> None:
    outcome = program(
        "search",
        "\u00fcber & paper",
        *("--orientations", "horizontal,square", "--number-of-people", "none", "--fields", "id,title"),
        *("--no-safe-search", "--exclude-nudity", "--sort-order", "newest"),
    )

    assert outcome.code == 0
    assert getty.requests[0].url.path == CREATIVE
    assert dict(getty.requests[0].url.params) == {
        "phrase": "\u00fcber & paper",
        "fields": "id,title",
        "orientations": "horizontal,square",
        "number_of_people": "none",
        "safe_search": "false",
        "exclude_nudity": "true",
        "sort_order": "newest",
        "page": "1",
        "page_size": "30",
    }


@pytest.mark.parametrize(
    ("family", "path"),
    [("creative", CREATIVE), ("editorial", "/v3/search/images/editorial"), ("both", "/v3/search/images")],
)
def test_a_family_is_a_search_of_its_own(program: Program, getty: FakeGetty, family: str, path: str) -> None:
    program("search", "boat", "--family", family)

    assert getty.requests[0].url.path == path


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--orientations", "diagonal"], "--orientations: 'diagonal' is not one of horizontal, vertical"),
        (["--orientations", "square,"], "--orientations: '' is not one of"),
        (["--color", "teal"], "--color: 'teal' is not a colour such as #002244"),
        (["--color", "never"], "For colour on the terminal: getty-token --color never search ..."),
        (["--family", "editorial", "--color", "auto"], "getty-token --color auto search ..."),
        (["--keyword-ids", "1,two"], "--keyword-ids: 'two' is not a whole number"),
        (["--family", "editorial", "--date-from", "yesterday"], "--date-from: 'yesterday' is not a date"),
        (["--date-from", "2024-05-01"], "--date-from is no filter of a creative search"),
        (["--family", "editorial", "--color", "#ff0000"], "--color is no filter of a editorial search"),
        (["--fields", "id,secret"], "--fields: 'secret' is not one of"),
        (["--family", "neither"], "--family is neither"),
        (["--sort-order", "oldest"], "--sort-order: 'oldest' is not one of"),
        (["--limit", "0"], "--limit"),
        (["--page-size", "101"], "--page-size"),
        (["--page-size", "many"], "--page-size"),
        (["--no-such-filter", "1"], "--no-such-filter"),
    ],
)
def test_an_option_that_makes_no_sense_is_named_before_anything_is_asked(
    program: Program, getty: FakeGetty, arguments: list[str], named: str
) -> None:
    outcome = program("search", "boat", *arguments)

    assert (outcome.code, outcome.out) == (2, "")
    assert named in outcome.err
    assert getty.token_requests == len(getty.requests) == 0


@pytest.mark.parametrize("phrase", ["", "  "])
def test_an_empty_phrase_is_refused(program: Program, getty: FakeGetty, phrase: str) -> None:
    outcome = program("search", phrase)

    assert outcome.code == 2
    assert "the phrase is empty" in outcome.err


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(400, json={"ErrorCode": "InvalidPhrase", "ErrorMessage": "Too long."}), 1),
        (httpx.Response(401, json={"ErrorMessage": "Not authorized."}), 4),
        (httpx.Response(403, json={"ErrorMessage": "Not yours."}), 1),
        (httpx.Response(429), 5),
        (httpx.Response(500), 6),
        (httpx.Response(302, headers={"location": "https://example.test"}), 6),
        (httpx.Response(200, html="<!doctype html>"), 6),
        (httpx.Response(200, content=b'{"images": ['), 6),
        (httpx.Response(200, content=b""), 6),
        (httpx.Response(200, content=b"[" * 100_000), 6),
        (httpx.Response(200, json={"result_count": 1, "images": [1]}), 6),
    ],
)
def test_each_failure_of_getty_has_its_exit_code(
    program: Program, getty: FakeGetty, answer: httpx.Response, code: int
) -> None:
    getty.instead[CREATIVE] = lambda _: answer

    outcome = program("search", "boat", "--wait", "0")

    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith("getty-token: ")
    assert SECRET not in outcome.err and "test-token" not in outcome.err


def test_a_failure_on_a_later_page_keeps_what_was_printed_before(program: Program, getty: FakeGetty) -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        return getty.search(request) if request.url.params["page"] == "1" else httpx.Response(500)

    getty.instead[CREATIVE] = breaks

    outcome = program("search", "boat", "--all", "--wait", "0")

    assert outcome.code == 6
    assert len(lines_of_json(outcome.out)) == 100


def test_no_image_is_no_failure(program: Program, getty: FakeGetty) -> None:
    getty.total = 0

    assert program("search", "nothing").code == 0


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_terminal_gets_a_table_that_fits(getty: FakeGetty, folder: Path, columns: int) -> None:
    def long_titles(request: httpx.Request) -> httpx.Response:
        answer = getty.search(request)
        images = [{**image, "title": "A very long title of a boat " * 6} for image in answer.json()["images"]]
        return httpx.Response(answer.status_code, json={"result_count": 250, "images": images})

    getty.instead[CREATIVE] = long_titles
    terminal = Terminal(command("search", "boat", "--limit", "3"), folder, {"NO_COLOR": "1"}, columns)

    code = terminal.finish()

    lines = terminal.seen.replace("\r", "").splitlines()
    assert code == 0
    assert any("id" in line and "title" in line for line in lines)
    assert sum("00000000" in line for line in lines) == 3
    assert "3 of 250 images" in terminal.seen
    assert max(len(line) for line in lines if "\x1b" not in line) <= columns


def test_what_getty_says_is_shown_as_it_is_and_commands_no_terminal(getty: FakeGetty, folder: Path) -> None:
    title = "[/b] [red]x :boat: \x1b[2J \\[bold]\nnext"
    getty.instead[CREATIVE] = lambda _: httpx.Response(
        200, json={"result_count": 1, "images": [{"id": "1", "[/b]": "x", "title": title, "people": ["[/i]", None]}]}
    )
    terminal = Terminal(command("search", "boat"), folder, {"NO_COLOR": "1"})

    code = terminal.finish()

    assert code == 0
    assert "\x1b[2J" not in terminal.seen
    assert "[red]x :boat:" in terminal.seen.replace("\r\n", "")


def test_a_pipe_gets_text_in_any_language(getty: FakeGetty, folder: Path) -> None:
    getty.instead[CREATIVE] = lambda _: httpx.Response(
        200, json={"result_count": 1, "images": [{"id": "1", "title": "\u6298\u308a\u7d19 \u26f5"}]}
    )

    done = getty_token("search", "boat", cwd=folder, env={"PYTHONIOENCODING": "utf-8"})

    assert json.loads(done.stdout)["title"] == "\u6298\u308a\u7d19 \u26f5"
    assert "\u26f5" in done.stdout


def test_what_goes_into_a_file_is_whole_while_the_terminal_shows_progress(
    getty: FakeGetty, signed_in: None, folder: Path
) -> None:
    command_line = shlex.join(command("search", "boat", "--all", "--page-size", "50"))

    terminal = Terminal(["sh", "-c", f"{command_line} > boats.ndjson"], folder)

    assert terminal.finish() == 0, terminal.seen
    lines = (folder / "boats.ndjson").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == [f"{number:09}" for number in range(1, 251)]
    assert '"id"' not in terminal.seen


DETAILS = "/v3/images"


def test_all_and_a_limit_exclude_each_other(program: Program, getty: FakeGetty) -> None:
    outcome = program("search", "boat", "--all", "--limit", "5")

    assert outcome.code == 2
    assert "--all and --limit exclude each other" in outcome.err
    assert getty.token_requests == 0


def test_phrases_from_a_file_are_asked_one_after_another_and_images_say_which(
    program: Program, getty: FakeGetty, folder: Path
) -> None:
    (folder / "phrases.txt").write_text("boat\n\n  harbour \n")

    outcome = program("search", "sea", "--from", "phrases.txt", "--limit", "2")

    assert [image["phrase"] for image in lines_of_json(outcome.out)] == [
        "sea",
        "sea",
        "boat",
        "boat",
        "harbour",
        "harbour",
    ]
    assert [sent.url.params["phrase"] for sent in getty.requests] == ["sea", "boat", "harbour"]


def test_phrases_come_from_standard_input(program: Program, getty: FakeGetty) -> None:
    outcome = program("search", "--from", "-", "--limit", "1", "--format", "csv", "--fields", "id", stdin="boat\nsea\n")

    assert outcome.out == "phrase,id\nboat,000000001\nsea,000000001\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no phrase is given"),
        (["--from", "missing.txt"], "--from missing.txt: No such file"),
        (["--from", "empty.txt"], "no phrase is given"),
        (["boat", "--format", "xml"], "--format is xml"),
        (["boat", "--json", "--format", "csv"], "--json and --format csv exclude each other"),
        (["boat", "--open", "--format", "csv"], "--open shows a contact sheet, not csv"),
        (["boat", "--format", "html", "--fields", "id"], "--fields is for data"),
        (["boat", "--resume"], "--resume goes on writing a file"),
        (["boat", "--qps", "0"], "--qps"),
        (["boat", "--wait", "-1"], "--wait"),
        (["boat", "-o", "missing/boats.csv"], "Its folder does not exist"),
    ],
)
def test_wishes_that_cannot_be_are_refused_before_anything_is_asked(
    program: Program, getty: FakeGetty, folder: Path, arguments: list[str], said: str
) -> None:
    (folder / "empty.txt").write_text("\n \n")

    outcome = program("search", *arguments)

    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert getty.token_requests == 0


def test_json_is_one_object(program: Program, getty: FakeGetty) -> None:
    document = json.loads(program("search", "boat", "--limit", "120", "--json").out)

    assert document["schema_version"] == 1
    assert len(document["images"]) == 120
    assert document["searches"] == [{"phrase": "boat", "result_count": 250, "images": 120}]


@pytest.mark.parametrize("form", ["csv", "json", "ndjson", "tsv", "table", "html"])
def test_the_name_of_a_file_says_its_format(program: Program, getty: FakeGetty, folder: Path, form: str) -> None:
    begins = {
        "csv": "id,title",
        "json": '{"schema',
        "ndjson": '{"id"',
        "tsv": "id\ttitle",
        "table": "id ",
        "html": "<!doc",
    }

    outcome = program("search", "boat", "--limit", "2", "-o", f"boats.{form}")

    assert (outcome.code, outcome.out) == (0, "")
    assert (folder / f"boats.{form}").read_text().startswith(begins[form])


@pytest.mark.parametrize("form", ["csv", "json", "ndjson", "tsv"])
def test_resuming_asks_for_no_page_again_and_makes_the_same_file(
    program: Program, getty: FakeGetty, folder: Path, form: str
) -> None:
    command_line = ["search", "sea", "--from", "phrases.txt", "--page-size", "50", "--all", "--wait", "0"]
    (folder / "phrases.txt").write_text("boat\n")
    program(*command_line, "-o", f"whole.{form}")
    asked = [(sent.url.params["phrase"], sent.url.params["page"]) for sent in getty.requests]
    getty.requests.clear()

    getty.instead[CREATIVE] = lambda request: (
        httpx.Response(503) if (request.url.params["phrase"], request.url.params["page"]) == ("boat", "3")
        else getty.search(request)
    )  # fmt: skip
    interrupted = program(*command_line, "-o", f"boats.{form}")
    before = len(getty.requests)
    del getty.instead[CREATIVE]
    resumed = program(*command_line, "-o", f"boats.{form}", "--resume")

    assert (interrupted.code, resumed.code) == (6, 0)
    assert "--resume goes on from there" in interrupted.err
    sent = [(each.url.params["phrase"], each.url.params["page"]) for each in getty.requests]
    assert sent[: before - 1] + sent[before:] == asked  # but for the one that failed
    assert (folder / f"boats.{form}").read_bytes() == (folder / f"whole.{form}").read_bytes()
    assert sorted(each.name for each in folder.iterdir()) == [f"boats.{form}", "phrases.txt", f"whole.{form}"]


def test_what_is_of_another_search_is_not_said_to_go_on_with_resume(program: Program, getty: FakeGetty) -> None:
    getty.instead[CREATIVE] = lambda request: (
        httpx.Response(503) if request.url.params["page"] == "3" else getty.search(request)
    )
    command_line = ["search", "boat", "--all", "--wait", "0", "-o", "boats.csv"]
    program(*command_line, "--page-size", "50")

    outcome = program(*command_line, "--page-size", "25", "--resume")

    assert outcome.code == 2
    assert "is of another search" in outcome.err and "page size" in outcome.err
    assert "goes on from there" not in outcome.err


def test_a_search_that_was_killed_can_be_gone_on_with(getty: FakeGetty, folder: Path, program: Program) -> None:
    reached, killed = threading.Event(), threading.Event()

    def stuck(request: httpx.Request) -> httpx.Response:
        if request.url.params["page"] == "3" and not killed.is_set():
            reached.set()
            killed.wait(30)
        return getty.search(request)

    getty.instead[CREATIVE] = stuck
    process = subprocess.Popen(command("search", "boat", "--all", "-o", "boats.ndjson"), cwd=folder, env=surroundings())
    assert reached.wait(PATIENCE)
    process.kill()
    process.wait()
    killed.set()

    outcome = program("search", "boat", "--all", "-o", "boats.ndjson", "--resume")

    assert outcome.code == 0
    ids = [image["id"] for image in lines_of_json((folder / "boats.ndjson").read_text())]
    assert ids == [f"{number:09}" for number in range(1, 251)]
    assert [sent.url.params["page"] for sent in getty.requests] == ["1", "2", "3", "3"]


def test_a_phrase_that_getty_refuses_does_not_stop_the_others(program: Program, getty: FakeGetty) -> None:
    getty.instead[CREATIVE] = lambda request: (
        httpx.Response(400, json={"ErrorCode": "InvalidPhrase", "ErrorMessage": "No."})
        if request.url.params["phrase"] == "bad" else getty.search(request)
    )  # fmt: skip

    outcome = program("search", "--from", "-", "--limit", "1", stdin="boat\nbad\nsea\n")

    assert outcome.code == 1
    assert [image["phrase"] for image in lines_of_json(outcome.out)] == ["boat", "sea"]
    assert "bad: Getty refused the request (InvalidPhrase)" in outcome.err


def test_a_429_is_waited_for_and_the_search_goes_on(program: Program, getty: FakeGetty) -> None:
    answers = [httpx.Response(429)]
    getty.instead[CREATIVE] = lambda request: answers.pop() if answers else getty.search(request)

    outcome = program("search", "boat", "--limit", "1")

    assert outcome.code == 0
    assert len(lines_of_json(outcome.out)) == 1
    assert outcome.err == "getty-token: Getty asks for fewer requests; going on in 1 s\n"


def details(getty: FakeGetty, known: set[str]) -> None:
    """Let Getty know these ids."""

    def answer(request: httpx.Request) -> httpx.Response:
        ids = request.url.params["ids"].split(",")
        found = [{"id": each, "title": f"Boat {each}"} for each in ids if each in known]
        if not found:
            return httpx.Response(404, json={"ErrorCode": "ImageNotFound", "ErrorMessage": "Image id not found"})
        return httpx.Response(
            200, json={"images": found, "images_not_found": [each for each in ids if each not in known]}
        )

    getty.instead[DETAILS] = answer


def test_images_are_asked_for_by_the_hundred_and_each_once(program: Program, getty: FakeGetty) -> None:
    details(getty, {str(number) for number in range(250)})

    outcome = program("images", "7", "--from", "-", stdin="".join(f"{number}\n" for number in range(250)))

    assert outcome.code == 0
    assert len(lines_of_json(outcome.out)) == 250
    assert [len(sent.url.params["ids"].split(",")) for sent in getty.requests] == [100, 100, 50]


@pytest.mark.parametrize(("ids", "found"), [(["1", "9"], ["1"]), (["8", "9"], [])])
def test_an_image_that_getty_does_not_know_is_named_and_exit_code_1(
    program: Program, getty: FakeGetty, ids: list[str], found: list[str]
) -> None:
    details(getty, {"1"})

    outcome = program("images", *ids, "--json", "--fields", "id")

    document = json.loads(outcome.out)
    assert outcome.code == 1
    assert [each["id"] for each in document["images"]] == found
    assert document["not_found"] == [each for each in ids if each not in found]
    assert "Getty does not know " in outcome.err


@pytest.mark.parametrize("bad", ["1,2", "a b", "../1", "é"])
def test_what_can_be_no_id_is_refused(program: Program, getty: FakeGetty, bad: str) -> None:
    outcome = program("images", bad)

    assert outcome.code == 2
    assert getty.token_requests == 0


def test_a_contact_sheet_asks_for_credit_lines_and_opens_no_browser_where_there_is_none(
    program: Program, getty: FakeGetty, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    getty.instead[DETAILS] = lambda request: httpx.Response(
        200,
        json={
            "images": [{"id": each, "credit_line": f"Credit {each}"} for each in request.url.params["ids"].split(",")]
        },
    )

    outcome = program("search", "boat", "--limit", "2", "--open", "-o", "boats.html")

    assert outcome.code == 0
    assert "Credit 000000002" in (folder / "boats.html").read_text()
    assert outcome.err == f"There is no browser to open here: file://{folder / 'boats.html'}\n"


def test_a_browser_that_is_there_is_given_the_sheet(
    program: Program, getty: FakeGetty, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    browser = folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {folder}/opened\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")

    outcome = program("search", "boat", "--limit", "2", "--open")

    address = (folder / "opened").read_text().strip()
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    assert address.startswith("file://") and "Paper boat 1" in Path(address.removeprefix("file://")).read_text()


@pytest.mark.parametrize(
    ("incomplete", "offered"),
    [
        ("hori", ["horizontal"]),
        ("horizontal,", ["horizontal,vertical", "horizontal,square"]),
        ("horizontal,sq", ["horizontal,square"]),
    ],
)
def test_the_shell_completes_behind_the_last_comma(incomplete: str, offered: list[str]) -> None:
    from getty_token.commands.search_options import completion

    found = completion(PARAMETERS[CREATIVE]["orientations"])(None, [], incomplete)

    assert found[: len(offered)] == offered


@pytest.mark.parametrize("arguments", [["search", "boat"], ["search", "--from", "-"], ["images", "1", "9"]])
def test_json_is_what_its_schema_says(program: Program, getty: FakeGetty, arguments: list[str]) -> None:
    details(getty, {"1"})

    outcome = program(*arguments, "--json", stdin="boat\n\u6298\u308a\u7d19\n")

    document, schema = json.loads(outcome.out), schemas.load(arguments[0])
    jsonschema.Draft202012Validator(schema).validate(document)
    assert outcome.out.isascii()


def test_a_locale_without_the_letters_ends_no_search(getty: FakeGetty, folder: Path) -> None:
    getty.instead[CREATIVE] = lambda _: httpx.Response(
        200, json={"result_count": 1, "images": [{"id": "1", "title": "\u6298\u308a\u7d19 caf\u00e9"}]}
    )

    ndjson, table = (
        getty_token("search", "boat", "--format", form, cwd=folder, env={"PYTHONIOENCODING": "ascii"})
        for form in ("ndjson", "table")
    )

    assert json.loads(ndjson.stdout)["title"] == "\u6298\u308a\u7d19 caf\u00e9"
    assert table.returncode == 0 and "caf" in table.stdout


def test_what_else_getty_says_about_a_search_is_in_the_json_and_survives_an_interruption(
    program: Program, getty: FakeGetty, folder: Path
) -> None:
    def telling(request: httpx.Request) -> httpx.Response:
        answer = getty.search(request).json()
        if request.url.params["page"] != "1":
            return httpx.Response(503) if not interrupted else httpx.Response(200, json=answer)
        return httpx.Response(200, json={**answer, "facets": {"artists": []}, "auto_corrections": {"phrase": "boat"}})

    interrupted: list[Outcome] = []
    getty.instead[CREATIVE] = telling
    command_line = ["search", "baot", "--include-facets", "--all", "--wait", "0", "-o", "boats.json"]

    interrupted.append(program(*command_line))
    outcome = program(*command_line, "--resume")

    document = json.loads((folder / "boats.json").read_text())
    assert (interrupted[0].code, outcome.code) == (6, 0)
    assert "Getty looked for boat instead of baot." in outcome.err
    assert document["searches"] == [
        {
            "phrase": "baot",
            "result_count": 250,
            "images": 250,
            "facets": {"artists": []},
            "auto_corrections": {"phrase": "boat"},
        }
    ]


def test_every_filter_says_what_it_does() -> None:
    from getty_token.commands.search_options import _SAYS, filters

    assert set(_SAYS) == set(filters())


def test_a_full_disk_is_said_and_what_came_before_is_gone_on_with(
    getty: FakeGetty, folder: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", "nosuid"):
        path = tmp_path / "disk" / "boats.ndjson"
        room = os.open(tmp_path / "disk" / "filling", os.O_CREAT | os.O_WRONLY)
        os.write(room, b"x" * (1024 * 1024 - 2 * 4096))

        command_line = ["search", "boat", "--all", "--page-size", "20", "--fields", "id,title", "-o", str(path)]
        full = getty_token(*command_line, cwd=folder)
        os.ftruncate(room, 0)
        os.close(room)
        resumed = getty_token(*command_line, "--resume", cwd=folder)

        assert (full.returncode, resumed.returncode) == (1, 0)
        assert "No space left on device" in full.stderr and "--resume goes on from there" in full.stderr
        found = [image["id"] for image in lines_of_json(path.read_text())]
        assert found == [f"{number:09}" for number in range(1, 251)]


def test_a_phrase_commands_no_terminal(program: Program, getty: FakeGetty) -> None:
    getty.instead[CREATIVE] = lambda _: httpx.Response(400, json={"ErrorMessage": "No."})

    outcome = program("search", "--from", "-", stdin="\x1b[2Jboat\nsea\n")

    assert "\x1b" not in outcome.err


def test_in_the_c_locale_a_table_is_ascii(getty: FakeGetty, folder: Path) -> None:
    getty.instead[CREATIVE] = lambda _: httpx.Response(
        200, json={"result_count": 1, "images": [{"id": "1", "title": "caf\u00e9 " * 30}]}
    )

    terminal = Terminal(command("search", "boat"), folder, {"NO_COLOR": "1", "LC_ALL": "C"})

    assert terminal.finish() == 0
    assert terminal.seen.isascii() and "caf?" in terminal.seen and "..." in terminal.seen


def test_ctrl_c_says_what_there_is_and_ends_with_130(getty: FakeGetty, folder: Path) -> None:
    reached, over = threading.Event(), threading.Event()

    def stuck(request: httpx.Request) -> httpx.Response:
        if request.url.params["page"] == "2":
            reached.set()
            over.wait(30)
        return getty.search(request)

    getty.instead[CREATIVE] = stuck
    terminal = Terminal(command("search", "boat", "--all", "-o", "boats.csv"), folder)
    assert reached.wait(PATIENCE)

    terminal.type("\x03")
    code = terminal.finish()
    over.set()

    assert code == 130
    assert "boats.csv.part: the same command with --resume goes on from" in " ".join(terminal.seen.split())
    assert (folder / "boats.csv.part").read_text().count("\n") == 101


def test_several_requests_at_once_make_the_same_file_with_one_token(
    program: Program, getty: FakeGetty, folder: Path
) -> None:
    arguments = ["search", "boat", "--all", "--page-size", "10"]

    program(*arguments, "-o", "one.csv")
    outcome = program(*arguments, "--at-once", "8", "--qps", "100", "-o", "eight.csv")

    assert (outcome.code, getty.token_requests) == (0, 1)
    assert (folder / "eight.csv").read_bytes() == (folder / "one.csv").read_bytes()
    assert len(getty.requests) == 50


def test_offline_no_file_of_secrets_is_read(program: Program, folder: Path) -> None:
    (folder / ".env").write_text("GETTY_API_KEY=test-key\nGETTY_API_SECRET=test-secret\n")
    (folder / ".env").chmod(0o644)

    outcome = program("search", "sunset", "--offline", "--limit", "1")

    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out)["id"]
