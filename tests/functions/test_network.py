"""Whom a function reaches: Getty where the emulator says, offline nobody else, and what its environment holds."""

import json
import os
from pathlib import Path

from functions.harness import needs_node, on_a_loop, running
from getty_emulator.exchange import Answer, Call
from getty_emulator.netlify.javascript import node

pytestmark = needs_node

TOKEN = """
const form = new URLSearchParams({ grant_type: 'client_credentials',
  client_id: process.env.GETTY_API_KEY, client_secret: process.env.GETTY_API_SECRET })
const answered = await fetch('https://authentication.gettyimages.com/oauth2/token', { method: 'POST', body: form })
const { access_token } = await answered.json()
const headers = { 'Api-Key': process.env.GETTY_API_KEY, Authorization: `Bearer ${access_token}` }
"""
SEARCH = "https://api.gettyimages.com/v3/search/images/creative?phrase=coast&page_size=3"

BY_FETCH = f"""export default async () => {{ {TOKEN}
  const found = await fetch('{SEARCH}', {{ headers }})
  const {{ images }} = await found.json()
  return Response.json([found.status, images.length])
}}"""
BY_HTTPS = f"""const https = require('node:https')
const asked = (options) => new Promise((done, failed) => {{
  https.get('{SEARCH}', options, (answer) => {{
    let text = ''
    answer.on('data', (chunk) => {{ text += chunk }}).on('end', () => done([answer.statusCode, JSON.parse(text)]))
  }}).on('error', failed)
}})
exports.handler = async () => {{ {TOKEN}
  const agent = new https.Agent({{ keepAlive: true }})
  const first = await asked({{ headers, agent }})
  const second = await asked({{ headers, agent }})
  return {{ statusCode: 200, body: JSON.stringify([first[0], second[0], second[1].images.length]) }}
}}"""


@on_a_loop
async def test_fetch_reaches_getty_through_the_emulator_and_gets_a_token_there(tmp_path: Path) -> None:
    async with running(tmp_path, {"search.mjs": BY_FETCH}) as site:
        assert json.loads(await site.text("search")) == [200, 3]

    assert [(call.status, call.target) for call in site.calls_for_getty] == [
        (200, "search > authentication.gettyimages.com/oauth2/token"),
        (200, "search > api.gettyimages.com/v3/search/images/creative?phrase=coast&page_size=3"),
    ]


@on_a_loop
async def test_https_with_an_agent_that_keeps_connections_does_too(tmp_path: Path) -> None:
    async with running(tmp_path, {"search.js": BY_HTTPS}) as site:
        assert json.loads(await site.text("search")) == [200, 200, 3]
        assert json.loads(await site.text("search")) == [200, 200, 3]


@on_a_loop
async def test_offline_a_dead_token_is_refused_so_that_its_renewal_can_be_rehearsed(tmp_path: Path) -> None:
    text = f"""let headers
    export default async () => {{
      headers ??= await (async () => {{ {TOKEN} return headers }})()
      const {{ status }} = await fetch('{SEARCH}&fields=download_sizes', {{ headers }})
      return new Response(String(status))
    }}"""
    async with running(tmp_path, {"search.mjs": text}) as site:
        before = await site.text("search")
        site.sandbox.revoke_tokens()

        assert (before, await site.text("search")) == ("200", "401")


@on_a_loop
async def test_live_the_functions_own_key_and_token_stay_here(tmp_path: Path) -> None:
    asked: list[Call] = []

    async def shared(call: Call) -> Answer:
        asked.append(call)
        return Answer(200, ((b"content-type", b"application/json"),), b'{"access_token": "shared"}', "shared token")

    async with running(tmp_path, {"search.mjs": BY_FETCH}, offline=False, tokens=shared) as site:
        await site.text("search")

    assert asked[0].body == b"grant_type=client_credentials&client_id=test-key&client_secret=test-secret"


@on_a_loop
async def test_what_costs_something_is_not_bought_without_permission(tmp_path: Path) -> None:
    text = f"""export default async () => {{ {TOKEN}
      const bought = await fetch('https://api.gettyimages.com/v3/downloads/images/1', {{ method: 'POST', headers }})
      return Response.json([bought.status, (await bought.json()).detail])
    }}"""
    async with running(tmp_path, {"buy.mjs": text}) as site:
        status, detail = json.loads(await site.text("buy"))

    assert status == 403
    assert "POST /v3/downloads/images/{id}" in detail


