"""Messages between us and a Node process, over a pair of sockets."""

import asyncio
import json
import socket
import struct
from collections.abc import Callable

import pytest
import uvloop

from getty_emulator.netlify.javascript.link import Link


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_the_last_words_of_a_process_are_heard_by_those_who_speak_to_it_when_it_has_gone(
    loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    heard: list[str] = []

    async def run() -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        gone = asyncio.Event()
        link = Link(lambda message, _: heard.append(message["kind"]), gone.set)
        await link.open(ours)

        text = json.dumps({"kind": "exiting"}).encode()
        theirs.sendall(struct.pack("!II", len(text), 0) + text)
        theirs.close()
        link.send({"kind": "call"})
        async with asyncio.timeout(20):
            await gone.wait()

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(run())

    assert heard == ["exiting"]
