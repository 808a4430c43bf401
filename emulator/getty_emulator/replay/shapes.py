"""Shapes of JSON: what a value must be, told in words where it is something else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple


class Complaint(NamedTuple):
    """What is not as documented, and where. `wrong` is False for what is only not documented."""

    place: str
    says: str
    wrong: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """
    `kinds` are the types that JSON has. Of an object, `members` are known and those in `required` must be there; of a
    list, every item is an `item`. `values` are all there may be, where they are few.
    """

    kinds: tuple[type, ...]
    members: Mapping[str, "Shape"] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    item: "Shape | None" = None
    values: frozenset[str] = frozenset()


_WORDS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
    type(None): "null",
}

TEXT = Shape((str,))
TEXT_OR_NULL = Shape((str, type(None)))
INTEGER = Shape((int,))
INTEGER_OR_NULL = Shape((int, type(None)))
INTEGER_OR_TEXT = Shape((int, str))
FLAG = Shape((bool,))
ANYTHING = Shape(tuple(_WORDS))


def one_of(values: str) -> Shape:
    """One of the words in `values`, or null."""
    return Shape((str, type(None)), values=frozenset(values.split()))


def listed(item: Shape) -> Shape:
    """A list, empty or null where there is nothing."""
    return Shape((list, type(None)), item=item)


def an_object(required: str = "", **members: Shape) -> Shape:
    """An object with `members`, of which those named in `required` must be there."""
    return Shape((dict,), members, frozenset(required.split()))


def maybe(shape: Shape) -> Shape:
    """The same, or null: what is asked for and empty."""
    return replace(shape, kinds=(*shape.kinds, type(None)))


def complaints(value: Any, shape: Shape, place: str = "") -> Iterator[Complaint]:
    """Where `value` has another shape."""
    # In Python, True is a whole number.
    if type(value) not in shape.kinds:
        wanted = " or ".join(_WORDS[kind] for kind in shape.kinds)
        yield Complaint(place or "the body", f"it is {_WORDS[type(value)]}, not {wanted}")
    elif isinstance(value, str) and shape.values and value not in shape.values:
        yield Complaint(place, f"{value[:40]!r} is none of {', '.join(sorted(shape.values))}")
    elif isinstance(value, dict) and shape.kinds != ANYTHING.kinds:
        for name in sorted(shape.required - value.keys()):
            yield Complaint(place or "the body", f"it has no {name}")
        for name, inner in value.items():
            at = f"{place}.{name}" if place else name
            if name in shape.members:
                yield from complaints(inner, shape.members[name], at)
            elif shape.members:
                yield Complaint(at, "it is not documented", wrong=False)
    elif isinstance(value, list) and shape.item:
        for number, inner in enumerate(value):
            yield from complaints(inner, shape.item, f"{place}[{number}]")
