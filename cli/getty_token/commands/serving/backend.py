"""Who answers for Getty in one run of `serve`, and what the others need to know about it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from getty_emulator.events import Listener
from getty_emulator.exchange import Answer, Call, Getty
from getty_emulator.watch import Watch


@dataclass(frozen=True, slots=True)
class Backend:
    """
    `banner` is a line for the terminal. `listener` is told every event; it keeps secrets off the terminal where there
    are any. `close` lets go of connections, on the event loop.

    For functions of the site's own: `tokens` answers their token requests, `gateway` refuses what Getty's gateway
    would. `watch` looks through what they and the site answer.
    """

    getty: Getty
    banner: str
    listener: Listener
    pictures: Callable[[str], Answer] | None = None
    close: Callable[[], Awaitable[None]] | None = None
    tokens: Callable[[Call], Awaitable[Answer]] | None = None
    gateway: Callable[[Call], Answer | None] | None = None
    watch: Watch = Watch()  # noqa: RUF009 - a value
