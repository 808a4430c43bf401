"""Tests of getty_token.transport: certificates and proxies as curl has them, and what every failure is called."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import trustme

from fakes import serving
from getty_token import transport
from getty_token.errors import GettyUnavailable, WrongUsage
from getty_token.upstream import way

HOST = "getty.example.test"


def hello(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text=f"hello from {request.url.host}")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def tls_server(authority: trustme.CA) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", HOST).configure_cert(context)
    with serving(hello, context) as address:
        yield address


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


class Proxy:
    """An HTTP proxy that notes whom it is asked for, and connects to `target` whoever that is."""

    def __init__(self, target: str) -> None:
        self.asked: list[str] = []
        self._target = httpx.URL(target)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def serve_one(self) -> None:
        client, _ = self._listener.accept()
        with client, client.makefile("rb") as lines:
            self.asked.append(lines.readline().decode().strip())
            while lines.readline().strip():
                pass
            with socket.create_connection(("127.0.0.1", self._target.port or 0)) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=self._copy, args=(server, client))
                back.start()
                self._copy(client, server)
                back.join()

    @staticmethod
    def _copy(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # one side has gone; so does the other

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self.serve_one)
        thread.start()
        try:
            yield
        finally:
            # An accept that still waits is woken by a client that says nothing.
            if thread.is_alive() and not self.asked:
                socket.create_connection(self._listener.getsockname()).close()
            thread.join()
            self._listener.close()


@pytest.fixture
def proxy(tls_server: str) -> Iterator[Proxy]:
    tiny = Proxy(tls_server)
    with tiny.running():
        yield tiny


def get(url: str) -> str:
    with transport.client() as http, transport.reaching(url):
        return http.get(url).text


def get_async(url: str) -> str:
    async def one() -> str:
        there = way(url)
        try:
            reply = await there.fetch("GET", "/", {}, b"", 1000)
        finally:
            await there.aclose()
        return reply.body.decode()

    with transport.reaching(url):
        return asyncio.run(one())


both = pytest.mark.parametrize("get", [get, get_async])

Get = Callable[[str], str]


@both
def test_a_certificate_in_ssl_cert_file_is_trusted(tls_server: str, trusting: None, get: Get) -> None:
    assert get(tls_server) == "hello from localhost"


@both
def test_a_certificate_nobody_vouches_for_is_refused_and_says_what_to_do(tls_server: str, get: Get) -> None:
    with pytest.raises(GettyUnavailable) as refused:
        get(tls_server)

    assert "not trusted here" in refused.value.why
    assert "SSL_CERT_FILE" in refused.value.mend
    assert tls_server.removeprefix("https://") in refused.value.what


@both
@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_read_are_the_users_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, get: Get, content: str | None
) -> None:
    file = tmp_path / "certificates.pem"
    if content:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))

    with pytest.raises(WrongUsage, match="SSL_CERT_FILE"):
        get("https://localhost")


@both
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_is_used(proxy: Proxy, trusting: None, monkeypatch: pytest.MonkeyPatch, get: Get, name: str) -> None:
    monkeypatch.setenv(name, proxy.address)

    said = get(f"https://{HOST}")

    assert said == "hello from localhost"
    assert proxy.asked == [f"CONNECT {HOST}:443 HTTP/1.1"]


@both
def test_no_proxy_is_used_for_those_in_no_proxy(
    proxy: Proxy, tls_server: str, trusting: None, monkeypatch: pytest.MonkeyPatch, get: Get
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.address)
    monkeypatch.setenv("NO_PROXY", "somebody.example.test,localhost")

    said = get(tls_server)

    assert said == "hello from localhost"
    assert proxy.asked == []


@pytest.mark.parametrize("value", ["gopher://127.0.0.1:1", "http://127.0.0.1:port", "socks5://127.0.0.1:1"])
def test_a_proxy_that_makes_no_sense_is_the_users_to_mend(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)

    with pytest.raises(WrongUsage) as refused:
        get("https://localhost")

    assert "HTTPS_PROXY" in refused.value.mend


@pytest.mark.parametrize("scheme", ["gopher", "socks5", "http"])
def test_the_password_of_a_proxy_is_not_shown(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://somebody:test-secret@127.0.0.1:1")

    with pytest.raises((WrongUsage, GettyUnavailable)) as refused:
        get("https://localhost")

    assert "test-secret" not in str(refused.value) + repr(refused.value) + repr(refused.value.__cause__)


@both
def test_a_closed_port_says_who_could_not_be_reached(get: Get) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(GettyUnavailable) as refused:
        get(f"http://127.0.0.1:{port}")

    assert refused.value.what == f"cannot reach 127.0.0.1:{port}."
    assert "getty-token sandbox" in refused.value.mend


@pytest.mark.parametrize(
    ("error", "what", "why"),
    [
        (httpx.ConnectTimeout(""), "host did not answer in time.", "Gave up after ConnectTimeout."),
        (httpx.ReadTimeout("x"), "host did not answer in time.", "Gave up after ReadTimeout."),
        (httpx.ProxyError("407 Who?"), "cannot reach host.", "The proxy said: 407 Who?."),
        (httpx.ConnectError("Name or service not known"), "cannot reach host.", "Name or service not known."),
        (httpx.ReadError(""), "host broke off.", "ReadError."),
        (httpx.RemoteProtocolError("Server left."), "host broke off.", "Server left."),
        (httpx.DecodingError("bad gzip"), "host broke off.", "bad gzip."),
    ],
)
def test_every_failure_is_put_in_words(error: httpx.HTTPError, what: str, why: str) -> None:
    failure = transport.unreachable("host", error)

    assert (failure.what, failure.why) == (what, why)
    assert failure.mend


def test_redirects_are_not_followed_and_nobody_is_told_more_than_who_we_are() -> None:
    def moved(_: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"location": "https://elsewhere.example.test"})

    with transport.client(transport=httpx.MockTransport(moved)) as http:
        response = http.get("https://api.example.test")

    assert response.status_code == 302
    assert response.request.headers["user-agent"].startswith("getty-token/")


def test_an_answer_that_comes_a_byte_at_a_time_is_given_up_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = iter(range(100))
    monkeypatch.setattr(transport, "time", SimpleNamespace(monotonic=lambda: float(next(seconds))))

    def drip() -> Iterator[bytes]:
        while True:
            yield b"x"

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=drip())

    request = httpx.Request("POST", "https://getty.test/oauth2/token")
    with transport.client(transport=httpx.MockTransport(answer)) as http, pytest.raises(httpx.ReadTimeout):
        transport.whole(http, request, transport.TOKEN_TIMEOUT)

    assert 10 <= next(seconds) <= 13


def test_a_token_request_is_given_up_before_those_who_wait_for_it_give_up() -> None:
    from getty_token.source import LOCK_TIMEOUT
    from getty_token.stores.disk import STOPPED_AFTER

    assert transport.TOKEN_TIMEOUT < STOPPED_AFTER < LOCK_TIMEOUT


def test_a_cookie_of_gettys_is_not_sent_back() -> None:
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("cookie", "none"))
        return httpx.Response(200, headers={"set-cookie": "visitor=1; Path=/"})

    with transport.client(transport=httpx.MockTransport(answer)) as http:
        for _ in "12":
            http.get("https://getty.test/")

    assert sent == ["none", "none"]
