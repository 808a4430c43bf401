"""`getty-token routes`: who answers which path of the site in this folder, in the order in which they are asked."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from getty_emulator.events import Event, Said, Warned
from getty_emulator.exchange import Answer, Call, Incoming, problem
from getty_emulator.netlify import book
from getty_emulator.netlify.book import Rules
from getty_emulator.netlify.decisions import Decision, Judge, Kind, Visitor, asked, plain_path
from getty_emulator.netlify.elsewhere import Elsewhere
from getty_emulator.netlify.functions import BUILT_IN, Permissions
from getty_emulator.netlify.header_rules import fields_for
from getty_emulator.netlify.javascript.functions import JavaScript
from getty_emulator.netlify.paths import PREFIX, BadPath
from getty_emulator.netlify.project import FILE, Project, load
from getty_emulator.netlify.published import NOT_OVERRIDDEN, Published, quoted
from getty_emulator.netlify.rules import Rule
from getty_emulator.netlify.site import Site
from getty_emulator.netlify.web_urls import address, ascii_path, normal_path
from getty_token.commands import terminal
from getty_token.commands.serving.backend import Backend
from getty_token.commands.serving.functions import functions
from getty_token.commands.serving.options import Mode, Options
from getty_token.commands.serving.own_functions import own_functions
from getty_token.errors import WrongUsage

LISTED = 40
"""Rules that are listed one by one. Of more, those for other paths are counted."""


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table. `kind` is function, path, rule or files; `where` is the file, with the line of a rule."""

    kind: str
    path: str
    answer: str
    where: str


@dataclass(frozen=True, slots=True)
class Asking:
    """The request that `routes PATH` is about."""

    target: str
    method: str = "GET"
    query: Sequence[str] = ()
    headers: Sequence[str] = ()
    cookies: Sequence[str] = ()
    country: str = "us"
    language: str = ""
    host: str = "localhost"

    def incoming(self) -> Incoming:
        """The request as it would arrive. Raises WrongUsage."""
        if not self.target.startswith("/"):
            raise WrongUsage(f"{self.target} is no path.", mend="Write it like /blog/hello?page=2.")
        fields = [("host", self.host), *(_pair(header, ":", "--header") for header in self.headers)]
        if self.language:
            fields.append(("accept-language", self.language))
        if self.cookies:
            fields.append(("cookie", "; ".join("=".join(_pair(each, "=", "--cookie")) for each in self.cookies)))
        found = address(self.target.partition("#")[0])  # a letter beyond ASCII arrives percent-encoded
        path = self.target.partition("?")[0].partition("#")[0]
        path = found.path if not path.isascii() else ascii_path(path)
        query = "&".join(filter(None, [found.query, urlencode([_pair(each, "=", "--query") for each in self.query])]))
        raw = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in fields]
        return Incoming(self.method.upper(), path, query, raw, b"")


@dataclass(frozen=True, slots=True)
class Explained:
    """
    Who answers, and why the rules before did not. `passed` are those rules, with the reasons; `others` were for other
    paths and are not listed. `fields` are what header rules add.
    """

    answer: str
    where: str
    decision: Decision
    passed: tuple[tuple[Rule, str], ...] = ()
    others: int = 0
    fields: tuple[tuple[str, str], ...] = field(default_factory=tuple)


