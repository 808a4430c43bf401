"""An httpx transport with no network behind it, so that an ordinary httpx client can be answered offline."""

from collections.abc import Callable

import httpx

from getty_emulator.exchange import Answer, Call


class OfflineTransport(httpx.BaseTransport):
    """
    Answers an httpx client's requests with `answer`, from a library or a sandbox. The host does not matter.

        client = httpx.Client(transport=OfflineTransport(offline.answer))
    """

    def __init__(self, answer: Callable[[Call], Answer]) -> None:
        self._answer = answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = self._answer(Call(request.method, path, query, headers, request.read()))
        return httpx.Response(answer.status, headers=list(answer.headers), content=answer.body)
