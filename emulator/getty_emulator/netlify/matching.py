"""Which rule a request meets. Pure; the first that matches counts, and finding it does not look at the others."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_plus, unquote_plus

from getty_emulator.netlify.role_tokens import COOKIE, RoleTokens
from getty_emulator.netlify.rule_tree import Node, expression_of, matches_nothing, placeholders_of, segments_of
from getty_emulator.netlify.rules import CONDITIONS, Rule


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What of a request a rule can ask for.

    `path` is decoded, `query` as it came, `host` without its port, `now` in Unix seconds.
    """

    path: str
    query: str = ""
    scheme: str = "http"
    host: str = "localhost"
    language: str = "en"
    country: str = "us"
    cookies: Mapping[str, str] = field(default_factory=dict)
    now: float = 0.0


@dataclass(frozen=True, slots=True)
class Match:
    """
    The rule that answers and its target, filled in but not yet encoded.

    `denied` are the roles that earlier rules for this path asked for, which did not apply. Without a `rule` it was only
    the role that was missing: not found.
    """

    rule: Rule | None
    target: str = ""
    denied: tuple[str, ...] = ()


_LONGEST = {2: 2048, 3: 256}
"""
Characters of a path up to which a rule with so many splats is tried; with more of them 64. A regular expression with
several tries every way to share a path out: a page could stop us for a minute with one long address.
"""


class Table:
    """Rules in the order in which they are tried."""

    def __init__(self, rules: Sequence[Rule], role_tokens: RoleTokens | None = None) -> None:
        self.rules = tuple(rules)
        self.role_tokens = role_tokens or RoleTokens()
        self._patterns: dict[int, re.Pattern[str]] = {}
        self._roots: dict[tuple[str, str], Node] = {}
        for number, rule in enumerate(self.rules):
            if not matches_nothing(rule.path):
                self._roots.setdefault((rule.scheme, rule.host), Node()).add(rule, number)

    def match(self, asked: Asked) -> Match | None:
        """The rule for `asked`, or None."""
        given = parameters(asked.query)
        segments = asked.path.split("/")[1:]
        denied: list[str] = []
        role_missing = False
        for number in sorted(self._candidates(asked, segments, given)):
            rule = self.rules[number]
            if not (found := self._matched(number, asked.path)):
                continue
            values = _values(rule, found)
            if self._is_loop(number, asked.path, values):
                return None
            if (captured := _captured(rule, given)) is None:
                continue
            unmet, roles = _unmet(rule, asked), self._roles_missing(rule, asked)
            if not unmet and not roles:
                return Match(rule, _filled(rule.target, [*values, *captured]), tuple(denied))
            denied += roles
            role_missing = role_missing or not unmet
        return Match(None, denied=tuple(denied)) if role_missing else None

    def why_not(self, rule: Rule, asked: Asked) -> str:
        """Why `rule` does not answer `asked`, in a few words; empty if it would."""
        number = self.rules.index(rule)
        given = parameters(asked.query)
        if rule.host and (rule.scheme, rule.host) != (asked.scheme, asked.host):
            return f"it is for {rule.scheme}://{rule.host}"
        found = None if matches_nothing(rule.path) else self._matched(number, asked.path)
        if not found:
            return "another path"
        if self._is_loop(number, asked.path, _values(rule, found)):
            return "it would lead to itself: nothing after it is tried"
        if (captured := _captured(rule, given)) is None:
            return _query_missing(rule, given) if captured is None else ""
        if unmet := _unmet(rule, asked):
            return unmet
        return (
            f"no role of {','.join(roles)} in the cookie {COOKIE}"
            if (roles := self._roles_missing(rule, asked))
            else ""
        )

    def _candidates(self, asked: Asked, segments: list[str], given: Mapping[str, str]) -> set[int]:
        roots = (self._roots.get(key) for key in {("", ""), (asked.scheme, asked.host)})
        return {number for root in roots if root for number in root.find(segments, given)}

    def _is_loop(self, number: int, path: str, values: list[tuple[str, str]]) -> bool:
        """
        Whether a rule with a splat would lead `path` to where it leads it again: then Netlify looks no further.

        netlify-redirector takes it for one where `path` begins as the target does and the rule matches its own target.
        Rewrites are exempt, and targets with a query.
        """
        rule = self.rules[number]
        target = rule.target.removeprefix(f"{rule.scheme}://{rule.host}") if rule.host else rule.target
        if rule.status == 200 or "?" in target or not any(part.endswith("*") for part in segments_of(rule.path)):
            return False
        begin = target.split("/:splat")[0]
        return bool(begin) and path.startswith(begin) and bool(self._matched(number, _filled(target, values)))

    def _roles_missing(self, rule: Rule, asked: Asked) -> tuple[str, ...]:
        """The roles of which one is wanted and none is there."""
        token = asked.cookies.get(COOKIE, "")
        wanted = next((values for name, values in rule.conditions if name == "Role"), ())
        return wanted if wanted and not self.role_tokens.has_role(token, wanted, asked.now) else ()

    def _matched(self, number: int, path: str) -> re.Match[str] | None:
        splats = self.rules[number].path.count("*")
        return self._pattern(number).match(path) if splats < 2 or len(path) <= _LONGEST.get(splats, 64) else None

    def _pattern(self, number: int) -> re.Pattern[str]:
        # Compiled when a path first comes near: ten thousand at once would take a second.
        if (pattern := self._patterns.get(number)) is None:
            pattern = self._patterns[number] = re.compile(expression_of(self.rules[number].path))
        return pattern


def parameters(query: str) -> dict[str, str]:
    """What a rule can ask of a query: names as they stand, values decoded, the last of several, none without an `=`."""
    pairs = (part.partition("=") for part in query.split("&"))
    return {name: unquote_plus(value) for name, equals, value in pairs if equals}


def _values(rule: Rule, found: re.Match[str]) -> list[tuple[str, str]]:
    """Names and values of the placeholders of the path, in the order in which they are filled in."""
    return list(zip(placeholders_of(rule.path), (group or "" for group in found.groups()), strict=True))


def _captured(rule: Rule, given: Mapping[str, str]) -> list[tuple[str, str]] | None:
    """The placeholders of the rule's query, form-encoded; None if the query is not what the rule wants."""
    captured = []
    for name, wanted in rule.query:
        value = given.get(name)
        if value is None or not (wanted.startswith(":") or wanted == value):
            return None
        if wanted.startswith(":"):
            captured.append((wanted[1:], quote_plus(value, safe="")))
    return captured


def _query_missing(rule: Rule, given: Mapping[str, str]) -> str:
    for name, wanted in rule.query:
        if name not in given:
            return f"the query has no {name}"
        if not wanted.startswith(":") and given[name] != wanted:
            return f"{name} is {given[name]}, not {wanted}"
    return ""


def _filled(target: str, values: list[tuple[str, str]]) -> str:
    # One after the other, so that a name which begins another one fills in both, as in Netlify.
    for name, value in values:
        target = target.replace(f":{name}", value)
    return target


def _unmet(rule: Rule, asked: Asked) -> str:
    """The condition other than Role that is not met, in a few words."""
    for name, wanted in rule.conditions:
        words = ",".join(wanted)
        if name == "Cookie" and not any(asked.cookies.get(cookie) for cookie in wanted):
            return f"no cookie {words}"
        if name in ("Language", "Country"):
            value = asked.language if name == "Language" else asked.country
            if value.lower() not in [word.lower() for word in wanted]:
                return f"{name} is {value}, not {words}"
        if name not in CONDITIONS:
            return f"{name} is no condition that Netlify knows"
    return ""
