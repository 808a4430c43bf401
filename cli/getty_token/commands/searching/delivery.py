"""Carries an order out for a person: in which form, where to, with what on stderr meanwhile and at the end."""

import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from typing import Any, NamedTuple

from getty_token.client import Getty
from getty_token.commands import terminal
from getty_token.commands.searching.formats import Csv, Form, Found, Ndjson, OneObject, Tsv
from getty_token.commands.searching.job import Ended, Job, run
from getty_token.commands.searching.output import AnotherSearch, Output, Stream, to_file
from getty_token.commands.searching.pace import Pace
from getty_token.commands.searching.picks import Picks
from getty_token.commands.searching.progress import Progress
from getty_token.commands.searching.questions import Question
from getty_token.commands.searching.sheet import Sheet
from getty_token.commands.searching.sources import Source
from getty_token.commands.searching.table import Table, heading, printable
from getty_token.commands.searching.wishes import Wishes
from getty_token.errors import GettyTokenError


class Order(NamedTuple):
    """What is to be asked and written."""

    questions: Sequence[Question]
    picks: Picks
    title: str
    about: str
    """What stands below the title of a contact sheet."""
    last: Callable[[Sequence[Found]], Mapping[str, Any]]
    """What stands behind the images in a JSON object."""
    named: bool = False
    """Whether each image is written with the phrase that it was found by."""
    mark: str = ""
    """The same for the same order, so that it can be resumed; empty if it cannot."""


def deliver(order: Order, wishes: Wishes, source: Source) -> int:
    """Ask and write; gives the exit code."""
    screen = terminal.err()
    progress = Progress(screen, screen.is_terminal and os.environ.get("TERM") != "dumb", _to_stderr)
    pace = Pace(wishes.qps, wishes.patience, progress.wait)
    job = Job(order.questions, _form(order, wishes, source, pace), order.named)
    path = wishes.output or (_sheet_path() if wishes.open else "")
    try:
        with _output(path, order.mark, wishes.resume, progress) as output:
            ended = run(job, source.getty, output, pace, progress)
    except (GettyTokenError, OSError, KeyboardInterrupt) as error:
        progress.clear(interrupted=isinstance(error, KeyboardInterrupt))
        resumable = order.mark and wishes.output and not isinstance(error, AnotherSearch)
        if resumable and os.path.exists(f"{path}.part"):
            terminal.say(f"What has come is in {path}.part: the same command with --resume goes on from there.")
        raise
    finally:
        progress.clear()
    _tell(ended, job.form, path)
    if wishes.open:
        _open(path)
    return 1 if ended.refused else 0


def _form(order: Order, wishes: Wishes, source: Source, pace: Pace) -> Form:
    screen = terminal.out()
    match wishes.form:
        case "html":
            about = f"{order.about} · {date.today().day} {date.today():%B %Y}"
            return Sheet(order.title, about, source.pictures, lambda ids: credit_lines(source.getty, pace, ids))
        case "csv":
            return Csv(order.picks, order.named)
        case "tsv":
            return Tsv(order.picks, order.named)
        case "json":
            return OneObject(order.picks, order.last)
        case "table":
            fits = screen.width if screen.is_terminal and not wishes.output else None
            bold = screen.colour and not wishes.output
            return Table(order.picks, order.named, fits, str if wishes.output else screen.plain, bold)
        case _:
            shown = (sys.stdout.encoding or "ascii").lower().replace("-", "")
            return Ndjson(order.picks, ascii=not wishes.output and shown != "utf8")


def credit_lines(getty: Getty, pace: Pace, ids: Sequence[str]) -> Mapping[str, str]:
    """The credit lines of images, which searches do not tell; none if Getty will not say, for a sheet has artists."""
    try:
        found = pace.ask(lambda: getty.details(ids, ["credit_line"])).images if ids else []
    except GettyTokenError:
        return {}
    return {image["id"]: line for image in found if (line := image.get("credit_line"))}


def _output(path: str, mark: str, resume: bool, progress: Progress) -> AbstractContextManager[Output]:
    if path:
        return to_file(path, mark, resume)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a title that the locale cannot show ends no search
    return nullcontext(Stream(sys.stdout, progress.clear))


def _tell(ended: Ended, form: Form, path: str) -> None:
    """What a person wants to know at the end: how many, where, and what was not to be had."""
    shown = sum(each.images for each in ended.found)
    total = sum(each.result_count for each in ended.found)
    if path and terminal.err().is_terminal:
        terminal.say(f"{shown:,} of {total:,} images are in {path}.")
    elif isinstance(form, Table) and not path:
        terminal.say(f"{shown:,} of {total:,} images" if shown else "no images")
        if form.left_out:
            names = ", ".join(map(heading, form.left_out))
            terminal.say(f"no room for {names}; --format csv has everything")
    for each in ended.found:
        if (corrected := each.more.get("auto_corrections")) and isinstance(corrected, dict) and corrected.get("phrase"):
            terminal.say(f"Getty looked for {printable(str(corrected['phrase']))} instead of {printable(each.asked)}.")
    for asked, error in ended.refused:
        terminal.say(f"getty-token: {printable(asked)}: {error.sentence}")


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
