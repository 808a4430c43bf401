"""`getty-token serve` for a whole site, over real sockets: its files, its rules, the server it stands in front of."""

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from getty_emulator.netlify import netlify_toml
from getty_emulator.netlify.project import Project
from getty_token.commands.serve import port_for
from getty_token.commands.serving.options import Options
from programs import free_port
from site_server import SiteServer, site_server
from test_serve import PATIENCE, Program, ended, exchanged, running, signed_in

REDIRECTS = """
/old            /page            301
/asked  id=:id  /blog/:id        302
/pretty         /page            200
/sold-out       /gone.html       410
/page           /never           302
/forced         /page            302!
/loop           /loop            200
/loop-301       /loop-301        301
/a-to-b         /b-to-a          301
/b-to-a         /a-to-b          301
/api/*          /.netlify/functions/getty/:splat  200
/countries      /.netlify/functions/getty/v3/countries  200
/far/*          https://example.test/:splat  200
/away/*         https://example.test/:splat  302
/down/*         http://127.0.0.1:9/:splat  200
/bad/:host      http://:host:99999999/  302
/inner          /role-page       200 Role=admin
/role           /page            200 Role=admin
/role           /login           302
/nonsense
"""


def site_folder(folder: Path, redirects: str = REDIRECTS, toml: str = "") -> Path:
    public = folder / "public"
    (public / "docs").mkdir(parents=True)
    for name, text in {
        "index.html": "<h1>home</h1>",
        "page.html": "<h1>page</h1>",
        "forced.html": "never seen",
        "gone.html": "it is gone",
        "404.html": "not here",
        "docs/index.html": "docs",
        "data.json": "{}",
        ".secret": "test-secret",
        "_headers": "/*\n  X-Site: yes\n",
        "_redirects": redirects,
    }.items():
        (public / name).write_text(text)
    (folder / "outside.txt").write_text("test-secret")
    (public / "link.txt").symlink_to(folder / "outside.txt")
    (folder / "netlify.toml").write_text(f'[build]\npublish = "public"\n{toml}')
    return folder


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = site_folder(tmp_path_factory.mktemp("static"))
    with running("serve", "--offline", "--static", "--port", "0", cwd=folder) as program:
        yield program


@pytest.fixture(scope="module")
def behind() -> Iterator[SiteServer]:
    with site_server() as site:
        yield site


