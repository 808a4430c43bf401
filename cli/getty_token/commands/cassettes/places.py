"""Which cassettes are meant: the folder, a file in it, an interaction in that, as the log of `serve` writes it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from getty_emulator.netlify.project import load
from getty_emulator.replay.cassette_file import Interaction, read_interactions
from getty_emulator.replay.cleaning import cleaned
from getty_emulator.replay.library import bundled
from getty_emulator.replay.shelf import cassettes
from getty_token.commands.cassettes.knowledge import secrets_here
from getty_token.errors import WrongUsage

BUNDLED = "bundled/"


@dataclass(frozen=True, slots=True)
class Place:
    """A cassette, what it is called, and the number of an interaction in it, from 1, if one is meant."""

    path: Path
    name: str
    number: int | None = None

    def interactions(self) -> list[tuple[int, Interaction]]:
        """Those that are meant, with their numbers. Raises CassetteError, and WrongUsage if there is no such number."""
        return self._meant(read_interactions(self.path))

    def scrubbed(self) -> list[tuple[int, Interaction]]:
        """The same without secrets, for what leaves the file: a screen, another file. Raises the same."""
        from getty_token.commands.serving.recording import scrubbers

        return self._meant(cleaned(self.path, secrets_here(), scrubbers).interactions)

    def _meant(self, interactions: Sequence[Interaction]) -> list[tuple[int, Interaction]]:
        every = list(enumerate(interactions, start=1))
        if self.number is None:
            return every
        if not 1 <= self.number <= len(every):
            raise WrongUsage(f"{self.name} has no interaction {self.number}.", f"It has {len(every)}.")
        return [every[self.number - 1]]


def usual() -> Path:
    """The folder of cassettes of the site we are in, there or not."""
    return Path.cwd() / load(Path.cwd()).cassettes


def existing(named: Path | None) -> Path:
    """The folder a person named, or the usual one. Raises WrongUsage if it is not there."""
    folder = named or usual()
    if not folder.is_dir():
        mend = "Name one with --cassettes, or record some with `getty-token serve --record`."
        raise WrongUsage(f"there is no folder {folder}.", mend=mend)
    return folder


def place(text: str, folder: Path) -> Place:
    """What `images.yaml#3` means: a name in `folder`, or a path; `bundled/` is ours. Raises WrongUsage."""
    name, _, number = text.rpartition("#") if "#" in text else (text, "", "")
    if number and not number.isdecimal():
        raise WrongUsage(f"{text} names no interaction.", mend="Write it as in the log: images.yaml#3")
    path = bundled() / name.removeprefix(BUNDLED) if name.startswith(BUNDLED) else folder / name
    if not path.is_file():
        path = Path(name)
    if not path.is_file():
        raise WrongUsage(
            f"there is no cassette {name}.", f"Looked in {folder} and here.", "`getty-token cassette ls` lists them."
        )
    return Place(path, name, int(number) if number else None)


def places(named: Sequence[str], folder: Path | None) -> list[Place]:
    """What is named, folders as all that is in them; without a name, all cassettes of the folder. Raises WrongUsage."""
    if not named:
        return _within(existing(folder))
    found = []
    for text in named:
        if Path(text).is_dir():
            found += _within(Path(text))
        else:
            found.append(place(text, folder or usual()))
    return found


def names(incomplete: str = "") -> list[str]:
    """The cassettes of the site we are in, and the bundled ones, that begin so: for completion."""
    try:
        here = [each.name for each in _within(usual())]
    except Exception:  # whatever is wrong here, completion says nothing about it
        here = []
    ours = [BUNDLED + each.name for each in _within(bundled())]
    return [name for name in [*here, *ours] if name.startswith(incomplete)]


def label(place: Place, number: int) -> str:
    """How an interaction is called, here and in the log of `serve`."""
    return f"{place.name}#{number}"


def every(named: Sequence[Place]) -> Iterator[tuple[str, Interaction]]:
    """The interactions at `named`, and what each is called. Raises CassetteError and WrongUsage."""
    for one in named:
        for number, interaction in one.interactions():
            yield label(one, number), interaction


def _within(folder: Path) -> list[Place]:
    every = cassettes(folder, lambda message: None)
    return [Place(path, path.relative_to(folder).as_posix()) for path in every]
