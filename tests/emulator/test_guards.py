"""Who may ask: pages and programs on this machine, and nobody who only pretends to be."""

import pytest

from getty_emulator.exchange import Fields
from getty_emulator.guards import Guard, control_objection

MEND = " If that is yours, name it in origins under [serve] in getty-token.toml."
HOST = "The Host field does not name this machine." + MEND
ORIGIN = "Another site asked for this (its Origin or Referer is not on this machine)." + MEND
CROSS_SITE = "Another site asked for this (cross-site, without Origin or Referer)."


HERE = ("127.0.0.1", 40000)


def objection(fields: Fields) -> str:
    """What the usual guard says to a request from this machine."""
    return Guard().objection(fields, HERE)


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


# Origins that the project names

KNOWN = Guard(frozenset({"http://192.168.1.20:8000", "https://preview.test"}))


@pytest.mark.parametrize(
    "fields",
    [
        ["origin: http://192.168.1.20:8000"],
        ["origin: HTTPS://Preview.test"],
        ["referer: https://preview.test/search?phrase=x"],
        ["sec-fetch-site: cross-site", "origin: https://preview.test"],
    ],
)
def test_pages_of_an_origin_that_is_named_are_let_in(fields: list[str]) -> None:
    assert KNOWN.objection(lines("host: localhost", *fields), HERE) == ""


@pytest.mark.parametrize("host", ["192.168.1.20:8000", "preview.test"])
def test_its_host_may_be_the_one_that_a_proxy_hands_on(host: str) -> None:
    assert KNOWN.objection(lines(f"host: {host}"), HERE) == ""


@pytest.mark.parametrize(
    "origin",
    [
        "http://192.168.1.20",
        "http://192.168.1.20:8001",
        "https://192.168.1.20:8000",
        "http://preview.test",
        "https://preview.test:444",
        "https://preview.test.evil.test",
        "https://evil.test/https://preview.test",
        "https://preview.test@evil.test/",
        "preview.test",
        "",
        "null",
    ],
)
def test_any_other_origin_is_still_refused(origin: str) -> None:
    assert KNOWN.objection(lines("host: localhost", f"origin: {origin}"), HERE) == ORIGIN
    assert KNOWN.objection(lines("host: localhost", f"referer: {origin}"), HERE) == ORIGIN


@pytest.mark.parametrize("host", ["evil.test", "preview.test:80", "192.168.1.20", "preview.test@evil.test", ""])
def test_any_other_host_is_still_refused(host: str) -> None:
    assert KNOWN.objection(lines(f"host: {host}"), HERE) == HOST


# The key of an address that other machines reach

OPEN = Guard(key="test-serve-key")
AWAY = ("192.168.1.77", 50000)
SHOWN = "authorization: Bearer test-serve-key"


def test_who_shows_the_key_is_let_in_from_anywhere_under_any_name() -> None:
    assert OPEN.objection(lines("host: getty-token:9999", SHOWN), AWAY) == ""
    assert OPEN.objection(lines("host: 192.168.1.5:9999", SHOWN), HERE) == ""


@pytest.mark.parametrize(
    "fields",
    [
        [],
        ["authorization: Bearer test-serve-kez"],
        ["authorization: Bearer "],
        ["authorization: Bearer"],
        ["authorization: Basic test-serve-key"],
        ["authorization: test-serve-key"],
        ["authorization: bearer test-serve-key-and-more"],
        [SHOWN, SHOWN],
        ["cookie: authorization=Bearer test-serve-key"],
    ],
)
def test_other_machines_without_the_key_are_refused(fields: list[str]) -> None:
    assert "takes the key" in OPEN.objection(lines("host: localhost:9999", *fields), AWAY)
    assert "takes the key" in OPEN.objection(lines("host: localhost:9999", *fields), None)
    assert OPEN.objection(lines("host: 192.168.1.5:9999", *fields), AWAY) == HOST


def test_this_machine_needs_no_key() -> None:
    assert OPEN.objection(lines("host: localhost:8000"), HERE) == ""


def test_the_key_opens_no_door_to_pages_of_other_sites() -> None:
    assert OPEN.objection(lines("host: localhost", "origin: https://evil.test", SHOWN), HERE) == ORIGIN
    assert OPEN.objection(lines("host: localhost", "sec-fetch-site: cross-site", SHOWN), AWAY) == CROSS_SITE
    assert OPEN.objection(lines("host: localhost", "host: localhost", SHOWN), AWAY) == HOST


def test_without_a_key_nobody_can_show_one() -> None:
    assert Guard().objection(lines("host: evil.test", "authorization: Bearer "), HERE) == HOST


def test_the_key_goes_no_further_than_the_guard_and_other_authorizations_do() -> None:
    other = lines("host: localhost", "authorization: Bearer of-the-sites-own")

    assert OPEN.without_key(lines("host: localhost", SHOWN)) == lines("host: localhost")
    assert OPEN.without_key(other) == other
    assert Guard().without_key(other) == other


def test_the_key_is_not_shown_by_its_holder() -> None:
    assert "test-serve-key" not in repr(OPEN)
