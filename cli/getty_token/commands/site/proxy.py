"""The lines that make `gatsby develop` pass the functions' addresses on, and the text they go into."""

import re

from getty_token.commands.site.files import PROXY

ADDRESS = "GETTY_TOKEN_SERVE"
"""The variable in which `getty-token dev` says where `serve` listens."""
FUNCTIONS = "/.netlify/functions"

# Where an object of settings begins, in the ways Gatsby's documentation and its starters write it.
_BEGINNINGS = re.compile(
    r"""^(?:module\.exports\s*=\s*|export\s+default\s+|(?:const|let|var)\s+config\s*(?::\s*GatsbyConfig\s*)?=\s*)
        (?:\(\s*)?\{[ \t]*""",
    re.MULTILINE | re.VERBOSE,
)
_IMPORT = re.compile(r"""^(?:import\b[^;]*?["'][^"'\n]+["'];?|["']use strict["'];?)[ \t]*\r?\n""", re.MULTILINE)


def lines(port: int, is_module: bool, old: bool, indent: str = "  ") -> list[str]:
    """The member `developMiddleware`, for a file that imports or requires; `old` is version 2 of the package."""
    make = "createProxyMiddleware" if is_module else f'require("{PROXY}").createProxyMiddleware'
    begin = f'{make}("{FUNCTIONS}", {{' if old else f"{make}({{"
    return [
        f"{indent}// `gatsby develop` passes the functions' addresses to `getty-token serve`.",
        f"{indent}developMiddleware: (app) => {{",
        f"{indent * 2}app.use(",
        f"{indent * 3}{begin}",
        *([] if old else [f'{indent * 4}pathFilter: "{FUNCTIONS}",']),
        f'{indent * 4}target: process.env.{ADDRESS} || "http://127.0.0.1:{port}",',
        f"{indent * 3}}}),",
        f"{indent * 2});",
        f"{indent}}},",
    ]


def import_line() -> str:
    """What stands at the top of a module."""
    return f'import {{ createProxyMiddleware }} from "{PROXY}";'


def added(text: str, port: int, is_module: bool, old: bool) -> str | None:
    """
    `text`, a gatsby-config, with the proxy in it: every line that was there stays.

    None if it is not seen where the settings begin, or if something else is proxied already.
    """
    if has_proxy(text):
        return None
    beginnings = list(_BEGINNINGS.finditer(text))
    if len(beginnings) != 1:
        return None
    end = "\r\n" if "\r\n" in text else "\n"
    at = beginnings[0].end()
    indent = _indent(text[at:])
    member = end.join(lines(port, is_module, old, indent))
    rest = text[at:]
    line_goes_on = not rest.startswith(("\n", "\r"))
    text = f"{text[:at]}{end}{member}{end + indent if line_goes_on else ''}{rest}"
    if not is_module:
        return text
    imports = [match for match in _IMPORT.finditer(text) if match.start() < at]
    top = imports[-1].end() if imports else _after_first_comments(text)
    return f"{text[:top]}{import_line()}{end}{'' if imports else end}{text[top:]}"


def has_proxy(text: str) -> bool:
    """Whether a gatsby-config proxies anything, outside of its comments."""
    return bool(re.search(r"\b(?:developMiddleware|proxy)\s*[:(]", without_comments(text)))


def without_comments(text: str) -> str:
    """JavaScript without what is commented out; a // inside quotes, an address, is no comment."""
    kept = re.compile(r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|//[^\n]*|/\*.*?\*/""", re.DOTALL)
    return kept.sub(lambda match: match[1] or "", text)


def _indent(rest: str) -> str:
    found = re.match(r"\s*\n([ \t]+)\S", rest)
    return found[1] if found else "  "


def _after_first_comments(text: str) -> int:
    """Comments at the top, such as `// @ts-check`, have to stay there."""
    match = re.match(r"(?:\s*(?://[^\n]*\n|/\*.*?\*/[ \t]*\n))*", text, re.DOTALL)
    return match.end() if match else 0
