"""What an answer is made of."""

from getty_emulator.exchange import joined


def test_repeated_fields_become_one_cookies_stay_apart_and_of_some_the_first_counts() -> None:
    sent = (
        (b"x-a", b"1"),
        (b"set-cookie", b"a"),
        (b"x-a", b"2"),
        (b"set-cookie", b"b"),
        (b"etag", b"x"),
        (b"etag", b"y"),
    )

    assert joined(sent) == ((b"x-a", b"1, 2"), (b"etag", b"x"), (b"set-cookie", b"a"), (b"set-cookie", b"b"))
