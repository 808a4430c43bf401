"""Calls of functions in real Node processes: what a function is handed, what its answer becomes, what goes wrong."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from fakes import PATIENCE
from functions.harness import Running, needs_node, on_a_loop, running, written
from getty_emulator.exchange import Answer, Incoming, Streamed
from getty_emulator.netlify.javascript import instances, processes, registry
from getty_emulator.netlify.javascript.blobs_server import BlobsServer
from getty_emulator.netlify.javascript.instances import Policy
from getty_emulator.watch import Watch
from getty_token.errors import GettyTokenError
from getty_token.redaction import Secrets

pytestmark = needs_node

HELLO = "exports.handler = async () => ({ statusCode: 200, body: 'hello' })"
COUNTER = "let calls = 0\nexports.handler = async () => ({ statusCode: 200, body: String(++calls) })"
SLOW = """let calls = 0
exports.handler = async () => {
  console.log('begun', calls + 1)
  await new Promise((done) => setTimeout(done, 150))
  return { statusCode: 200, body: `${process.pid} ${++calls}` }
}"""
WITH_PATH = """export default async (request, context) =>
  Response.json({ params: context.params, url: request.url, ip: context.ip, cookie: context.cookies.get('a') ?? null })
export const config = { path: ['/items/:id', '/all/*'], method: ['GET', 'POST'], excludedPath: '/items/none' }
"""


@pytest.fixture
def looking_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are looked at on every request, however soon it comes after the last."""
    monkeypatch.setattr(instances, "LOOK", 0.0)
    monkeypatch.setattr(registry, "LOOK", 0.0)


@on_a_loop
async def test_every_kind_of_file_runs(tmp_path: Path) -> None:
    files = {
        "a.js": HELLO,
        "b.mjs": "export const handler = async () => ({ statusCode: 200, body: 'b' })",
        "c.cjs": "exports.handler = (event, context, done) => done(null, { statusCode: 200, body: 'c' })",
        "d/d.js": "const { text } = require('./text'); exports.handler = async () => ({ statusCode: 200, body: text })",
        "d/text.js": "exports.text = 'd'",
        "e/index.mjs": "export default async () => new Response('e')",
        "f.js": "export default async () => new Response('f')",
    }

    async with running(tmp_path, files) as site:
        assert [await site.text(name) for name in "abcdef"] == ["hello", "b", "c", "d", "e", "f"]


@on_a_loop
async def test_module_state_survives_from_call_to_call_as_in_a_warm_instance(tmp_path: Path) -> None:
    async with running(tmp_path, {"count.js": COUNTER}) as site:
        assert [await site.text("count") for _ in range(3)] == ["1", "2", "3"]


@on_a_loop
async def test_several_instances_take_calls_in_turn_each_with_its_own_state(tmp_path: Path) -> None:
    async with running(tmp_path, {"count.js": COUNTER}, policy=Policy(instances=3)) as site:
        assert [await site.text("count") for _ in range(6)] == ["1", "1", "1", "2", "2", "2"]


@on_a_loop
async def test_a_cold_call_and_a_recycled_instance_start_from_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, {"count.js": COUNTER}, policy=Policy(cold_rate=1.0)) as site:
        assert [await site.text("count") for _ in range(2)] == ["1", "1"]
    async with running(tmp_path, {"count.js": COUNTER}, policy=Policy(recycle_calls=2)) as site:
        assert [await site.text("count") for _ in range(3)] == ["1", "2", "1"]


@on_a_loop
async def test_of_many_functions_the_instances_that_nobody_uses_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "AT_MOST", 3)
    pid = "exports.handler = async () => ({ statusCode: 200, body: String(process.pid) })"
    async with running(tmp_path, {f"f{number}.js": pid for number in range(6)}) as site:
        pids = [await site.text(f"f{number}") for number in range(6)]
        again = [await site.text(f"f{number}") for number in (5, 0)]

    assert again[0] == pids[5]
    assert again[1] != pids[0]


