"""What the terminal of a running server shows, and what it must not."""

import sys
from typing import TYPE_CHECKING

from getty_emulator.events import Answered, Event, Listener, Said
from getty_token.commands import terminal
from getty_token.commands.request_log import RequestLog

if TYPE_CHECKING:
    from getty_token.redaction import Secrets


def request_log() -> RequestLog:
    """The log on stderr, coloured where that is wanted."""
    return RequestLog(sys.stderr, terminal.err().colour)


def scrubbing(log: Listener, secrets: "Secrets") -> Listener:
    """Nothing a page sends us may put a secret on the terminal, not even a page that knows one."""

    def listen(event: Event) -> None:
        if isinstance(event, Answered):
            # A reason out of Getty's JSON may hold half a surrogate pair, which UTF-8 has no bytes for.
            told = [text.encode(errors="backslashreplace") for text in (event.target, event.reason)]
            if any(secrets.found_in(text) for text in told):
                target, reason = (secrets.scrub(text).decode() for text in told)
                event = Answered(event.method, target, event.status, event.seconds, event.origin, reason)
        elif isinstance(event, Said):
            text = event.text.encode(errors="backslashreplace")
            if secrets.found_in(text):
                event = Said(event.function, secrets.scrub(text).decode(), event.is_error)
        log(event)

    return listen
