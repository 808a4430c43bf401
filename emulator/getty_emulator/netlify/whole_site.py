"""A whole site: does what was decided about a request, and adds to the answer what Netlify adds."""

from dataclasses import replace
from typing import Protocol

from getty_emulator.exchange import Answer, Incoming, Streamed, problem
from getty_emulator.netlify.book import Book
from getty_emulator.netlify.decisions import INTERNAL, Decision, Files, Judge, Kind, Visitor
from getty_emulator.netlify.elsewhere import WHOLE, Elsewhere
from getty_emulator.netlify.header_rules import fields_for
from getty_emulator.netlify.paths import BadPath
from getty_emulator.netlify.published import quoted, weak_etag
from getty_emulator.netlify.request_ids import request_id
from getty_emulator.netlify.site import Site
from getty_emulator.netlify.web_urls import ascii_path, encoded, normal_path
from getty_emulator.watch import Watch

HELD = 32 * 1024 * 1024
"""Bytes of an answer from elsewhere that are read before the first is sent, where somebody depends on that."""

_ETAG = b"etag"
_NOBODYS = f"{INTERNAL}non-existent-path"
"""What netlify-cli looks for in the place of a path that a visitor may not see."""

_NO_FORMS = Answer(404, (), b"Function not found...", "getty-token", "There is no function submission-created.")


class Pages(Files, Protocol):
    """What answers where no function and no rule does: a folder, or a server."""

    def not_found_page(self) -> bytes:
        """The body of a 404 that names no type."""

    async def serve(self, incoming: Incoming, path: str, status: int | None) -> tuple[Answer | Streamed, str]:
        """The answer for `path` (percent-encoded), and the path for which header rules are asked."""


