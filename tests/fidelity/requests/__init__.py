"""The requests by which two servers are compared, a module for each site: what each one is about is its name."""

from collections import Counter

from fidelity.requests import first, forms, shelf, workshop
from fidelity.sent import Sent


def every() -> list[Sent]:
    """All requests, in the order in which they are made."""
    found = [sent for each in (first, forms, shelf, workshop) for sent in each.requests()]
    twice = [name for name, count in Counter(each.name for each in found).items() if count > 1]
    assert not twice, twice
    return found
