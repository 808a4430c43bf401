"""A request as numbers: one that names it, and one for each thing about it, to find what is nearly the same."""

import json
from collections.abc import Iterator
from hashlib import blake2b

from getty_emulator.replay.matching import Request
from getty_token.operations import operations_at

ELSEWHERE = 1000
"""The distance to another path: further than any difference at the same one."""


def digest(request: Request) -> bytes:
    """16 bytes that no other request has, the same in every version of Python: they are kept in files."""
    method, path, query, body, language, country = request
    told = json.dumps((method, path, query, language, country)).encode()
    return blake2b(told + b"\n" + body, digest_size=16).digest()


def traits(request: Request) -> list[int]:
    """
    Numbers of 64 bits, one for each thing about `request`: its name in the upper half, its value in the lower.

    The first two say where: the path, and the operation of Getty's. Only the rank of a miss's explanation hangs on
    them, so that it does no harm if two values share a number.
    """
    return [_trait(name, value) for name, value in _things(request)]


def distance(request: set[int], recorded: set[int]) -> int:
    """How many things keep `recorded` from answering `request`."""
    different = {trait >> 32 for trait in request ^ recorded if trait in recorded or trait >> 32 not in _LENIENT}
    different.discard(_OPERATION)
    return len(different) + (ELSEWHERE if _PATH in different else 0)


def _things(request: Request) -> Iterator[tuple[str, str]]:
    operation = operations_at(request.path).get(request.method)
    yield "/path", request.path
    yield "/operation", operation.name if operation else f"{request.method} {request.path}"
    yield "/method", request.method
    yield "/body", blake2b(request.body).hexdigest() if request.body else ""
    if request.language:
        yield "/language", request.language
    if request.country:
        yield "/country", request.country
    # Within one operation only: what else is asked for elsewhere says nothing.
    yield from (("?" + name, f"{_place(request)} {value}") for name, value in request.query)


def _place(request: Request) -> str:
    operation = operations_at(request.path).get(request.method)
    return operation.template if operation else request.path


def _trait(name: str, value: str) -> int:
    return _half(name) << 32 | _half(value)


def _half(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little")


_PATH, _OPERATION = _half("/path"), _half("/operation")
# A recording without them answers everybody, so that they are missing from it is no difference.
_LENIENT = frozenset({_half("/language"), _half("/country")})