class SiteHere:
    """The site in `folder`, its functions loaded as far as there is Node for them. Use it in a `with`."""

    def __init__(self, folder: Path) -> None:
        self.project: Project = load(folder)
        self.rules: Rules = book.read(folder)
        self.told: list[str] = [str(finding) for finding in self.rules.findings]
        permissions = Permissions(self.project.allow)
        backend = Backend(_Nobody(), "", self._listen)
        options = Options(mode=Mode.OFFLINE)
        self._own: JavaScript = own_functions(
            self.rules.settings, self.project, options, backend, permissions, "http://localhost"
        )
        self.functions = Site(functions(self.project, permissions), backend.getty, own=self._own)
        publish = self.rules.settings.publish
        is_site = publish.resolve() == folder.resolve()
        self.files = Published(publish, is_site) if publish.is_dir() else None
        self.elsewhere = Elsewhere(self.project.allow_hosts)

    def load(self) -> None:
        """Find the functions and the paths they chose."""

        async def look() -> None:
            try:
                await self._own.refresh()
            finally:
                await self._own.close()

        asyncio.run(look())

    def table(self) -> list[Route]:
        """Who is asked, in that order."""
        return [*self._functions(), *self._chosen(), *self._rules(), *self._files()]

    def explain(self, asking: Asking) -> Explained:
        """Who answers `asking`, and why no rule before did. Raises WrongUsage for a path that is malformed."""
        incoming = asking.incoming()
        visitor = Visitor(asking.country.lower())
        try:
            decision = Judge(self.functions, self.rules.redirects, self.files, visitor).decide(incoming)
        except BadPath as error:
            raise WrongUsage(f"{asking.target} is answered with 400.", str(error), "Encode it.") from None
        answer, where, shown = self._worded(incoming, decision)
        if decision.kind is Kind.FUNCTION and not decision.rule:
            return Explained(answer, where, decision, fields=self._fields(shown))
        passed, others = self._passed(incoming, decision.rule, visitor)
        return Explained(answer, where, decision, passed, others, self._fields(shown))

    def _passed(
        self, incoming: Incoming, until: Rule | None, visitor: Visitor
    ) -> tuple[tuple[tuple[Rule, str], ...], int]:
        rules = self.rules.redirects
        request = asked(incoming, plain_path(incoming.path), visitor)
        before = rules.rules[: rules.rules.index(until)] if until else rules.rules
        reasons = [(rule, rules.why_not(rule, request)) for rule in before]
        if len(reasons) <= LISTED:
            return tuple(reasons), 0
        telling = tuple((rule, why) for rule, why in reasons if why != "another path")
        return telling, len(reasons) - len(telling)

    def _worded(self, incoming: Incoming, decision: Decision) -> tuple[str, str, str]:
        """What answers, where it stands, and the path that header rules are asked for."""
        rule, target = decision.rule, decision.target
        path = normal_path(incoming.path)
        where = rule.place if rule else ""
        match decision.kind:
            case Kind.FUNCTION if decision.place:
                name = decision.place.name
                known = name in self.functions.names
                answer = f"function {name}" if known else f"404 Function not found... (there is no function {name})"
                return answer, where or self._home(name), target.path if target else path
            case Kind.REDIRECT if rule and target:
                return f"{rule.status} {target.whole}", where, ""
            case Kind.PROXY if target:
                objection = self.elsewhere.objection(target)
                return (f"502 {objection}" if objection else f"proxied to {target.whole}"), where, ""
            case Kind.FORM:
                return "404 Function not found... (a form, and there is no function submission-created)", where, path
            case Kind.BAD_TOKEN:
                return "400 Invalid JWT provided", where, ""
            case Kind.NOWHERE:
                return f"500 the target is no address: {decision.why}", where, ""
            case Kind.NO_ROLE:
                return f"404 (rules ask for the role {', '.join(decision.denied)})", "", ""
        if decision.is_shadowed and decision.file and rule:
            return f"file {decision.file}, which stands in the way of {rule.place}", self._folder, quoted(decision.file)
        if rule and target:
            status = f"{decision.status} " if decision.status != 200 else ""
            if decision.file:
                return f"{status}file {decision.file}", where, quoted(decision.file)
            if rule.force:
                return f"{status}page {target.path}, which is not published", where, target.path
            return f"404 ({target.path} is not published)", where, path
        file = self.files.located(plain_path(incoming.path)) if self.files else None
        if file:
            return f"file {file}", self._folder, quoted(file)
        return "404 (or the site's own server, with serve --site)", "", path

    def _fields(self, path: str) -> tuple[tuple[str, str], ...]:
        found = fields_for(self.rules.headers, path) if path else ()
        return tuple((name.decode(), value.decode("latin-1")) for name, value in found if name not in NOT_OVERRIDDEN)

    @property
    def _folder(self) -> str:
        settings = self.rules.settings
        return _relative(settings.publish, settings.folder)

    def _home(self, name: str) -> str:
        if self._own.has(name):
            return _relative(self.rules.settings.functions, self.rules.settings.folder)
        return FILE if name in self.project.functions else "getty-token" if name == BUILT_IN else ""

    def _functions(self) -> Iterator[Route]:
        for name in self.functions.names:
            if not self._own.has(name) or self._own.answers_by_name(name):
                yield Route("function", f"{PREFIX}{name}/*", name, self._home(name))

    def _chosen(self) -> Iterator[Route]:
        for name, path, methods in self._own.chosen():
            yield Route("path", f"{methods} {path}" if methods else path, name, self._home(name))

    def _rules(self) -> Iterator[Route]:
        for rule in self.rules.redirects.rules:
            asks = [f"?{name}={value}" for name, value in rule.query]
            asks += [f"{name} {','.join(values)}" for name, values in rule.conditions]
            path = " ".join([rule.source, *asks])
            yield Route("rule", path, f"{rule.status}{'!' if rule.force else ''} {rule.target}", rule.place)

    def _files(self) -> Iterator[Route]:
        if self.files:
            yield Route("files", "/*", "the published file, else 404", self._folder)

    def _listen(self, event: Event) -> None:
        if isinstance(event, Warned):
            self.told.append(event.message)
        elif isinstance(event, Said):
            self.told.append(f"{event.function}: {event.text.partition(chr(10))[0]}")


