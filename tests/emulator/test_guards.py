"""Who may ask: pages and programs on this machine, and nobody who only pretends to be."""

import pytest

from getty_emulator.guards import control_objection, objection

HOST = "The Host field does not name this machine."
ORIGIN = "Another site asked for this (its Origin or Referer is not on this machine)."
CROSS_SITE = "Another site asked for this (cross-site, without Origin or Referer)."


def said(*fields: str) -> str:
    """The objection to a request with these header lines, after a Host that is all right."""
    return objection(lines("host: localhost:8000", *fields))


def lines(*fields: str) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, _, value in (field.partition(": ") for field in fields)]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8000",
        "LocalHost:8000",
        "127.0.0.1",
        "127.0.0.1:9999",
        "127.8.8.8",
        "[::1]",
        "[::1]:9999",
        "a.localhost",
        "a.b.localhost:8888",
    ],
)
def test_a_host_that_can_only_be_this_machine_is_let_in_with_any_port(host: str) -> None:
    assert objection(lines(f"host: {host}")) == ""


@pytest.mark.parametrize(
    "host",
    [
        "",
        ":9999",
        "evil.test",
        "evil.test:8000",
        "127.0.0.1.evil.test",
        "localhost.evil.test",
        "alocalhost",
        "localhost@evil.test",
        "[::1].evil.test",
        "127.0.0.1:9999@evil.test",
        "127.0.0.256",
        "127.0.1",
        "0.0.0.0",
        "192.168.0.1:9999",
        "[::]",
        "[::1",
        "[fe80::1]",
        "evil.test#localhost",
        "evil.test?localhost",
        "evil.test/localhost",
        "evil.test\\localhost",
        "localhost, evil.test",
        "\xb9\xb2\xb7.0.0.1",  # superscript digits
    ],
)
def test_any_other_host_is_refused(host: str) -> None:
    assert objection(lines(f"host: {host}")) == HOST


def test_a_request_without_a_host_or_with_two_is_refused() -> None:
    assert objection([]) == HOST
    assert objection(lines("host: localhost", "host: evil.test")) == HOST
    assert objection(lines("host: evil.test", "host: localhost")) == HOST
    assert objection(lines("host: localhost", "host: localhost")) == HOST


@pytest.mark.parametrize(
    "origin",
    ["http://localhost:8000", "https://localhost", "http://127.0.0.1:9999", "http://[::1]:9999", "http://a.localhost"],
)
def test_pages_on_this_machine_are_let_in(origin: str) -> None:
    assert said(f"origin: {origin}") == ""
    assert said(f"referer: {origin}/search?phrase=evil.test") == ""
    assert said(f"origin: {origin}", f"referer: {origin}/") == ""


FOREIGN = [
    "null",  # a sandboxed frame, a data: address or a file
    "",
    "https://evil.test",
    "http://evil.test:8000",
    "http://localhost.evil.test",
    "http://127.0.0.1.evil.test",
    "http://localhost@evil.test",
    "https://evil.test/?http://localhost",
    "https://evil.test#localhost",
    "file:///home",
    "localhost",
    "http://[::1",
    "http://evil.test, http://localhost",
    "http://\xe9vil.localhost",
]


@pytest.mark.parametrize("foreign", FOREIGN)
def test_pages_of_anybody_else_are_refused(foreign: str) -> None:
    assert said(f"origin: {foreign}") == ORIGIN
    assert said(f"referer: {foreign}") == ORIGIN


@pytest.mark.parametrize(
    "fields",
    [
        ["origin: http://localhost:8000", "referer: https://evil.test/"],
        ["origin: https://evil.test", "referer: http://localhost:8000/"],
        ["origin: http://localhost:8000", "origin: https://evil.test"],
        ["referer: http://localhost:8000/", "referer: https://evil.test/"],
        ["origin: https://evil.test", "sec-fetch-site: same-origin"],
    ],
)
def test_one_foreign_name_is_enough_to_be_refused(fields: list[str]) -> None:
    assert said(*fields) == ORIGIN


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["sec-fetch-site: cross-site"], CROSS_SITE),
        (["sec-fetch-site: cross-site", "origin: http://localhost:8000"], ""),
        (["sec-fetch-site: cross-site", "referer: http://localhost:8000/"], ""),
        (["sec-fetch-site: cross-site", "origin: https://evil.test"], ORIGIN),
        (["sec-fetch-site: same-origin"], ""),
        (["sec-fetch-site: same-site"], ""),
        (["sec-fetch-site: none"], ""),
        ([], ""),
    ],
)
def test_cross_site_is_refused_unless_it_says_that_it_comes_from_this_machine(fields: list[str], expected: str) -> None:
    assert said(*fields) == expected


HERE = ("127.0.0.1", 40000)


@pytest.mark.parametrize("client", [HERE, ("::1", 40000)])
def test_a_program_on_this_machine_may_use_controls(client: tuple[str, int]) -> None:
    assert control_objection(lines("host: localhost", "getty-token-control: 1"), client) == ""


@pytest.mark.parametrize(
    ("fields", "client", "says"),
    [
        ([], HERE, "need the header field Getty-Token-Control"),
        (["getty-token-control: 1"], ("192.168.0.7", 40000), "from this machine only"),
        (["getty-token-control: 1"], None, "from this machine only"),
        (["getty-token-control: 1", "origin: http://localhost:8000"], HERE, "from a web page"),
        (["getty-token-control: 1", "referer: http://localhost:8000/"], HERE, "from a web page"),
        (["getty-token-control: 1", "sec-fetch-site: same-origin"], HERE, "from a web page"),
    ],
)
def test_nobody_else_may_use_controls(fields: list[str], client: tuple[str, int] | None, says: str) -> None:
    assert says in control_objection(lines("host: localhost", *fields), client)
