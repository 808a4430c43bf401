"""A site's functions, as the browser reaches them below `/.netlify/functions/`."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from getty_emulator.exchange import Answer, Call, Getty, Incoming, Streamed, problem
from getty_emulator.netlify.functions import BUILT_IN, FORWARDED, Function, Handler, Request
from getty_emulator.netlify.paths import PREFIX, BadPath, Route, route

if TYPE_CHECKING:
    from getty_emulator.netlify.javascript.functions import JavaScript

REMEMBERED = 1024
"""Calls that are kept so that a request seen before is not routed and checked again."""

_FORWARDED = frozenset(name.encode() for name in FORWARDED)
_NAMED = re.compile(r"//?\.netlify/(?:functions|builders)/([^/]+)")
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
        own: "JavaScript | None" = None,
    ) -> None:
        self._functions = functions
        self._handlers = handlers or {}
        self._own = own
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
            if self._own and (answer := await self._of_its_own(self._own, incoming)):
                return answer
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

    async def _of_its_own(self, own: "JavaScript", incoming: Incoming) -> Answer | Streamed | None:
        """The answer of one of the site's own functions; those of `getty-token.toml` come first, the built-in last."""
        await own.refresh()
        if named := _NAMED.match(_without_dots(incoming.path)):
            name = named[1]
            is_defined = name in self._functions and name != BUILT_IN
            return await own.answer(name, incoming) if own.has(name) and not is_defined else None
        chosen = own.at(incoming.path, incoming.method)
        return await own.answer(chosen.name, incoming, chosen) if chosen else None

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
        own = self._own.names if self._own else ()
        known = ", ".join(sorted({*self._functions, *self._handlers, *own}))
        reason = f"There is no function {name}; there are: {known}."
        if not name or not path.lstrip("/").startswith(PREFIX.lstrip("/")):
            reason = f"That is not below {PREFIX}; the functions are: {known}."
        return Answer(404, (), _NOT_FOUND, "getty-token", reason)


def _without_dots(path: str) -> str:
    """`path` as the URL standard reads it: `.` and `..` are steps, also where they are percent-encoded."""
    if "." not in path.removeprefix("/.netlify/") and "%2" not in path:
        return path
    segments: list[str] = []
    for segment in path.split("/")[1:]:
        step = segment.lower().replace("%2e", ".")
        if step == "..":
            segments = segments[:-1]
        elif step != ".":
            segments.append(segment)
    return "/" + "/".join(segments)
