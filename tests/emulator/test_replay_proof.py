"""Recording and replaying by real programs: `serve --record` before the sandbox, then `serve --offline`, and kills."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import pytest
import vcr

from fakes import surroundings
from getty_emulator.exchange import Call
from getty_emulator.replay.cassette_file import read_interactions
from getty_emulator.replay.library import Library
from programs import environment, free_port, getty_token, sandbox

FUNCTION = "/.netlify/functions/getty"
WORDS = (
    "sunset coast mountain city boat dog café straße 日本 rock+roll 50% a&b c=d new/york {x} ~tilde quote' #1".split()
)


@dataclass(frozen=True)
class Asked:
    """A request, and the same one as somebody else would write it."""

    path: str
    pairs: Sequence[tuple[str, str]]
    headers: tuple[tuple[str, str], ...]

    def written(self) -> str:
        return self._target([f"{quote(name)}={quote(value, safe='')}" for name, value in self.pairs])

    def otherwise(self, dice: random.Random) -> str:
        shuffled = [f"{name}={dice.choice([quote_plus, _lower])(value)}" for name, value in self.pairs]
        dice.shuffle(shuffled)
        return self._target(shuffled) + dice.choice(["", "&"] if shuffled else [""])

    def _target(self, parts: list[str]) -> str:
        return FUNCTION + self.path + (f"?{'&'.join(parts)}" if parts else "")


def _lower(value: str) -> str:
    pieces = quote(value, safe=",'~").split("%")
    return "%".join([pieces[0], *(piece[:2].lower() + piece[2:] for piece in pieces[1:])])


def generated(number: int) -> list[Asked]:
    """Different requests of every kind that the sandbox answers, with success or not."""
    dice = random.Random(20261124)
    found: dict[object, Asked] = {}
    while len(found) < number:
        kind = dice.choice(["search"] * 6 + ["image", "images", "similar", "events", "countries", "collections"])
        pairs: list[tuple[str, str]] = []
        path = "/v3/" + kind
        if kind == "search":
            path = "/v3/search/images" + dice.choice(["", "/creative", "/editorial"])
            pairs = [("phrase", " ".join(dice.sample(WORDS, dice.randint(1, 2))))]
            pairs += [("page", str(dice.choice([1, 2, 3, 99, "x"])))] if dice.random() < 0.5 else []
            pairs += [("page_size", str(dice.choice([1, 5, 12, 100, 101])))] if dice.random() < 0.5 else []
            pairs += [("fields", dice.choice(["id,title", "detail_set", "thumb", "", "nonsense"]))]
            pairs += [("orientations", "horizontal,square")] if dice.random() < 0.3 else []
        elif kind in ("image", "similar"):
            path = f"/v3/images/{dice.choice([1900000000, 1999999000]) + dice.randint(1, 99)}"
            path += "/similar" if kind == "similar" else ""
            pairs = [("fields", dice.choice(["id,title", "detail_set"]))] if dice.random() < 0.7 else []
        elif kind == "images":
            pairs = [("ids", ",".join(str(1900000000 + dice.randint(1, 50)) for _ in range(3)))]
        elif kind == "events":
            path, pairs = "/v3/search/events", [("phrase", dice.choice(WORDS))]
        headers = (("accept-language", dice.choice(["de", "fr-FR,fr;q=0.8"])),) if dice.random() < 0.2 else ()
        language = headers[0][1].partition(",")[0] if headers else ""
        found.setdefault((path, tuple(sorted(pairs)), language), Asked(path, pairs, headers))
    return list(found.values())


def record_and_replay(folder: Path, number: int) -> None:
    asked, dice = generated(number), random.Random(1)
    with sandbox(folder) as port:
        upstream = f"http://127.0.0.1:{port}"
        keys = {"GETTY_API_KEY": "test-key", "GETTY_API_SECRET": "test-secret"}
        env = environment(folder, GETTY_API_URL=upstream, GETTY_AUTH_URL=upstream, **keys)
        with getty_token("serve", "--record", port=(recorder := free_port()), env=env, cwd=folder):
            recorded = answers(recorder, [each.written() for each in asked], asked)
    with getty_token(
        "serve", "--offline", "--strict", port=(player := free_port()), env=environment(folder), cwd=folder
    ):
        replayed = answers(player, [each.otherwise(dice) for each in asked], asked)

    live, offline = f"{upstream}/media".encode(), f"http://127.0.0.1:{player}/media".encode()
    for each, one, other in zip(asked, recorded, replayed, strict=True):
        assert (other.status_code, other.headers.get("content-type"), other.content.replace(offline, b"MEDIA")) == (
            one.status_code,
            one.headers.get("content-type"),
            one.content.replace(live, b"MEDIA"),
        ), each
    assert {200, 400, 404} <= {response.status_code for response in recorded}
    for cassette in (folder / "getty-cassettes").glob("*.yaml"):
        content = cassette.read_bytes()
        assert not any(secret in content for secret in (b"test-key", b"test-secret", b"sbx.", upstream.encode()))


def answers(port: int, targets: list[str], asked: list[Asked]) -> list[httpx.Response]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client:
        # As bytes: httpx would write the target anew in its own way.
        urls = [httpx.URL(f"http://127.0.0.1:{port}").copy_with(raw_path=target.encode()) for target in targets]
        return [client.get(url, headers=dict(each.headers)) for url, each in zip(urls, asked, strict=True)]


def test_forty_generated_requests_are_replayed_byte_for_byte_however_they_are_written(tmp_path: Path) -> None:
    record_and_replay(tmp_path, 40)


@pytest.mark.proof
def test_five_hundred_generated_requests_are_replayed_byte_for_byte_however_they_are_written(tmp_path: Path) -> None:
    record_and_replay(tmp_path, 500)


RECORDER = """
import sys
from pathlib import Path
from getty_emulator.exchange import Answer, Call
from getty_emulator.replay import recorder
recorder.FULL = 60_000
folder, name = sys.argv[1:]
quiet, harmless = lambda event: None, lambda content: False
record = recorder.Recorder(Path(folder), bytes, harmless, "https://api.gettyimages.com", quiet).record
answer = Answer(200, ((b"content-type", b"application/json"),), b'{"a": "%s"}' % (b"x y " * 1000), "live")
for number in range(10_000):
    record(Call("GET", "/v3/countries", f"who={name}&n={number}"), answer)
    print(f"{name} {number}", flush=True)
