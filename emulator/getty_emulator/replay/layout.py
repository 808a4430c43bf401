"""A cassette laid out as vcrpy lays it out: the format is theirs, and so is the code that writes it."""

from collections.abc import Sequence
from http import HTTPStatus

from getty_emulator.exchange import Answer
from getty_emulator.replay.cassette_file import Interaction

HEAD, TAIL = b"interactions:\n", b"version: 1\n"
"""What vcrpy writes before and behind the interactions."""


def serialised(interactions: Sequence[Interaction]) -> bytes:
    """The file that holds `interactions`, written by vcrpy itself: it is their format."""
    # 200 ms to import, and only whoever records needs it.
    from vcr.request import Request
    from vcr.serialize import serialize
    from vcr.serializers import yamlserializer

    requests = [Request(each.call.method, each.uri, each.call.body, dict(each.call.headers)) for each in interactions]
    responses = [_response(each.answer) for each in interactions]
    text: str = serialize({"requests": requests, "responses": responses}, yamlserializer)
    return text.encode()


def piece_of(interaction: Interaction) -> bytes:
    """The lines of a cassette that hold `interaction`."""
    return serialised([interaction]).removeprefix(HEAD).removesuffix(TAIL)


def reason_phrase(status: int) -> str:
    """What goes with a status code, such as `Not Found`."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _response(answer: Answer) -> dict[str, object]:
    fields: dict[str, list[str]] = {}
    for name, value in answer.headers:
        fields.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    status = {"code": answer.status, "message": reason_phrase(answer.status)}
    return {"status": status, "headers": fields, "body": {"string": answer.body}}