@pytest.mark.parametrize("turns", range(4))
@on_a_loop
async def test_an_instance_that_goes_to_make_room_is_given_to_nobody_any_more(
    turns: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "AT_MOST", 1)

    async with running(tmp_path, {"a.js": HELLO, "b.js": HELLO}) as site:

        async def a_little_later() -> str:
            for _ in range(turns):  # of the event loop
                await asyncio.sleep(0)
            return await site.text("a")

        await site.text("a")
        await site.settled()  # so that the one ahead is the instance of b at once, and that of a has to go

        assert await asyncio.gather(site.text("b"), a_little_later()) == ["hello", "hello"]


@on_a_loop
async def test_an_answer_says_whether_its_instance_was_cold(tmp_path: Path) -> None:
    async with running(tmp_path, {"count.js": COUNTER}) as site:
        answers = [await site.get("count") for _ in range(2)]

    assert [answer.origin for answer in answers] == ["function cold", "function"]


MEETING = """const fs = require('node:fs')
let calls = 0, now = 0
exports.handler = async ({ queryStringParameters: { alone } }) => {
  now += 1
  fs.writeFileSync(`${process.pid}.pid`, '')
  const met = () => alone || fs.readdirSync('.').filter((name) => name.endsWith('.pid')).length > 1
  while (!met()) await new Promise((done) => setTimeout(done, 5))
  const most = now
  now -= 1
  return { statusCode: 200, body: `${process.pid} ${++calls} ${most}` }
}"""


@on_a_loop
async def test_an_instance_takes_one_call_at_a_time_and_another_is_started_for_those_who_wait(tmp_path: Path) -> None:
    async with running(tmp_path, {"meets.js": MEETING}) as site:
        await site.text("meets?alone=1")
        answers = await asyncio.gather(*(site.text("meets") for _ in range(8)))

    processes = {answer.split()[0] for answer in answers}
    assert 2 <= len(processes) <= 4
    assert len(set(answers)) == 8
    assert {answer.split()[2] for answer in answers} == {"1"}


@on_a_loop
async def test_a_function_with_a_path_of_its_own_answers_there_and_nowhere_else(tmp_path: Path) -> None:
    async with running(tmp_path, {"items.mjs": WITH_PATH}) as site:
        answer = await site.get("/items/a%20b?x=1", cookie="a=1; b=2")
        assert isinstance(answer, Answer)
        assert json.loads(answer.body) == {
            "params": {"id": "a%20b"},
            "url": "http://localhost/items/a%20b?x=1",
            "ip": "127.0.0.1",
            "cookie": "1",
        }
        assert site.javascript.at("/items/none", "GET") is None
        assert site.javascript.at("/items/5", "DELETE") is None
        refused = await site.get("items")
        assert isinstance(refused, Answer) and (refused.status, refused.body) == (404, b"Function not found...")


@on_a_loop
async def test_a_function_that_prefers_files_yields_to_one(tmp_path: Path) -> None:
    text = "export default async () => new Response('x')\nexport const config = { path: '/a.txt', preferStatic: true }"
    async with running(tmp_path, {"a.mjs": text}) as site:
        await site.javascript.refresh()

        assert site.javascript.at("/a.txt", "GET", lambda: True) is None
        assert site.javascript.at("/a.txt", "GET", lambda: False) is not None


@on_a_loop
async def test_the_body_arrives_as_netlify_hands_it_on(tmp_path: Path) -> None:
    echo = """exports.handler = async ({ body, isBase64Encoded }) =>
      ({ statusCode: 200, body: JSON.stringify([body ?? null, isBase64Encoded]) })"""

    async def echoed(site: object, body: bytes, **fields: str) -> object:
        answer = await site.ask("POST", "echo", body, **fields)  # type: ignore[attr-defined]
        return json.loads(answer.body)

    async with running(tmp_path, {"echo.js": echo}) as site:
        assert await echoed(site, "ž".encode(), content_type="text/plain") == ["ž", False]
        assert await echoed(site, b"\xbe", content_type="text/plain; charset=iso-8859-2") == ["ž", False]
        assert await echoed(site, b"{}", content_type="application/vnd.api+json") == ["{}", False]
        assert await echoed(site, b"\0\xff", content_type="image/png") == ["AP8=", True]
        assert await echoed(site, b"lost") == [None, True]
        refused = await site.ask("POST", "echo", b"x", content_type="text/plain; charset=nonsense")
        assert isinstance(refused, Answer) and refused.status == 415


