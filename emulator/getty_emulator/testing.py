"""Getty for somebody's tests: a client, and an address for another process, with no key and no network behind them."""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx

from getty_emulator import server
from getty_emulator.asgi import Application
from getty_emulator.exchange import Answer, Call, Incoming
from getty_emulator.replay.canonical import API_URL, MEDIA_URL
from getty_emulator.replay.library import Library, bundled
from getty_emulator.replay.offline import Offline
from getty_emulator.replay.pictures import pictures
from getty_emulator.replay.transport import OfflineTransport
from getty_emulator.sandbox import TEST_KEY, TEST_SECRET, Sandbox
from getty_emulator.sandbox.authorization import TOKEN_PATHS
from getty_token.errors import NoRecording

FUNCTIONS = "/.netlify/functions/getty"
"""Below this, a site's pages find the same answers as at the root, where Getty has them."""


class GettyInTests:
    """
    A Getty that needs nothing.

    `client` is an `httpx.Client` for `https://api.gettyimages.com`: `client.get("/v3/countries")`. `url` is an address
    on loopback, for whatever is no Python or another process; a server listens there from when it is first asked for.
    `missed` tells each request that nothing recorded answers.
    """

    def __init__(
        self, ask: Callable[[Call], Answer], picture: Callable[[str], Answer], close: Callable[[], None] = lambda: None
    ) -> None:
        self._ask = ask
        self._picture = picture
        self._ending = ExitStack()
        self._ending.callback(close)
        self._url = ""
        self.missed: list[str] = []
        transport = OfflineTransport(self._answer)
        self.client = self._ending.enter_context(httpx.Client(base_url=API_URL, transport=transport))

    @property
    def url(self) -> str:
        """The address of a server with the same answers, such as `http://127.0.0.1:34567`."""
        if not self._url:
            self._url = self._serve()
        return self._url

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment for `getty-token`, and what is built on it, to come here."""
        keys = {"GETTY_API_KEY": TEST_KEY, "GETTY_API_SECRET": TEST_SECRET}
        return {"GETTY_API_URL": self.url, "GETTY_AUTH_URL": self.url, **keys}

    def close(self) -> None:
        """Stop the server and close the client."""
        self._ending.close()

    def _answer(self, call: Call) -> Answer:
        if call.path.startswith("/media/"):
            return self._picture(call.target)
        if call.path.startswith("/id/"):  # on Getty's media host, which the client is as well
            return self._picture(f"/media{call.target}")
        try:
            return self._ask(call)
        except NoRecording as error:
            # Whoever made the request may take an error for an answer; the test must not.
            self.missed.append(error.sentence)
            raise

    def _serve(self) -> str:
        async def ask(incoming: Incoming) -> Answer:
            path = incoming.path.removeprefix(FUNCTIONS)
            answer = self._answer(Call(incoming.method, path, incoming.query, incoming.headers(), incoming.body))
            here = f"{self._url}/media".encode()
            return Answer(answer.status, answer.headers, answer.body.replace(MEDIA_URL.encode(), here), answer.origin)

        sockets, address = self._ending.enter_context(server.bound(0))
        ready = threading.Event()
        running = server.server(Application(ask, lambda event: None), ready.set)
        thread = threading.Thread(target=running.run, args=(sockets,), name="getty for tests")
        thread.start()

        def stop() -> None:
            running.should_exit = True
            thread.join()

        self._ending.callback(stop)
        while not ready.wait(0.05):
            if not thread.is_alive():
                raise RuntimeError("the server for this test did not start")
        return address


def offline(folders: Sequence[Path], run: str) -> GettyInTests:
    """
    What is recorded in `folders`, or, where there are none, what is bundled; anything else is a miss.

    Whoever buys a token first is given one that is worth nothing. `run` names the test run, for `cassette prune`.
    """
    library = Library.load([*folders] or [bundled()], run=run)
    recorded = Offline(library, None)
    sandbox = Sandbox()

    def ask(call: Call) -> Answer:
        if call.path in TOKEN_PATHS and library.find(call) is None:
            return sandbox.answer(call)
        return recorded.answer(call)

    return GettyInTests(ask, pictures(folders, sandbox.picture), library.close)


def made_up() -> GettyInTests:
    """
    The sandbox. It answers whoever sends no key; who sends one is taken at their word, and needs a token as at Getty.
    """
    sandbox = Sandbox()

    def ask(call: Call) -> Answer:
        signed = "api-key" in call.headers or "authorization" in call.headers or call.path in TOKEN_PATHS
        return sandbox.answer(call) if signed else sandbox.read(call)

    return GettyInTests(ask, sandbox.picture)
