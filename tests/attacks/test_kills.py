"""`kill -9` and a new start, again and again under load: no stored token is lost, and none is bought twice."""

import random
import signal
import threading
from pathlib import Path

import httpx
import pytest

from fakes import FakeGetty, serving
from programs import free_port
from test_serve import PATIENCE, running, signed_in

pytestmark = pytest.mark.attack

KILLS, PAGES = 12, 8


def test_killing_it_under_load_loses_no_token_and_buys_none(tmp_path: Path) -> None:
    dice, getty, port = random.Random(1), FakeGetty(), free_port()
    statuses: list[int] = []
    broken, over, news = 0, threading.Event(), threading.Condition()

    def page() -> None:
        nonlocal broken
        number = 0
        with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
            while not over.is_set():
                number += 1
                url = f"http://127.0.0.1:{port}/getty/v3/search/images?page={number % 20 + 1}&page_size=1"
                try:
                    status = client.get(url).status_code
                except httpx.TransportError:
                    broken += 1
                    over.wait(0.01)  # nobody is there: let somebody come
                    continue
                with news:
                    statuses.append(status)
                    news.notify_all()

    def answers(more: int) -> None:
        """Returns once there are so many `more`."""
        with news:
            until = len(statuses) + more
            assert news.wait_for(lambda: len(statuses) >= until, PATIENCE), "the pages get no more answers"

    pages = [threading.Thread(target=page) for _ in range(PAGES)]
    with serving(getty) as upstream:
        for each in pages:
            each.start()
        try:
            for round in range(KILLS):
                with running("serve", "--port", str(port), cwd=tmp_path, env=signed_in(upstream)) as program:
                    if round % 3 == 2:
                        # As many answers as there are pages may be on their way with the old token; soon after them a
                        # new one is, now and then, when it is killed.
                        getty.revoke_tokens()
                        answers(dice.randint(1, 2 * PAGES))
                    else:
                        answers(PAGES + dice.randint(1, 120))
                    program.process.send_signal(signal.SIGKILL)
                    program.wait()
                    assert "warning" not in program.said
                    assert "Traceback" not in program.said
            with running("serve", "--port", str(port), cwd=tmp_path, env=signed_in(upstream)):
                answers(PAGES + 1)  # so the token that was revoked last has been replaced, too
        finally:
            over.set()
            for each in pages:
                each.join()

    revoked = KILLS // 3
    print(f"\n{KILLS} kills, {len(statuses)} answers, {broken} broken off, {getty.token_requests} token requests")
    assert set(statuses) == {200}
    # One to begin with, one for each time they were revoked; one more where the kill came before it was written.
    assert 1 + revoked <= getty.token_requests <= 1 + 2 * revoked
