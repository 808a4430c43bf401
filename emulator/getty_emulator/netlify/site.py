"""A site's functions: which one a path means, and how it is called."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from getty_emulator.exchange import Answer, Call, Getty, Incoming, Streamed, problem
from getty_emulator.netlify.functions import BUILT_IN, FORWARDED, Function, Handler, Request
from getty_emulator.netlify.paths import PREFIX, BadPath, Route, route
from getty_emulator.netlify.web_urls import decoded, normal_path

REMEMBERED = 1024
"""Calls that are kept so that a request seen before is not routed and checked again."""

_FORWARDED = frozenset(name.encode() for name in FORWARDED)
# A proxy url that ends in a slash makes `//.netlify/functions/...`.
_NAMED = re.compile(r"/+\.netlify/(functions|builders)/([^/]+)")
_NOT_FOUND = b"Function not found..."
"""netlify-cli's own words, which it sends without a content type."""
_NO_BUILDER = (
    b'{"message":"Function is not an on-demand builder. See https://ntl.fyi/create-builder for how to convert '
    b'a function to a builder."}'
)


class Chosen(Protocol):
    """A path that a function chose for itself."""

    @property
    def name(self) -> str:
        """The function."""


class Own(Protocol):
    """The site's own functions, which run in Node."""

    @property
    def names(self) -> list[str]:
        """Those there are."""

    async def refresh(self) -> None:
        """Notice what came, went or changed, before anything is asked about a request."""

    def has(self, name: str) -> bool:
        """Whether there is a function `name`."""

    def answers_by_name(self, name: str) -> bool:
        """Whether the function `name` answers below /.netlify/functions/, having chosen no path of its own."""

    def at(self, path: str, method: str, is_file: Callable[[], bool]) -> Any:
        """The function that chose `path` (as it arrived), a Chosen, or None."""

    async def answer(self, name: str, incoming: Incoming, found: Any = None, **more: Any) -> Answer | Streamed:
        """What the function says to `incoming`; `found` is what `at` gave."""


class Place(NamedTuple):
    """What a path means among the functions. `chosen` if the function chose it itself; `name` may be nobody's."""

    name: str
    chosen: Any = None
    is_builder: bool = False


