"""
Asks `getty-token serve` what netlify-cli was asked, and holds the answers side by side.

Every difference is in REPORT.md with its reason; one that has none fails.
"""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fidelity.copies import copied
from fidelity.differences import Difference, between, report, unexplained, unused
from fidelity.framework import framework
from fidelity.reasons import REASONS
from fidelity.requests import every
from fidelity.sent import ALONE, FRONT, FUNCTIONS, SITES
from fidelity.wire import ask
from programs import environment, free_port, getty_token

pytestmark = pytest.mark.fidelity

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[Difference]]]:
    """The differences of every request, by its name."""
    recorded = json.loads((HERE / "recordings.json").read_text())
    scratch = tmp_path_factory.mktemp("sites")
    env = environment(tmp_path_factory.mktemp("home"))
    found = {}
    with framework() as behind:
        threading.Thread(target=behind.serve_forever, daemon=True).start()
        upstream = behind.server_address[1]
        flags = {to: ["--static"] for to in SITES}
        flags |= {FUNCTIONS: [], ALONE: [], FRONT: ["--site", f"http://127.0.0.1:{upstream}"]}
        for to in SITES:
            folder = copied(to, scratch, upstream)
            port = free_port()
            with getty_token("serve", "--offline", *flags[to], port=port, env=env, cwd=folder):
                for sent in every():
                    if sent.to == to:
                        found[sent.name] = between(sent.name, recorded[sent.name], ask(port, sent))
        behind.shutdown()
    yield found


def test_every_difference_from_netlifys_own_command_line_has_its_reason(
    asked: dict[str, list[Difference]],
) -> None:
    assert unexplained(asked, REASONS) == []


def test_no_reason_is_given_for_a_difference_that_is_none(asked: dict[str, list[Difference]]) -> None:
    assert unused(asked, REASONS) == []


def test_the_report_is_up_to_date(asked: dict[str, list[Difference]]) -> None:
    made, path = report(asked, REASONS), HERE / "REPORT.md"
    stands = path.read_text() if path.exists() else ""
    path.write_text(made)  # so that it is there to be read and committed

    assert made == stands
