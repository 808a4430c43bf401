"""Several requests at once, whose answers come in order: a long search waits for the network less."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from itertools import chain
from math import ceil
from typing import TypeVar

from getty_token.answers import Page
from getty_token.paging import Search, cut
from getty_token.queries import Family

Q = TypeVar("Q")
A = TypeVar("A")


def in_order(ask: Callable[[Q], A], questions: Iterable[Q], at_once: int) -> Iterator[A]:
    """
    The answers to `questions`, each asked with `ask` in a thread of its own, at most `at_once` under way or waiting to
    be taken. What `ask` raises is raised in its place.
    """
    under_way: deque[Future[A]] = deque()
    for question in questions:
        under_way.append(_begun(ask, question))
        if len(under_way) == at_once:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def pages_ahead(ask: Callable[[Family, Mapping[str, str]], Page], search: Search, at_once: int) -> Iterator[Page]:
    """As `paging.pages`, but behind the first page, which says how many there are, several are asked for at once."""
    size, number = int(search.parameters["page_size"]), int(search.parameters.get("page", "1"))

    def page(number: int) -> Page:
        return ask(search.family, {**search.parameters, "page": str(number)})

    first, left = page(number), search.limit
    wanted = (number - 1) * size + (first.result_count if left is None else left)
    last = ceil(min(first.result_count, wanted) / size)
    for each in chain([first], in_order(page, range(number + 1, last + 1), at_once)):
        yield cut(each, left)
        left = None if left is None else left - len(each.images)
        if not each.images:
            return


def _begun(ask: Callable[[Q], A], question: Q) -> Future[A]:
    future: Future[A] = Future()

    def work() -> None:
        try:
            future.set_result(ask(question))
        except BaseException as error:  # whatever it is, it is for whoever takes the answer
            future.set_exception(error)

    # A daemon: Ctrl-C need not wait for answers that nobody will take.
    threading.Thread(target=work, name="getty-token search", daemon=True).start()
    return future
