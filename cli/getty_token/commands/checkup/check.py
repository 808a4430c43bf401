"""One line of a checkup."""

from dataclasses import dataclass

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """
    What was looked at, how it is, in words, and what mends it: a command to paste, or a sentence, which begins with a
    capital letter.
    """

    name: str
    state: str
    says: str
    mend: str = ""
