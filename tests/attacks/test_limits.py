"""Slow, silent and numerous clients: each wait has an end, and nobody's patience is another's outage."""

import asyncio
import socket
import threading
from contextlib import ExitStack

import pytest
from listening import everything, found, listening, statuses
from uvicorn import Config
from uvicorn.server import ServerState

from getty_emulator.exchange import Answer, Incoming
from getty_emulator.guards import Guard
from getty_emulator.limits import LARGEST_BODY, Limits
from getty_emulator.wire import Wire

GET = b"GET /x HTTP/1.1\r\nHost: localhost\r\n"
GOOD = GET + b"\r\n"
POST = b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"

BRIEF = 0.15
SOON = 1.0
"""Seconds in which we, who connect, have surely said what we have to say first."""
LONG = 600.0
"""Seconds: longer than any test."""


def limits(**brief: float) -> Limits:
    """Limits that no test runs into, but for those named."""
    return Limits(**({"head": LONG, "body": LONG, "unread": LONG, "parting": LONG} | brief))  # type: ignore[arg-type]


def trickled(connection: socket.socket, piece: bytes) -> bytes:
    """What comes back to somebody who sends `piece` again and again, until the other side has had enough."""
    received = b""
    connection.settimeout(0.05)
    for _ in range(400):
        try:
            connection.sendall(piece)
            data = connection.recv(65536)
        except TimeoutError:
            continue
        except ConnectionError:
            return received + everything(connection)  # it may have hung up before we came to read what it said
        received += data
        if not data:
            return received
    pytest.fail("it never had enough")


@pytest.mark.parametrize("begun", [b"GET /", b"GET /x HTTP/1.1\r\nHo", GET], ids=["address", "field", "fields"])
def test_header_fields_that_trickle_in_are_408(begun: bytes) -> None:
    with listening(limits=limits(head=SOON)) as server, server.connect() as connection:
        connection.sendall(begun)
        received = trickled(connection, b"a" if not begun.endswith(b"\n") else b"X: y\r\n")
        [event] = server.answered(1)

    assert statuses(received) == [408]
    assert event.status == 408
    assert event.seconds >= SOON
    assert server.asked == []


def test_empty_lines_that_trickle_in_are_408() -> None:
    with listening(limits=limits(head=SOON)) as server, server.connect() as connection:
        assert statuses(trickled(connection, b"\r\n")) == [408]


def test_the_second_request_of_a_connection_has_no_more_time_than_the_first() -> None:
    with listening(limits=limits(head=SOON)) as server, server.connect() as connection:
        connection.sendall(GOOD + b"GET /")
        received = trickled(connection, b"x")

    assert statuses(received) == [200, 408]


def test_who_connects_and_never_speaks_is_let_go_without_a_word() -> None:
    with listening(limits=limits(head=BRIEF)) as server, server.connect() as connection:
        received = everything(connection)

    assert received == b""
    assert server.told == []


@pytest.mark.parametrize("framing", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_a_body_that_trickles_in_is_408(framing: str) -> None:
    with listening(limits=limits(body=BRIEF)) as server, server.connect() as connection:
        connection.sendall(f"POST /x HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n".encode())
        received = trickled(connection, b"1\r\na\r\n")
        [event] = server.answered(1)

    assert statuses(received) == [408]
    assert "body" in event.reason
    assert server.asked == []


def test_a_body_that_was_refused_unread_has_an_end_too() -> None:
    with listening(limits=limits(body=BRIEF, parting=BRIEF)) as server, server.connect() as connection:
        connection.sendall(b"POST /x HTTP/1.1\r\nHost: evil.test\r\nContent-Length: 100000\r\n\r\n")
        received = trickled(connection, b"a")

    assert statuses(received) == [403]


def test_time_in_which_we_are_busy_does_not_count() -> None:
    go_on = asyncio.Event()

    async def slow(incoming: Incoming) -> Answer:
        await go_on.wait()
        return Answer(200, (), b"", "test")

    with listening(slow, limits(head=SOON, body=SOON)) as server, server.connect() as page:
        page.sendall(GOOD)
        server.wait_until(lambda: len(server.asked) == 1)
        with server.connect() as silent:
            assert everything(silent) == b""  # so SOON is over
        server.loop.call_soon_threadsafe(go_on.set)
        received = page.recv(65536)

    assert statuses(received) == [200]


def test_an_answer_that_nobody_reads_is_given_up() -> None:
    async def large(incoming: Incoming) -> Answer:
        return Answer(200, (), b"x" * 32 * 1024 * 1024, "test")

    with listening(large, limits(unread=BRIEF)) as server, server.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(GOOD)
        server.answered(1)
        gone = threading.Event()

        def watch() -> None:
            if server.connections():
                server.loop.call_later(0.02, watch)
            else:
                gone.set()

        server.loop.call_soon_threadsafe(watch)

        assert gone.wait(20)


def test_who_does_not_hang_up_after_a_refusal_is_cut_off() -> None:
    with listening(limits=limits(parting=BRIEF)) as server, server.connect() as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        received = trickled(connection, b"and on and on")

    assert statuses(received) == [400]


@pytest.mark.parametrize("begun", [b"", b"GET /x HTTP/1.1\r\nX: ", POST], ids=["nothing", "half a head", "no body"])
def test_a_crowd_that_does_not_go_on_keeps_nobody_out(begun: bytes) -> None:
    with listening(limits=limits(connections=8)) as server, ExitStack() as crowd:
        for _ in range(40):
            crowd.enter_context(server.connect()).sendall(begun)
        answers = [server.exchanged(GET + b"Connection: close\r\n\r\n") for _ in range(20)]

    assert [statuses(answer) for answer in answers] == [[200]] * 20


def test_a_crowd_that_does_not_read_keeps_nobody_out() -> None:
    async def large(incoming: Incoming) -> Answer:
        return Answer(200, (), b"x" * (8 * 1024 * 1024 if incoming.path == "/large" else 1), "test")

    with listening(large, limits(connections=4)) as server, ExitStack() as crowd:
        for _ in range(4):
            connection = crowd.enter_context(server.connect())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2)
        server.answered(4)
        answers = [server.exchanged(GET + b"Connection: close\r\n\r\n") for _ in range(3)]

    assert [statuses(answer) for answer in answers] == [[200]] * 3