@on_a_loop
async def test_a_stream_goes_out_chunk_by_chunk(tmp_path: Path) -> None:
    text = """export default async () => {
      let push
      const body = new ReadableStream({ start: (controller) => { push = controller } })
      const encoder = new TextEncoder()
      setTimeout(() => push.enqueue(encoder.encode('one ')), 5)
      setTimeout(() => push.enqueue(encoder.encode('two')), 40)
      setTimeout(() => push.close(), 80)
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    }"""
    async with running(tmp_path, {"stream.mjs": text}) as site:
        answer = await site.get("stream")
        assert isinstance(answer, Streamed)

        assert [chunk async for chunk in answer.chunks] == [b"one ", b"two"]
        assert answer.headers == ((b"content-type", b"text/event-stream"),)


@on_a_loop
async def test_who_stops_listening_to_a_stream_without_end_frees_the_instance(tmp_path: Path) -> None:
    text = """export default async (request) => {
      if (new URL(request.url).searchParams.get('short')) return new Response(String(process.pid))
      return new Response(new ReadableStream({ pull: async (to) => {
        await new Promise((done) => setTimeout(done, 2))
        to.enqueue(new TextEncoder().encode('again'))
      } }))
    }"""
    async with running(tmp_path, {"endless.mjs": text}, policy=Policy(instances=1)) as site:
        answer = await site.get("endless")
        assert isinstance(answer, Streamed)
        async for _ in answer.chunks:
            break
        await answer.chunks.aclose()

        assert await site.text("endless?short=1")


@on_a_loop
async def test_a_stream_that_nobody_ever_began_to_read_frees_the_instance(tmp_path: Path) -> None:
    text = """export default async (request) => {
      if (new URL(request.url).searchParams.get('short')) return new Response(String(process.pid))
      return new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(1000)) }))
    }"""
    async with running(tmp_path, {"endless.mjs": text}, policy=Policy(instances=1)) as site:
        answer = await site.get("endless")
        assert isinstance(answer, Streamed)
        await answer.drop()

        assert await site.text("endless?short=1")


@on_a_loop
async def test_who_writes_a_path_that_nothing_matches_is_told(tmp_path: Path) -> None:
    text = "export default async () => new Response('x')\nexport const config = { path: ['/API/x', '/api/:itemId'] }"
    async with running(tmp_path, {"api.mjs": text}) as site:
        await site.get("api")

        assert site.warnings == [
            "the function api answers nothing at /API/x: netlify dev looks for paths in lower case"
        ]


