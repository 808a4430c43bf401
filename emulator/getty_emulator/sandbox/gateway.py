"""The header fields that the gateway in front of Getty's application adds, as they were once observed."""

from hashlib import blake2b

from getty_emulator.exchange import Answer, Call, Headers
from getty_emulator.sandbox.answers import APPLICATION_ERROR

_ANYBODY = (b"access-control-allow-origin", b"*")
"""On every answer but those of the token endpoint: a page may read what Getty says, and never gets a token there."""


def passed(answer: Answer, call: Call, which: str) -> Answer:
    """
    `answer` as it comes out of the gateway. `which` answers carry its own fields: its `errors`, `all` or `none`.

    The ids follow from the request: the same request has the same bytes in its answer.
    """
    headers = (*answer.headers, _ANYBODY)
    own = answer.status >= 400 and (b"content-type", APPLICATION_ERROR) not in answer.headers
    if which == "all" or (which == "errors" and own):
        headers += _fields(answer.status, call)
    return Answer(answer.status, headers, answer.body, answer.origin, answer.reason)


def _fields(status: int, call: Call) -> Headers:
    seal = blake2b(f"{call.method} {call.target} {status}".encode(), digest_size=28).hexdigest()
    uuid = "-".join((seal[:8], seal[8:12], seal[12:16], seal[16:20], seal[20:32]))
    return (
        (b"x-amzn-requestid", uuid.encode()),
        (b"x-amz-apigw-id", seal[32:47].encode() + b"="),
        (b"x-cache", b"Error from cloudfront" if status >= 400 else b"Miss from cloudfront"),
        (b"via", b"1.1 sandbox.cloudfront.net (CloudFront)"),
        (b"x-amz-cf-pop", b"SBX50-P1"),
        (b"x-amz-cf-id", seal.encode() + b"=="),
    )
