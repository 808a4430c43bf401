"""Tests of getty_token.commands.search: pages, pipes and tables, and options that say what they take."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from fakes import SECRET, FakeGetty, Outcome, Terminal, command, getty_token, lines_of_json

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
        (["--keyword-ids", "1,two"], "--keyword-ids: 'two' is not a whole number"),
        (["--family", "editorial", "--date-from", "yesterday"], "--date-from: 'yesterday' is not a date"),
        (["--date-from", "2024-05-01"], "--date-from is no filter of a creative search"),
        (["--family", "editorial", "--color", "ff0000"], "--color is no filter of a editorial search"),
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


def test_a_terminal_of_80_columns_gets_a_table_that_fits(getty: FakeGetty, folder: Path) -> None:
    def long_titles(request: httpx.Request) -> httpx.Response:
        answer = getty.search(request)
        images = [{**image, "title": "A very long title of a boat " * 6} for image in answer.json()["images"]]
        return httpx.Response(answer.status_code, json={"result_count": 250, "images": images})

    getty.instead[CREATIVE] = long_titles
    terminal = Terminal(command("search", "boat", "--limit", "3"), folder, {"NO_COLOR": "1"})

    code = terminal.finish()

    lines = terminal.seen.replace("\r", "").splitlines()
    assert code == 0
    assert any("id" in line and "title" in line for line in lines)
    assert sum("00000000" in line for line in lines) == 3
    assert "3 of 250 images" in terminal.seen
    assert max(len(line) for line in lines if "\x1b" not in line) <= 80


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
