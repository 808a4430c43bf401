"""Which files of a functions folder are functions: `name.js`, `name/name.js`, `name/index.js`, other endings alike."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ENDINGS = (".js", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
"""In the order that decides between two files of one name, as netlify-cli 27 was seen to decide."""
WITHIN = (".js", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts")
"""The same inside a folder, where `name.js` comes before `index.js`, and both before any `.ts`."""


@dataclass(frozen=True, slots=True)
class Source:
    """A function by its name and the file that holds it."""

    name: str
    file: Path


def discover(folder: Path, warn: Callable[[str], None] = lambda _: None) -> dict[str, Source]:
    """
    The functions of `folder` by name; none if there is no such folder.

    Of two with one name the one in a folder counts, then the one whose ending comes first; `warn` hears of both.
    """
    found: dict[str, list[Path]] = {}
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: (entry.is_file(), _rank(entry), entry.name))
    except OSError:
        return {}
    for entry in entries:
        name, file = (entry.name, _within(entry)) if entry.is_dir() else (entry.stem, entry)
        if file and _is_function(file):
            found.setdefault(name, []).append(file)
    for name, files in found.items():
        if len(files) > 1:
            others = " and ".join(str(file.relative_to(folder)) for file in files[1:])
            verb = "is" if len(files) == 2 else "are"
            used = files[0].relative_to(folder)
            warn(f"{len(files)} functions are named {name}: {used} is used, {others} {verb} not.")
    return {name: Source(name, files[0]) for name, files in found.items()}


def _is_function(file: Path) -> bool:
    return file.suffix in ENDINGS and not file.name.startswith(".") and not file.name.endswith((".d.ts", ".d.mts"))


def _rank(file: Path) -> int:
    return ENDINGS.index(file.suffix) if file.suffix in ENDINGS else len(ENDINGS)


def _within(folder: Path) -> Path | None:
    if folder.name.startswith(".") or folder.name == "node_modules":
        return None
    for ending in WITHIN:
        for stem in (folder.name, "index"):
            if (file := folder / f"{stem}{ending}").is_file():
                return file
    return None
