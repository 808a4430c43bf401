"""
Makes the cassettes of this folder anew: `getty-token serve --record` in front of `getty-token sandbox`.

    python cassettes/record.py [FOLDER]

The requests are those of the example site, of the README, and one of each kind that the sandbox answers.
"""

import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

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


def main() -> None:
    """Record into the folder given, or into this one."""
    here = Path(__file__).resolve().parent
    folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else here
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.yaml"):
        old.unlink()
    with tempfile.TemporaryDirectory() as home:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": home,
            "PYTHONPATH": os.pathsep.join(str(here.parent / source) for source in ("cli", "emulator")),
            "GETTY_API_KEY": "test-key",
            "GETTY_API_SECRET": "test-secret",
        }
        with _Server("sandbox", "--port", "0", environment=environment, cwd=home) as getty:
            environment |= {"GETTY_API_URL": getty.address, "GETTY_AUTH_URL": getty.address}
            options = ("--record", "--port", "0", "--cassettes", str(folder))
            with _Server("serve", *options, environment=environment, cwd=home) as serve:
                for target in TARGETS:
                    status = _status(f"{serve.address}/.netlify/functions/getty{target}")
                    print(status, target)
                    if status >= 500:
                        raise SystemExit("That should have been answered; the cassettes are incomplete.")
    # Other people may read these; the recorder is made for those that are nobody else's business.
    for cassette in folder.glob("*.yaml"):
        cassette.chmod(0o644)
    (folder / ".getty-token.lock").unlink(missing_ok=True)


class _Server:
    """A getty-token server that has said where it listens."""

    def __init__(self, *arguments: str, environment: dict[str, str], cwd: str) -> None:
        command = [sys.executable, "-m", "getty_token", *arguments]
        self._process = subprocess.Popen(
            command, env=environment, cwd=cwd, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        assert self._process.stderr
        first = self._process.stderr.readline()
        if "http://" not in first:
            raise SystemExit(first + self._process.stderr.read())
        self.address = first.split()[-1]

    def __enter__(self) -> "_Server":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate()


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as response:
            response.read()
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


if __name__ == "__main__":
    main()
