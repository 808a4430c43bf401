"""
Makes the bundled cassettes anew: `getty-token serve --record` in front of `getty-token sandbox`.

    python tests/record_cassettes.py [FOLDER]

The requests are those of the example site, of the README, and one of each kind that the sandbox answers.
"""

import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from programs import CHECKOUT, environment, free_port, getty_token, sandbox

SITE = "fields=id%2Ctitle%2Cartist%2Cthumb&page_size=12"
TARGETS = (
    "/v3/search/images/creative?phrase=sunset",
    *(f"/v3/search/images/creative?phrase=coast&page={page}&{SITE}" for page in (1, 2)),
    *(f"/v3/search/images/creative?phrase={phrase}&page=1&{SITE}" for phrase in ("mountain", "city", "sunset")),
    "/v3/search/images/creative?phrase=dog&orientations=horizontal&sort_order=newest&page_size=5&fields=detail_set",
    "/v3/search/images/creative?phrase=nothing-matches",
    "/v3/search/images/creative?phrase=sunset&page=99",
    "/v3/search/images/creative?phrase=sunset&page_size=a",
    "/v3/search/images/editorial?phrase=football&page_size=5&fields=detail_set",
    "/v3/search/images?phrase=harbour&page_size=5",
    "/v3/images/1900000001",
    "/v3/images/1900000001?fields=detail_set",
    "/v3/images?ids=1900000001%2C1999999999&fields=id%2Ctitle",
    "/v3/images/1999999999",
    "/v3/images/1900000001/similar?page_size=5",
    "/v3/collections",
    "/v3/countries",
    "/v3/search/events?phrase=final&page_size=5",
)


def main(folder: Path) -> None:
    """Record into `folder`, whose cassettes are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.yaml"):
        old.unlink()
    with tempfile.TemporaryDirectory() as name, sandbox(home := Path(name)) as getty:
        address, port = f"http://127.0.0.1:{getty}", free_port()
        settings = {"GETTY_API_URL": address, "GETTY_AUTH_URL": address}
        env = environment(home, GETTY_API_KEY="test-key", GETTY_API_SECRET="test-secret", **settings)
        with getty_token("serve", "--record", "--cassettes", str(folder), port=port, env=env, cwd=home):
            for target in TARGETS:
                answered = status(f"http://127.0.0.1:{port}/.netlify/functions/getty{target}")
                print(answered, target)
                if answered >= 500:
                    raise SystemExit("That should have been answered; the cassettes are incomplete.")
    # The recorder writes for its owner alone; these are for everybody.
    for cassette in folder.glob("*.yaml"):
        cassette.chmod(0o644)
    for name in ("lock", "used", "index"):
        (folder / f".getty-token.{name}").unlink(missing_ok=True)


def status(url: str) -> int:
    """The status code of the answer at `url`."""
    try:
        with urllib.request.urlopen(url) as response:
            response.read()
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else CHECKOUT / "cassettes")
