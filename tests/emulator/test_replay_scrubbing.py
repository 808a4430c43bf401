"""What stands where secrets stand is scrubbed, whoever's it is; what only looks like it stays."""

import base64

import pytest

from getty_emulator.replay.scrubbing import scrub_named

BASIC = base64.b64encode(b"somebody:canary-value")


@pytest.mark.parametrize(
    ("content", "scrubbed"),
    [
        (b"a=b&client_id=canary&client_secret=ca%20nary", b"a=b&client_id=SCRUBBED&client_secret=SCRUBBED"),
        (b"password=canary&username=u", b"password=SCRUBBED&username=u"),
        (b"client%5Fsecret=canary", b"client%5Fsecret=SCRUBBED"),
        (b'{"uri": "https://x/?access_token=canary&a=1"}', b'{"uri": "https://x/?access_token=SCRUBBED&a=1"}'),
        (b'{"access_token":"canary","expires_in":1800}', b'{"access_token":"SCRUBBED","expires_in":1800}'),
        (b'{"refresh_token" : "can\\"ary"}', b'{"refresh_token" : "SCRUBBED"}'),
        (b'{"a": [{"client_secret": 123456}]}', b'{"a": [{"client_secret": "SCRUBBED"}]}'),
        (b'{"log": "{\\"access_token\\": \\"canary\\"}"}', b'{"log": "{\\"access_token\\": \\"SCRUBBED\\"}"}'),
        (b"authorization: Basic " + BASIC, b"authorization: Basic SCRUBBED"),
        (b"sent bearer canary.canary.canary.canary", b"sent bearer SCRUBBED"),
    ],
)
def test_what_is_secret_by_its_name_is_scrubbed(content: bytes, scrubbed: bytes) -> None:
    assert scrub_named(content) == scrubbed
    assert scrub_named(scrubbed) == scrubbed


@pytest.mark.parametrize(
    "content",
    [
        b'Bearer realm="Download",error="invalid_token",error_description="The access token is missing"',
        b'{"title": "Basic shapes, basic training; Flag bearer marching in Washington"}',
        b"Basic " + base64.b64encode(b"hello world"),
        b'{"token_type": "Bearer", "expires_in": 1800}',
        b'{"access_token": null}',
        b"phrase=password",
        b'{"uri": "https://media.gettyimages.com/id/1/photo/a.jpg?b=1&s=170x170&k=20&c=vjt48ns2wjPPL7yeKxkw="}',
        b"\x89PNG\r\n\x1a\n\x00\xff",
    ],
)
def test_what_only_looks_like_a_secret_stays(content: bytes) -> None:
    assert scrub_named(content) == content