REFUSED = """
const net = require('node:net'), dns = require('node:dns'), dgram = require('node:dgram'), https = require('node:https')
const { Worker } = require('node:worker_threads'), { execFileSync } = require('node:child_process')
const said = (promise) => promise.then(() => 'reached', (error) => (error.cause ?? error).message)
const elsewhere = "const other = require('node:net').connect(80, '192.0.2.1')"
const event = (emitter) => new Promise((done, failed) => emitter.on('error', failed).on('connect', done))
const ways = {
  fetch: () => fetch('https://example.com/'),
  https: () => event(https.get('https://example.com/')),
  net: () => event(net.connect(80, '192.0.2.1')),
  lookup: () => dns.promises.lookup('example.com'),
  resolve: () => new dns.promises.Resolver().resolve4('example.com'),
  callback: () => new Promise((done, failed) => dns.resolve('example.com', (error) => error ? failed(error) : done())),
  udp: async () => dgram.createSocket('udp4').send('x', 53, '192.0.2.1'),
  thread: () => new Promise((done, failed) => new Worker(`${elsewhere}
    other.on('error', (e) => require('node:worker_threads').parentPort.postMessage(e.message))`,
    { eval: true }).on('message', (text) => failed(new Error(text)))),
  child: async () => {
    const script = `${elsewhere}; other.on('error', (e) => console.log(e.message))`
    throw new Error(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim())
  },
}
exports.handler = async ({ queryStringParameters: { way } }) => ({ statusCode: 200, body: await said(ways[way]()) })
"""


@on_a_loop
async def test_offline_no_other_host_is_reached_by_any_way_and_the_refusal_says_how_to_allow_it(tmp_path: Path) -> None:
    async with running(tmp_path, {"ways.js": REFUSED}) as site:
        for way in ("fetch", "https", "net", "lookup", "resolve", "callback", "udp", "thread", "child"):
            host = "192.0.2.1" if way in ("net", "udp", "thread", "child") else "example.com"
            assert await site.text(f"ways?way={way}") == (
                f"getty-token: offline, and the function asked for {host}; "
                f'to allow that, add "{host}" to allow-hosts under [serve] in getty-token.toml.'
            ), way


@on_a_loop
async def test_the_terminal_says_why_a_fetch_failed(tmp_path: Path) -> None:
    text = "export default async () => new Response(await (await fetch('https://example.com/')).text())"
    async with running(tmp_path, {"out.mjs": text}) as site:
        assert await site.text("out") == "TypeError: fetch failed"

    assert any(
        "because Error: getty-token: offline, and the function asked for example.com" in line for line in site.said
    )


@on_a_loop
async def test_this_machine_is_reached_in_any_case(tmp_path: Path) -> None:
    text = """const http = require('node:http')
    export default async () => {
      const server = http.createServer((request, response) => response.end('here')).listen(0, '127.0.0.1')
      await new Promise((done) => server.on('listening', done))
      const answer = await fetch(`http://localhost:${server.address().port}/`)
      server.close()
      return new Response(await answer.text())
    }""".replace("const http = require('node:http')", "import http from 'node:http'")
    async with running(tmp_path, {"here.mjs": text}) as site:
        assert await site.text("here") == "here"


@on_a_loop
async def test_an_allowed_host_is_looked_up(tmp_path: Path) -> None:
    text = """const dns = require('node:dns')
    const code = () => dns.promises.lookup('allowed.invalid').catch((error) => error.code)
    exports.handler = async () => ({ statusCode: 200, body: await code() })
    """
    async with running(tmp_path, {"asks.js": text}, allow=("allowed.invalid",), timeout=120) as site:
        assert await site.text("asks") in ("ENOTFOUND", "EAI_AGAIN")


@on_a_loop
async def test_a_function_sees_its_sites_variables_and_not_ours(tmp_path: Path) -> None:
    os.environ["OF_THE_SHELL"] = "x"
    text = "exports.handler = async () => ({ statusCode: 200, body: JSON.stringify(process.env) })"
    async with running(tmp_path, {"env.js": text}, variables={"OF_THE_SITE": "y"}) as site:
        seen = json.loads(await site.text("env"))

    assert seen["OF_THE_SITE"] == "y"
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == "handler"
    assert "OF_THE_SHELL" not in seen and "HOME" not in seen


def test_nodes_own_options_of_the_site_are_kept(tmp_path: Path) -> None:
    made = node.environment({}, {"NODE_OPTIONS": "--no-warnings"}, root=tmp_path, getty=(), offline=True)

    assert made["NODE_OPTIONS"].startswith("--no-warnings --require ")
