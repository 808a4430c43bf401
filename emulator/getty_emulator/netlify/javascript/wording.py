"""From what a function replied, or how it failed, to the answer for the browser."""

from pathlib import Path

from getty_emulator.events import Listener, Said
from getty_emulator.exchange import Answer, Streamed, joined, problem
from getty_emulator.netlify.javascript import failures, scheduled
from getty_emulator.netlify.javascript.declared import Declared
from getty_emulator.netlify.javascript.failures import Failed
from getty_emulator.netlify.javascript.worker import Reply
from getty_emulator.watch import Watch

ORIGIN = "function"
COLD = "function cold"
"""The origin of the first answer of an instance."""

NOT_FOUND = Answer(404, (), b"Function not found...", "getty-token", "There is no such function.")
_NAMES = "Function name should consist only of alphanumeric characters, hyphen & underscores."
BAD_NAME = Answer(400, (), _NAMES.encode(), "getty-token", _NAMES)

_NO_BUILDER = (
    b'{"message":"Function is not an on-demand builder. See https://ntl.fyi/create-builder for how to convert '
    b'a function to a builder."}'
)
_HOP_BY_HOP = frozenset(
    b"connection content-length keep-alive proxy-connection te trailer transfer-encoding upgrade".split()
)


class Wording:
    """
    Makes answers, looked through by `watch`; `joins` repeated fields into one, as `netlify dev` passes them on.

    `root` is the site's folder, which no answer names.
    """

    def __init__(self, root: Path, watch: Watch, joins: bool, listener: Listener) -> None:
        self._root = root
        self._watch = watch
        self._joins = joins
        self._listener = listener

    async def of(self, name: str, reply: Reply) -> Answer | Streamed:
        """The answer that `reply` of the function `name` makes."""
        origin = COLD if reply.is_first else ORIGIN
        if reply.said.get("notBuilder"):
            kind = ((b"content-type", b"application/json; charset=utf-8"), (b"etag", scheduled.etag(_NO_BUILDER)))
            return Answer(400, kind, _NO_BUILDER, origin, f"{name} is no on-demand builder.")
        if reply.said.get("kind") == "refused":
            return Answer(reply.status, (), reply.body, origin, reply.body.decode())
        headers = tuple(pair for pair in reply.headers if pair[0] not in _HOP_BY_HOP)
        if self._joins:
            headers = joined(headers)
        answer: Answer | Streamed = Answer(reply.status, headers, reply.body, origin)
        if stream := reply.stream:
            answer = Streamed(reply.status, headers, stream.chunks(), origin, close=stream.drop)
        return await self._watch.passed(answer, f"the function {name}")

    def failed(self, name: str, failed: Failed, accept: str, path: str, is_scheduled: bool) -> Answer:
        """The answer where the function failed; where it was thrown is for the terminal."""
        if failed.thrown.stack:
            self._listener(Said(name, failed.thrown.trace(), True))
        answer = failures.answer(failed, name, "" if is_scheduled else accept, self._root)
        if is_scheduled:
            answer = scheduled.answer(path, accept, error=answer.body.decode())
        return self._watch.whole(answer, f"the function {name}")


def without_node(name: str, why: str) -> Answer:
    """The answer where there is no Node that could run the function."""
    mend = "Install Node 20 or newer (https://nodejs.org), or put it on the PATH."
    return problem(501, "No Node", f"The function {name} is JavaScript, and {why}. {mend}")


def elsewhere(name: str, declared: Declared) -> Answer:
    """The answer at the usual address of a function that chose others."""
    paths = ", ".join(pattern.text for pattern in declared.paths)
    return Answer(
        404, (), NOT_FOUND.body, "getty-token", f"The function {name} answers at the paths it names: {paths}."
    )
