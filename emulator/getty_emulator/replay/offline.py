"""Getty without a network."""

from collections.abc import Callable

from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.library import Library, miss


class Offline:
    """Cassettes first, then `otherwise`, the sandbox; without one (strict), what is not recorded is an error."""

    def __init__(self, library: Library, otherwise: Callable[[Call], Answer] | None) -> None:
        self._library = library
        self._otherwise = otherwise

    def answer(self, call: Call) -> Answer:
        """The answer to `call`. Raises NoRecording, which names the nearest recording."""
        if found := self._library.find(call):
            return found
        if self._otherwise:
            return self._otherwise(call)
        raise miss(self._library, call)
