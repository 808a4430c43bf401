"""The sandbox on its own, for other clients than our functions, with the faults that are asked for in front."""

from getty_emulator.asgi import Application
from getty_emulator.control import Clock, Control
from getty_emulator.events import Listener
from getty_emulator.exchange import Answer, Call, Incoming, Streamed
from getty_emulator.faults import Faults
from getty_emulator.faulty import on_the_wire
from getty_emulator.sandbox import Sandbox


def application(sandbox: Sandbox, listener: Listener, clock: Clock | None = None) -> Application:
    """An ASGI application that answers as `sandbox` does. `clock` is the one it was made with, if it can be moved."""
    faults = Faults()

    async def answer(incoming: Incoming) -> Answer:
        return sandbox.answer(Call(incoming.method, incoming.path, incoming.query, incoming.headers(), incoming.body))

    async def ask(incoming: Incoming) -> Answer | Streamed:
        fault = faults.take(incoming.path) if faults.active else None
        return await (on_the_wire(fault, lambda: answer(incoming)) if fault else answer(incoming))

    return Application(ask, listener, Control("sandbox", faults, sandbox.tokens, clock or Clock()))
