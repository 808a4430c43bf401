"""A function's own requests for Getty: answered by whoever answers for Getty, and never without permission."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from getty_emulator.events import Answered, Listener
from getty_emulator.exchange import Answer, Call, Getty, problem
from getty_emulator.netlify.functions import FORWARDED, Permissions
from getty_emulator.netlify.javascript.link import Message
from getty_token.errors import GettyTokenError
from getty_token.operations import operations_at

HOSTS = ("api.gettyimages.com", "authentication.gettyimages.com")
TOKEN_PATHS = ("/oauth2/token", "/v4/oauth2/token")

_CONTENT = frozenset({"content-type"})


@dataclass(frozen=True, slots=True)
class Upcalls:
    """
    `getty` answers reads, as for every other function; what it answers is recorded where that is so. `tokens` answers
    token requests. `gateway`, where there is one, refuses what Getty's own gateway would: a wrong key, a dead token.

    What signs a request is not the function's key: its Api-Key and Authorization stay here.
    """

    getty: Getty
    tokens: Callable[[Call], Awaitable[Answer]]
    permissions: Permissions
    listener: Listener
    gateway: Callable[[Call], Answer | None] = field(default=lambda _: None)

    async def answer(self, name: str, message: Message, body: bytes) -> Answer:
        """The answer to a request of the function `name`, whatever happens."""
        started = time.perf_counter()
        path, _, query = str(message["target"]).partition("?")
        headers: Mapping[str, str] = message["headers"]
        try:
            answer = await self._answered(Call(message["method"], path, query, headers, body))
        except GettyTokenError as error:
            answer = problem(502, "Getty unavailable", error.sentence)
        except Exception as error:  # its text could hold anything
            answer = problem(500, "Mistake", f"An unexpected {type(error).__name__}. This is a mistake in getty-token.")
        target = f"{name} > {message['host']}{message['target']}"
        seconds = time.perf_counter() - started
        self.listener(Answered(message["method"], target, answer.status, seconds, answer.origin, answer.reason))
        return answer

    async def _answered(self, call: Call) -> Answer:
        if call.path in TOKEN_PATHS:
            return await self.tokens(call)
        if refused := self.gateway(call):
            return refused
        operation = operations_at(call.path).get("GET" if call.method == "HEAD" else call.method)
        if operation is None:
            return problem(404, "No such operation", f"Getty has no {call.method} {call.path}.")
        if refusal := self.permissions.refusal(operation):
            return problem(403, "Not allowed here", refusal)
        wanted = FORWARDED | _CONTENT if call.body else FORWARDED
        kept = {name: value for name, value in call.headers.items() if name in wanted}
        return await self.getty.answer(Call(operation.method, call.path, call.query, kept, call.body))
