"""
Who answers a request, in Netlify's order: functions, rules, files. Decides only; whole_site.py does what was decided.

    /.netlify/functions/x, and paths that functions chose    the function, whatever a rule says
    the first rule that matches                              unless a file stands in its way and it has no force
    the published file, or the site's own server             404.html
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol
from urllib.parse import unquote

from getty_emulator.exchange import Incoming
from getty_emulator.netlify.matching import Asked, Match, Table
from getty_emulator.netlify.role_tokens import COOKIE, claims_of
from getty_emulator.netlify.rules import Rule
from getty_emulator.netlify.site import Place, Site
from getty_emulator.netlify.web_urls import Address, address, decoded, encoded, normal_path

INTERNAL = "/.netlify/"
"""Below it no page is, and no form is sent to it."""


class Kind(Enum):
    """What is to be done."""

    FUNCTION = "function"
    REDIRECT = "redirect"
    PROXY = "proxy"
    PAGE = "page"
    FORM = "form"
    """A form for Netlify to keep, which nobody does here."""
    NO_ROLE = "no role"
    BAD_TOKEN = "bad token"  # noqa: S105 - not a token
    NOWHERE = "nowhere"
    """The rule's target is no address."""


@dataclass(frozen=True, slots=True)
class Decision:
    """
    Who answers. `rule` is there if one decided, `target` if it leads somewhere, `place` for a function.

    `file` is the published file, a decoded path: the one that stands in the way of `rule` if `is_shadowed`, else the
    one that its target means. `status` is what the rule gives a page. `denied` are roles that were asked for;
    `is_hidden` says that the visitor has none of them and sees nothing at the path itself.
    """

    kind: Kind
    rule: Rule | None = None
    target: Address | None = None
    place: Place | None = None
    file: str | None = None
    is_shadowed: bool = False
    status: int | None = None
    denied: tuple[str, ...] = ()
    is_hidden: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, as far as it cannot be seen: `country` where no cookie says it, and the time (Unix seconds)."""

    country: str = "us"
    now: Callable[[], float] = time.time


class Files(Protocol):
    """What is published. `is_server`: a server stands behind it, which is asked for the files, too."""

    @property
    def is_server(self) -> bool: ...

    def located(self, path: str) -> str | None:
        """The address of the file that `path` (decoded) means."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides for one site. Without `files` only functions and rules are there."""

    functions: Site
    rules: Table
    files: Files | None = None
    visitor: Visitor = Visitor()

    def decide(self, incoming: Incoming) -> Decision:
        """Who answers `incoming`. Raises BadPath for a path that cannot be decoded."""
        path = plain_path(incoming.path)
        if place := self._place(incoming.path, incoming.method, path):
            return Decision(Kind.FUNCTION, place=place)
        match = self.rules.match(asked(incoming, path, self.visitor))
        if match is None:
            return Decision(Kind.PAGE)
        if match.rule is None:
            return Decision(Kind.NO_ROLE, denied=match.denied)
        return self._by_rule(incoming, path, match, match.rule)

    def _by_rule(self, incoming: Incoming, path: str, match: Match, rule: Rule) -> Decision:
        # Whoever may not see what an earlier rule shows does not see a file in its place either. netlify-cli means to
        # make an exception for those who have the role, and compares it with something else.
        is_hidden = bool(match.denied)
        if is_hidden and not self._is_readable(incoming):
            return Decision(Kind.BAD_TOKEN, rule, denied=match.denied)
        if not rule.force and not is_hidden and (file := self._located(path)):
            return Decision(Kind.PAGE, rule, file=file, is_shadowed=True)
        try:
            target = address(match.target).with_query_of(incoming.query)
        except ValueError as error:
            return Decision(Kind.NOWHERE, rule, why=str(error))
        if rule.redirects:
            return Decision(Kind.REDIRECT, rule, target)
        if target.host:
            return Decision(Kind.PROXY, rule, target)
        if _is_form(incoming) and not incoming.path.startswith(INTERNAL) and not target.path.startswith(INTERNAL):
            return Decision(Kind.FORM, rule, target)
        if place := self._place(target.path, incoming.method, target.path):
            return Decision(Kind.FUNCTION, rule, target, place)
        file = self._located(target.path)
        return Decision(Kind.PAGE, rule, target, file=file, status=rule.status, is_hidden=is_hidden)

    def _place(self, path: str, method: str, plain: str) -> Place | None:
        return self.functions.place(path, method, lambda: bool(self._located(plain)))

    def _located(self, path: str) -> str | None:
        return self.files.located(path) if self.files else None

    def _is_readable(self, incoming: Incoming) -> bool:
        """Whether the cookie with roles, if there is one, is a JWT with a list of them; nothing is verified."""
        token = cookies_of(incoming.headers().get("cookie", "")).get(COOKIE)
        if not token:
            return True
        try:
            claims = claims_of(token)
        except (ValueError, RecursionError):
            return False
        expiry = claims.get("exp") or 0
        is_expired = not isinstance(expiry, int | float) or expiry < round(self.visitor.now())
        return is_expired or isinstance(self.rules.role_tokens.roles(claims) or [], list)


def plain_path(path: str) -> str:
    """`path` (ASCII) decoded, its dot segments resolved. Raises BadPath."""
    return decoded(path if path.startswith("//") else normal_path(path))


def asked(incoming: Incoming, path: str, visitor: Visitor) -> Asked:
    """What rules can ask of `incoming`, whose decoded path is `path`."""
    headers = incoming.headers()
    cookies = cookies_of(headers.get("cookie", ""))
    host = headers.get("host", "localhost").lower()
    name, _, port = host.rpartition(":")
    # netlify-cli takes the first two letters, also of `*` or of a longer name.
    language = cookies.get("nf_lang") or headers.get("accept-language", "").split(",")[0][:2] or "en"
    return Asked(
        path=path,
        query=encoded(incoming.query, frozenset("\"#<>' ")),
        scheme="http",
        host=name if name and port.isdecimal() else host,
        language=language,
        country=cookies.get("nf_country") or visitor.country,
        cookies=cookies,
        now=visitor.now(),
    )


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


def _is_form(incoming: Incoming) -> bool:
    kind = incoming.headers().get("content-type", "").partition(";")[0].strip().lower()
    return incoming.method == "POST" and (kind.endswith("/x-www-form-urlencoded") or kind == "multipart/form-data")
