"""What `getty-token init` proposes for a site: files with lines added, and what is left for a person to do."""

import difflib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from getty_emulator.netlify import project
from getty_token.commands.site import proxy
from getty_token.commands.site.files import GIT, PROXY, SiteFiles, text
from getty_token.errors import WrongUsage

IGNORED = (".env", ".env.local", ".env.development", ".env.development.local", "getty-cassettes/")
"""What holds secrets, and what holds Getty's material."""

TEMPLATE = """\
# How getty-token stands in for Netlify's functions while `gatsby develop` runs.

[serve]
port = {port}
cassettes = "getty-cassettes"   # where `getty-token serve --record` writes

# A function takes less than all of Getty. The page calls it as /.netlify/functions/search-images?phrase=sunset
[functions.search-images]
endpoint = "GET /v3/search/images/creative"
allow = ["phrase", "page"]                                # what the browser may send
fixed = {{ fields = "id,title,thumb", page_size = 12 }}
"""


@dataclass(frozen=True, slots=True)
class Change:
    """A file and what it is to say. `before` is None for a new one."""

    path: Path
    before: str | None
    after: str

    def diff(self, folder: Path) -> list[str]:
        """The change as a unified diff, a line each."""
        name = self.path.relative_to(folder).as_posix()
        old = [] if self.before is None else self.before.splitlines()
        source = "/dev/null" if self.before is None else f"a/{name}"
        return list(difflib.unified_diff(old, self.after.splitlines(), source, f"b/{name}", lineterm=""))


@dataclass(slots=True)
class Plan:
    """What is to be written, and sentences about what is left for a person."""

    changes: list[Change] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)


def plan(site: SiteFiles) -> Plan:
    """The plan for a site. Nothing of what is there is taken away. Raises WrongUsage for a file it cannot read."""
    for name in (project.FILE, ".gitignore", *((site.gatsby_config.name,) if site.gatsby_config else ())):
        # A folder that somebody else made must not have us write into yours.
        if not (site.folder / name).resolve().is_relative_to(site.folder.resolve()):
            raise WrongUsage(f"{name} is a link to a file outside of this folder.", mend="Put the file itself here.")
    found = Plan()
    settings = project.load(site.folder)
    file = site.folder / project.FILE
    if not file.exists():
        found.changes.append(Change(file, None, TEMPLATE.format(port=settings.port)))
    _proxied(site, settings.port, found)
    ignore = site.folder / ".gitignore"
    before = text(ignore)
    if missing := list(_not_ignored(site.folder, before)):
        end = "\r\n" if "\r\n" in before else "\n"
        start = "" if not before or before.endswith("\n") else end
        more = end.join(["# Secrets, and what belongs to Getty.", *missing])
        found.changes.append(
            Change(ignore, before if ignore.exists() else None, f"{before}{start}{end if before else ''}{more}{end}")
        )
    return found


def _proxied(site: SiteFiles, port: int, found: Plan) -> None:
    if site.gatsby_config is None:
        return
    before = text(site.gatsby_config)
    after = proxy.added(before, port, site.is_module, site.old_proxy)
    if after is not None:
        found.changes.append(Change(site.gatsby_config, before, after))
    elif proxy.FUNCTIONS not in before and proxy.ADDRESS not in before:
        member = "\n".join(proxy.lines(port, site.is_module, site.old_proxy))
        top = f"{proxy.import_line()}\n" if site.is_module else ""
        found.by_hand.append(
            f"Add this to {site.gatsby_config.name}, whose settings are not where we look:\n{top}{member}"
        )
    if site.package_version(PROXY) is None and (after is not None or PROXY in before):
        found.by_hand.append(f"Run `npm install --save-dev {PROXY}`.")


def _not_ignored(folder: Path, before: str) -> Iterator[str]:
    listed = {line.strip().lstrip("/").rstrip("/") for line in before.splitlines()}
    for name in IGNORED:
        if name.rstrip("/") not in listed and not _git_ignores(folder, name):
            yield name


def _git_ignores(folder: Path, name: str) -> bool:
    """Whether a wider pattern, such as `.env*`, already covers it."""
    command = [*GIT, "-C", str(folder), "check-ignore", "--quiet", "--no-index", name]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False  # without Git, the lines of the file are what we know
