"""The emulator's events as lines on stderr. Written in batches: a line per request must not slow the requests."""

import asyncio
import sys
import threading
from typing import TextIO

from getty_emulator.events import Answered, Event, Recorded, TokenRenewed, Warned

BATCH = 0.05
"""Seconds between a request and its line at the latest."""


class RequestLog:
    """An event listener that prints. Any thread may call it."""

    def __init__(self, out: TextIO = sys.stderr, colour: bool = False) -> None:
        self._out = out
        self._colour = colour
        self._waiting: list[str] = []
        self._mutex = threading.Lock()
        self._scheduled = False

    def __call__(self, event: Event) -> None:
        """Take `event` down; it is printed soon, at once outside the event loop."""
        with self._mutex:
            self._waiting.append(self._line(event))
            if self._scheduled:
                return
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                self._write()
                return
            self._scheduled = True
            loop.call_later(BATCH, self.flush)

    def flush(self) -> None:
        """Print what is waiting."""
        with self._mutex:
            self._scheduled = False
            self._write()

    def _write(self) -> None:
        lines, self._waiting = self._waiting, []
        if lines:
            try:
                self._out.write("".join(lines))
                self._out.flush()
            except (BrokenPipeError, ValueError):
                pass  # nobody reads the log any more; the server goes on

    def _line(self, event: Event) -> str:
        match event:
            case Answered(method, target, status, seconds, origin, reason):
                shown = self._painted(f"{status}", "32" if status < 300 else "33" if status < 500 else "31")
                why = f"\n     {reason.replace(chr(10), ' ')}" if reason and not 200 <= status < 300 else ""
                return f"{shown}  {method:<4} {seconds * 1000:6.1f} ms  {origin:<10} {_one_line(target)}{why}\n"
            case TokenRenewed(lifetime, requests, reason):
                why = f" ({reason})" if reason else ""
                cost = f"{requests} request{'s' * (requests != 1)} this lifetime"
                return f"     new access token for {lifetime / 60:.0f} min{why}, {cost}\n"
            case Recorded(cassette, interaction):
                return f"     recorded as {cassette}#{interaction}\n"
            case Warned(message):
                return f"{self._painted('warning', '33')}: {message}\n"

    def _painted(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour else text


def _one_line(target: str) -> str:
    # A request target is whatever a client sends: no escape sequence of its may reach the terminal.
    text = target if target.isprintable() else target.encode("unicode_escape").decode()
    return text if len(text) <= 300 else text[:297] + "..."