@pytest.fixture(scope="module")
def front(behind: SiteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("front")
    (folder / "_redirects").write_text(
        "/moved /page 301\n/echoed/* /echo?from=:splat 200\n/* /index.html 200\n/x-forced /page 203!\n"
    )
    with running("serve", "--offline", "--site", behind.address, "--port", "0", cwd=folder) as program:
        yield program


@pytest.mark.parametrize(
    ("target", "status", "body"),
    [
        ("/", 200, "<h1>home</h1>"),
        ("/page", 200, "<h1>page</h1>"),
        ("/docs", 200, "docs"),
        ("/pretty", 200, "<h1>page</h1>"),
        ("/sold-out", 410, "it is gone"),
        ("/nothing", 404, "not here"),
        ("/loop", 404, "not here"),
        ("/old?x=1", 301, "Redirecting to /page?x=1"),
        ("/asked?id=a%20b", 302, "Redirecting to /blog/a+b?id=a+b"),
        ("/loop-301", 301, "Redirecting to /loop-301"),
        ("/forced", 302, "Redirecting to /page"),
        ("/away/x?y=1", 302, "Redirecting to https://example.test/x?y=1"),
        ("/inner", 404, "not here"),
        ("/role", 302, "Redirecting to /login"),
        ("/.netlify/functions/nobody", 404, "Function not found..."),
        ("/.netlify/functions/nobody/x?y", 404, "Function not found..."),
        ("/.netlify/builders/getty", 400, "Function is not an on-demand builder"),
        ("/down/x", 504, "Error occurred while trying to proxy: 127.0.0.1"),
    ],
)
def test_a_site_is_answered_as_netlify_would(static: Program, target: str, status: int, body: str) -> None:
    answer = static.get(target)

    assert (answer.status_code, body in answer.text) == (status, True), answer.text


@pytest.mark.parametrize("target", ["/countries", "/api/v3/countries"])
def test_a_rule_leads_to_a_function(static: Program, target: str) -> None:
    answer = static.get(target)

    assert answer.status_code == 200
    assert "countries" in answer.json()
    assert answer.headers["x-site"] == "yes"


@pytest.mark.parametrize(
    "target",
    [
        "/.secret",
        "/%2esecret",
        "/_redirects",
        "/_headers",
        "/link.txt",
        "/../outside.txt",
        "/..%2foutside.txt",
        "/%2e%2e/outside.txt",
        "/docs/..%5c..%5coutside.txt",
        "/netlify.toml",
        "/docs%2findex.html",
        "/data.json%00",
    ],
)
def test_nothing_is_served_but_what_was_published(static: Program, target: str) -> None:
    answer = exchanged(static.port, f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())

    assert answer.split(b" ")[1] in (b"404", b"400")
    assert b"test-secret" not in answer
    assert b"X-Site: yes" not in answer


def test_a_file_that_the_browser_has_is_not_sent_again(static: Program) -> None:
    etag = static.get("/page").headers["etag"]

    again = httpx.get(f"{static.address}/page", headers={"If-None-Match": etag}, timeout=PATIENCE, trust_env=False)

    assert (again.status_code, again.content) == (304, b"")
    assert etag.startswith('W/"d-')


def test_a_rule_may_not_lead_to_a_host_that_nobody_allowed(static: Program) -> None:
    answer = static.get("/far/x")

    assert answer.status_code == 502
    assert 'add "example.test" to allow-hosts under [serve] in getty-token.toml' in answer.json()["detail"]


def test_a_rule_whose_target_is_no_address_says_where_it_stands(static: Program) -> None:
    answer = static.get("/bad/x")

    assert answer.status_code == 500
    assert "public/_redirects:17 leads nowhere" in answer.json()["detail"]


def test_what_is_no_rule_is_told_at_the_start_with_file_and_line(static: Program) -> None:
    assert static.line("public/_redirects:21: Missing destination path/URL")


def test_a_rule_that_answered_is_named_on_the_terminal(static: Program) -> None:
    static.get("/old?told=1")

    assert "rule public/_redirects:2" in static.line("/old?told=1")


def test_rules_are_read_anew_when_their_file_changes(tmp_path: Path) -> None:
    folder = site_folder(tmp_path, redirects="/a /one\n")
    with running("serve", "--offline", "--static", "--port", "0", cwd=folder) as program:
        assert program.get("/a").headers["location"] == "/one"

        (folder / "public" / "_redirects").write_text("/a /two-of-them\n/broken\n")

        assert any(program.get("/a").headers["location"] == "/two-of-them" for _ in range(10_000))
        assert program.line("public/_redirects:2: Missing destination path/URL")


ODD = [
    b"GET /% HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /old% HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /%E9 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET // HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET //evil.test/x HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: [\r\n\r\n",
    b"POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Type: ;;=\r\nContent-Length: 1\r\n\r\nx",
    b"POST /pretty HTTP/1.1\r\nHost: localhost\r\nContent-Type: \xff/\r\nContent-Length: 1\r\n\r\nx",
    b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6500000\r\n\r\n" + b"x" * 6_500_000,
    b"GET /old HTTP/1.1\r\nHost: localhost\r\nCookie: nf_jwt=%\r\n\r\n",
    b"GET /role HTTP/1.1\r\nHost: localhost\r\nCookie: nf_jwt=a.b.c; =; ;;\r\n\r\n",
    b"GET /lang HTTP/1.1\r\nHost: localhost\r\nAccept-Language: \xff\r\n\r\n",
    b"GET /asked?id=%&id=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"PUT /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nxxx",  # and goes away
    b"GET /down/%00%ff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /bad/[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /away/%0d%0aSet-Cookie:x HTTP/1.1\r\nHost: localhost\r\n\r\n",
]


@pytest.mark.parametrize("raw", ODD, ids=range(len(ODD)))
def test_what_ends_netlify_dev_is_answered_and_the_next_request_too(static: Program, raw: bytes) -> None:
    try:
        with socket.create_connection(("127.0.0.1", static.port), PATIENCE) as connection:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
    except ConnectionError:
        answer = b""  # it hung up while we were still sending

    assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
    assert b"\r\nset-cookie:" not in answer.lower().partition(b"\r\n\r\n")[0]
    assert b"This is a mistake in getty-token" not in answer
    assert static.get("/page").status_code == 200


def test_a_site_that_was_not_built_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "netlify.toml").write_text('[build]\npublish = "dist"')

    code, said = ended("--offline", "--static", "--port", "0", cwd=tmp_path)

    assert code == 2
    assert "dist to serve." in said and "Build the site" in said


