"""When a scheduled function would run next, and what is said to whoever does not wait for it."""

from datetime import UTC, datetime

import pytest

from getty_emulator.netlify.javascript.scheduled import answer, next_run

NOW = datetime(2024, 2, 28, 23, 59, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "when"),
    [
        ("* * * * *", "2024-02-29T00:00:00.000Z"),
        ("@hourly", "2024-02-29T00:00:00.000Z"),
        ("@daily", "2024-02-29T00:00:00.000Z"),
        ("@monthly", "2024-03-01T00:00:00.000Z"),
        ("*/15 9-17 * * mon-fri", "2024-02-29T09:00:00.000Z"),
        ("30 4 1,15 * *", "2024-03-01T04:30:00.000Z"),
        ("0 0 29 2 *", "2024-02-29T00:00:00.000Z"),
        ("0 12 * * 0", "2024-03-03T12:00:00.000Z"),
        ("0 12 * * 7", "2024-03-03T12:00:00.000Z"),
        ("0 0 1 * fri", "2024-03-01T00:00:00.000Z"),
        ("5/20 0 * * *", "2024-02-29T00:05:00.000Z"),
    ],
)
def test_the_next_run_comes_after_now(schedule: str, when: str) -> None:
    assert next_run(schedule, NOW) == when


@pytest.mark.parametrize("schedule", ["", "often", "* * * *", "61 * * * *", "0 0 30 2 *", "a b c d e", "*/0 * * * *"])
def test_what_never_comes_due_has_none(schedule: str) -> None:
    assert next_run(schedule, NOW) == ""


def test_a_page_shows_no_markup_of_the_visitors() -> None:
    page = answer("/.netlify/functions/x?<script>", "text/html", keys=["<b>"], error="<i>").body

    assert b"<script>" not in page and b"<b>" not in page and b"<i>" not in page
