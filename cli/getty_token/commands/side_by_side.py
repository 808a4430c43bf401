"""The words of several programs on one terminal, told apart by a label at the beginning of each line."""

import re
import threading
from typing import TextIO

from getty_token.commands.terminal import Screen

# Whatever moves the cursor or erases, and is no colour: it would do so in somebody else's lines.
_MOVES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-ln-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[78]")
_UP = re.compile(rb"\x1b\[[0-9]*A")


class Labelled:
    """What one program writes, line by line with its label. `lock` is shared by all that write to the terminal."""

    def __init__(self, out: TextIO, label: str, width: int, style: str, screen: Screen, lock: threading.Lock) -> None:
        self._out = out
        self._label = screen.paint(screen.plain(f"{label:<{width}} │"), style).encode() + b" "
        self._lock = lock
        self._line = b""
        self._empty = False

    def write(self, data: bytes) -> list[bytes]:
        """Take `data`; gives the lines that are whole with it, and shows them."""
        *lines, self._line = (self._line + data).split(b"\n")
        shown: list[bytes] = []
        for line in lines:
            # Programs that draw, such as Gatsby, end with an empty line that they go back up over.
            if self._empty and not _UP.search(line):
                shown.append(b"")
            # A carriage return goes back to the beginning: the last state of such a line is what stays.
            line = _MOVES.sub(b"", line.rstrip(b"\r").rpartition(b"\r")[2])
            self._empty = not line
            if line:
                shown.append(line)
        self._show(shown)
        return shown

    def finish(self) -> None:
        """Show what came without a line's end."""
        if self._line:
            self.write(b"\n")

    def _show(self, lines: list[bytes]) -> None:
        with self._lock:
            try:
                self._out.buffer.write(b"".join(self._label + line + b"\n" for line in lines))
                self._out.flush()
            except (BrokenPipeError, ValueError):
                pass  # nobody reads it any more; the programs go on
