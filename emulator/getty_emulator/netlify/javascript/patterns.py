"""
`config.path` of a function: `/books/:id`, `/files/*`, `/:lang?/about`, `/:year(\\d+)`, as URLPattern reads them.

https://developer.mozilla.org/en-US/docs/Web/API/URL_Pattern_API
"""

import re
from dataclasses import dataclass

_PART = re.compile(
    r"(?P<escaped>\\.)|(?P<open>{)|(?P<close>})(?P<group_times>[?*+]?)"
    r"|(?P<slash>/?)(?::(?P<name>[A-Za-z_$][\w$]*)(?P<expression>\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\))?"
    r"|(?P<bare>\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\))|(?P<star>\*))(?P<times>[?*+]?)|(?P<literal>[^\\(])"
)


class BadPattern(ValueError):
    """The path is no URLPattern; the text says why."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """
    One `path` of a function, compiled.

    `names` are its parameters in order; an unnamed one has its number. With `has_capital` in a literal part it matches
    nothing, since Netlify's tool tries the path in lower case.
    """

    text: str
    exactly: re.Pattern[str]
    names: tuple[str, ...]
    has_capital: bool = False

    def matches(self, path: str) -> bool:
        """Whether the function answers at `path`. A trailing slash is none."""
        return self.exactly.match(_bare(path).lower()) is not None

    def parameters(self, path: str) -> dict[str, str]:
        """
        What the placeholders stand for in `path`, as it arrived: not decoded.

        Netlify's tool finds none where a literal part differs in case, though it has found the function.
        """
        found = self.exactly.match(_bare(path))
        if found is None:
            return {}
        return {name: value for name, value in zip(self.names, found.groups(), strict=True) if value is not None}


def compiled(text: str) -> Pattern:
    """The pattern that `text` writes. Raises BadPattern."""
    if not text.startswith("/"):
        raise BadPattern("'path' property must start with a '/'")
    names: list[str] = []
    literals, expression, position, depth = "", "", 0, 0
    while position < len(text):
        part = _PART.match(text, position)
        if part is None:
            raise BadPattern(f"'{text}' is not a valid path according to the URLPattern specification")
        position = part.end()
        if part["open"] or part["close"]:
            depth += 1 if part["open"] else -1
            expression += "(?:" if part["open"] else f"){part['group_times']}"
        elif part["escaped"]:
            literals += part["escaped"][1]
            expression += re.escape(part["escaped"][1])
        elif part["literal"] is not None:
            literals += part["literal"]
            expression += re.escape(part["literal"])
        else:
            names.append(part["name"] or str(sum(name.isdigit() for name in names)))
            # A slash before a parameter belongs to it: `/:id?` matches nothing at all, too.
            expression += _parameter(part, depth)
        if depth < 0:
            break
    if depth or len(set(names)) < len(names):
        raise BadPattern(f"'{text}' is not a valid path according to the URLPattern specification")
    try:
        expression = f"{expression}/?$"
        return Pattern(text, re.compile(expression), tuple(names), literals != literals.lower())
    except re.error as error:
        raise BadPattern(f"'{text}' is not a valid path according to the URLPattern specification ({error})") from None


def _parameter(part: re.Match[str], depth: int) -> str:
    inner = part["expression"] or part["bare"]
    value = _without_groups(inner[1:-1]) if inner else ".*" if part["star"] else "[^/]+?"
    slash, times = part["slash"], part["times"]
    if depth:  # inside braces the slash is a literal, and what repeats is the parameter
        return f"{slash}({value}){times}" if times != "?" else f"{slash}({value})?"
    if times in ("?", ""):
        return f"(?:{slash}({value})){times}"
    return f"(?:{slash}((?:{value})(?:{slash}(?:{value}))*))" + ("?" if times == "*" else "")


def _without_groups(expression: str) -> str:
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", expression)


def _bare(path: str) -> str:
    return path[:-1] if len(path) > 1 and path.endswith("/") else path
