"""
Netlify Blobs of this machine: those that the functions of a site see while `getty-token serve` runs in its folder.

`netlify-blobs://local/STORE` names a store among them. Where the server is, and this run's token, stands in a file that
only this person can read; `serve` writes it, and removes it at its end.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from getty_token.errors import WrongUsage
from getty_token.loopback import is_loopback

SITE = "local"
"""The site that stands for the one in this folder."""
RUN_FILE = "run.json"


def local_blobs(cache: str | os.PathLike[str], site: Path) -> Path:
    """The folder of the blobs of the site in the folder `site`."""
    name = hashlib.sha256(os.fsencode(site.resolve())).hexdigest()[:20]
    return Path(cache) / "netlify-blobs" / name


def named(url: str, cache: str | os.PathLike[str], site: Path) -> tuple[str, Mapping[str, str]]:
    """
    The address that `netlify-blobs://local/STORE` stands for, and the environment with its token.

    Raises WrongUsage if `serve` does not run in this folder.
    """
    try:
        run = json.loads((local_blobs(cache, site) / RUN_FILE).read_bytes())
        address, token, owner = str(run["address"]), str(run["token"]), str(run["site"])
        host = address.removeprefix("http://").rpartition(":")[0]
        if not is_loopback(host.strip("[]")):
            raise ValueError(address)
        os.kill(int(run["process"]), 0)
    except (OSError, ValueError, KeyError, TypeError):
        raise WrongUsage(
            "there are no Netlify Blobs of this machine to ask.",
            "They are there while `getty-token serve` runs in this folder and one of the site's functions has run.",
            "Start it, or name the blobs of a site: netlify-blobs://SITE_ID/STORE_NAME",
        ) from None
    store = url.removeprefix("netlify-blobs://").partition("/")[2]
    return f"netlify-blobs://{owner}/{store}?api={address}", {"NETLIFY_AUTH_TOKEN": token}