FAILURES = {
    "throws.js": "exports.handler = async () => { throw new TypeError('it is broken') }",
    "string.js": "exports.handler = async () => { throw 'a string' }",
    "load.js": "throw new Error(`at load of ${__filename}`)",
    "syntax.js": "exports.handler = (",
    "none.js": "exports.other = 1",
    "nothing.js": "exports.handler = async () => undefined",
    "null.js": "exports.handler = async () => null",
    "status.js": "exports.handler = async () => ({ body: 'x' })",
    "object.js": "exports.handler = async () => ({ statusCode: 200, body: { a: 1 } })",
    "header.js": "exports.handler = async () => ({ statusCode: 200, headers: { 'x-a': 'a\\nb' } })",
    "rejects.js": "exports.handler = async () => { Promise.reject(new Error('late')); await new Promise(() => {}) }",
    "later.js": "exports.handler = () => { setTimeout(() => { throw new Error('later') }, 1) }",
    "exits.js": "exports.handler = async () => process.exit(3)",
    "killed.js": "exports.handler = async () => process.kill(process.pid, 'SIGKILL')",
    "megabytes.js": "exports.handler = async () => ({ statusCode: 200, body: 'x'.repeat(7e6) })",
    "loop.js": "exports.handler = async () => { for (;;); }",
    "never.js": "exports.handler = async () => new Promise(() => {})",
    "response.mjs": "export default async () => 'a string'",
    "hello.js": HELLO,
}
ANSWERS = {
    "throws": "TypeError: it is broken",
    "string": "Error: a string",
    "load": "Error: at load of ./netlify/functions/load.js",
    "syntax": "SyntaxError: Unexpected end of input",
    "none": "TypeError: lambdaFunc[lambdaHandler] is not a function",
    "nothing": "lambda response was undefined. check your function code again",
    "null": "no lambda response. check your function code again. make sure to return a promise or use the callback.",
    "status": "Your function response must have a numerical statusCode. You gave: undefined",
    "object": "Your function response must have a string or a stream body. You gave: { a: 1 }",
    "header": 'TypeError: Invalid character in header content ["x-a"]',
    "rejects": "Error: late",
    "later": "Error: later",
    "exits": "Runtime.ExitError: the function ended its process (exit code 3)",
    "killed": "Runtime.ExitError: the function's process ended",
    "megabytes": "Error: Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    "loop": "TimeoutError: Task timed out after 0.40 seconds",
    "never": "TimeoutError: Task timed out after 0.40 seconds",
    "response": "NetlifyUserError: Function returned an unsupported value. "
    "Accepted types are 'Response' or 'undefined'",
}


@on_a_loop
async def test_whatever_goes_wrong_is_worded_as_netlify_does_and_the_next_request_is_served(tmp_path: Path) -> None:
    slow = {"loop": {"timeout": 0.4}, "never": {"timeout": 0.4}}
    async with running(tmp_path, FAILURES, table=lambda name: slow.get(name, {})) as site:
        answers = {}
        for name in ANSWERS:
            answer = await site.get(name)
            assert isinstance(answer, Answer)
            assert (answer.status, answer.headers) == (500, ())
            answers[name] = answer.body.decode()
            assert await site.text("hello") == "hello"

    assert answers == ANSWERS


@on_a_loop
async def test_all_who_wait_for_a_function_that_cannot_be_loaded_hear_why(tmp_path: Path) -> None:
    for policy in (Policy(), Policy(instances=2)):
        async with running(tmp_path, {"broken.js": "throw new Error('broken')"}, policy=policy) as site:
            answers = await asyncio.gather(*(site.text("broken") for _ in range(12)))

        assert set(answers) == {"Error: broken"}


@on_a_loop
async def test_a_file_that_never_loads_holds_no_other_function_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "PATIENCE", 0.1)
    files = {"stuck.mjs": "export const config = { path: '/stuck' }\nfor (;;);", "hello.js": HELLO}
    async with running(tmp_path, files) as site:
        assert await site.text("hello") == "hello"
        assert await site.text("hello") == "hello"


@on_a_loop
async def test_a_large_stream_arrives_whole_however_it_is_cut(tmp_path: Path) -> None:
    text = """export default async () => new Response(new ReadableStream({ start(to) {
      to.enqueue(new Uint8Array(3e6).fill(1)); to.enqueue(new Uint8Array(9e6).fill(2)); to.close() } }))"""
    async with running(tmp_path, {"large.mjs": text}) as site:
        answer = await site.get("large")
        assert isinstance(answer, Streamed)

        body = b"".join([chunk async for chunk in answer.chunks])

    assert (len(body), body.count(1), body.count(2)) == (12_000_000, 3_000_000, 9_000_000)


@on_a_loop
async def test_a_file_that_changes_in_mid_call_lets_the_call_end_and_serves_the_next_one_anew(
    tmp_path: Path, looking_always: None
) -> None:
    async with running(tmp_path, {"a.js": SLOW}) as site:
        await site.text("a")
        asked = asyncio.ensure_future(site.text("a"))
        await site.hears("begun 2")
        written(tmp_path, {"a.js": HELLO})

        assert await site.text("a") == "hello"
        assert (await asked).endswith(" 2")


