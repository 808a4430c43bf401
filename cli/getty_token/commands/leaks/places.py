"""Where to look: the files of folders, and everything that a Git repository remembers."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from getty_token.commands.site.files import GIT
from getty_token.config import DOTENV_FILES
from getty_token.errors import GettyTokenError, WrongUsage

LARGEST = 512 * 1024 * 1024
"""Bytes of one file; what is larger is named and not searched."""
_NOT_ENTERED = frozenset({".git", "node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True)
class Place:
    """Something that was read: what it is called in a report, and its content, or why there is none."""

    name: str
    content: bytes
    unread: str = ""


def files(paths: list[Path], home: Path) -> Iterator[Place]:
    """
    Every file of `paths`; a folder is walked, its links are not followed.

    Left out are what `_NOT_ENTERED` names, and the `.env` files of `home`: secrets belong there.
    """
    own = {home / name for name in DOTENV_FILES}
    for path in paths:
        if path.is_dir():
            for folder, below, names in os.walk(path):
                below[:] = sorted(name for name in below if name not in _NOT_ENTERED)
                found = (Path(folder) / name for name in sorted(names))
                yield from (_file(each) for each in found if each.absolute() not in own and not each.is_symlink())
        else:
            yield _file(path)


def _file(path: Path) -> Place:
    try:
        if not path.is_file():
            return Place(str(path), b"")  # a socket, a pipe: reading it would wait
        if path.stat().st_size > LARGEST:
            return Place(str(path), b"", f"larger than {LARGEST // 1024 // 1024} MiB")
        return Place(str(path), path.read_bytes())
    except OSError as error:
        return Place(str(path), b"", error.strerror or type(error).__name__)


def existing(paths: list[Path]) -> list[Path]:
    """`paths`, all of which have to be there. Raises WrongUsage."""
    for path in paths:
        if not path.exists():
            raise WrongUsage(f"there is no {path}.", mend="Build the site first, or name what there is.")
    return paths


def history(repository: Path) -> Iterator[Place]:
    """
    Every object that the repository remembers: files of all commits, messages, tags, what no branch reaches any more.

    Raises WrongUsage if there is no repository, GettyTokenError if Git cannot read it.
    """
    command = [*GIT, "-C", str(repository), "cat-file", "--batch", "--batch-all-objects", "--buffer"]
    try:
        git = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603 - no shell
    except FileNotFoundError:
        raise GettyTokenError("there is no git.", mend="Install it, or leave out --history.") from None
    with git:
        out, err = git.stdout, git.stderr
        if out is None or err is None:
            return
        while header := out.readline().split():
            name, kind, size = (part.decode() for part in header)
            content = out.read(int(size) + 1)[:-1]
            if kind != "tree":  # names of files, and hashes
                yield Place(f"{kind} {name}", content)
        said = err.read().decode(errors="replace")
    if git.returncode:
        if "not a git repository" in said:
            raise WrongUsage(f"{repository} is no Git repository.", mend="Leave out --history, or go into one.")
        raise GettyTokenError("git cannot read that repository.", said.strip().splitlines()[-1][:200])


def known_as(repository: Path, place: str) -> str:
    """What a person can look up: the commit that brought an object in, and its path there."""
    kind, _, name = place.partition(" ")
    if kind != "blob":
        return f"{kind} {name[:10]}"
    command = [*GIT, "-C", str(repository), "log", "--all", "--reverse", "--format=%h", "--name-only"]
    command += ["--no-renames", "--diff-filter=AM", f"--find-object={name}"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    lines = done.stdout.split("\n")
    if len(lines) < 3:
        return f"blob {name[:10]}, which no commit reaches"
    return f"commit {lines[0]} {lines[2]}"
