"""
The order in which Netlify decides who answers: functions, rules, files, in that order.

    /.netlify/functions/x, and paths that functions chose    the function, whatever a rule says
    the first rule that matches                              unless a file stands in its way and it has no force
    the published file, or the site's own server             404.html
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import unquote

from getty_emulator.exchange import Answer, Incoming, Streamed, problem
from getty_emulator.netlify import role_tokens
from getty_emulator.netlify.book import Book
from getty_emulator.netlify.elsewhere import Elsewhere
from getty_emulator.netlify.header_rules import fields_for
from getty_emulator.netlify.matching import Asked, Match
from getty_emulator.netlify.paths import BadPath
from getty_emulator.netlify.published import quoted, weak_etag
from getty_emulator.netlify.request_ids import request_id
from getty_emulator.netlify.rules import Rule
from getty_emulator.netlify.site import Place, Site
from getty_emulator.netlify.web_urls import Address, address, ascii_path, decoded, encoded, normal_path

_ETAG = b"etag"
_INTERNAL = "/.netlify/"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_NO_FUNCTION = Answer(404, (), b"Function not found...", "getty-token", "There is no function submission-created.")


class Pages(Protocol):
    """What answers where no function and no rule does: a folder, or a server (`is_server`)."""

    @property
    def is_server(self) -> bool: ...

    def located(self, path: str) -> str | None:
        """The address of the file that `path` (decoded) means."""

    def not_found_page(self) -> bytes:
        """The body of a 404 that names no type."""

    async def serve(self, incoming: Incoming, path: str, status: int | None) -> tuple[Answer | Streamed, str]:
        """The answer for `path` (percent-encoded), and the path for which header rules are asked."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, as far as it cannot be seen: `country` where no cookie says it, and the time (Unix seconds)."""

    country: str = "us"
    now: Callable[[], float] = time.time


class Decisions:
    """Answers for a whole site. Without `pages` it stands where Netlify's functions stand, rules included."""

    def __init__(
        self, functions: Site, book: Book, elsewhere: Elsewhere, pages: Pages | None, visitor: Visitor | None = None
    ) -> None:
        self._functions = functions
        self._book = book
        self._elsewhere = elsewhere
        self._pages = pages
        self._visitor = visitor or Visitor()

    async def answer(self, incoming: Incoming) -> Answer | Streamed:
        """The answer to one request. Raises GettyTokenError where Getty has none."""
        await self._functions.refresh()
        incoming = incoming._replace(path=ascii_path(incoming.path))
        try:
            path = decoded(incoming.path if incoming.path.startswith("//") else normal_path(incoming.path))
        except BadPath as error:
            return problem(400, "Bad path", str(error))
        if place := self._place(incoming.path, incoming.method, path):
            answer = await self._functions.call(place, incoming, incoming.path)
            return self._dressed(answer, normal_path(incoming.path))
        match = self._book.rules.redirects.match(asked(incoming, path, self._visitor))
        if match is None:
            return await self._page(incoming, None)
        if match.rule is None:
            if not self._pages:
                return await self._functions.answer(incoming)
            reason = f"Rules for this path ask for the role {', '.join(match.denied)}."
            return Answer(404, (), self._pages.not_found_page(), "getty-token", reason)
        return await self._ruled(incoming, path, match, match.rule)

    def _place(self, path: str, method: str, plain: str) -> Place | None:
        pages = self._pages
        return self._functions.place(path, method, lambda: bool(pages and pages.located(plain)))

    async def _ruled(self, incoming: Incoming, path: str, match: Match, rule: Rule) -> Answer | Streamed:
        is_lost = False
        if match.denied:
            presented = _roles_presented(incoming, self._visitor.now())
            if presented is None:
                return Answer(400, (), b"Invalid JWT provided. Please see logs for more info.", f"rule {rule.place}")
            # Whoever may not see what an earlier rule shows does not see a file in its place either.
            is_lost = not any(role.removeprefix(":") in presented for role in match.denied)
        file = self._pages.located(path) if self._pages and not is_lost else None
        if file and not rule.force:
            return await self._page(incoming, file)
        try:
            target = address(match.target).with_query_of(incoming.query)
        except ValueError as error:
            return problem(500, "Bad rule", f"The rule at {rule.place} leads nowhere: {error}.")
        if rule.redirects:
            return _redirected(rule, target)
        if target.host:
            return _named(await self._elsewhere.proxied(incoming, target, rule.headers), rule)
        return _named(await self._rewritten(incoming, rule, target, bool(file)), rule)

    async def _rewritten(self, incoming: Incoming, rule: Rule, target: Address, is_file: bool) -> Answer | Streamed:
        if _is_form(incoming) and not incoming.path.startswith(_INTERNAL) and not target.path.startswith(_INTERNAL):
            return self._dressed(_NO_FUNCTION, incoming.path, has_etag=True)
        more = [(name.lower().encode(errors="replace"), value.encode(errors="replace")) for name, value in rule.headers]
        inner = incoming._replace(query=target.query, fields=(*incoming.fields, *more))
        file = self._pages.located(target.path) if self._pages else None
        if place := self._functions.place(target.path, incoming.method, lambda: bool(file)):
            answer = await self._functions.call(place, inner, target.path, is_rewritten=True)
            return self._dressed(answer, target.path, has_etag=True)
        if self._pages is None:
            return await self._functions.answer(incoming)
        is_server = self._pages.is_server
        if rule.force or target.path.startswith(_INTERNAL) or (file and not is_server):
            return await self._page(inner, file, target.path, rule.status, has_etag=True)
        answer = await self._page(incoming, None, has_etag=True)
        if is_server and answer.status == 404:
            # netlify dev leaves it at that (cli#1242); in production the rule applies, and so it does here.
            return await self._page(inner, None, target.path, rule.status, has_etag=True)
        return answer

    async def _page(
        self,
        incoming: Incoming,
        file: str | None,
        path: str | None = None,
        status: int | None = None,
        has_etag: bool = False,
    ) -> Answer | Streamed:
        """The page at `path` or where the request is for, or its `file` (decoded), with the status of a rule."""
        if self._pages is None:
            return await self._functions.answer(incoming)
        asked_for = quoted(file) if file else path or normal_path(incoming.path)
        answer, shown = await self._pages.serve(incoming, asked_for, status)
        if answer.status == 404 and status is None and (picture := self._functions.picture(incoming)):
            return picture
        has_etag = has_etag or bool(file) or 200 <= answer.status < 300
        return _matched(incoming, self._dressed(answer, shown, has_etag))

    def _dressed(self, answer: Answer | Streamed, path: str, has_etag: bool = False) -> Answer | Streamed:
        """`answer` with what Netlify adds: a request id, an ETag, and the fields of header rules."""
        if self._pages is None:
            return answer
        own = answer.headers
        names = {name for name, _ in own}
        added = list(fields_for(self._book.rules.headers, encoded(path, frozenset())))
        if has_etag and _ETAG not in names | {name for name, _ in added} and _has_length(answer):
            added.append((_ETAG, weak_etag(answer.body)))  # type: ignore[union-attr]
        added.append((b"x-nf-request-id", request_id().encode()))
        return replace(answer, headers=(*(field for field in added if field[0] not in names), *own))


