"""`getty-token search` and `images`: scripted searches, with the same token as everything else."""

import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any

from getty_token.client import IMAGES, Getty
from getty_token.commands import terminal
from getty_token.commands.searching.formats import FORMATS, Csv, Form, Found, Ndjson, OneObject, Tsv
from getty_token.commands.searching.job import Ended, Job, run
from getty_token.commands.searching.output import Output, Stream, to_file
from getty_token.commands.searching.pace import Pace
from getty_token.commands.searching.picks import Picks
from getty_token.commands.searching.progress import Progress
from getty_token.commands.searching.questions import Phrase, in_batches, lines
from getty_token.commands.searching.sheet import FIELDS as SHEET_FIELDS
from getty_token.commands.searching.sheet import Sheet
from getty_token.commands.searching.sources import Source, source
from getty_token.commands.searching.table import Table
from getty_token.errors import GettyTokenError, WrongUsage
from getty_token.paging import Search
from getty_token.queries import LARGEST_PAGE, Family, query, who_takes

USUAL_LIMIT = 30
_COLUMNS = "id,title,artist,collection_name,license_model,max_dimensions.width,max_dimensions.height"
USUAL_FIELDS = {
    "table": "id,title,artist,collection_name,max_dimensions",
    "csv": _COLUMNS,
    "tsv": _COLUMNS,
    "html": SHEET_FIELDS,
}
"""What is shown to those who name no fields; JSON gets Getty's `summary_set`."""
_FAMILIES = {
    Family.CREATIVE: "Creative images",
    Family.EDITORIAL: "Editorial images",
    Family.BOTH: "Creative and editorial images",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What both commands take. `patience` is in seconds; `form` None is a table on a terminal, else NDJSON."""

    form: str | None = None
    fields: str | None = None
    output: str | None = None
    resume: bool = False
    open: bool = False
    qps: float | None = None
    patience: float = 120.0
    offline: bool = False

    def checked(self) -> "Wishes":
        """The same, with a format. Raises WrongUsage for wishes that contradict each other."""
        output = None if self.output == "-" else self.output
        if self.form is not None and self.form not in FORMATS:
            raise WrongUsage(f"--format is {self.form}.", mend=f"It is one of {', '.join(FORMATS)}.")
        if self.open and self.form not in (None, "html"):
            raise WrongUsage(f"--open shows a contact sheet, not {self.form}.", mend="Leave out --format.")
        if self.resume and not output:
            raise WrongUsage("--resume goes on writing a file.", mend="Name it: -o FILE")
        by_name = os.path.splitext(output or "")[1].removeprefix(".")
        usual = "table" if not output and terminal.out().is_terminal else "ndjson"
        form = "html" if self.open else self.form or (by_name if by_name in FORMATS else usual)
        if form == "html" and self.fields:
            raise WrongUsage("--fields is for data.", "A contact sheet shows what it always shows.", "Leave it out.")
        return Wishes(form, self.fields, output, self.resume, self.open, self.qps, self.patience, self.offline)

    def picks(self, template: str) -> Picks:
        """Which members of the images of `template` are asked for and written."""
        return Picks.read(self.fields or USUAL_FIELDS.get(self.form or "", "summary_set"), template)


def search(
    phrase: str | None,
    source_of_phrases: str | None,
    family: str,
    filters: Mapping[str, str],
    limit: int | None,
    everything: bool,
    page_size: int | None,
    wishes: Wishes,
) -> int:
    """Search, and print or write; gives the exit code. Everything is checked before anything is asked."""
    wishes = wishes.checked()
    if everything and limit is not None:
        raise WrongUsage("--all and --limit exclude each other.", mend="Leave one of them out.")
    limit = None if everything else limit or USUAL_LIMIT
    if family not in [each.value for each in Family]:
        raise WrongUsage(f"--family is {family}.", mend="It is creative, editorial or both.")
    chosen = Family(family)
    for name in filters:
        if takers := who_takes(name, chosen):
            raise WrongUsage(f"--{name.replace('_', '-')} is no filter of a {family} search.", mend=takers)
    picks = wishes.picks(chosen.path)
    given = {"fields": picks.asked, "page_size": page_size or min(LARGEST_PAGE, limit or LARGEST_PAGE), **filters}
    asked = lines([] if phrase is None else [phrase], source_of_phrases, "phrase")
    searches = [Search(chosen, query(chosen.path, {"phrase": each, **given}), limit) for each in asked]
    mark = json.dumps([wishes.form, picks, [[*each] for each in searches]], default=str)

    def about(found: Sequence[Found]) -> Mapping[str, Any]:
        return {
            "searches": [
                {"phrase": phrase, "result_count": each.result_count, "images": each.images}
                for phrase, each in zip(asked, found, strict=True)
            ]
        }

    with source(wishes.offline, "search") as getty:
        named = len(asked) > 1
        words = [f"{name}: {value}".replace("_", " ").replace(",", ", ") for name, value in filters.items()]
        title = asked[0] if not named else f"{asked[0]} and {len(asked) - 1:,} more"
        form = _form(wishes, picks, named, getty, about, title, " · ".join([_FAMILIES[chosen], *words]))
        return _run(Job([Phrase(each) for each in searches], form, named), mark, wishes, getty)


def images(ids: Sequence[str], source_of_ids: str | None, wishes: Wishes) -> int:
    """The details of images; gives the exit code, 1 if Getty does not know some."""
    wishes = wishes.checked()
    picks = wishes.picks(IMAGES)
    missing: list[str] = []
    questions = in_batches(lines(ids, source_of_ids, "id"), picks.asked, missing.extend)
    with source(wishes.offline, "images") as getty:
        form = _form(wishes, picks, False, getty, lambda _: {"not_found": missing}, "Images", "Chosen by their ids")
        code = _run(Job(questions, form), "", wishes, getty)
    if missing:
        shown = ", ".join(missing[:10]) + (f" and {len(missing) - 10:,} more" if len(missing) > 10 else "")
        terminal.say(f"getty-token: Getty does not know {shown}")
    return 1 if missing else code


def _form(wishes: Wishes, picks: Picks, named: bool, answers: Source, last: Any, title: str, subtitle: str) -> Form:
    match wishes.form:
        case "html":
            today = date.today()
            about = f"{subtitle} · {today.day} {today:%B %Y}"
            return Sheet(title, about, answers.pictures, lambda ids: credit_lines(answers.getty, ids))
        case "csv":
            return Csv(picks, named)
        case "tsv":
            return Tsv(picks, named)
        case "json":
            return OneObject(picks, last)
        case "table":
            screen = terminal.out()
            fits = screen.width if screen.is_terminal and not wishes.output else None
            return Table(picks, named, fits, screen.plain("…"), screen.colour and not wishes.output)
        case _:
            return Ndjson(picks, ascii=not wishes.output and _encoding() != "utf8")


def _encoding() -> str:
    return (sys.stdout.encoding or "ascii").lower().replace("-", "")


def credit_lines(getty: Getty, ids: Sequence[str]) -> Mapping[str, str]:
    """The credit lines of images, which searches do not tell; none if Getty will not say, for a sheet has artists."""
    try:
        found = getty.details(ids, ["credit_line"]).images
    except GettyTokenError:
        return {}
    return {image["id"]: line for image in found if (line := image.get("credit_line"))}


def _run(job: Job, mark: str, wishes: Wishes, answers: Source) -> int:
    screen = terminal.err()
    in_place = screen.is_terminal and os.environ.get("TERM") != "dumb"
    progress = Progress(screen, in_place, _to_stderr)
    pace = Pace(wishes.qps, wishes.patience, progress.wait)
    path = _sheet_path() if wishes.open and not wishes.output else wishes.output
    try:
        with _output(path, mark, wishes.resume, progress) as output:
            ended = run(job, answers.getty, output, pace, progress)
    except (GettyTokenError, KeyboardInterrupt) as error:
        progress.clear(interrupted=isinstance(error, KeyboardInterrupt))
        if wishes.output and mark and os.path.exists(f"{wishes.output}.part"):
            terminal.say(
                f"What has come is in {wishes.output}.part: the same command with --resume goes on from there."
            )
        raise
    finally:
        progress.clear()
    _tell(ended, job, path)
    if wishes.open and path:
        _open(path)
    return 1 if ended.refused else 0


def _output(path: str | None, mark: str, resume: bool, progress: Progress) -> AbstractContextManager[Output]:
    if path:
        return to_file(path, mark, resume)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a title that the locale cannot show ends no search
    return nullcontext(Stream(sys.stdout, progress.clear))


def _tell(ended: Ended, job: Job, path: str | None) -> None:
    """What a person wants to know at the end: how many, where, and what was not to be had."""
    shown = sum(each.images for each in ended.found)
    total = sum(each.result_count for each in ended.found)
    if path and terminal.err().is_terminal:
        terminal.say(f"{shown:,} of {total:,} images are in {path}.")
    elif isinstance(job.form, Table):
        terminal.say(f"{shown:,} of {total:,} images" if shown else "no images")
        if job.form.left_out:
            names = ", ".join(name.replace("_", " ") for name in job.form.left_out)
            terminal.say(f"no room for {names}; --format csv has everything")
    for asked, error in ended.refused:
        terminal.say(f"getty-token: {asked}: {error.sentence}")


def _to_stderr(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def _sheet_path() -> str:
    """A place for a sheet that nobody named: it stays, for a browser may read it later than we end."""
    from getty_token.config import cache_folder

    folder = os.path.join(cache_folder(), "sheets")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return os.path.join(folder, "contact-sheet.html")


_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


def _open(path: str) -> None:
    """Show the sheet in a browser, if there is one and somebody in front of it; else say where it is."""
    import webbrowser

    address = f"file://{os.path.realpath(path)}"
    somewhere = sys.platform == "darwin" or any(os.environ.get(name) for name in _SCREENS)
    if not (somewhere and not os.environ.get("CI") and webbrowser.open(address)):
        terminal.say(f"There is no browser to open here: {address}")