class WholeSite:
    """Answers for a whole site. Without `pages` it stands where Netlify's functions stand, rules included."""

    def __init__(
        self,
        functions: Site,
        book: Book,
        elsewhere: Elsewhere,
        pages: Pages | None,
        visitor: Visitor | None = None,
        watch: Watch = Watch(),  # noqa: B008 - a value
    ) -> None:
        self._functions = functions
        self._book = book
        self._elsewhere = elsewhere
        self._pages = pages
        self._visitor = visitor or Visitor()
        self._watch = watch

    async def answer(self, incoming: Incoming) -> Answer | Streamed:
        """The answer to one request. Raises GettyTokenError where Getty has none."""
        if self._pages is None and not self._book.rules.redirects.rules:
            return await self._functions.answer(incoming)  # the short way, until somebody writes a rule
        await self._functions.refresh()
        incoming = incoming._replace(path=ascii_path(incoming.path))
        try:
            judge = Judge(self._functions, self._book.rules.redirects, self._pages, self._visitor)
            decision = judge.decide(incoming)
        except BadPath as error:
            return problem(400, "Bad path", str(error))
        is_function = decision.kind is Kind.FUNCTION
        answer = await self._done(incoming if is_function else self._watch.readable(incoming), decision)
        whose = decision.target.origin if decision.kind is Kind.PROXY and decision.target else "the site"
        answer = await self._watch.passed(answer, whose, is_known=is_function)
        if not decision.rule or decision.is_shadowed:
            return answer
        return replace(answer, origin=", ".join(filter(None, (answer.origin, f"rule {decision.rule.place}"))))

    async def _done(self, incoming: Incoming, decision: Decision) -> Answer | Streamed:
        rule, target = decision.rule, decision.target
        match decision.kind:
            case Kind.FUNCTION if decision.place and target:
                answer = await self._functions.call(decision.place, _inner(incoming, decision), target.path, True)
                return self._dressed(answer, target.path, has_etag=True)
            case Kind.FUNCTION if decision.place:
                answer = await self._functions.call(decision.place, incoming, incoming.path)
                return self._dressed(answer, normal_path(incoming.path))
            case Kind.REDIRECT if rule and target:
                location = target.whole
                fields = ((b"location", location.encode()), (b"cache-control", b"no-cache"))
                return Answer(rule.status, fields, f"Redirecting to {location}".encode(), "")
            case Kind.PROXY if rule and target:
                # Without pages `gatsby develop` may stand before us, which an answer that breaks off would end.
                whole = WHOLE if self._pages else HELD
                return await self._elsewhere.proxied(incoming, target, rule.headers, whole)
            case Kind.FORM:
                return self._dressed(_NO_FORMS, incoming.path, has_etag=True)
            case Kind.BAD_TOKEN:
                return Answer(400, (), b"Invalid JWT provided. Please see logs for more info.", "")
            case Kind.NOWHERE if rule:
                return problem(500, "Bad rule", f"The rule at {rule.place} leads nowhere: {decision.why}.")
            case Kind.NO_ROLE if self._pages:
                reason = f"Rules for this path ask for the role {', '.join(decision.denied)}."
                return Answer(404, (), self._pages.not_found_page(), "getty-token", reason)
            case _:
                return await self._paged(incoming, decision, self._pages)

    async def _paged(self, incoming: Incoming, decision: Decision, pages: Pages | None) -> Answer | Streamed:
        rule, target, file = decision.rule, decision.target, decision.file
        if pages is None:
            return await self._functions.answer(incoming)
        if not rule or not target:
            return await self._page(incoming, pages, quoted(file) if file else normal_path(incoming.path), bool(rule))
        there = quoted(file) if file else target.path
        is_applied = rule.force or target.path.startswith(INTERNAL) or (file and not pages.is_server)
        if not is_applied:
            itself = _NOBODYS if decision.is_hidden else normal_path(incoming.path)
            answer = await self._page(incoming, pages, itself, True)
            # netlify dev leaves it at that (cli#1242); in production the rule applies, and so it does here.
            is_applied = pages.is_server and answer.status == 404
            if is_applied and isinstance(answer, Streamed):
                await answer.drop()
        if is_applied:
            answer = await self._page(_inner(incoming, decision), pages, there, True, decision.status)
        return answer

    async def _page(
        self, incoming: Incoming, pages: Pages, path: str, is_ruled: bool, status: int | None = None
    ) -> Answer | Streamed:
        """The page at `path` (percent-encoded), with the status of a rule; `is_ruled` if one matched."""
        answer, shown = await pages.serve(incoming, path, status)
        if answer.status == 404 and not status and (picture := self._functions.picture(incoming)):
            if isinstance(answer, Streamed):
                await answer.drop()
            return picture
        return _if_changed(incoming, self._dressed(answer, shown, is_ruled or 200 <= answer.status < 300))

    def _dressed(self, answer: Answer | Streamed, path: str, has_etag: bool = False) -> Answer | Streamed:
        """`answer` with the fields of header rules for `path`, an ETag and a request id, where it has none of them."""
        if self._pages is None:
            return answer
        names = {name for name, _ in answer.headers}
        added = list(fields_for(self._book.rules.headers, encoded(path, frozenset())))
        has_one = _ETAG in names | {name for name, _ in added}
        if has_etag and not has_one and isinstance(answer, Answer) and _has_length(answer):
            added.append((_ETAG, weak_etag(answer.body)))
        added.append((b"x-nf-request-id", request_id().encode()))
        return replace(answer, headers=(*(field for field in added if field[0] not in names), *answer.headers))


def _inner(incoming: Incoming, decision: Decision) -> Incoming:
    """`incoming` as the target of the rule sees it: its query and the fields that the rule adds. The path stays."""
    rule, target = decision.rule, decision.target
    more = [(name.lower().encode(), value.encode()) for name, value in rule.headers] if rule else []
    return incoming._replace(query=target.query if target else "", fields=(*incoming.fields, *more))


def _if_changed(incoming: Incoming, answer: Answer | Streamed) -> Answer | Streamed:
    """304 in the place of `answer` if the browser has it already. RFC 9110 13.1.2."""
    sent = incoming.headers()
    wanted = b"" if "no-cache" in sent.get("cache-control", "") else sent.get("if-none-match", "").encode("latin-1")
    etag = next((value for name, value in answer.headers if name == _ETAG), b"")
    is_read = isinstance(answer, Answer) and 200 <= answer.status < 300 and incoming.method in ("GET", "HEAD")
    if not (wanted and etag and is_read) or not isinstance(answer, Answer):
        return answer
    if not 200 <= answer.status < 300:
        return answer
    known = [each.strip().removeprefix(b"W/") for each in wanted.split(b",")]
    if wanted.strip() != b"*" and etag.removeprefix(b"W/") not in known:
        return answer
    return replace(answer, status=304, body=b"")


def _has_length(answer: Answer) -> bool:
    """Whether netlify-cli would know the length: a function's body goes out in chunks, unless it is empty."""
    named = any(name == b"content-length" for name, _ in answer.headers)
    return not answer.body or not answer.origin.startswith("function") or named