@on_a_loop
async def test_a_file_that_goes_in_mid_call_and_comes_back_lets_the_call_end(
    tmp_path: Path, looking_always: None
) -> None:
    async with running(tmp_path, {"a.js": SLOW}) as site:
        await site.text("a")
        asked = asyncio.ensure_future(site.text("a"))
        await site.hears("begun 2")
        os.unlink(tmp_path / "netlify" / "functions" / "a.js")

        assert await site.text("a") == "Function not found..."
        written(tmp_path, {"a.js": HELLO})
        assert (await asked).endswith(" 2")
        assert await site.text("a") == "hello"


@on_a_loop
async def test_a_browser_gets_a_page_and_the_terminal_the_stack_without_our_own_frames(tmp_path: Path) -> None:
    async with running(tmp_path, {"throws.js": "exports.handler = async () => { throw new Error('<b>') }"}) as site:
        answer = await site.get("throws", accept="text/html")

    assert isinstance(answer, Answer)
    assert answer.headers == ((b"content-type", b"text/html"),)
    assert b"&lt;b&gt;" in answer.body and b"<b>" not in answer.body
    assert str(tmp_path).encode() not in answer.body
    assert answer.reason == "throws: Error: <b> (netlify/functions/throws.js:1:39)"
    assert site.said == ["Error: <b>", f"    at exports.handler ({tmp_path}/netlify/functions/throws.js:1:39)"]


@on_a_loop
async def test_a_function_that_ends_its_process_after_its_answer_costs_nobody_an_answer(tmp_path: Path) -> None:
    text = """exports.handler = async () => {
      setTimeout(() => process.exit(0), 1)
      return { statusCode: 200, body: 'x' }
    }"""
    async with running(tmp_path, {"leaves.js": text}) as site:
        assert [await site.text("leaves") for _ in range(5)] == ["x"] * 5


@on_a_loop
async def test_memory_outside_of_javascripts_heap_is_limited_too(tmp_path: Path) -> None:
    text = """const kept = []
    exports.handler = async () => {
      for (;;) {
        if (kept.length < 32) kept.push(Buffer.alloc(2 ** 24, 1)) // half a gigabyte, however late somebody looks
        await new Promise((done) => setTimeout(done, 5))
      }
    }"""
    async with running(tmp_path, {"hoards.js": text, "hello.js": HELLO}, memory=100) as site:
        answer = await site.get("hoards")

        assert isinstance(answer, Answer)
        assert answer.body == b"Runtime.OutOfMemory: the function took more than 100 MiB"
        assert await site.text("hello") == "hello"


@on_a_loop
async def test_what_a_function_prints_goes_to_the_terminal_and_not_without_end(tmp_path: Path) -> None:
    text = """exports.handler = async () => {
      console.log('a line')
      console.error('an error')
      for (let i = 0; i < 20000; i++) console.log('x'.repeat(100))
      return { statusCode: 200, body: '' }
    }"""
    async with running(tmp_path, {"prints.js": text}) as site:
        await site.text("prints")
        await site.javascript.close()

    assert {"a line", "an error"} <= set(site.said)
    assert len(site.said) < 4000


@on_a_loop
async def test_a_background_function_is_answered_at_once_and_goes_on(tmp_path: Path) -> None:
    done = tmp_path / "done"
    text = f"exports.handler = async () => require('fs').writeFileSync({json.dumps(str(done))}, 'x')"
    async with running(tmp_path, {"work-background.js": text}) as site:
        answer = await site.get("work-background")

        assert isinstance(answer, Answer) and (answer.status, answer.body) == (202, b"")
        async with asyncio.timeout(PATIENCE):
            while not done.exists():
                await asyncio.sleep(0.01)


@on_a_loop
async def test_wait_until_keeps_the_instance_and_not_the_answer(tmp_path: Path) -> None:
    text = """let after = 0
    export default async (request, context) => {
      context.waitUntil(new Promise((done) => setTimeout(done, 60)).then(() => { after += 1 }))
      return new Response(String(after))
    }"""
    async with running(tmp_path, {"later.mjs": text}, policy=Policy(instances=1)) as site:
        assert [await site.text("later") for _ in range(3)] == ["0", "1", "2"]


