"""What can go wrong with a function, as Netlify's tool words it, without the stacks and paths that it sends along."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from getty_emulator.exchange import Answer

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Invocation failed</title></head>
<body><h1>Invocation failed</h1><p>The function <code>{name}</code> answered with an error. The terminal of getty-token
says more.</p><pre><code>{error}</code></pre></body></html>
"""


@dataclass(frozen=True, slots=True)
class Thrown:
    """An error of the function's. `plain` ones are a sentence about what it returned, not something it threw."""

    name: str
    message: str
    stack: str = ""
    plain: bool = False

    @classmethod
    def read(cls, error: dict[str, Any], plain: bool = False) -> "Thrown":
        """As the host describes it."""
        return cls(str(error["name"]), str(error["message"]), str(error["stack"]), plain)

    def text(self, folders: Sequence[tuple[str, str]]) -> str:
        """Name and message, with the folders of this machine shortened."""
        said = self.message if self.plain else f"{self.name}: {self.message}"
        for folder, short in folders:
            said = said.replace(folder, short)
        return said[:10_000]

    def trace(self) -> str:
        """The stack without the frames of Node and of our own host: for the terminal."""
        lines = self.stack.splitlines() or [f"{self.name}: {self.message}"]
        ours = ("node:", str(Path(__file__).parent), "new Promise (<anonymous>)", "ModuleWrap.<anonymous>")
        kept = (line for line in lines if not (line.startswith("    at ") and any(each in line for each in ours)))
        return "\n".join(kept)

    def place(self, root: Path) -> str:
        """Where in the site's own files it was thrown: `netlify/functions/search.js:12:9`, or nothing."""
        for line in self.stack.splitlines()[1:]:
            if f"{root}/" in line and "/node_modules/" not in line:
                return line.partition(f"{root}/")[2].rstrip(")")
        return ""


class Failed(Exception):
    """The function failed: it threw, answered nonsense, ran out of time or memory, or ended its process."""

    def __init__(self, thrown: Thrown, before_call: bool = False) -> None:
        super().__init__(thrown.message)
        self.thrown = thrown
        self.before_call = before_call
        """Whether the function had not seen the request yet, so that another instance may take it."""


class NoNode(Exception):
    """There is no Node that can run a function; the text says why."""


def answer(failed: Failed, name: str, accept: str, root: Path, status: int = 500) -> Answer:
    """
    The answer for the browser: a page if it takes HTML, else plain text without a type, as Netlify's tool sends it.

    The reason, for the terminal, says where it was thrown.
    """
    text = failed.thrown.text(((str(root), "."), (str(Path(__file__).parent), "getty-token"), (str(Path.home()), "~")))
    place = failed.thrown.place(root)
    reason = f"{name}: {text} ({place})" if place else f"{name}: {text}"
    if "text/html" in accept:
        page = _PAGE.format(name=html.escape(name), error=html.escape(text)).encode()
        return Answer(status, ((b"content-type", b"text/html"),), page, "function", reason)
    return Answer(status, (), text.encode(errors="replace"), "function", reason)
