"""The till: whatever makes a call, one that costs or changes something is permitted by name, counted and bounded."""

from getty_emulator.events import Listener, Warned
from getty_emulator.exchange import Answer, Call, Getty, problem
from getty_emulator.netlify.functions import Permissions
from getty_token.operations import Effect, operations_at

MOST_CHANGES = 20
"""Calls of one run that may cost or change something, unless the run says otherwise."""


class Till:
    """
    Getty, with every call that is not a plain read looked at once more on its way out.

    Functions have their own allow-lists; this one does not trust them. It counts before it asks Getty, so a call that
    failed half-way counts as one that may have cost.
    """

    def __init__(self, getty: Getty, permissions: Permissions, listener: Listener, most: int = MOST_CHANGES) -> None:
        self._getty = getty
        self._permissions = permissions
        self._listener = listener
        self._most = most
        self._count = 0

    async def answer(self, call: Call) -> Answer:
        """As Getty answers, or a refusal."""
        # None of Getty's operations that are a GET costs or changes anything; a test holds them to it.
        if call.method != "GET" and (refusal := self._refusal(call)):
            return refusal
        return await self._getty.answer(call)

    def _refusal(self, call: Call) -> Answer | None:
        operation = operations_at(call.path).get(call.method)
        if operation is None:
            return problem(403, "Not allowed here", f"Getty has no operation {call.method} {call.path}.")
        if why := self._permissions.refusal(operation):
            return problem(403, "Not allowed here", why)
        if operation.effect not in (Effect.COSTS, Effect.CHANGES):
            return None
        if self._count >= self._most:
            detail = f"This run has made {self._count:,} calls that cost or change something, and may make no more."
            return problem(403, "Limit reached", f"{detail} Raise it with `getty-token serve --change-limit`.")
        self._count += 1
        what = f"{call.method} {call.path} {operation.effect.value}"
        self._listener(Warned(f"{what}: number {self._count:,} of {self._most:,} in this run."))
        return None
