"use strict";
// One instance of one function of a site. Started by the emulator as `node --require guard.cjs host.cjs`; takes one call
// at a time, and ends when the emulator does.

const fs = require("node:fs");
const { Link, framed } = require("./link.cjs");
const getty = require("./getty.cjs");
const classic = require("./classic.cjs");
const modern = require("./modern.cjs");
const loading = require("./loading.cjs");
require("./streaming.cjs");
const { request, Unreadable } = require("./request.cjs");

const LARGEST_ANSWER = 6291556; // bytes, as on AWS Lambda
const { kill, exit } = process;
const end = () => kill.call(process, process.pid, "SIGKILL"); // whatever the site's code has made of `exit`

// What was on the command line is ours; the site's code sees itself only.
const descriptor = Number(process.argv[2]);
const link = new Link(descriptor, receive, end);
const send = (header, body) => link.send(header, body);
let loaded = null;
let call = null;

// `kill -9` of the emulator closes the socket; so does its ordinary end.
getty.open(send);

function receive(message, body) {
  if (message.kind === "getty") return getty.answered(message, body);
  if (message.kind === "load") return void load(message);
  if (message.kind === "call") return void answer(message, body);
  if (message.kind === "stop") return void (call && call.abort && call.abort());
}

const LARGEST_TEXT = 64 * 1024; // characters of an error
const LARGEST_CHUNK = 1024 * 1024; // bytes of a message with a part of a stream

function described(error) {
  const { name, message, stack } = parts(error);
  return { name: name.slice(0, 200), message: message.slice(0, LARGEST_TEXT), stack: stack.slice(0, LARGEST_TEXT) };
}

function parts(error) {
  if (error instanceof Error || (error && typeof error === "object" && "message" in error)) {
    // `fetch failed` alone helps nobody.
    const cause = error.cause instanceof Error ? `\n  because ${error.cause.name}: ${error.cause.message}` : "";
    return { name: String(error.name ?? "Error"), message: String(error.message), stack: `${error.stack ?? ""}${cause}` };
  }
  const thrown = typeof error === "string" ? error : require("node:util").inspect(error);
  return { name: "Error", message: thrown, stack: "" };
}

async function load({ file, code, blobs }) {
  process.argv = [process.argv[0], file];
  const name = "NETLIFY_BLOBS_CONTEXT";
  if (blobs && loading.looksModern(file)) process.env[name] = blobs;
  try {
    loaded = loading.entry(await loading.evaluate(file, code));
    if (loaded.api !== 2) delete process.env[name]; // in production, too, such a function has to call connectLambda
    let config = null;
    if (loaded.config && typeof loaded.config === "object") config = JSON.parse(JSON.stringify(loaded.config));
    send({ kind: "loaded", api: loaded.api, config, files: loading.parts(file) });
  } catch (error) {
    const bundle = code === undefined && loading.wantsBundling(error, file);
    send({ kind: "unloadable", error: described(error), bundle, files: loading.parts(file) });
  }
}

async function answer(message, raw) {
  const later = new Set();
  const waitFor = (promise) => {
    const settled = Promise.resolve(promise).catch((error) => console.error(error)).finally(() => later.delete(settled));
    later.add(settled);
  };
  call = message;
  try {
    const read = message.event ? ofEvent(message) : request(message, raw);
    const given =
      loaded.api === 2 ? await modern.answer(loaded.run, message, read, waitFor) : await classic.answer(loaded.run, message, read);
    if (given.stream) await stream(given, later);
    else whole(given, later);
  } catch (error) {
    if (error instanceof Unreadable) last({ kind: "refused", status: error.status, message: error.message }, later);
    else last({ kind: "failed", error: described(error), plain: error instanceof classic.Nonsense }, later);
  }
  if (!call) return;
  while (later.size) await Promise.allSettled(later);
  call = null;
  send({ kind: "idle" });
}

// What a function of the second API would read of an event that was handed over in place of a request.
function ofEvent(message) {
  const { event } = message;
  message.method = event.httpMethod ?? message.method;
  message.path = event.path ?? message.path;
  message.query = event.rawQuery ?? new URLSearchParams(event.queryStringParameters ?? {}).toString();
  const query = message.query ? `?${message.query}` : "";
  const made = request({ ...message, fields: Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]) }, Buffer.alloc(0));
  const rawUrl = event.rawUrl ?? `http://localhost:8888${message.path}${query}`;
  const body = event.isBase64Encoded ? { bytes: Buffer.from(event.body ?? "", "base64") } : { text: event.body };
  return { ...made, rawUrl, ...(event.body === undefined || event.body === null ? {} : body) };
}

// The answer; if nothing was left with `waitUntil`, it says as well that the next call may come.
function last(message, later, body) {
  if (later.size === 0) {
    call = null;
    message.idle = true;
  }
  send(message, body);
}

function whole(given, later) {
  const { body, ...head } = given;
  if (body && body.length > LARGEST_ANSWER) {
    throw new Error(`Response payload size exceeded maximum allowed payload size (${LARGEST_ANSWER} bytes).`);
  }
  last({ kind: "answer", ...head }, later, given.status === 204 || given.status === 304 ? undefined : body);
}

// What is there at once goes out as one answer; the rest chunk by chunk, no faster than it is taken.
async function stream({ status, headers, stream: source }, later) {
  const reader = source.getReader();
  const first = [];
  let size = 0;
  let read = reader.read();
  for (;;) {
    const soon = await Promise.race([read, new Promise((resolve) => setImmediate(resolve, null))]);
    if (!soon) break;
    if (soon.done) return whole({ status, headers, body: Buffer.concat(first) }, later);
    first.push(bytes(soon.value));
    size += first.at(-1).length;
    read = reader.read();
    if (first.length > 16 || size > LARGEST_CHUNK) break;
  }
  call.abort = () => reader.cancel().catch(() => {});
  send({ kind: "start", status, headers });
  try {
    await handOn(Buffer.concat(first));
    for (;;) {
      const { done, value } = await read;
      if (done) break;
      await handOn(bytes(value));
      read = reader.read();
    }
    send({ kind: "end" });
  } catch (error) {
    send({ kind: "broke", error: described(error) });
  }
}

// No faster than it is taken.
async function handOn(chunk) {
  for (let start = 0; start < chunk.length; start += LARGEST_CHUNK) {
    if (!send({ kind: "chunk" }, chunk.subarray(start, start + LARGEST_CHUNK))) await link.drained();
  }
}

function bytes(value) {
  if (typeof value === "string") return Buffer.from(value);
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

// On AWS either ends the instance; the call it is in fails.
for (const name of ["uncaughtException", "unhandledRejection"]) {
  process.on(name, (error) => {
    send({ kind: "crashed", error: described(error) });
    link.socket.end(() => exit.call(process, 1));
  });
}

// `process.exit` leaves no time for anything but a write that does not wait.
process.on("exit", (code) => {
  try {
    fs.writeSync(descriptor, framed({ kind: "exiting", code, busy: call !== null }));
  } catch {}
});

send({ kind: "ready", version: process.version });
