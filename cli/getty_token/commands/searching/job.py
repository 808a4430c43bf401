"""A job: questions asked one after another, and their images written as they come. Memory holds one page."""

from collections.abc import Sequence
from typing import NamedTuple

from getty_token.client import Getty
from getty_token.commands.searching.formats import Batch, Form, Found
from getty_token.commands.searching.output import Output, Point
from getty_token.commands.searching.pace import Pace
from getty_token.commands.searching.progress import Progress
from getty_token.commands.searching.questions import Question
from getty_token.errors import GettyRefused


class Job(NamedTuple):
    """`named` says that each image is written with the phrase that it was found by."""

    questions: Sequence[Question]
    form: Form
    named: bool = False


class Ended(NamedTuple):
    """How a job went: an entry for each question, and those that Getty refused."""

    found: Sequence[Found]
    refused: Sequence[tuple[str, GettyRefused]]


def run(job: Job, getty: Getty, output: Output, pace: Pace, progress: Progress) -> Ended:
    """
    Ask all questions that `output` does not have the answers to yet.

    With one question, whatever goes wrong is raised. With several, one that Getty refuses does not stop the others.
    """
    found: list[Found] = []
    refused: list[tuple[str, GettyRefused]] = []
    images = 0
    if not output.begun:
        output.write(job.form.begin())
    for number, question in enumerate(job.questions):
        point = output.begun[number] if number < len(output.begun) else None
        if point is None or point.page:
            try:
                point = _answer(job, number, getty, output, pace, progress, point, images)
            except GettyRefused as error:
                if len(job.questions) == 1:
                    raise
                refused.append((question.asked, error))
                point = Point(number, 0, 0, images, 0)
                output.write("", point)
        images = point.images
        found.append(Found(question.asked, point.result_count, point.seen, point.more))
    output.write(job.form.end(found))
    return Ended(found, refused)


def _answer(
    job: Job,
    number: int,
    getty: Getty,
    output: Output,
    pace: Pace,
    progress: Progress,
    begun: Point | None,
    images: int,
) -> Point:
    """Ask one question to its end; gives the last point, whose page is 0."""
    question = job.questions[number]
    phrase = question.asked if job.named else None
    about = f" for phrase {number + 1:,} of {len(job.questions):,}" if job.named else ""
    point = begun or Point(number, 1, 0, images, 0)
    more_so_far = point.more
    for page in question.pages(getty, pace, begun):
        text = job.form.batch(Batch(page.images, point.images, phrase, point.seen))
        seen = point.seen + len(page.images)
        more = {} if point.seen else page.more
        point = Point(number, point.page + 1, seen, point.images + len(page.images), page.result_count, more)
        output.write(text, point)
        more_so_far = more_so_far or more
        progress.update(seen, question.wanted(page.result_count), about)
    point = point._replace(page=0, more=more_so_far)
    output.write("", point)
    return point
