"""Where rules may send a request, and what goes along."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from getty_emulator.exchange import Answer, Call, Incoming, Streamed
from getty_emulator.netlify.book import Book
from getty_emulator.netlify.elsewhere import WHOLE, Elsewhere
from getty_emulator.netlify.in_front import InFront
from getty_emulator.netlify.site import Site
from getty_emulator.netlify.web_urls import address
from getty_emulator.netlify.whole_site import WholeSite

FIELDS = [
    (b"host", b"localhost:8888"),
    (b"accept", b"*/*"),
    (b"authorization", b"Bearer of-the-page"),
    (b"cookie", b"nf_jwt=x"),
    (b"x-custom", b"yes"),
    (b"connection", b"keep-alive, x-secret-hop"),
    (b"x-secret-hop", b"1"),
    (b"te", b"trailers"),
    (b"proxy-authorization", b"Basic x"),
    (b"origin", b"http://localhost:8888"),
    (b"content-type", b"text/plain"),
]


class Upstream:
    """A server elsewhere that remembers what it was sent."""

    def __init__(self, response: httpx.Response | None = None) -> None:
        self.response = response or httpx.Response(
            200, stream=httpx.ByteStream(b"yes"), headers={"content-length": "3"}
        )
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.response

    @property
    def fields(self) -> dict[str, str]:
        [request] = self.requests
        return dict(request.headers)


def proxied(
    upstream: Upstream, target: str, hosts: tuple[str, ...] = (), method: str = "POST", body: bytes = b"posted"
) -> Answer | Streamed:
    async def exchange() -> Answer | Streamed:
        elsewhere = Elsewhere(hosts, httpx.MockTransport(upstream))
        try:
            return await elsewhere.proxied(Incoming(method, "/x", "", FIELDS, body), address(target), [("X-Rule", "1")])
        finally:
            await elsewhere.close()

    return asyncio.run(exchange())


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:8000/x",
        "http://localhost/x",
        "http://[::1]:9/x",
        "http://api.localhost/x",
        "http://127.9.9.9/",
    ],
)
def test_this_machine_may_be_asked_and_gets_what_the_browser_sent(target: str) -> None:
    upstream = Upstream()

    answer = proxied(upstream, target)

    assert answer.status == 200
    fields = upstream.fields
    assert (fields["cookie"], fields["authorization"], fields["x-custom"]) == ("nf_jwt=x", "Bearer of-the-page", "yes")
    assert (fields["x-rule"], fields["content-length"]) == ("1", "6")
    assert fields["host"] == address(target).host
    assert not {"te", "x-secret-hop", "proxy-authorization", "user-agent", "accept-encoding"} & set(fields)


@pytest.mark.parametrize(
    "target",
    [
        "http://example.test/x",
        "https://127.0.0.1.example.test/x",
        "http://169.254.169.254/latest",
        "http://0.0.0.0:8000/",
        "http://[::ffff:10.0.0.1]/",
        "http://2130706433/",
        "http://api.example.test.evil.test/",
    ],
)
def test_no_other_host_is_asked_unless_it_was_allowed(target: str) -> None:
    upstream = Upstream()

    answer = proxied(upstream, target, ("api.example.test",))

    assert (answer.status, upstream.requests) == (502, [])
    assert "allow-hosts under [serve] in getty-token.toml" in answer.reason


@pytest.mark.parametrize("allowed", ["api.example.test", "API.example.test:8443"])
def test_a_host_that_was_allowed_gets_no_cookies_of_this_machine(allowed: str) -> None:
    upstream = Upstream()

    proxied(upstream, "https://api.example.test:8443/x", (allowed,))

    fields = upstream.fields
    assert (fields["authorization"], fields["x-custom"], fields["accept"]) == ("Bearer of-the-page", "yes", "*/*")
    assert not {"cookie", "origin"} & set(fields)


def test_the_answer_comes_as_it_is_redirects_too() -> None:
    redirect = httpx.Response(
        302, stream=httpx.ByteStream(b""), headers=[("location", "/zz"), ("set-cookie", "a=1"), ("set-cookie", "b=2")]
    )

    answer = proxied(Upstream(redirect), "http://127.0.0.1/x")

    assert answer.status == 302
    assert [pair for pair in answer.headers if pair[0] != b"content-length"] == [
        (b"location", b"/zz"),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
    ]


def test_no_cookie_of_one_visitor_goes_along_with_the_next_one() -> None:
    upstream = Upstream()
    fields = {"content-length": "0", "set-cookie": "session=mine; Path=/"}
    request = Incoming("GET", "/x", "", [(b"host", b"localhost")], b"")

    async def exchange() -> None:
        elsewhere = Elsewhere(transport=httpx.MockTransport(upstream))
        for _ in range(2):
            upstream.response = httpx.Response(200, stream=httpx.ByteStream(b""), headers=fields)
            await elsewhere.proxied(request, address("http://localhost/x"), [])
        await elsewhere.close()

    asyncio.run(exchange())
    assert ["cookie" in request.headers for request in upstream.requests] == [False, False]


def test_a_large_answer_is_not_held() -> None:
    large = httpx.Response(200, stream=httpx.ByteStream(b""), headers={"content-length": str(WHOLE + 1)})

    assert isinstance(proxied(Upstream(large), "http://127.0.0.1/x"), Streamed)


class Down(Upstream):
    def __call__(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)


def test_a_server_that_is_down_is_a_504_in_netlifys_words() -> None:
    answer = proxied(Down(), "http://127.0.0.1:9/x?y=1")

    assert isinstance(answer, Answer)
    assert (answer.status, answer.body) == (504, b"Error occurred while trying to proxy: localhost:8888/x?y=1")
    assert "http://127.0.0.1:9 does not answer (ConnectError)" in answer.reason


def test_a_streamed_answer_that_is_dropped_unread_lets_go_of_its_connection(tmp_path: Path) -> None:
    closed: list[str] = []

    class Coming(httpx.AsyncByteStream):
        def __init__(self, path: str) -> None:
            self._path = path

        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"not here"

        async def aclose(self) -> None:
            closed.append(self._path)

    def upstream(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404, stream=Coming(request.url.path))

    async def exchange() -> Answer | Streamed:
        (tmp_path / "_redirects").write_text("/* /index.html 200")
        elsewhere = Elsewhere(transport=httpx.MockTransport(upstream))
        pages = InFront(address("http://127.0.0.1:8000"), elsewhere, tmp_path / "public")
        site = WholeSite(Site({}, Nobody()), Book(tmp_path, lambda _: None), elsewhere, pages)
        return await site.answer(Incoming("GET", "/gone", "", [(b"host", b"localhost")], b""))

    answer = asyncio.run(exchange())

    assert isinstance(answer, Streamed)
    assert closed == ["/gone"]


class Nobody:
    async def answer(self, call: Call) -> Answer:
        raise AssertionError(call)