STUCK = """export default async (request, context) => {
  context.waitUntil(new Promise(() => {}))
  const body = request.url.endsWith('?stream') ? new ReadableStream({ async start(out) {
    await new Promise((done) => setTimeout(done, 20))
    out.enqueue('ok')
    out.close()
  } }) : 'ok'
  return new Response(body)
}"""


@on_a_loop
async def test_what_wait_until_never_ends_costs_an_instance_and_not_the_function(tmp_path: Path) -> None:
    async with running(tmp_path, {"stuck.mjs": STUCK}, timeout=15) as site:
        taken = [await site.text("stuck") for _ in range(instances.AT_MOST)]
        waiting = [asyncio.ensure_future(site.text("stuck")) for _ in range(2)]
        await site.later(15.5)
        async with asyncio.timeout(PATIENCE):
            assert [*taken, *await asyncio.gather(*waiting)] == ["ok"] * (instances.AT_MOST + 2)

        assert "after its answer: Task timed out after 15.00 seconds; the instance is ended" in site.said


@on_a_loop
async def test_what_wait_until_never_ends_after_a_stream_is_limited_too(tmp_path: Path) -> None:
    async def streamed(site: Running) -> list[bytes]:
        answer = await site.get("stuck?stream")
        assert isinstance(answer, Streamed)
        return [chunk async for chunk in answer.chunks]

    async with running(tmp_path, {"stuck.mjs": STUCK}, timeout=15, policy=Policy(instances=1)) as site:
        assert await streamed(site) == [b"ok"]
        waiting = asyncio.ensure_future(streamed(site))
        await site.later(15.5)
        async with asyncio.timeout(PATIENCE):
            assert await waiting == [b"ok"]


@on_a_loop
async def test_who_waits_for_an_instance_that_stays_taken_hears_so(tmp_path: Path) -> None:
    endless = """export default async () => new Response(new ReadableStream({ async pull(out) {
      await new Promise((done) => setTimeout(done, 20))
      out.enqueue('tick')
    } }))"""

    async with running(tmp_path, {"endless.mjs": endless}, timeout=15, policy=Policy(instances=1)) as site:
        taken = await site.get("endless")
        assert isinstance(taken, Streamed)
        waiting = asyncio.ensure_future(site.text("endless"))
        await site.later(16.5)
        async with asyncio.timeout(PATIENCE):
            assert "no instance of the function was free for 16.00 seconds" in await waiting
        await taken.chunks.aclose()


@on_a_loop
async def test_a_change_is_live_at_the_next_request_and_so_is_one_of_what_it_imports(
    tmp_path: Path, looking_always: None
) -> None:
    files = {
        "a.js": """const { text } = require('../lib/text')
            exports.handler = async () => ({ statusCode: 200, body: text })""",
        "../lib/text.js": "exports.text = 'one'",
        "b.mjs": "export default async () => new Response('one')\nexport const config = { path: '/b' }",
    }
    async with running(tmp_path, files) as site:
        assert (await site.text("a"), await site.text("/b")) == ("one", "one")

        changed = {
            "../lib/text.js": "exports.text = 'two, longer'",
            "b.mjs": files["b.mjs"].replace("'/b'", "'/moved'"),
        }
        written(tmp_path, changed | {"c.js": HELLO})

        assert await site.text("a") == "two, longer"
        assert await site.text("/moved") == "one"
        assert site.javascript.at("/b", "GET") is None
        assert await site.text("c") == "hello"
        os.unlink(tmp_path / "netlify" / "functions" / "c.js")
        assert await site.text("c") == "Function not found..."


@on_a_loop
async def test_a_file_that_changes_while_it_is_loaded_is_loaded_anew(tmp_path: Path, looking_always: None) -> None:
    saved_again = f"require('node:fs').writeFileSync(__filename, {json.dumps(HELLO)})\n{COUNTER}"
    async with running(tmp_path, {"a.js": saved_again}) as site:
        assert await site.text("a") == "1"
        assert await site.text("a") == "hello"


