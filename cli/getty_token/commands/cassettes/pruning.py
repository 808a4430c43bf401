"""`cassette prune`: what the last run did not play."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from getty_emulator.replay.cassette_file import Interaction, read_interactions
from getty_emulator.replay.cleaning import refuse_changed, rewrite, stamped, unused
from getty_emulator.replay.index_bytes import Stamp
from getty_emulator.replay.media import thumbnails
from getty_emulator.replay.pictures import FOLDER, file_stem
from getty_emulator.replay.shelf import cassettes
from getty_emulator.replay.usage import used
from getty_token.errors import WrongUsage

_MEDIA = "https://media.gettyimages.com"


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What goes: interactions by name, thumbnails by file; and what is left of the cassettes that change.

    `read` are all cassettes there were, with the stamps of the files that were read.
    """

    names: Sequence[str]
    media: Sequence[Path]
    total: int
    left: dict[Path, Sequence[Interaction]]
    folder: Path
    read: dict[Path, Stamp | None]


def planned(folder: Path) -> Plan:
    """
    What of `folder` the last run did not play.

    Raises CassetteError for a file that is none, and WrongUsage where no run has noted what it played.
    """
    noted = used(folder)
    if noted is None:
        why = "No run has played any of them since they were recorded."
        raise WrongUsage(
            f"nobody knows what of {folder} is used.", why, "Run `getty-token serve --offline`, or your tests."
        )
    read = {path: stamped(path) for path in cassettes(folder, lambda message: None)}
    every = [(path, read_interactions(path)) for path in read]
    gone = unused(every, noted)
    left = {
        path: [each for number, each in enumerate(interactions, start=1) if number not in gone.get(path, ())]
        for path, interactions in every
    }
    referred = {
        file_stem(address.removeprefix(_MEDIA))
        for interactions in left.values()
        for each in interactions
        for address in thumbnails(each.answer.body)
    }
    media = [path for path in sorted((folder / FOLDER).glob("*")) if path.stem not in referred]
    names = [f"{path.relative_to(folder).as_posix()}#{number}" for path, numbers in gone.items() for number in numbers]
    total = sum(len(interactions) for _, interactions in every)
    return Plan(names, media, total, {path: left[path] for path in gone}, folder, read)


def carry_out(plan: Plan) -> None:
    """Do it. Raises CassetteError where a file cannot be written, or was since the plan was made."""
    # Also of those that stay as they are: what was recorded since may refer to a thumbnail.
    for path in {*plan.read, *cassettes(plan.folder, lambda message: None)}:
        refuse_changed(path, plan.read.get(path))
    for path, interactions in plan.left.items():
        rewrite(path, interactions, plan.read[path])
    for path in plan.media:
        path.unlink(missing_ok=True)
