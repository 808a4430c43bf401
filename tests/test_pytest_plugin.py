"""The pytest plugin as another project's tests use it."""

import json
import re
import subprocess
import sys
import textwrap

import pytest

from fakes import CHECKOUT, python, surroundings
from getty_emulator.exchange import Answer, Call
from getty_emulator.replay.cassette_file import Interaction
from getty_emulator.replay.layout import serialised
from getty_emulator.replay.usage import used

pytest_plugins = ["pytester"]

SEARCH = "/v3/search/images/creative"


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with one recording, whose pytest has our plugin as an installed one would be."""
    for name, value in surroundings({"PYTEST_PLUGINS": "getty_emulator.pytest_plugin"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    body = json.dumps({"result_count": 1, "images": [{"id": "7", "uri": "https://media.gettyimages.com/id/7/x.jpg"}]})
    answer = Answer(200, ((b"content-type", b"application/json"),), body.encode(), "")
    call = Call("GET", SEARCH, "phrase=sunset")
    folder = pytester.mkdir("getty-cassettes")
    (folder / "search.yaml").write_bytes(
        serialised([Interaction("https://api.gettyimages.com" + call.target, call, answer)])
    )
    return pytester


def run(project: pytest.Pytester, code: str, *arguments: str) -> pytest.RunResult:
    project.makepyfile(code)
    return project.runpytest_inprocess("-q", *arguments)


def test_a_client_plays_what_is_recorded_and_the_example_of_the_documentation_works(project: pytest.Pytester) -> None:
    (example,) = re.findall("```python\n(.*?)```", (CHECKOUT / ".github" / "RECORDINGS.md").read_text(), re.DOTALL)
    result = run(
        project,
        textwrap.indent(example, " " * 8)
        + """
        def test_a_picture(getty_offline):
            picture = getty_offline.client.get("https://media.gettyimages.com/id/7/photo/a-boat.jpg?s=170x170")
            assert picture.headers["content-type"].startswith("image/")
        """,
    )

    result.assert_outcomes(passed=2)
    assert len(used(project.path / "getty-cassettes") or ()) == 1


def test_a_request_that_is_not_recorded_fails_the_test_and_names_the_nearest_even_if_nobody_minds(
    project: pytest.Pytester,
) -> None:
    result = run(
        project,
        """
        import urllib.request, urllib.error

        def test_raised(getty_offline):
            getty_offline.client.get("/v3/search/images/creative?phrase=dog")

        def test_swallowed(getty_offline):
            try:
                urllib.request.urlopen(getty_offline.url + "/v3/search/images/creative?phrase=cat")
            except urllib.error.HTTPError as error:
                error.close()
        """,
    )

    result.assert_outcomes(failed=1, passed=1, errors=2)
    nearest = "The nearest is search.yaml: phrase is sunset."
    missed = [f"*no cassette holds GET {SEARCH}?phrase={phrase}. {nearest}*" for phrase in ("cat", "dog")]
    result.stdout.fnmatch_lines_random(missed)


def test_another_process_has_an_address_and_what_it_needs_in_its_environment(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
        import json, os, subprocess, sys

        def fetch(url):
            code = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"
            return json.loads(subprocess.run([sys.executable, "-c", code, url], capture_output=True, check=True).stdout)

        def test_it(getty_offline):
            target = "/v3/search/images/creative?phrase=sunset"
            found = fetch(getty_offline.url + target)
            assert found["images"][0]["uri"] == getty_offline.url + "/media/id/7/x.jpg"
            assert fetch(getty_offline.url + "/.netlify/functions/getty" + target) == found

        def test_getty_token_itself(getty_offline):
            command = [sys.executable, "-m", "getty_token", "cassette", "record", "--cassettes", "new", "--"]
            environment = {**os.environ, **getty_offline.environment}
            subprocess.run([*command, "sunset"], env=environment, check=True)
        """,
    )

    result.assert_outcomes(passed=2)


def test_the_sandbox_answers_whatever_is_asked_and_holds_who_signs_to_gettys_rules(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
        import urllib.request

        def test_it(getty_sandbox):
            found = getty_sandbox.client.get("/v3/search/images/creative", params={"phrase": "sunset"})
            assert found.json()["result_count"] > 0
            assert getty_sandbox.client.get("/v3/countries", headers={"Api-Key": "wrong"}).status_code == 401
            with urllib.request.urlopen(getty_sandbox.url + "/v3/search/images/creative?phrase=boat") as response:
                assert response.status == 200
            assert getty_sandbox.missed == []
        """,
    )

    result.assert_outcomes(passed=1)


def test_a_project_names_its_folder_in_its_configuration_or_by_a_fixture(project: pytest.Pytester) -> None:
    (project.path / "getty-cassettes").rename(project.path / "recorded")
    project.makeini("[pytest]\ngetty_cassettes = recorded\n")
    code = """
        import pathlib, pytest

        def test_it(getty_offline):
            assert getty_offline.client.get("/v3/search/images/creative?phrase=sunset").status_code == 200
        """

    run(project, code).assert_outcomes(passed=1)
    project.makeini("[pytest]\ngetty_cassettes = nowhere\n")
    missing = run(project, code)
    missing.assert_outcomes(errors=1)
    missing.stdout.fnmatch_lines(["There is no folder */nowhere, which `getty_cassettes` names."])
    project.makeconftest(
        "import pathlib, pytest\n@pytest.fixture\ndef getty_cassettes():\n    return pathlib.Path('recorded')\n"
    )
    run(project, code).assert_outcomes(passed=1)


def test_without_cassettes_of_its_own_a_project_plays_the_bundled_ones(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(getty_offline):
            assert getty_offline.client.get("/v3/countries").status_code == 200
        """
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "getty_emulator.pytest_plugin"]
    environment = surroundings({"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})

    done = subprocess.run(command, cwd=pytester.path, env=environment, capture_output=True, text=True, check=False)

    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_the_plugin_is_offered_to_pytest_and_costs_other_peoples_runs_nothing() -> None:
    code = """
import sys
import pytest
known = set(sys.modules)
import getty_emulator.pytest_plugin
print(sorted(set(sys.modules) - known))
"""
    pyproject = (CHECKOUT / "pyproject.toml").read_text()

    done = python(code)

    assert done.stdout.strip() == "['getty_emulator', 'getty_emulator.pytest_plugin']", done.stderr
    assert '[project.entry-points.pytest11]\ngetty-token = "getty_emulator.pytest_plugin"' in pyproject
