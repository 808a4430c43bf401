"""Getty, and a recorder that listens in."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from getty_emulator.events import Listener, Recorded, Warned
from getty_emulator.exchange import Answer, Call, Getty
from getty_emulator.replay.library import Library, miss
from getty_emulator.replay.matching import Request, normalised
from getty_emulator.replay.modes import RecordMode
from getty_token.errors import CassetteError

REMEMBERED = 256
"""Answers of this run that are played again rather than asked for again, where the mode plays at all."""


class Recording:
    """
    Passes calls on to `getty` and gives every answer of its to `record`; one that cannot be kept still passes.

    In a mode that plays, `library` is asked first; in ONCE it is all there is, if it holds anything. `keep_media` is
    given every answer that was recorded.
    """

    def __init__(
        self,
        getty: Getty,
        record: Callable[[Call, Answer], Recorded | None],
        listener: Listener,
        mode: RecordMode = RecordMode.ALL,
        library: Library | None = None,
        keep_media: Callable[[Answer], None] | None = None,
    ) -> None:
        self._getty = getty
        self._record = record
        self._listener = listener
        self._library = None if mode is RecordMode.ALL else library
        recorded = library is not None and len(library) > 0
        self._closed = mode is RecordMode.NONE or (mode is RecordMode.ONCE and recorded)
        self._keep_media = keep_media
        self._new: dict[Request, Answer] = {}

    async def answer(self, call: Call) -> Answer:
        """
        The answer of Getty, recorded by the time it is given; its origin says as what.

        Raises NoRecording where the mode allows nothing new.
        """
        if self._library is not None:
            if found := self._library.find(call) or self._new.get(normalised(call)):
                return found
            if self._closed:
                raise miss(self._library, call, "Record it with `--record-mode new_episodes`.")
        answer = await self._getty.answer(call)
        return await self._recorded(call, answer) if answer.origin == "live" else answer

    async def _recorded(self, call: Call, answer: Answer) -> Answer:
        try:
            # In a thread: the recorder waits for a lock and for the disk.
            recorded = await asyncio.to_thread(self._record, call, answer)
        except CassetteError as error:
            self._listener(Warned(f"not recorded: {error.sentence}"))
            return answer
        if recorded is None:
            return answer
        if self._keep_media:
            self._keep_media(answer)
        place = f"{recorded.cassette}#{recorded.interaction}"
        if self._library is not None and len(self._new) < REMEMBERED:
            self._new[normalised(call)] = replace(answer, origin=f"cassette {place}")
        return replace(answer, origin=f"live > {place}")