def test_what_stands_behind_is_a_server_on_this_machine(tmp_path: Path) -> None:
    code, said = ended("--offline", "--site", "http://example.com:8000", "--port", "0", cwd=tmp_path)

    assert code == 2
    assert "--site http://example.com:8000 is not on this machine." in said


@pytest.mark.parametrize(
    ("options", "project", "toml", "port"),
    [
        (Options(), Project(), "", 9999),
        (Options(), Project(), "[dev]\nport = 7000", 9999),
        (Options(static=True), Project(), "", 8888),
        (Options(site="http://localhost:8000"), Project(), "[dev]\nport = 7000", 7000),
        (Options(static=True), Project(port=7001), "[dev]\nport = 7000", 7001),
        (Options(static=True, port=0), Project(port=7001), "", 0),
    ],
)
def test_a_whole_site_has_the_port_of_netlify_dev_unless_another_is_named(
    options: Options, project: Project, toml: str, port: int, tmp_path: Path
) -> None:
    assert port_for(options, project, netlify_toml.parse(toml, tmp_path)) == port


# In front of the site's own server


def test_what_no_function_and_no_rule_answers_goes_to_the_sites_own_server(front: Program, behind: SiteServer) -> None:
    asked = httpx.post(
        f"{front.address}/echo?a=%20+b&a=2",
        content=b"posted",
        headers={"Cookie": "k=v", "X-Custom": "yes", "Connection": "x-hop", "X-Hop": "1", "X-Forwarded-For": "9.9.9.9"},
        timeout=PATIENCE,
        trust_env=False,
    )

    told = asked.json()
    fields = {name: value for name, value in told["fields"]}
    assert (told["method"], told["target"], told["body"]) == ("POST", "/echo?a=%20+b&a=2", "posted")
    assert (fields["cookie"], fields["x-custom"], fields["host"]) == ("k=v", "yes", f"127.0.0.1:{front.port}")
    assert fields["x-forwarded-for"] == "::ffff:127.0.0.1"
    assert "x-hop" not in fields and "transfer-encoding" not in fields
    assert asked.headers.get_list("set-cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize(
    ("target", "status", "body"),
    [
        ("/page", 200, "the site's own /page"),
        ("/moved", 301, "Redirecting to /page"),
        ("/anything", 200, "the site's own /index.html"),
        ("/x-forced", 200, "the site's own /index.html"),
        ("/.netlify/functions/nobody", 404, "Function not found..."),
    ],
)
def test_functions_and_rules_come_before_it(front: Program, target: str, status: int, body: str) -> None:
    answer = front.get(target)

    assert (answer.status_code, answer.text) == (status, body)


def test_a_function_is_answered_here(front: Program, behind: SiteServer) -> None:
    assert front.get("/.netlify/functions/getty/v3/countries").status_code == 200
    assert not any("functions" in asked for asked in behind.asked)


def test_a_large_answer_passes(front: Program) -> None:
    assert len(front.get("/large").content) == 8 * 1024 * 1024


def test_events_pass_one_by_one_and_whoever_goes_is_noticed(front: Program, behind: SiteServer) -> None:
    with httpx.stream("GET", f"{front.address}/events", trust_env=False, timeout=PATIENCE) as stream:
        lines = stream.iter_lines()
        for text in ("one", "two"):
            behind.beat(text)
            assert (next(lines), next(lines)) == (f"data: {text}", "")

    assert behind.left.wait(PATIENCE)


def test_messages_of_a_websocket_pass_both_ways(front: Program) -> None:
    async def talk() -> None:
        address = f"ws://127.0.0.1:{front.port}/socket?EIO=4"
        headers = {"Cookie": "k=v"}
        async with connect(address, subprotocols=["one", "two"], additional_headers=headers, proxy=None) as it:  # type: ignore[list-item]
            assert it.subprotocol == "one"
            told = json.loads(await it.recv())
            assert (told["query"], told["cookie"]) == ("EIO=4", "k=v")
            await it.send("text é")
            assert await it.recv() == "text é"
            await it.send(bytes(300_000))
            assert await it.recv() == bytes(300_000)
            await it.send("bye")
            with pytest.raises(ConnectionClosed):
                await it.recv()
            assert it.close_code == 4001

    asyncio.run(talk())
    assert "site, websocket" in front.line("/socket?EIO=4")


def test_a_websocket_that_the_site_refuses_is_refused_with_the_reason(front: Program) -> None:
    async def talk() -> None:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{front.port}/nowhere", proxy=None)
        assert refused.value.response.status_code == 502

    asyncio.run(talk())
    assert front.line("opens no WebSocket there")


