"""A site's functions, as the browser reaches them below `/.netlify/functions/`."""

from collections.abc import Callable, Mapping

from getty_emulator.exchange import Answer, Call, Getty, Incoming, Streamed, problem
from getty_emulator.netlify.functions import FORWARDED, Function, Handler, Request
from getty_emulator.netlify.paths import PREFIX, BadPath, Route, route

REMEMBERED = 1024
"""Calls that are kept so that a request seen before is not routed and checked again."""

_FORWARDED = frozenset(name.encode() for name in FORWARDED)
_NOT_FOUND = b"Function not found..."
"""netlify-cli's own words, which it sends without a content type."""


class Site:
    """
    Finds the function, lets it make a call, has `getty` answer it; a Handler answers by itself.

    `/media/...` goes to `pictures` where there are any: offline, so that a page shows images and not broken links.
    """

    def __init__(
        self,
        functions: Mapping[str, Function],
        getty: Getty,
        pictures: Callable[[str], Answer] | None = None,
        handlers: Mapping[str, Handler] | None = None,
    ) -> None:
        self._functions = functions
        self._handlers = handlers or {}
        self._getty = getty
        self._pictures = pictures
        self._calls: dict[tuple[object, ...], Call] = {}

    async def answer(self, incoming: Incoming) -> Answer | Streamed:
        """The answer to one request. Raises GettyTokenError where Getty has none."""
        # A call is made of nothing else than this, and functions are pure: the same request is the same call.
        mattering = [field for field in incoming.fields if field[0] in _FORWARDED]
        key = (incoming.method, incoming.path, incoming.query, *mattering)
        call = None if incoming.body else self._calls.get(key)
        if call is None:
            found = self._found(incoming)
            if isinstance(found, Answer):
                return found
            if handler := self._handlers.get(found.name):
                return await handler.handle(found, incoming)
            made = self._called(found, incoming)
            if isinstance(made, Answer):
                return made
            call = made
            if not incoming.body and len(self._calls) < REMEMBERED:
                self._calls[key] = call
        return await self._getty.answer(call)

    def _found(self, incoming: Incoming) -> Route | Answer:
        if self._pictures and incoming.path.startswith("/media/"):
            if incoming.method in ("GET", "HEAD"):
                return self._pictures(incoming.target)
            return problem(405, "Method not allowed", "Pictures can be had with GET.")
        try:
            found = route(incoming.path)
        except BadPath as error:
            return problem(400, "Bad path", str(error))
        if found is None or not (found.name in self._functions or found.name in self._handlers):
            return self._unknown(incoming.path, found.name if found else "")
        return found

    def _called(self, found: Route, incoming: Incoming) -> Call | Answer:
        request = Request(incoming.method, incoming.query, incoming.headers(), incoming.body)
        return self._functions[found.name].call(found, request)

    def _unknown(self, path: str, name: str) -> Answer:
        known = ", ".join(sorted({*self._functions, *self._handlers}))
        reason = f"There is no function {name}; there are: {known}."
        if not name or not path.lstrip("/").startswith(PREFIX.lstrip("/")):
            reason = f"That is not below {PREFIX}; the functions are: {known}."
        return Answer(404, (), _NOT_FOUND, "getty-token", reason)
