"""
The paths of rules: what their parts mean, and a tree of them in which those that may match are found at once.

    /blog/:year/*     root -> "blog" -> placeholder -> ends in a splat
    /q id=5           root -> "q" -> ends, among those that want id=5

Ten thousand rules cost as much as ten.
"""

import re
from collections.abc import Iterator, Mapping

from getty_emulator.netlify.rules import Rule


class Node:
    """One place in the tree: the rules that end here, and what may come next."""

    __slots__ = ("any_segment", "by_constant", "ends", "literal", "longest", "prefixes", "splats", "splats_before")

    def __init__(self) -> None:
        self.literal: dict[str, Node] = {}
        self.any_segment: Node | None = None
        self.ends: list[int] = []
        self.by_constant: dict[tuple[str, str], list[int]] = {}
        self.splats: list[int] = []
        self.splats_before: dict[str, list[int]] = {}
        self.prefixes: dict[str, list[int]] = {}
        self.longest = 0  # characters of the longest of them

    def add(self, rule: Rule, number: int) -> None:
        node = self
        segments = segments_of(rule.path)
        for place, segment in enumerate(segments):
            if segment == "*":
                following = segments[place + 1] if place + 1 < len(segments) else "*"
                is_literal = not following.endswith("*") and not is_placeholder(following)
                (node.splats_before.setdefault(following, []) if is_literal else node.splats).append(number)
                return
            if segment.endswith("*"):
                node.prefixes.setdefault(segment[:-1], []).append(number)
                node.longest = max(node.longest, len(segment) - 1)
                return
            if is_placeholder(segment):
                node.any_segment = node.any_segment or Node()
                node = node.any_segment
            else:
                node = node.literal.setdefault(segment, Node())
        constant = next(((name, value) for name, value in rule.query if not value.startswith(":")), None)
        (node.by_constant.setdefault(constant, []) if constant else node.ends).append(number)

    def find(self, segments: list[str], given: Mapping[str, str]) -> set[int]:
        """The rules that may match a path of these `segments`: all that do, and some that do not."""
        found: set[int] = set()
        waiting = [(self, 0)]
        while waiting:
            node, place = waiting.pop()
            found.update(node.splats)
            if node.splats_before:
                for segment in segments[place:]:
                    found.update(node.splats_before.get(segment, ()))
            if place == len(segments) or (place == len(segments) - 1 and segments[place] == ""):
                found.update(node.ends)
                for pair in given.items() if node.by_constant else ():
                    found.update(node.by_constant.get(pair, ()))
            if place == len(segments):
                continue
            segment = segments[place]
            if not segment and place:
                waiting.append((node, place + 1))  # two slashes may count as one
            if node.prefixes:
                for end in range(min(len(segment), node.longest) + 1):
                    found.update(node.prefixes.get(segment[:end], ()))
            if following := node.literal.get(segment):
                waiting.append((following, place + 1))
            if node.any_segment and segment:
                waiting.append((node.any_segment, place + 1))
        return found


def segments_of(path: str) -> list[str]:
    return path.removeprefix("/").removesuffix("/").split("/") if path.strip("/") else []


def matches_nothing(path: str) -> bool:
    # netlify-redirector takes what begins with two slashes for no path of this site.
    return path.startswith("//") and bool(path.strip("/"))


def is_placeholder(segment: str) -> bool:
    return segment.startswith(":") and len(segment) > 1


def placeholders_of(path: str) -> Iterator[str]:
    for segment in segments_of(path):
        if segment.endswith("*"):
            yield "splat"
        elif is_placeholder(segment):
            yield segment[1:]


def expression_of(path: str) -> str:
    """
    `/blog/:year/*` as `/blog/([^/]+)(?:/(.*))?/?`.

    A `*` alone in its segment may stand for no segment at all. At the end of one it stands for the rest of the path,
    less a slash that comes first; anywhere else it is a star. All this is what netlify-redirector 0.5 does.
    """
    segments = segments_of(path)
    # Two slashes count as one, but not where the path begins, nor in a rule without placeholder or splat.
    inner = "//?" if any(segment.endswith("*") or is_placeholder(segment) for segment in segments) else "/"
    parts: list[str] = []
    for segment in segments:
        slash = inner if parts else "/"
        if segment == "*":
            parts.append("(?:/(.*))?")
        elif segment.endswith("*"):
            parts.append(f"{slash}{re.escape(segment[:-1])}/?(.*)")
        elif is_placeholder(segment):
            parts.append(f"{slash}([^/]+)")
        else:
            parts.append(f"{slash}{re.escape(segment)}")
    return "".join(parts or "/") + r"/?\Z"
