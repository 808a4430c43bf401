"""Fixture sites in a folder of their own."""

import shutil
from pathlib import Path

from fidelity.sent import SITES

HERE = Path(__file__).resolve().parent


def copied(to: str, scratch: Path, upstream: int) -> Path:
    """
    The site that the server `to` serves, copied below `scratch`.

    `UPSTREAM` in its rules becomes the port of the server that they lead to.
    """
    folder = scratch / to.replace(" ", "-") / "fidelity-site"
    shutil.copytree(HERE / "sites" / SITES[to], folder)
    for file in (*folder.rglob("_redirects"), folder / "netlify.toml"):
        file.write_bytes(file.read_bytes().replace(b"UPSTREAM", str(upstream).encode()))
    return folder
