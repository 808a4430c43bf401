"""`dev` runs a `serve` below it, which ends with it, also where `dev` was killed and could ask for nothing any more."""

import asyncio
import os
import signal
import sys

UNDER_DEV = "GETTY_TOKEN_UNDER_DEV"
"""Set for a `serve` whose standard input is a pipe that `dev` holds, and never writes to."""


def end_with_dev() -> None:
    """Stop as after SIGTERM when `dev` is gone, if there is one. Called on the event loop."""
    if not os.environ.pop(UNDER_DEV, ""):
        return
    loop, stdin = asyncio.get_running_loop(), sys.stdin.fileno()

    def gone() -> None:
        loop.remove_reader(stdin)
        os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(stdin, gone)
