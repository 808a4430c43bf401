"""One line of a checkup."""

from dataclasses import dataclass

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it is, in words, and the command or the edit that mends it."""

    name: str
    state: str
    says: str
    mend: str = ""
