"""
What a command costs before it does anything, beside bare Python and other command lines in the same run.

    python tests/benchmarks/cli.py [--rounds N]

CPU time (user and system) of whole processes, which load on the machine changes little, and the time a person waits,
which it changes much. Everything takes turns; medians. Prints a table; asserts nothing.
"""

import argparse
import os
import platform
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from getty_token.commands.wiring import Setup
from getty_token.credentials import Credentials
from getty_token.stores.record import Record
from getty_token.tokens import Token

PROGRAM = [str(found)] if (found := Path(sys.executable).with_name("getty-token")).exists() else [
    sys.executable, "-m", "getty_token"
]  # fmt: skip
COMPLETION = {"_GETTY_TOKEN_COMPLETE": "bash", "_GETTY_TOKEN_WORDS": "search\n--orient"}

FLOOR = "python -c pass"
COMMANDS: Mapping[str, tuple[Sequence[str], Mapping[str, str]]] = {
    FLOOR: ([sys.executable, "-c", "pass"], {}),
    "python -c 'import re, sqlite3, json'": ([sys.executable, "-c", "import re, sqlite3, json"], {}),
    "python -c 'import getty_token'": ([sys.executable, "-c", "import getty_token"], {}),
    "python -c 'from getty_token import Getty'": ([sys.executable, "-c", "from getty_token import Getty"], {}),
    "python -c 'import httpx'": ([sys.executable, "-c", "import httpx"], {}),
    "getty-token status": ([*PROGRAM, "status"], {}),
    "getty-token token": ([*PROGRAM, "token"], {}),
    "getty-token --version": ([*PROGRAM, "--version"], {}),
    "getty-token --help": ([*PROGRAM, "--help"], {}),
    "getty-token search --help": ([*PROGRAM, "search", "--help"], {}),
    "completion of `getty-token search --orient`": (PROGRAM, COMPLETION),
    "gh --version": (["gh", "--version"], {}),
    "netlify --version": (["netlify", "--version"], {}),
    "aws --version": (["aws", "--version"], {}),
}


def main() -> None:
    """Run all of them in turn, in another order every time, and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=21, help="how often each command is run")
    rounds = options.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        environment = with_fresh_token(home)
        # The first run of each compiles what it imports, and shows what is installed here and works.
        names = [name for name, command in COMMANDS.items() if once(*command, environment)]
        cpu: dict[str, list[float]] = {name: [] for name in names}
        waited: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(rounds):
            for name in random.sample(names, len(names)):
                if found := once(*COMMANDS[name], environment):
                    cpu[name].append(found[0])
                    waited[name].append(found[1])
    print(
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {rounds} rounds, medians\n"
    )
    print("| command | CPU | x bare Python | waited |\n|---|---|---|---|")
    floor = statistics.median(cpu[FLOOR])
    for name, times in cpu.items():
        used, passed = statistics.median(times), statistics.median(waited[name])
        print(f"| {name} | {used * 1000:.1f} ms | {used / floor:.2f} | {passed * 1000:.0f} ms |")
    for name in [name for name in COMMANDS if name not in names]:
        print(f"\n`{name}` does not run here.")


def with_fresh_token(home: str) -> dict[str, str]:
    """The environment of somebody whose store, in `home`, holds a fresh token."""
    own = {"HOME": home, "GETTY_API_KEY": "test-key", "GETTY_API_SECRET": "test-secret"}
    # Without PYTHONDONTWRITEBYTECODE, above all: who installs a package has it compiled.
    foreign = ("GETTY_", "XDG_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    os.environ.clear()
    os.environ.update(kept | own)
    os.chdir(home)
    now = time.time()
    setup = Setup.here()
    store = setup.store(Credentials("test-key", "test-secret", "here").fingerprint)
    store.put_if(Record(Token("test-token", "Bearer", now, now + 86_400)), store.get().version)
    return kept | own


def once(command: Sequence[str], more: Mapping[str, str], environment: Mapping[str, str]) -> tuple[float, float] | None:
    """CPU seconds of one run, and seconds from its start to its end; None if it fails."""
    silent = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    path = shutil.which(command[0])
    if path is None:
        return None
    started = time.perf_counter()
    process = os.posix_spawn(path, [path, *command[1:]], {**environment, **more}, file_actions=silent)
    _, status, used = os.wait4(process, 0)
    passed = time.perf_counter() - started
    return (used.ru_utime + used.ru_stime, passed) if os.waitstatus_to_exitcode(status) == 0 else None


if __name__ == "__main__":
    main()
