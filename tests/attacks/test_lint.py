"""httplint, which knows the specifications, finds nothing bad in what we answer: ours, refused, recorded or live."""

import re
from collections.abc import Iterator

import pytest

from test_serve import CREATIVE, LOCAL, Program, exchanged, http, running, signed_in

httplint = pytest.importorskip("httplint", reason="httplint is not installed (extra `test`)")

LEVEL = httplint.note.levels.BAD

ASKED = {
    "a search": http(f"{CREATIVE}?phrase=sunset&page_size=3", LOCAL),
    "its head": http(f"{CREATIVE}?phrase=sunset&page_size=3", LOCAL, method="HEAD"),
    "an image that is not there": http("/getty/v3/images/1", LOCAL),
    "a bad parameter": http(f"{CREATIVE}?page_size=1000", LOCAL),
    "no function": http("/.netlify/functions/none", LOCAL),
    "a wrong method": http("/getty/v3/countries", LOCAL, "Content-Length: 0", method="POST"),
    "what costs": http("/getty/v3/downloads/images/7", LOCAL, "Content-Length: 0", method="POST"),
    "a bad path": http("/getty/v3/%2e%2e/x", LOCAL),
    "another site": http("/getty/v3/countries", LOCAL, "Origin: https://evil.test"),
    "a head too large": http("/getty/v3/countries", LOCAL, "Cookie: " + "c" * 20_000),
    "nonsense": b"nonsense\r\n\r\n",
    "two lengths": http("/x", LOCAL, "Content-Length: 1", "Content-Length: 2", method="POST"),
    "CONNECT": http("/x", LOCAL, method="CONNECT"),
    "another coding": http("/x", LOCAL, "Transfer-Encoding: gzip, chunked", method="POST"),
}


@pytest.fixture(scope="module", params=["offline", "live"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("lint")
    if request.param == "offline":
        with running("serve", "--offline", "--port", "0", cwd=folder) as program:
            yield program
        return
    with (
        running("sandbox", "--port", "0", cwd=folder) as getty,
        running("serve", "--port", "0", cwd=folder, env=signed_in(getty.address)) as program,
    ):
        yield program


def complaints(received: bytes, method: bytes) -> list[str]:
    """What httplint finds bad in an answer as it is on the wire."""
    head, _, body = received.partition(b"\r\n\r\n")
    topline, *lines = head.split(b"\r\n")
    version, status, phrase = topline.split(b" ", 2)
    asked = httplint.HttpRequestLinter()
    asked.process_request_topline(method, b"http://localhost/x", b"1.1")
    answer = httplint.HttpResponseLinter(_related=asked, no_content=method == b"HEAD")
    answer.process_response_topline(version.removeprefix(b"HTTP/"), status, phrase)
    answer.process_headers([tuple(re.split(rb":\s*", line, maxsplit=1)) for line in lines])
    answer.feed_content(body)
    answer.finish_content(True)
    return [str(note) for note in answer.notes if note.level is LEVEL]


@pytest.mark.parametrize("what", ASKED)
def test_nothing_bad_is_found_in_an_answer(server: Program, what: str) -> None:
    received = exchanged(server.port, ASKED[what])

    assert received.startswith(b"HTTP/1.1 ")
    assert complaints(received, ASKED[what].split(b" ")[0]) == []


def test_nothing_bad_is_found_in_a_picture(server: Program) -> None:
    found = server.get(f"{CREATIVE}?phrase=sunset&page_size=1").json()
    address, _, target = found["images"][0]["display_sizes"][0]["uri"].removeprefix("http://").partition("/")

    received = exchanged(int(address.rpartition(":")[2]), http(f"/{target}", LOCAL))

    assert received.startswith(b"HTTP/1.1 200")
    assert complaints(received, b"GET") == []


def test_it_would_find_something() -> None:
    wrong = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: yesterday\r\nContent-Type: json\r\n\r\n{}"

    assert complaints(wrong, b"GET") != []
