"""Getty, and a recorder that listens in."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from getty_emulator.events import Listener, Recorded, Warned
from getty_emulator.exchange import Answer, Call, Getty
from getty_token.errors import CassetteError


class Recording:
    """Passes calls on to `getty` and gives every answer of its to `record`; one that cannot be kept still passes."""

    def __init__(self, getty: Getty, record: Callable[[Call, Answer], Recorded | None], listener: Listener) -> None:
        self._getty = getty
        self._record = record
        self._listener = listener

    async def answer(self, call: Call) -> Answer:
        """The answer of Getty, recorded by the time it is given; its origin says as what."""
        answer = await self._getty.answer(call)
        if answer.origin != "live":
            return answer
        try:
            # In a thread: the recorder waits for a lock and for the disk.
            recorded = await asyncio.to_thread(self._record, call, answer)
        except CassetteError as error:
            self._listener(Warned(f"not recorded: {error.sentence}"))
            return answer
        if recorded is None:
            return answer
        return replace(answer, origin=f"live > {recorded.cassette}#{recorded.interaction}")
