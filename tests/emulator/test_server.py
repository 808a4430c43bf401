"""The socket: who holds the port, where it listens, and what bytes on the wire do to it."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from getty_emulator import server
from getty_emulator.asgi import Application
from getty_emulator.events import Event
from getty_emulator.exchange import Answer, Incoming
from getty_token.errors import AddressInUse, WrongUsage


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_a_free_port_is_found_and_told() -> None:
    with server.bound(0) as (sockets, address):
        port = sockets[0].getsockname()[1]

        assert port > 0
        assert address == f"http://127.0.0.1:{port}"


def test_only_loopback_is_listened_on() -> None:
    with server.bound(0) as (sockets, _):
        assert {each.getsockname()[0] for each in sockets} <= {"127.0.0.1", "::1"}


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_ipv6_has_the_same_port() -> None:
    with server.bound(0) as (sockets, _):
        ports = {each.getsockname()[1] for each in sockets}
        with socket.create_connection(("::1", ports.copy().pop())):
            pass

    assert len(sockets) == 2
    assert len(ports) == 1


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_somebody_on_the_same_port_of_ipv6_is_no_hindrance() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        port = other.getsockname()[1]
        with server.bound(port) as (sockets, _):
            names = [each.getsockname()[0] for each in sockets]

    assert names == ["127.0.0.1"]


def other_address() -> str:
    """An address of this machine that others reach; empty where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return ""
        address: str = probe.getsockname()[0]
        return address


@pytest.mark.skipif(not other_address(), reason="this machine has no address but its loopback")
def test_another_address_is_listened_on_besides() -> None:
    with server.bound(0, other_address()) as (sockets, address):
        names = {each.getsockname()[0] for each in sockets}

    assert names - {"::1"} == {"127.0.0.1", other_address()}
    assert len({each.getsockname()[1] for each in sockets if each.fileno() != -1}) <= 1
    assert address.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "host", ["0.0.0.0", pytest.param("::", marks=pytest.mark.skipif(not has_ipv6(), reason="no IPv6"))]
)
def test_everywhere_includes_this_machine(host: str) -> None:
    with server.bound(0, host) as (sockets, _):
        port = sockets[0].getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            pass
        assert host in {each.getsockname()[0] for each in sockets}


@pytest.mark.parametrize("host", ["203.0.113.9", "no-such-name.invalid", "not an address", "\udcff"])
def test_what_is_no_address_of_this_machine_is_wrong_usage(host: str) -> None:
    with pytest.raises(WrongUsage, match="is no address of this machine"), server.bound(0, host):
        pass


def test_a_port_that_is_taken_is_told_with_who_may_have_it_and_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(AddressInUse) as raised, server.bound(port):
            pass

    assert str(raised.value).splitlines() == [
        f"port {port} is in use.",
        "  Another `getty-token serve` or `netlify functions:serve` may be running.",
        "  Stop it, or choose another port with --port.",
    ]


def test_a_port_can_be_taken_again_as_soon_as_it_is_left() -> None:
    with server.bound(0) as (sockets, _):
        port = sockets[0].getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            sockets[0].accept()[0].close()

    with server.bound(port) as (sockets, address):
        assert address.endswith(f":{port}")


def test_sockets_are_closed_whatever_happens_inside() -> None:
    with pytest.raises(KeyError), server.bound(0) as (sockets, _):
        raise KeyError

    assert all(each.fileno() == -1 for each in sockets)


def test_a_port_of_the_administrators_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(socket.socket):
        def bind(self, address: object) -> None:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "socket", Refusing)

    with pytest.raises(WrongUsage, match="port 80 needs the rights of an administrator") as raised, server.bound(80):
        pass

    assert "above 1023" in raised.value.mend


@contextmanager
def interrupting() -> Iterator[None]:
    """Ctrl-C as the interpreter has it, whatever the test runner made of it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def test_it_says_when_it_listens_and_ends_with_ctrl_c_and_a_last_word() -> None:
    told: list[str] = []
    answers: list[bytes] = []

    async def ask(incoming: Incoming) -> Answer:
        return Answer(200, (), b"here", "live")

    events: list[Event] = []
    with server.bound(0) as (sockets, _):
        port = sockets[0].getsockname()[1]

        def page() -> None:
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(b"GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                answers.append(b"".join(iter(lambda: connection.recv(65536), b"")))
            os.kill(os.getpid(), signal.SIGINT)

        def listening() -> None:
            told.append("listening")
            threading.Thread(target=page).start()

        with interrupting(), pytest.raises(KeyboardInterrupt):
            server.run(Application(ask, events.append), sockets, listening, lambda: told.append("end"))

    assert told == ["listening", "end"]
    assert answers[0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\ncontent-length: 4\r\n" in answers[0]
    assert answers[0].endswith(b"\r\n\r\nhere")
    assert b"server:" not in answers[0]
    assert len(events) == 1