class _Nobody:
    async def answer(self, call: Call) -> Answer:
        return problem(501, "Nobody", "Functions are only looked at here.")


def show(asking: Asking | None, as_json: bool) -> int:
    """Print the table, or who answers what was asked; gives the exit code."""
    site = SiteHere(Path.cwd())
    site.load()
    for text in site.told:
        terminal.say(f"warning: {text}")
    screen = terminal.out()
    if asking is None:
        routes = site.table()
        if as_json:
            terminal.show_json({"routes": [asdict(route) for route in routes], "findings": site.told})
        else:
            rows = [(route.kind, route.path, route.answer, route.where) for route in routes]
            print(screen.table(("what", "path", "answer", "where"), rows))
        return 0
    explained = site.explain(asking)
    if as_json:
        terminal.show_json(_document(explained))
        return 0
    print(f"{explained.answer}{f'  ({explained.where})' if explained.where else ''}")
    for name, value in explained.fields:
        print(f"  with {name}: {value}")
    if explained.passed or explained.others:
        print("before it:")
        passed = [(rule.place, str(rule), why) for rule, why in explained.passed]
        if passed:
            print("\n".join(f"  {line}" for line in screen.table(("where", "rule", "why not"), passed).splitlines()))
        if explained.others:
            print(f"  and {explained.others:,} rules for other paths")
    return 0


def _document(explained: Explained) -> Mapping[str, Any]:
    decision = explained.decision
    return {
        "kind": decision.kind.value,
        "answer": explained.answer,
        "where": explained.where,
        "rule": _rule(decision.rule) if decision.rule else None,
        "target": decision.target.whole if decision.target else None,
        "function": decision.place.name if decision.place else None,
        "file": decision.file,
        "shadowed": decision.is_shadowed,
        "headers": dict(explained.fields),
        "passed": [{**_rule(rule), "why": why} for rule, why in explained.passed],
        "others": explained.others,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {"where": rule.place, "rule": str(rule), "status": rule.status, "force": rule.force}


def _pair(text: str, separator: str, option: str) -> tuple[str, str]:
    name, found, value = text.partition(separator)
    if not found or not name:
        raise WrongUsage(f"{option} {text} has no {separator}.", mend=f"Write it like {option} name{separator}value.")
    return name.strip(), value.strip()


def _relative(path: Path, folder: Path) -> str:
    here = path.resolve()
    return here.relative_to(folder.resolve()).as_posix() or "." if here.is_relative_to(folder.resolve()) else str(path)