"""


@pytest.mark.proof
def test_recorders_that_are_killed_lose_what_was_in_flight_and_nothing_else(tmp_path: Path) -> None:
    folder, dice, told = tmp_path / "cassettes", random.Random(3), set[str]()
    for round_ in range(12):
        pair = [
            subprocess.Popen(
                [sys.executable, "-c", RECORDER, str(folder), f"{name}{round_}"],
                stdout=subprocess.PIPE,
                text=True,
                env=surroundings(),
            )
            for name in "ab"
        ]
        assert pair[0].stdout
        told |= {pair[0].stdout.readline().strip() for _ in range(dice.randint(1, 20))}
        # Sleeping chooses the moment of the kill; nothing is expected to have happened by then.
        time.sleep(dice.random() / 20)
        for process in pair:
            os.kill(process.pid, signal.SIGKILL)
        for process in pair:
            told |= {line.strip() for line in process.communicate()[0].splitlines(keepends=True) if line.endswith("\n")}

    library = Library.load([folder], on_warning=pytest.fail)
    missing = [
        each for each in told if not library.find(Call("GET", "/v3/countries", "who={}&n={}".format(*each.split())))
    ]

    assert missing == []
    assert len(told) > 50
    assert len(library) <= len(told) + 40
    for path in folder.glob("*.yaml"):
        # Plain vcrpy reads every one, too.
        with vcr.use_cassette(str(path), record_mode="none") as cassette:
            assert len(cassette) == len(read_interactions(path)) > 0


@pytest.mark.proof
def test_two_recorders_in_one_folder_lose_nothing_of_each_other(tmp_path: Path) -> None:
    code = RECORDER.replace("range(10_000)", "range(150)")
    command = [sys.executable, "-c", code, str(tmp_path / "cassettes")]
    pair = [
        subprocess.Popen([*command, name], stdout=subprocess.DEVNULL, env=surroundings(), cwd=tmp_path) for name in "ab"
    ]

    assert [process.wait(120) for process in pair] == [0, 0]
    library = Library.load([tmp_path / "cassettes"], on_warning=pytest.fail)
    assert len(library) == 300
    assert json.loads((library.find(Call("GET", "/v3/countries", "n=149&who=b")) or pytest.fail()).body)
