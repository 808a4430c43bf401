"""
The functions that need no Node: the built-in `getty`, and those that `getty-token.toml` defines.

A function turns a browser's request into a call for Getty, or refuses it. What it lets through is an allow-list.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl, quote, urlencode

from getty_emulator.exchange import Answer, Call, Incoming, Streamed, problem
from getty_emulator.netlify.paths import Route
from getty_token.operations import Effect, Operation, operations_at

BUILT_IN = "getty"
FORWARDED = frozenset({"accept-language", "gi-country-code"})
"""Request header fields that mean something to Getty. Everything else a browser or a page sends stays here."""


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived from the browser. `query` is as it came, `headers` have lower-case names."""

    method: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""


class Function(Protocol):
    """What answers below one name."""

    def call(self, route: Route, request: Request) -> Call | Answer:
        """The call to make for `request`, or the refusal to send."""


class Handler(Protocol):
    """What answers below one name by itself, such as a function of the site's own that runs in Node."""

    async def handle(self, route: Route, incoming: Incoming) -> Answer | Streamed:
        """The answer to `incoming`."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """
    Which operations may be called: those that only read, and those named.

    `named` are the operations that `getty-token.toml` allows by name; those that change or cost something need
    `changes` as well, which is a flag of one run.
    """

    named: frozenset[str] = frozenset()
    changes: bool = False

    def refusal(self, operation: Operation) -> str:
        """Why `operation` may not be called and what would allow it, or an empty string."""
        if operation.effect is Effect.READS:
            return ""
        steps = []
        if operation.name not in self.named:
            steps.append(f'add "{operation.name}" to allow under [serve] in getty-token.toml')
        if operation.effect is not Effect.PRIVATE and not self.changes:
            steps.append("start with `getty-token serve --allow-changes`")
        if not steps:
            return ""
        return f"{operation.name} {operation.effect.value}. To allow it, {' and '.join(steps)}."


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """`/.netlify/functions/getty/v3/...`: any operation that is permitted, as it stands in Getty's documentation."""

    permissions: Permissions

    def call(self, route: Route, request: Request) -> Call | Answer:
        path = route.rest
        operations = operations_at(path)
        if not operations:
            return problem(404, "No such operation", f"Getty has no operation at {path}.")
        method = "GET" if request.method == "HEAD" else request.method
        operation = operations.get(method)
        if operation is None:
            return _wrong_method(method, operations)
        if refusal := self.permissions.refusal(operation):
            return problem(403, "Not allowed here", refusal)
        return _body_refusal(method, request) or Call(
            method, path, _ascii(request.query), _headers(request), request.body
        )


@dataclass(frozen=True, slots=True)
class Defined:
    """
    A function of `getty-token.toml`: one Getty endpoint, the parameters the browser may send, and those that are fixed.

    Placeholders of the endpoint are filled from the path after the function's name, in order, or from the query.
    """

    name: str
    operation: Operation
    allow: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)

    @property
    def placeholders(self) -> list[str]:
        """The names in braces, in order."""
        return re.findall(r"{([^}]+)}", self.operation.template)

    def call(self, route: Route, request: Request) -> Call | Answer:
        method = "GET" if request.method == "HEAD" else request.method
        if method != self.operation.method:
            return _wrong_method(method, [self.operation.method])
        given = parse_qsl(_ascii(request.query), keep_blank_values=True)
        values = dict(zip(self.placeholders, route.segments, strict=False))
        if len(route.segments) > len(self.placeholders):
            return problem(404, "No such path", f"{self.name} takes nothing after {'/'.join(route.segments[:2])}.")
        for name in self.placeholders:
            if name not in values:
                values[name] = next((value for key, value in given if key == name), "")
            if not values[name] or not re.fullmatch(r"[\w.,-]+", values[name]) or values[name].strip(".") == "":
                return problem(400, "Missing parameter", f"{self.name} needs {name}, one word such as 1900000001.")
        allowed = {*self.allow, *self.placeholders}
        if strangers := sorted({key for key, _ in given} - allowed):
            return problem(400, "Unknown parameter", self._takes(strangers))
        path = re.sub(r"{([^}]+)}", lambda match: quote(values[match[1]]), self.operation.template)
        sent = [(key, value) for key, value in given if key in self.allow]
        query = urlencode([*sent, *self.fixed.items()])
        return _body_refusal(method, request) or Call(method, path, query, _headers(request), request.body)

    def _takes(self, strangers: list[str]) -> str:
        allowed = ", ".join([*self.placeholders, *self.allow]) or "no parameters"
        fixed = [name for name in strangers if name in self.fixed]
        why = f" ({', '.join(fixed)} is fixed in getty-token.toml)" if fixed else ""
        return f"{self.name} does not take {', '.join(strangers)}{why}. It takes {allowed}."


def _headers(request: Request) -> dict[str, str]:
    names = FORWARDED | {"content-type"} if request.body else FORWARDED
    return {name: value for name, value in request.headers.items() if name in names}


def _ascii(query: str) -> str:
    """The query with bytes that do not belong into one percent-encoded; escapes stay as they are."""
    return quote(query, safe="%&=+,:;/?@!$'()*[]-._~", encoding="latin-1")


def _body_refusal(method: str, request: Request) -> Answer | None:
    if request.body and method in ("GET", "DELETE"):
        return problem(400, "Unexpected body", f"{method} takes no body; this one has {len(request.body):,} bytes.")
    return None


def _wrong_method(method: str, allowed: Iterable[str]) -> Answer:
    names = ", ".join(sorted(allowed))
    answer = problem(405, "Method not allowed", f"{method} is not possible here; {names} is.")
    return Answer(405, (*answer.headers, (b"allow", names.encode())), answer.body, answer.origin, answer.reason)