@on_a_loop
async def test_a_file_that_changes_before_another_instance_loads_it_changes_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = """exports.handler = async () => {
      console.log('begun')
      while (!require('node:fs').existsSync('go')) await new Promise((done) => setTimeout(done, 5))
      return { statusCode: 200, body: 'waited' }
    }"""
    async with running(tmp_path, {"a.js": waits}) as site:
        asked = asyncio.ensure_future(site.text("a"))
        await site.hears("begun")
        for each in (instances, registry):
            monkeypatch.setattr(each, "LOOK", 1e9)
        written(tmp_path, {"a.js": HELLO})
        assert await site.text("a") == "hello"
        (tmp_path / "go").touch()
        assert await asked == "waited"

        for each in (instances, registry):
            monkeypatch.setattr(each, "LOOK", 0.0)
        assert [await site.text("a") for _ in range(2)] == ["hello", "hello"]


@on_a_loop
async def test_a_mended_file_works_where_a_broken_one_did_not(tmp_path: Path, looking_always: None) -> None:
    async with running(tmp_path, {"a.js": "exports.handler = ("}) as site:
        assert (await site.text("a")).startswith("SyntaxError")

        written(tmp_path, {"a.js": HELLO})

        assert await site.text("a") == "hello"


@on_a_loop
async def test_a_builder_that_is_none_is_refused_and_one_that_is_one_answers(tmp_path: Path) -> None:
    one = "exports.handler = async () => ({ statusCode: 200, body: 'x', metadata: { builder_function: true } })"
    async with running(tmp_path, {"one.js": one, "none.js": HELLO}) as site:
        refused = await site.get("/.netlify/builders/none")

        assert isinstance(refused, Answer) and refused.status == 400
        assert "on-demand builder" in json.loads(refused.body)["message"]
        assert await site.text("/.netlify/builders/one") == "x"


@on_a_loop
async def test_without_node_a_function_says_so(tmp_path: Path) -> None:
    async with running(tmp_path, {"a.js": HELLO}, node=None) as site:
        answer = await site.get("a")

    assert isinstance(answer, Answer) and answer.status == 501
    assert "there is no Node on this machine" in json.loads(answer.body)["detail"]


@on_a_loop
async def test_a_node_that_cannot_start_says_so(tmp_path: Path) -> None:
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    async with running(tmp_path, {"a.js": HELLO}, node=str(old)) as site:
        answer = await site.get("a")

    assert isinstance(answer, Answer) and answer.status == 501


@on_a_loop
async def test_processes_that_could_not_be_started_are_not_kept(tmp_path: Path) -> None:
    async with running(tmp_path, {"a.js": HELLO}, node=str(tmp_path / "no-node")) as site:
        assert "Node cannot be started" in await site.text("a")
        assert not site.javascript._processes._living


@on_a_loop
async def test_a_field_with_the_name_of_a_member_of_every_object_arrives_as_it_was_sent(tmp_path: Path) -> None:
    told = """exports.handler = async ({ headers, multiValueHeaders }) => ({ statusCode: 200, body: JSON.stringify(
      [headers.constructor, multiValueHeaders.constructor, headers.valueof, typeof headers.toString, ({}).polluted],
    ) })"""

    async with running(tmp_path, {"told.js": told}) as site:
        answer = await site.ask("GET", "told", b"", **{"constructor": "x", "valueof": "y"})
        assert isinstance(answer, Answer)
        assert json.loads(answer.body) == ["x", ["x"], "y", "function", None]
        pairs = [(b"host", b"localhost"), (b"__proto__", b"x"), (b"__proto__", b"y")]
        again = await site.javascript.answer("told", Incoming("GET", "/.netlify/functions/told", "", pairs, b""))
        assert isinstance(again, Answer)
        assert json.loads(again.body)[3:] == ["function", None]


