"""How the functions of a site are to run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from getty_emulator.netlify.javascript.blobs_server import BlobsServer
from getty_emulator.netlify.javascript.instances import Policy
from getty_emulator.watch import Watch

UNLINKED = "unlinked"
"""The id of a site that is not linked to one on Netlify."""


@dataclass(frozen=True, slots=True)
class Settings:
    """
    `root` is the site's folder, `folder` that of its functions. `environment` gives what a process starts with, `table`
    what netlify.toml says of a function, `blobs` serves Netlify Blobs. `timeout` is in seconds, `memory` in MiB.
    `front`: we stand in front of a whole site, so requests carry what `netlify dev` adds. `country` is where visitors
    come from, by its two letters.

    `watch` looks through what would reach a browser.
    """

    root: Path
    folder: Path
    node: str | None
    environment: Callable[[], Mapping[str, str]]
    table: Callable[[str], Mapping[str, Any]] = lambda _: {}
    watch: Watch = Watch()  # noqa: RUF009 - a value
    timeout: float = 30.0
    memory: int = 1024
    policy: Policy = field(default_factory=Policy)
    front: bool = False
    country: str = ""
    site: str = UNLINKED
    cache: Path = Path(".cache")
    blobs: BlobsServer | None = None