def test_idle_connections_make_room_for_new_ones() -> None:
    received = []

    with listening(limits=limits(connections=4)) as server, ExitStack() as idle:
        for _ in range(12):
            connection = idle.enter_context(server.connect())
            connection.sendall(GOOD)
            received.append(connection.recv(65536))

    assert [statuses(each) for each in received] == [[200]] * 12


def test_who_has_just_come_is_not_let_go_of_before_those_who_are_idle() -> None:
    with listening(limits=limits(connections=4, moment=LONG)) as server, ExitStack() as others:

        def answered_and_idle() -> None:
            connection = others.enter_context(server.connect())
            connection.sendall(GOOD)
            assert statuses(connection.recv(65536)) == [200]

        for _ in range(3):
            answered_and_idle()
        with server.connect() as page:
            for _ in range(3):
                answered_and_idle()
            page.sendall(GET + b"Connection: close\r\n\r\n")
            received = everything(page)

    assert statuses(received) == [200]


def test_when_all_are_being_answered_the_next_is_503_and_says_when_to_try_again() -> None:
    async def slow(incoming: Incoming) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    with listening(slow, limits(connections=3, parting=BRIEF)) as server, ExitStack() as busy:
        for _ in range(3):
            busy.enter_context(server.connect()).sendall(GOOD)
        server.wait_until(lambda: len(server.asked) == 3)
        received = server.exchanged(GOOD)
        [event] = server.answered(1)

    assert statuses(received) == [503]
    assert b"\r\nretry-after: 1\r\n" in received
    assert b"Too many connections" in received
    assert event.status == 503


def test_a_body_that_is_too_large_is_413_and_not_kept() -> None:
    with listening(found) as server, server.connect() as connection:
        connection.sendall(
            f"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: {LARGEST_BODY + 1}\r\n\r\n".encode()
        )
        connection.sendall(b"x" * (LARGEST_BODY + 1))
        received = connection.recv(65536)

    assert statuses(received) == [413]
    assert server.asked == []


def test_the_usual_limits_are_those_that_are_promised() -> None:
    usual = Limits()

    assert (usual.head, usual.body, LARGEST_BODY) == (5.0, 30.0, 6_291_456)


class Buffer:
    """A transport that says how much the other side has left unread."""

    left = 0
    aborted = False

    def get_write_buffer_size(self) -> int:
        return self.left

    def abort(self) -> None:
        self.aborted = True


@pytest.mark.parametrize(("read", "gone"), [(1000, False), (0, True)], ids=["reads on", "stands still"])
def test_an_answer_is_given_up_where_reading_stands_still_not_where_it_takes_long(read: int, gone: bool) -> None:
    asyncio.run(_swept(read, gone))


async def _swept(read: int, gone: bool) -> None:
    config = Config(found)  # type: ignore[arg-type]
    config.load()
    wire = Wire(Limits(), Guard(), lambda event: None, config=config, server_state=ServerState(), app_state={})
    wire.transport = buffer = Buffer()  # type: ignore[assignment]
    buffer.left = 1_000_000
    for now in range(1000, 1200, 10):
        wire.sweep(float(now))
        buffer.left -= read

    assert buffer.aborted is gone