@on_a_loop
@pytest.mark.parametrize("instances", [None, 1])
async def test_a_folder_that_cannot_be_made_fails_every_call_and_is_named(
    instances: int | None, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    blobs = BlobsServer(tmp_path / "file" / "blobs", "unlinked")

    async with running(tmp_path, {"a.js": HELLO}, blobs=blobs, policy=Policy(instances=instances)) as site:
        async with asyncio.timeout(PATIENCE):
            said = [*[await site.text("a") for _ in range(2)], *await asyncio.gather(site.text("a"), site.text("a"))]
        assert all(each.startswith("Error: the folder of Netlify Blobs cannot be used (./file") for each in said), said

        (tmp_path / "file").unlink()
        assert await site.text("a") == "hello"
        assert blobs.context()


@on_a_loop
async def test_no_answer_leaves_with_a_secret_in_it(tmp_path: Path) -> None:
    files = {
        "plain.js": "exports.handler = async () => ({ statusCode: 200, body: 'it is test-secret' })",
        "error.js": "exports.handler = async () => { throw new Error('it is test-secret') }",
        "stream.mjs": """export default async () => new Response(new ReadableStream({ async start(to) {
          for (const part of ['it is test', '-secret', ' x']) {
            to.enqueue(new TextEncoder().encode(part))
            await new Promise((done) => setTimeout(done, 20))
          }
          to.close()
        } }))""",
    }
    async with running(tmp_path, files, watch=Watch(Secrets(["test-secret"]))) as site:
        for name in ("plain", "error"):
            answer = await site.get(name)
            assert isinstance(answer, Answer) and answer.status == 502
            assert b"test-secret" not in answer.body
        stream = await site.get("stream")
        assert isinstance(stream, Streamed)
        came = []
        with pytest.raises(GettyTokenError):
            async for chunk in stream.chunks:
                came.append(chunk)
        assert came == [b"it is test"]


@on_a_loop
async def test_no_answer_leaves_with_a_secret_packed_into_it_or_packed_as_nobody_can_read(tmp_path: Path) -> None:
    def packed(how: str, text: str, encoding: str) -> str:
        return f"""const zlib = require('node:zlib')
            exports.handler = async () => ({{ statusCode: 200, headers: {{ 'content-encoding': '{encoding}' }},
              isBase64Encoded: true, body: {how}.toString('base64') }})""".replace("TEXT", f"'{text}'")

    files = {
        "gzip.js": packed("zlib.gzipSync(TEXT)", "it is test-secret", "gzip"),
        "cut.js": packed("zlib.gzipSync(TEXT).subarray(0, -4)", "it is test-secret", "gzip"),
        "second.js": packed("Buffer.concat([zlib.gzipSync('x'), zlib.gzipSync(TEXT)])", "it is test-secret", "gzip"),
        "brotli.js": packed("zlib.brotliCompressSync(TEXT)", "it is test-secret", "br"),
        "name.js": "exports.handler = async () => ({ statusCode: 200, headers: { 'x-test-secret': '1' }, body: '' })",
        "harmless.js": packed("zlib.gzipSync(TEXT)", "it is nothing", "gzip"),
        "stream.mjs": """import zlib from 'node:zlib'
          export default async () => new Response(new ReadableStream({ start(to) {
            to.enqueue(zlib.gzipSync('it is test-secret')); to.close()
          } }), { headers: { 'content-encoding': 'gzip' } })""",
    }
    async with running(tmp_path, files, watch=Watch(Secrets(["test-secret"]))) as site:
        status = {}
        for name in ("gzip", "cut", "second", "brotli", "name", "harmless"):
            answer = await site.get(name)
            assert isinstance(answer, Answer)
            status[name] = answer.status
        assert status == {"gzip": 502, "cut": 502, "second": 502, "brotli": 502, "name": 502, "harmless": 200}
        stream = await site.get("stream")
        if isinstance(stream, Streamed):
            with pytest.raises(GettyTokenError):
                async for _ in stream.chunks:
                    pytest.fail("something came")
        else:
            assert stream.status == 502
