"""The sandbox on its own, for other clients than our functions."""

from getty_emulator.asgi import Application
from getty_emulator.events import Listener
from getty_emulator.exchange import Answer, Call, Incoming
from getty_emulator.sandbox import Sandbox


def application(sandbox: Sandbox, listener: Listener) -> Application:
    """An ASGI application that answers as `sandbox` does."""

    async def ask(incoming: Incoming) -> Answer:
        return sandbox.answer(Call(incoming.method, incoming.path, incoming.query, incoming.headers(), incoming.body))

    return Application(ask, listener)
