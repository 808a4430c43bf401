"""The files of a Gatsby or Netlify site that matter to us."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from getty_emulator.netlify import netlify_toml
from getty_token.errors import WrongUsage

GATSBY_CONFIGS = ("gatsby-config.ts", "gatsby-config.mjs", "gatsby-config.js", "gatsby-config.cjs")
PROXY = "http-proxy-middleware"
GIT = ("git", "-c", "core.fsmonitor=false")
"""Git, without the program that the settings of a repository may name for it to run."""


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """What is there; None for what is not. `functions` is the folder where Netlify looks for functions."""

    folder: Path
    gatsby_config: Path | None
    netlify_toml: Path | None
    functions: Path
    package: dict[str, Any]

    @property
    def is_site(self) -> bool:
        """Whether this is a Gatsby or Netlify project at all."""
        return bool(self.gatsby_config or self.netlify_toml or self.functions.is_dir())

    @property
    def is_module(self) -> bool:
        """Whether gatsby-config is an ECMAScript module, and so begins with imports."""
        if self.gatsby_config is None:
            return False
        kind = self.gatsby_config.suffix
        return kind in (".mjs", ".ts") or (kind == ".js" and self.package.get("type") == "module")

    def package_version(self, name: str) -> str | None:
        """What package.json asks for of a package, or what is installed; None if neither knows it."""
        try:
            installed = json.loads((self.folder / "node_modules" / name / "package.json").read_text(encoding="utf-8"))
            return str(installed["version"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        for kind in ("dependencies", "devDependencies"):
            listed = self.package.get(kind)
            if isinstance(listed, dict) and name in listed:
                return str(listed[name])
        return None

    @property
    def old_proxy(self) -> bool:
        """Whether http-proxy-middleware is older than version 3, which knows no `pathFilter`."""
        version = re.search(r"\d+", self.package_version(PROXY) or "")
        return bool(version and int(version[0]) < 3)


def look(folder: Path) -> SiteFiles:
    """The files of `folder`. Raises WrongUsage for one that cannot be read."""
    config = next((folder / name for name in GATSBY_CONFIGS if (folder / name).is_file()), None)
    toml = folder / "netlify.toml"
    return SiteFiles(
        folder,
        config,
        toml if toml.is_file() else None,
        netlify_toml.load(folder).functions,
        _package(folder / "package.json"),
    )


def text(path: Path) -> str:
    """What a file of the site says; empty if it is not there. Raises WrongUsage."""
    try:
        with path.open(encoding="utf-8", newline="") as file:  # line ends stay as they are
            return file.read()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "It is not UTF-8 text"
        raise WrongUsage(f"cannot read {path}.", f"{why}.", "Mend that file first.") from None


def _package(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(text(path) or "{}")
    except ValueError:
        raise WrongUsage(f"{path} is not JSON.", mend="Mend that file first.") from None
    return found if isinstance(found, dict) else {}
