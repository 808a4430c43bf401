"""Tests of getty_token.commands.searching.ahead: several requests at once, and the same pages in the same order."""

import threading
from collections.abc import Mapping

import pytest

from getty_token.answers import Page
from getty_token.commands.searching.ahead import in_order, pages_ahead
from getty_token.errors import GettyUnavailable
from getty_token.paging import Search, pages
from getty_token.queries import Family


class Answering:
    """A Getty with `total` images that counts how many requests it has at a time."""

    def __init__(self, total: int, together: int = 1) -> None:
        self.total = total
        self.asked: list[int] = []
        self.most = 0
        self._now = 0
        self._counting = threading.Lock()
        self._together = threading.Barrier(together)

    def __call__(self, _: Family, parameters: Mapping[str, str]) -> Page:
        number, size = int(parameters["page"]), int(parameters["page_size"])
        with self._counting:
            self.asked.append(number)
            self._now += 1
            self.most = max(self.most, self._now)
        if number > 1:
            self._together.wait(60)
        ids = range((number - 1) * size + 1, min(self.total, number * size) + 1)
        with self._counting:
            self._now -= 1
        return Page(self.total, [{"id": str(each)} for each in ids])


@pytest.mark.parametrize("total", [0, 1, 9, 10, 11, 95])
@pytest.mark.parametrize("limit", [None, 1, 10, 11, 40, 1000])
@pytest.mark.parametrize("first", [1, 3])
def test_the_pages_are_those_that_come_one_after_another(total: int, limit: int | None, first: int) -> None:
    search = Search(Family.BOTH, {"phrase": "boat", "page_size": "10", "page": str(first)}, limit)

    one_by_one, ahead = Answering(total), Answering(total)

    assert list(pages_ahead(ahead, search, 4)) == list(pages(one_by_one, search))
    assert sorted(ahead.asked) == one_by_one.asked


def test_as_many_as_wished_are_under_way_at_once_and_no_more() -> None:
    getty = Answering(130, together=4)

    found = list(pages_ahead(getty, Search(Family.BOTH, {"phrase": "boat", "page_size": "10"}), 4))

    assert [image["id"] for page in found for image in page.images] == [str(each) for each in range(1, 131)]
    assert getty.most == 4


def test_nothing_is_asked_before_it_may_be_needed() -> None:
    getty = Answering(1000, together=4)  # the second page comes when those ahead of it are under way

    way = pages_ahead(getty, Search(Family.BOTH, {"phrase": "boat", "page_size": "10"}), 4)
    next(way)
    assert getty.asked == [1]
    next(way)

    assert sorted(getty.asked) == [1, 2, 3, 4, 5]


def test_a_failure_comes_in_its_place() -> None:
    def ask(number: int) -> int:
        if number == 3:
            raise GettyUnavailable("down")
        return number

    answers = in_order(ask, range(1, 9), 4)

    assert [next(answers), next(answers)] == [1, 2]
    with pytest.raises(GettyUnavailable):
        next(answers)
