"""The emulator's events as lines on stderr. Written in batches: a line per request must not slow the requests."""

import asyncio
import sys
from collections import deque
from contextlib import suppress
from typing import TextIO

from getty_emulator.events import Answered, Event, Recorded, Said, TokenRenewed, Warned

BATCH = 0.05
"""Seconds between a request and its line at the latest."""


class RequestLog:
    """An event listener that prints. Any thread may call it."""

    def __init__(self, out: TextIO = sys.stderr, colour: bool = False) -> None:
        self._out = out
        self._colour = colour
        self._waiting: deque[Event] = deque()  # its two ends may be used by different threads
        self._scheduled = False

    def __call__(self, event: Event) -> None:
        """Take `event` down; it is printed soon, at once outside the event loop."""
        self._waiting.append(event)
        if self._scheduled:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
        else:
            self._scheduled = True
            loop.call_later(BATCH, self.flush)

    def flush(self) -> None:
        """Print what is waiting."""
        self._scheduled = False
        lines = []
        with suppress(IndexError):
            while True:
                lines.append(self._line(self._waiting.popleft()))
        # Nobody may be reading the log any more (a closed terminal, `| head`); the server goes on.
        with suppress(BrokenPipeError, ValueError):
            self._out.write("".join(lines))
            self._out.flush()

    def _line(self, event: Event) -> str:
        match event:
            case Answered(method, target, status, seconds, origin, reason):
                shown = self._painted(
                    f"{status or '---'}", "32" if 0 < status < 300 else "33" if 0 < status < 500 else "31"
                )
                why = f"\n     {_one_line(reason)}" if reason else ""
                return f"{shown}  {method:<4} {seconds * 1000:6.1f} ms  {origin:<11} {_one_line(target)}{why}\n"
            case TokenRenewed(lifetime, requests, reason):
                why = f" ({reason})" if reason else ""
                cost = f"{requests} request{'s' * (requests != 1)} this lifetime"
                return f"     new access token for {lifetime / 60:.0f} min{why}, {cost}\n"
            case Recorded():
                return ""  # the request's own line says it
            case Said(function, text, is_error):
                name = self._painted(f"{function} |", "31" if is_error else "2")
                return "".join(f"     {name} {_one_line(line)}\n" for line in text.splitlines() or [""])
            case Warned(message):
                return f"{self._painted('warning', '33')}: {_one_line(message)}\n"

    def _painted(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour else text


def _one_line(text: str) -> str:
    # A target is whatever a client sends, a reason may be Getty's: no escape sequence may reach the terminal.
    if text.startswith("/media/"):
        text = text.partition("?")[0]  # a page has dozens of pictures; their signatures tell nobody anything
    if not text.isprintable():
        text = text.replace("\n", " ").encode("unicode_escape").decode()
    return text if len(text) <= 400 else text[:397] + "..."