def asked(incoming: Incoming, path: str, visitor: Visitor) -> Asked:
    """What rules can ask of `incoming`, whose decoded path is `path`."""
    headers = incoming.headers()
    cookies = cookies_of(headers.get("cookie", ""))
    host = headers.get("host", "localhost").lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    # netlify-cli takes the first two letters, also of `*` or of a longer name.
    language = cookies.get("nf_lang") or headers.get("accept-language", "").split(",")[0][:2] or "en"
    country = cookies.get("nf_country") or visitor.country
    query = encoded(incoming.query, frozenset("\"#<>' "))
    return Asked(path, query, "http", name, language, country, cookies, visitor.now())


def cookies_of(field: str) -> dict[str, str]:
    """The cookies of a Cookie field, decoded where they can be; of several with one name the first."""
    cookies: dict[str, str] = {}
    for part in field.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            value = value.strip()
            value = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
            cookies.setdefault(name.strip(), unquote(value) if "%" in value else value)
    return cookies


def _roles_presented(incoming: Incoming, now: float) -> list[str] | None:
    """The roles in the cookie, not verified; None if it is no JWT. Only says how a refusal looks, grants nothing."""
    token = cookies_of(incoming.headers().get("cookie", "")).get(role_tokens.COOKIE)
    if not token:
        return []
    try:
        claims = role_tokens.claims_of(token)
    except (ValueError, RecursionError):
        return None
    expiry = claims.get("exp") or 0
    if not isinstance(expiry, int | float) or expiry < round(now):
        return []
    roles = role_tokens.roles_of(claims) or []
    return [role for role in roles if isinstance(role, str)] if isinstance(roles, list) else None


def _redirected(rule: Rule, target: Address) -> Answer:
    location = target.whole
    fields = ((b"location", location.encode()), (b"cache-control", b"no-cache"))
    return Answer(rule.status, fields, f"Redirecting to {location}".encode(), f"rule {rule.place}")


def _named(answer: Answer | Streamed, rule: Rule) -> Answer | Streamed:
    """`answer`, with the rule that led to it, for the terminal."""
    return replace(answer, origin=f"{answer.origin}, rule {rule.place}")


def _matched(incoming: Incoming, answer: Answer | Streamed) -> Answer | Streamed:
    """304 in the place of `answer` if the browser has it already."""
    wanted = next((value for name, value in incoming.fields if name == b"if-none-match"), b"")
    etag = next((value for name, value in answer.headers if name == _ETAG), b"")
    if not wanted or not etag or not isinstance(answer, Answer) or incoming.method not in ("GET", "HEAD"):
        return answer
    if wanted.strip() != b"*" and etag.removeprefix(b"W/") not in [
        each.strip().removeprefix(b"W/") for each in wanted.split(b",")
    ]:
        return answer
    return replace(answer, status=304, body=b"")


def _has_length(answer: Answer | Streamed) -> bool:
    """Whether netlify-cli would know the length: a function's body goes out in chunks, unless it is empty."""
    if not isinstance(answer, Answer):
        return False
    return (
        not answer.body or answer.origin != "function" or any(name == b"content-length" for name, _ in answer.headers)
    )


def _is_form(incoming: Incoming) -> bool:
    kind = incoming.headers().get("content-type", "").partition(";")[0].strip().lower()
    return incoming.method == "POST" and (kind.endswith("/x-www-form-urlencoded") or kind == _FORMS[1])
