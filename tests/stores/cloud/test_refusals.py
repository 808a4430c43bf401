"""What both homes in the cloud make of mistakes, refusals and nonsense: errors that help, and no secret in them."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fakes import token
from getty_token.errors import StoreError, WrongUsage
from getty_token.stores.contract import TokenStore
from getty_token.stores.netlify_blobs import NetlifyBlobsStore
from getty_token.stores.record import Record
from getty_token.stores.web import Api, Bearer
from getty_token.stores.workers_kv import WorkersKVStore

ACCOUNT = "0123456789abcdef"
ADDRESSES = {
    "workers-kv": "workers-kv://test-account/test-names",
    "netlify-blobs": "netlify-blobs://test-site/test-store",
}
STORES: dict[str, Callable[..., TokenStore]] = {"workers-kv": WorkersKVStore, "netlify-blobs": NetlifyBlobsStore}
VARIABLES = {"workers-kv": "CLOUDFLARE_API_TOKEN", "netlify-blobs": "NETLIFY_AUTH_TOKEN"}
SECRETS = ("test-token", "test-signature", "test-key")

scheme = pytest.mark.parametrize("scheme", STORES)


def opened(scheme: str, url: str = "", **more: Any) -> TokenStore:
    """The store of this scheme."""
    return STORES[scheme](
        url or ADDRESSES[scheme], ACCOUNT, **{"environment": {VARIABLES[scheme]: "test-token"}, **more}
    )


def answering(scheme: str, handler: Callable[[httpx.Request], httpx.Response]) -> TokenStore:
    """A store whose other side is `handler`."""
    return opened(scheme, way=httpx.MockTransport(handler))


USES: dict[str, Callable[[TokenStore], object]] = {
    "get": lambda store: store.get(),
    "put_if": lambda store: store.put_if(Record(token("test-key")), None),
    "clear": lambda store: store.clear(),
    "refresh_lock": lambda store: store.refresh_lock(0).__enter__(),
}
ECHO = "Bearer test-token, signature=test-signature, test-key"
ANSWERS = {
    "a bad request": httpx.Response(400, text=ECHO),
    "unauthorized": httpx.Response(401, json={"success": False, "errors": [{"code": 10000, "message": ECHO}]}),
    "forbidden": httpx.Response(403, text=ECHO),
    "not found": httpx.Response(404, html=f"<h1>{ECHO}</h1>"),
    "too many requests": httpx.Response(429, json={"code": 429, "message": ECHO}, headers={"retry-after": "60"}),
    "an error": httpx.Response(500, text=ECHO),
    "a bad gateway": httpx.Response(502, html=f"<h1>{ECHO}</h1>"),
    "unavailable": httpx.Response(503),
    "a redirect": httpx.Response(302, headers={"location": "https://test.example/?signature=test-signature"}),
    "a deep well": httpx.Response(418, content=100_000 * b"["),
    "not UTF-8": httpx.Response(418, content=b"\xff\xfe"),
}
LENIENT = {
    ("workers-kv", "refresh_lock", "too many requests"),
    ("netlify-blobs", "clear", "not found"),
}
"""Where an answer does mean something."""


@scheme
@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_is_no_answer_is_an_error_without_a_secret(scheme: str, use: str, answer: str) -> None:
    if (scheme, use, answer) in LENIENT:
        pytest.skip(f"from {scheme} that is an answer and no failure: see LENIENT")
    store = answering(scheme, lambda _: ANSWERS[answer])

    with pytest.raises(StoreError) as error:
        USES[use](store)

    assert store.name in error.value.what
    assert error.value.why.endswith(".") and error.value.mend.endswith(".")
    assert not any(secret in f"{error.value!r} {error.value}" for secret in SECRETS)


@scheme
@pytest.mark.parametrize("use", ["put_if what get saw", "refresh_lock"])
def test_a_login_page_in_between_is_an_error(scheme: str, use: str) -> None:
    def put_if_what_get_saw(store: TokenStore) -> None:
        store.put_if(Record(), store.get().version)

    store = answering(scheme, lambda _: httpx.Response(200, html="<h1>Welcome to this hotel</h1>"))

    with pytest.raises(StoreError, match="makes sense"):
        {**USES, "put_if what get saw": put_if_what_get_saw}[use](store)


@scheme
@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
def test_an_answer_that_cannot_be_decoded_is_an_error(scheme: str, use: Callable[[TokenStore], object]) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(b"test"), headers={"content-encoding": "gzip"})

    with pytest.raises(StoreError):
        use(answering(scheme, broken))


@scheme
@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
@pytest.mark.parametrize("failure", [httpx.ConnectTimeout, httpx.ReadTimeout, httpx.ReadError, httpx.ProxyError])
def test_a_silent_network_is_an_error(
    scheme: str, use: Callable[[TokenStore], object], failure: type[httpx.TransportError]
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise failure("test failure", request=request)

    with pytest.raises(StoreError) as error:
        use(answering(scheme, fail))

    assert f"api.{'cloudflare' if scheme == 'workers-kv' else 'netlify'}.com" in error.value.why
    assert error.value.mend


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_request_that_meets_the_end_of_an_idle_connection_goes_out_once_more(method: str) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntest"
    asked = list[bytes]()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for answers in ([answer, b""], [answer]):  # on one connection after the other; nothing is hanging up
                with listener.accept()[0] as connection:
                    for each in answers:
                        asked.append(connection.recv(65536).split(b" ")[0])
                        connection.sendall(each)

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        api = Api("test", Bearer("test-token", "TEST_TOKEN", "that may all"))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        api.send("GET", url)

        answered = api.send(method, url)
        server.join(60)

    assert answered.text == "test"
    assert asked == [b"GET", method.encode(), method.encode()]


@scheme
@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
@pytest.mark.parametrize("failure", [httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError])
def test_who_hangs_up_each_time_is_asked_twice(
    scheme: str, use: Callable[[TokenStore], object], failure: type[httpx.TransportError]
) -> None:
    asked = list[httpx.Request]()

    def hang_up(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise failure("test failure", request=request)

    with pytest.raises(StoreError, match="broke off"):
        use(answering(scheme, hang_up))

    assert len(asked) == 2


@scheme
def test_nobody_waits_longer_than_five_seconds_for_an_answer(scheme: str) -> None:
    limits: list[dict[str, float]] = []

    def note(request: httpx.Request) -> httpx.Response:
        limits.append(request.extensions["timeout"])
        return httpx.Response(500)

    with pytest.raises(StoreError):
        answering(scheme, note).get()

    assert limits == [dict.fromkeys(["connect", "read", "write", "pool"], 5.0)]


@scheme
@pytest.mark.parametrize(
    ("status", "helps"),
    [(401, "API token"), (403, "API token"), (404, "two names"), (429, "wait"), (500, "--store"), (302, "proxy")],
)
def test_an_error_says_what_to_do(scheme: str, status: int, helps: str) -> None:
    with pytest.raises(StoreError) as error:
        answering(scheme, lambda _: httpx.Response(status)).get()

    assert helps in error.value.mend


# The address


@scheme
@pytest.mark.parametrize(
    "rest",
    [
        "",
        "//",
        "//one",
        "//one/",
        "///two",
        "//one/two/three",
        "//one/..",
        "//one/two#three",
        "//one/two three",
        "//test-user:test-key@one/two",
        "//one:80/two",
        "//one/two?token=test-key",
        "//one/two?api=",
        "//one/two?api=https",
        "//one/two?api=http://192.0.2.1",
        "//one/two?api=http://localhost.example",
        "//one/two?api=ftp://localhost",
        "//one/two?api=https://test-user:test-key@localhost",
        "//one/two?api=http://localhost:port",
        "//one/two?api=http://localhost&api=http://localhost",
        "//one/two?test-key",
        "//[one/two",
    ],
)
def test_an_address_that_cannot_be_meant_is_wrong_usage(scheme: str, rest: str) -> None:
    with pytest.raises(WrongUsage) as error:
        opened(scheme, f"{scheme}:{rest}")

    assert f"{scheme}://" in error.value.mend
    assert "test-key" not in f"{error.value!r} {error.value} {error.value.__cause__}"


@scheme
def test_the_address_of_another_kind_of_store_is_wrong_usage(scheme: str) -> None:
    with pytest.raises(WrongUsage):
        opened(scheme, "redis://one/two")


@scheme
@pytest.mark.parametrize(
    "api", ["http://127.0.0.1:8787", "http://localhost/a/path", "http://[::1]:1", "https://one.example"]
)
def test_another_server_can_be_named(scheme: str, api: str) -> None:
    store = opened(scheme, f"{ADDRESSES[scheme]}?api={api}/")

    assert store.name == f"{ADDRESSES[scheme].replace('://', ' ')} at {api}"


# The token


@scheme
@pytest.mark.parametrize("environment", [{}, {"CLOUDFLARE_API_TOKEN": " ", "NETLIFY_AUTH_TOKEN": ""}])
def test_a_missing_token_is_wrong_usage_that_names_the_variable(scheme: str, environment: dict[str, str]) -> None:
    with pytest.raises(WrongUsage, match=VARIABLES[scheme]):
        opened(scheme, environment=environment)


@scheme
@pytest.mark.parametrize("value", ["test-\nkey", "test-\x00key", "test- key", "test-kéy"])
def test_a_token_that_no_field_can_carry_is_wrong_usage_and_not_shown(scheme: str, value: str) -> None:
    with pytest.raises(WrongUsage, match=VARIABLES[scheme]) as error:
        opened(scheme, environment={VARIABLES[scheme]: value})

    assert "test-" not in f"{error.value!r} {error.value}"


@scheme
def test_no_store_shows_its_token(scheme: str) -> None:
    store = opened(scheme)

    assert "test-token" not in f"{store!r} {store} {store.name} {vars(store)}"


@scheme
def test_a_server_that_accepts_and_says_nothing_is_given_up(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    from getty_token import transport

    monkeypatch.setattr(transport, "CONNECT_TIMEOUT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = opened(scheme, f"{ADDRESSES[scheme]}?api=http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(StoreError, match="in time"):
            store.get()

    assert time.monotonic() - began < 3
