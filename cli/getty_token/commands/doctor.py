"""`getty-token doctor`: one line for each thing that could be wrong, and the command that mends it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from getty_emulator.netlify import project
from getty_token.commands import terminal
from getty_token.commands.checkup import machine, site
from getty_token.commands.checkup.check import FAIL, OK, WARN, Check
from getty_token.commands.leaks import report
from getty_token.commands.leaks.search import Search
from getty_token.commands.site.files import look
from getty_token.commands.wiring import Setup
from getty_token.errors import CredentialsError, WrongUsage

_STYLES = {OK: "good", WARN: "warn", FAIL: "bad"}


def checks(folder: Path, offline: bool) -> Iterator[Check]:
    """All of them, each as soon as it is known; `offline` leaves Getty out."""
    try:
        setup = Setup.here()
    except WrongUsage as error:
        yield Check("settings", FAIL, f"{error.what} {error.why}", error.mend)
        return
    yield from machine.credentials_found(setup)
    yield from machine.keychain(setup)
    yield from machine.store(setup)
    if not offline:
        yield from machine.clock(setup)
    files = look(folder)
    yield from site.settings(files)
    try:
        settings = project.load(folder)
    except WrongUsage:
        settings = project.Project()
    yield from machine.port(settings.port)
    yield from machine.loopback()
    yield from site.functions(files)
    yield from site.gatsby(files, settings.port)
    try:
        secrets = report.secrets(setup)
    except CredentialsError:
        secrets = {}
    yield from site.variables(files, Search(secrets) if secrets else None)
    if secrets:
        yield from site.leaks(files, secrets, settings.cassettes)


def doctor(folder: Path, offline: bool, as_json: bool) -> int:
    """Print the checkup; the exit code is 1 if anything fails."""
    found: list[Check] = []
    for check in checks(folder, offline):
        found.append(check)
        if not as_json:
            print(_line(check), flush=True)
    failed, warned = (sum(check.state == state for check in found) for state in (FAIL, WARN))
    if as_json:
        terminal.show_json({"failed": failed, "warned": warned, "checks": [_as_json(check) for check in found]})
    else:
        terminal.say(f"{len(found)} checks, {failed or 'none'} failed, {warned or 'no'} warning{'s' * (warned != 1)}")
    return 1 if failed else 0


def _line(check: Check) -> str:
    screen = terminal.out()
    first = f"{screen.paint(check.state, _STYLES[check.state])}{' ' * (4 - len(check.state))}  "
    if not screen.is_terminal or screen.width >= 60:
        first, indent = f"{first}{check.name:<11}  ", " " * 19
    else:
        first, indent = f"{first}{check.name}: ", " " * 6
    lines = screen.paragraph(terminal.printable(check.says), indent, first)
    if not check.mend:
        return lines
    # A sentence begins with a capital letter; a command is pasted, and so stays on one line.
    mend = terminal.printable(check.mend)
    mend = screen.paragraph(mend, f"{indent}  ", f"{indent}> ") if mend[0].isupper() else f"{indent}> {mend}"
    return f"{lines}\n{mend}"


def _as_json(check: Check) -> dict[str, Any]:
    return {"name": check.name, "state": check.state, "says": check.says, "mend": check.mend}
