"""This machine: credentials, keychain, store, clock, port, loopback."""

import os
import socket
import time
from collections.abc import Iterator

from getty_token import credentials
from getty_token.commands.checkup.check import FAIL, OK, WARN, Check
from getty_token.commands.wiring import Setup
from getty_token.config import windows
from getty_token.credentials import CredentialsFile
from getty_token.errors import CredentialsError, GettyTokenError, NoCredentials
from getty_token.profiles import DEFAULT
from getty_token.tokens import Age

CLOCK_OFF = 60.0
"""Seconds by which the clock may differ from Getty's before it matters."""


def credentials_found(setup: Setup) -> Iterator[Check]:
    """Whether there is a key, where, and whether others can read it."""
    profile = setup.environment.profile
    try:
        found = credentials.locate(setup.environment, setup.config)
    except NoCredentials as error:
        yield Check("credentials", WARN, f"{error.what} Offline work needs none.", error.mend)
    except CredentialsError as error:
        yield Check("credentials", FAIL, f"{error.what} {error.why}", error.mend)
    else:
        name = "" if profile.value == DEFAULT else f" (profile {profile.value}, {profile.origin})"
        yield Check("credentials", OK, f"{found.origin}{name}")


def keychain(setup: Setup) -> Iterator[Check]:
    """Whether what is in the keychain can be had from there."""
    try:
        saved = CredentialsFile(setup.config).load()
    except CredentialsError:
        return  # the line about the credentials says it
    if saved and saved["kept_in"] != "file":
        try:
            setup.credentials()
        except CredentialsError as error:
            yield Check("keychain", FAIL, f"{error.what} {error.why}", error.mend)
        else:
            yield Check("keychain", OK, f"{saved['kept_in']} gives them")
        return
    try:
        import keyring

        backend = keyring.get_keyring()
        works, name = backend.priority > 0, str(backend.name)
    except ImportError:
        yield Check("keychain", OK, "not used: the extra `keychain` is not installed")
        return
    except Exception:  # a backend raises whatever its library raises
        works, name = False, ""
    if not works:
        yield Check("keychain", OK, "not used: there is none that works")
    elif saved:
        yield Check("keychain", WARN, f"{name} works, but the key is saved in a file.", "getty-token login")
    else:
        yield Check("keychain", OK, name)


def store(setup: Setup) -> Iterator[Check]:
    """Whether the token's store can be read, and how the token is."""
    try:
        mark = credentials.locate(setup.environment, setup.config).fingerprint
    except CredentialsError:
        mark = "nobody"
    warnings: list[str] = []
    try:
        home = setup.store(mark, warnings.append)
        token = home.get().record.token
    except GettyTokenError as error:
        yield Check("store", FAIL, f"{error.what} {error.why}", error.mend)
        return
    if warnings:
        yield Check("store", WARN, warnings[0], "getty-token clear")
        return
    age = token.age(time.time(), windows(setup.environment)) if token else Age.ABSENT
    yield Check("store", OK, f"{home.name}; token {age.value}")


def clock(setup: Setup) -> Iterator[Check]:
    """Whether Getty can be reached, and whether the clock is Getty's."""
    from getty_token import oauth, transport

    url = setup.upstream.api_url.value
    try:
        with transport.client(read_timeout=5) as http, transport.reaching(url):
            asked_at = time.time()
            response = http.get(f"{url}/")
            behind = oauth.seconds_behind(response, asked_at, time.time())
    except GettyTokenError as error:
        yield Check("getty", WARN, f"{error.what} {error.why}", error.mend or "getty-token serve --offline")
        return
    yield Check("getty", OK, f"{url} answers")
    if "date" not in response.headers:
        yield Check("clock", WARN, "Getty's answer has no date to compare with")
    elif abs(behind) >= CLOCK_OFF:
        way = "behind" if behind > 0 else "ahead of"
        yield Check("clock", FAIL, f"{abs(behind) / 60:.0f} min {way} Getty's", "sudo timedatectl set-ntp true")
    else:
        yield Check("clock", OK, "within a minute of Getty's")


def port(number: int) -> Iterator[Check]:
    """Whether `serve` could listen, or does."""
    from getty_token.commands.running import find
    from getty_token.errors import NotRunning

    busy = [family for family, host in _LOOPBACK if _listens(family, host, number)]
    if not busy:
        yield Check("port", OK, f"{number} is free")
        return
    try:
        running = find(number)
    except (NotRunning, GettyTokenError):
        yield Check(
            "port",
            WARN,
            f"{number} is taken by another program; `netlify functions:serve` uses 9999, too.",
            "getty-token serve --port 0",
        )
    else:
        yield Check("port", OK, f"{running.name}")


def loopback() -> Iterator[Check]:
    """Whether `localhost` means an address that `serve` listens on. Node 18 and newer take the first one."""
    try:
        found = [info[4][0] for info in socket.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)]
    except OSError:
        yield Check("localhost", WARN, "this name is not known here", "Write 127.0.0.1 in gatsby-config.")
        return
    if found[0] == "::1" and not _has_ipv6():
        yield Check("localhost", WARN, "means ::1, which does not work here", "Write 127.0.0.1 in gatsby-config.")
    else:
        yield Check("localhost", OK, f"means {found[0]}")


_LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


def _listens(family: socket.AddressFamily, host: str, number: int) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, number)) == 0


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return os.name == "posix"
