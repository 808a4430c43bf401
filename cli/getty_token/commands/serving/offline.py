"""Getty from recordings and the sandbox: no key, no network."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from getty_emulator.events import Listener, Warned
from getty_emulator.exchange import Answer, Call
from getty_token.commands.serving.backend import Backend
from getty_token.errors import WrongUsage

if TYPE_CHECKING:
    from getty_emulator.replay.offline import Offline
    from getty_emulator.sandbox import Sandbox

GETTY_MEDIA = "https://media.gettyimages.com"
"""Where Getty's pictures are; offline answers point at another place."""


@dataclass(frozen=True, slots=True)
class OfflineGetty:
    """Cassettes, and behind them the sandbox or nothing. Answers at once, or where somebody awaits it."""

    offline: "Offline"
    recorded: int
    pictures: Callable[[str], Answer]
    sandbox: "Sandbox"

    @classmethod
    def load(
        cls, folders: list[Path], strict: bool, media_url: str, warn: Callable[[str], None], run: str | None = None
    ) -> "OfflineGetty":
        """
        `folders` come before the cassettes that are bundled, which are made up: `strict`, they stand in only where
        there are no folders. `media_url` is where pictures are to be had. With `run`, what is played is noted, for
        `cassette prune`.
        """
        from getty_emulator.replay.library import Library, bundled
        from getty_emulator.replay.offline import Offline
        from getty_emulator.replay.pictures import pictures
        from getty_emulator.sandbox import Sandbox

        made_up = [] if strict and folders else [bundled()]
        library = Library.load([*folders, *made_up], media_url=media_url, on_warning=warn, run=run)
        sandbox = Sandbox(media_url=media_url)
        shown = pictures(folders, sandbox.picture)
        return cls(Offline(library, None if strict else sandbox.read), len(library), shown, sandbox)

    async def answer(self, call: Call) -> Answer:
        """As the emulator asks."""
        return self.offline.answer(call)

    async def token(self, call: Call) -> Answer:
        """The sandbox's answer to a token request of a function of the site's own; no cassette holds one."""
        return self.sandbox.answer(call)


def cassette_folders(named: Path | None, usual: Path) -> list[Path]:
    """The folder a person named, which must be there, or the usual one if it is."""
    if named is None:
        return [usual] if usual.is_dir() else []
    if not named.is_dir():
        raise WrongUsage(f"there is no folder {named}.", mend="Name the folder that holds your cassettes.")
    return [named]


def backend(folders: list[Path], strict: bool, address: str, log: Listener) -> Backend:
    """Cassettes of `folders`, then the sandbox unless `strict`; pictures are to be had at `address`."""
    getty = OfflineGetty.load(folders, strict, f"{address}/media", lambda text: log(Warned(text)), run="")
    behind = "nothing else (--strict)" if strict else "then the sandbox"
    banner = f"offline: {getty.recorded} recorded answers, {behind}; no key, no network"
    return Backend(getty, banner, log, getty.pictures, tokens=getty.token, gateway=getty.sandbox.refusal)
