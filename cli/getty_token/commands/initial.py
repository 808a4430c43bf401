"""`getty-token init`: shows what a site needs, asks, writes."""

from pathlib import Path
from typing import Any

from getty_token.commands import terminal
from getty_token.commands.site.files import look
from getty_token.commands.site.plan import Plan, plan
from getty_token.commands.terminal import Screen, confirm, say, show_json
from getty_token.commands.whole_file import write_whole
from getty_token.errors import WrongUsage


def initialise(folder: Path, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Show the changes, and write them if a person or `yes` says so. Raises WrongUsage where there is no site."""
    site = look(folder)
    if not site.is_site:
        raise WrongUsage(
            "this is no Gatsby or Netlify project.",
            "There is neither a gatsby-config nor a netlify.toml nor a folder of functions.",
            "Go into the folder of your site, and run `getty-token init` again.",
        )
    found = plan(site)
    if not as_json:
        screen = terminal.out()
        for change in found.changes:
            print("\n".join(_painted(line, screen) for line in change.diff(folder)))
    asked = f"Write {len(found.changes)} file{'s' * (len(found.changes) != 1)}?"
    instead = "Add --yes, or look first with --dry-run."
    write = bool(found.changes) and not dry_run and (yes or confirm(asked, instead))
    if write:
        for change in found.changes:
            write_whole(change.path, change.after)
    if as_json:
        show_json(_as_json(found, folder, write))
        return
    _tell(found, folder, write, dry_run)


def _tell(found: Plan, folder: Path, written: bool, dry_run: bool) -> None:
    names = ", ".join(str(change.path.relative_to(folder)) for change in found.changes)
    if not found.changes:
        say("Nothing to write: everything is there.")
    elif written:
        say(f"Written: {names}.")
    else:
        say(f"Not written: {names}.{' Run `getty-token init --yes` to write.' if dry_run else ''}")
    for sentence in found.by_hand:
        first, *code = sentence.splitlines()
        say(first)
        if code:
            print("\n".join(code))
    if written:
        say("Next: `getty-token serve --offline` beside `gatsby develop`, or both: getty-token dev -- gatsby develop")


def _painted(line: str, screen: Screen) -> str:
    line = screen.plain(line)
    if line.startswith(("+++", "---")):
        return screen.paint(line, "bold")
    styles = {"+": "good", "-": "bad", "@": "accent"}
    return screen.paint(line, styles[line[0]]) if line[:1] in styles else line


def _as_json(found: Plan, folder: Path, written: bool) -> dict[str, Any]:
    changes = [
        {
            "path": str(change.path.relative_to(folder)),
            "new": change.before is None,
            "diff": "\n".join(change.diff(folder)),
        }
        for change in found.changes
    ]
    return {"written": written, "changes": changes, "by_hand": found.by_hand}