@pytest.mark.parametrize(
    ("name", "value"), [("Origin", "https://evil.test"), ("Host", "evil.test"), ("Sec-Fetch-Site", "cross-site")]
)
def test_no_page_of_somebody_else_opens_a_websocket(front: Program, behind: SiteServer, name: str, value: str) -> None:
    fields = {"Host": "localhost", "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    fields |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", name: value}
    head = "".join(f"{key}: {each}\r\n" for key, each in fields.items())

    answer = exchanged(front.port, f"GET /socket HTTP/1.1\r\n{head}\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 403 ")


def test_a_site_that_is_down_is_told(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with running("serve", "--offline", "--site", address, "--port", "0", cwd=tmp_path) as program:
        answer = program.get("/page")

        assert answer.status_code == 502
        assert f"The site at {address} does not answer" in answer.json()["detail"]
        assert program.get("/.netlify/functions/getty/v3/countries").status_code == 200


def test_it_stops_at_once_though_a_websocket_is_open(tmp_path: Path) -> None:
    with (
        site_server() as site,
        running("serve", "--offline", "--site", site.address, "--port", "0", cwd=tmp_path) as it,
    ):

        async def stop_meanwhile() -> int:
            async with connect(f"ws://127.0.0.1:{it.port}/socket", proxy=None) as socket:
                await socket.recv()
                code = await asyncio.to_thread(it.stop)
                with pytest.raises(ConnectionClosed):
                    await socket.recv()
                return code

        assert asyncio.run(stop_meanwhile()) == 130


# Live: whatever the site is made of may hold a secret, too


@pytest.fixture(scope="module")
def live(behind: SiteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """In front of a site that leaks. Getty is not asked for anything here."""
    folder = tmp_path_factory.mktemp("live")
    (folder / "_redirects").write_text(
        f"/there {behind.address}/leaks 200\n/told /page?key=test-secret 301\n"
        "/countries /.netlify/functions/getty/v3/countries 200\n"
    )
    (folder / "_headers").write_text("/.netlify/*\n  X-Key: test-secret\n")
    env = signed_in("http://127.0.0.1:9")
    with running("serve", "--site", behind.address, "--port", "0", cwd=folder, env=env) as program:
        yield program


@pytest.mark.parametrize("target", ["/leaks", "/there", "/told", "/.netlify/functions/nobody"])
def test_no_page_no_rule_and_no_field_takes_a_secret_to_the_browser(live: Program, target: str) -> None:
    answer = live.get(target)

    assert answer.status_code == 502
    assert "contained a secret of yours and was not passed on" in answer.json()["detail"]
    assert "test-secret" not in f"{answer.headers}{answer.text}"
    assert "alarm" in live.line(target)


def test_a_page_that_comes_in_pieces_is_cut_before_the_secret_is_whole(live: Program) -> None:
    came = b""
    with (
        httpx.stream("GET", f"{live.address}/drips", timeout=PATIENCE, trust_env=False) as stream,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        for piece in stream.iter_raw():
            came += piece

    assert came in (b"", b"harmless, and then ")
    assert "the site sent a secret of yours; it was cut off." in live.line("cut off")


def test_a_websocket_that_is_sent_a_secret_is_closed(live: Program) -> None:
    async def talk() -> None:
        async with connect(f"ws://127.0.0.1:{live.port}/socket", proxy=None) as it:
            await it.recv()
            await it.send("harmless")
            assert await it.recv() == "harmless"
            await it.send("it is test-secret")
            with pytest.raises(ConnectionClosed):
                await it.recv()
            assert it.close_code == 1008

    asyncio.run(talk())
    assert live.line("a WebSocket message of the site contained a secret of yours")


def test_what_is_harmless_passes(live: Program) -> None:
    assert live.get("/page").text == "the site's own /page"
    assert dict(live.get("/echo").json()["fields"])["accept-encoding"] == "identity"
    assert len(live.get("/large").content) == 8 * 1024 * 1024


def test_a_built_site_that_holds_a_secret_does_not_show_it(tmp_path: Path) -> None:
    folder = site_folder(tmp_path)
    (folder / "public" / "app.js").write_text('fetch("/v3", { key: "test-secret" })')
    with running("serve", "--static", "--port", "0", cwd=folder, env=signed_in("http://127.0.0.1:9")) as program:
        assert program.get("/app.js").status_code == 502
        assert program.get("/page").text == "<h1>page</h1>"