class Site:
    """
    Finds the function, lets it make a call, has `getty` answer it; a Handler answers by itself, and so do those of the
    site's `own`, which come after those of `getty-token.toml` and before the built-in one.

    `/media/...` goes to `pictures` where there are any: offline, so that a page shows images and not broken links.
    """

    def __init__(
        self,
        functions: Mapping[str, Function],
        getty: Getty,
        pictures: Callable[[str], Answer] | None = None,
        handlers: Mapping[str, Handler] | None = None,
        own: Own | None = None,
    ) -> None:
        self._functions = functions
        self._handlers = handlers or {}
        self._own = own
        self._getty = getty
        self._pictures = pictures
        self._calls: dict[tuple[object, ...], Call] = {}

    @property
    def names(self) -> list[str]:
        """The functions there are."""
        return sorted({*self._functions, *self._handlers, *(self._own.names if self._own else ())})

    async def refresh(self) -> None:
        """Notice functions that came, went or changed."""
        if self._own:
            await self._own.refresh()

    async def answer(self, incoming: Incoming) -> Answer | Streamed:
        """
        The answer to one request, where nothing but functions answers.

        Raises GettyTokenError where Getty has none.
        """
        # A call is made of nothing else than this, and functions are pure: the same request is the same call.
        mattering = [field for field in incoming.fields if field[0] in _FORWARDED]
        key = (incoming.method, incoming.path, incoming.query, *mattering)
        if not incoming.body and (call := self._calls.get(key)):
            return await self._getty.answer(call)
        await self.refresh()
        try:
            decoded(incoming.path)
            return await self._answered(incoming, key)
        except BadPath as error:
            return problem(400, "Bad path", str(error))

    async def _answered(self, incoming: Incoming, key: tuple[object, ...]) -> Answer | Streamed:
        if place := self.place(incoming.path, incoming.method, lambda: False):
            made = await self._made(place, incoming, incoming.path)
            if isinstance(made, Call) and not incoming.body and len(self._calls) < REMEMBERED:
                self._calls[key] = made
            return await self._getty.answer(made) if isinstance(made, Call) else made
        if picture := self.picture(incoming):
            return picture
        # Gatsby's documented developMiddleware cuts the prefix.
        name = incoming.path.lstrip("/").partition("/")[0]
        if name in {*self._functions, *self._handlers} and route(incoming.path):
            return await self.call(Place(name), incoming, incoming.path)
        reason = f"That is not below {PREFIX}; the functions are: {', '.join(self.names)}."
        return Answer(404, (), _NOT_FOUND, "getty-token", reason)

    def place(self, path: str, method: str, is_file: Callable[[], bool]) -> Place | None:
        """
        The function that `path` (as it arrived) means, known or not; None if it is no function's path.

        Dot segments are resolved for that. `is_file` says whether a published file stands there.
        """
        path = path if path.startswith("//") else normal_path(path)
        if named := _NAMED.match(path):
            name = named[2]
            if (
                self._own
                and self._own.has(name)
                and name not in self._functions
                and not self._own.answers_by_name(name)
            ):
                return None
            return Place(name, is_builder=named[1] == "builders")
        chosen = self._own.at(path, method, is_file) if self._own else None
        return Place(chosen.name, chosen) if chosen else None

    async def call(self, place: Place, incoming: Incoming, path: str, is_rewritten: bool = False) -> Answer | Streamed:
        """
        What the function at `place` answers. `path` is where it was found: after a rewrite not that of the request.

        Raises GettyTokenError where Getty has no answer.
        """
        made = await self._made(place, incoming, path, is_rewritten)
        return await self._getty.answer(made) if isinstance(made, Call) else made

    def picture(self, incoming: Incoming) -> Answer | None:
        """A made-up picture, if that is what the path asks for."""
        if not self._pictures or not incoming.path.startswith("/media/"):
            return None
        if incoming.method in ("GET", "HEAD"):
            return self._pictures(incoming.target)
        return problem(405, "Method not allowed", "Pictures can be had with GET.")

    async def _made(
        self, place: Place, incoming: Incoming, path: str, is_rewritten: bool = False
    ) -> Call | Answer | Streamed:
        """The call to make for Getty, or what answers without."""
        name = place.name
        function = self._functions.get(name)
        if self._own and (place.chosen or (self._own.has(name) and (function is None or name == BUILT_IN))):
            more: dict[str, Any] = {"rewritten": True} if is_rewritten else {}
            if place.is_builder:
                more["builder"] = True
            # netlify-cli looks for parameters in the address that the browser asked for, and finds none.
            chosen = replace(place.chosen, parameters={}) if place.chosen and is_rewritten else place.chosen
            return await self._own.answer(name, incoming, chosen, **more)
        handler = self._handlers.get(name)
        if place.is_builder and (handler or function):
            kind = ((b"content-type", b"application/json; charset=utf-8"),)
            return Answer(400, kind, _NO_BUILDER, "getty-token", f"{name} is no on-demand builder.")
        if handler:
            return await handler.handle(_route(name, path), incoming)
        if not function:
            reason = f"There is no function {name[:60]}; there are: {', '.join(self.names)}."
            return Answer(404, (), _NOT_FOUND, "getty-token", reason)
        try:
            # What is forwarded to Getty is what was sent, not what dot segments make of it.
            found = route(path)
            if found is None or found.name != name:
                raise BadPath("The path has a dot segment.")
            return function.call(found, Request(incoming.method, incoming.query, incoming.headers(), incoming.body))
        except BadPath as error:
            return problem(400, "Bad path", str(error))


def _route(name: str, path: str) -> Route:
    # A handler has the path as it was sent, whatever is in it; the segments are for those that want them checked.
    try:
        found = route(path)
    except BadPath:
        return Route(name)
    return found if found and found.name == name else Route(name)
