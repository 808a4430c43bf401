"""How one `serve` is to run: what the flags said, checked."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from getty_emulator.netlify.till import MOST_CHANGES
from getty_emulator.replay.modes import RecordMode
from getty_token.errors import WrongUsage


class Mode(Enum):
    """Where `serve` gets its answers."""

    LIVE = "live"
    OFFLINE = "offline"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Options:
    """
    The flags of one `serve`. `port` None is the project's; `cassettes` None is the project's folder.

    `host` is another address to listen on, for other machines. `change_limit` bounds the calls that `allow_changes`
    lets pass.
    For the site's own functions: `instances` None is as many as are needed, `cold_rate` the part of the calls that find
    a new one, `recycle_after` calls and seconds; `timeout` is in seconds, `memory` in MiB.

    What is recorded with `joins_last_run` is in use as if the last run had recorded it: asked for once, by hand.

    `static` serves the publish folder, `site` is the address of the server that does, `country` where visitors are.
    """

    mode: Mode = Mode.LIVE
    port: int | None = None
    strict: bool = False
    host: str = ""
    allow_changes: bool = False
    change_limit: int = MOST_CHANGES
    cassettes: Path | None = None
    static: bool = False
    site: str = ""
    country: str = "us"
    record_mode: RecordMode = RecordMode.ALL
    with_media: bool = False
    joins_last_run: bool = False
    instances: int | None = None
    cold_rate: float = 0.0
    recycle_after: tuple[int | None, float | None] = (None, None)
    timeout: float = 30.0
    memory: int = 1024

    @property
    def front(self) -> bool:
        """Whether we stand in front of a whole site, as `netlify dev` does, and not for its functions only."""
        return self.static or bool(self.site)


def choose(live: bool, offline: bool, record: bool, strict: bool, recording: str = "") -> Mode:
    """
    The mode that the flags name; live if they name none.

    `recording` is an option that means something with --record only. Raises WrongUsage for a contradiction.
    """
    named = [mode for mode, given in ((Mode.LIVE, live), (Mode.OFFLINE, offline), (Mode.RECORD, record)) if given]
    if len(named) > 1:
        flags = " and ".join(f"--{mode.value}" for mode in named)
        raise WrongUsage(f"{flags} exclude each other.", mend="Name one of them.")
    mode = named[0] if named else Mode.LIVE
    if strict and mode is not Mode.OFFLINE:
        raise WrongUsage("--strict means something with --offline only.", mend="Add --offline, or drop --strict.")
    if recording and mode is not Mode.RECORD:
        raise WrongUsage(f"{recording} means something with --record only.", mend=f"Add --record, or drop {recording}.")
    return mode


def recycling(text: str | None) -> tuple[int | None, float | None]:
    """What `--recycle-after` means: `100` is calls, `90s`, `15m` and `2h` are a time. Raises WrongUsage."""
    if text is None:
        return None, None
    number, unit = (text[:-1], text[-1]) if text[-1:] in ("s", "m", "h") else (text, "")
    if not number.isdecimal() or not int(number):
        raise WrongUsage(f"--recycle-after {text} is neither calls nor a time.", mend="Write 100, 90s, 15m or 2h.")
    if not unit:
        return int(number), None
    return None, int(number) * {"s": 1.0, "m": 60.0, "h": 3600.0}[unit]
