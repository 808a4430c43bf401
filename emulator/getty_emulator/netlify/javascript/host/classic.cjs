"use strict";
// Functions that export `handler(event, context, callback)`.

const querystring = require("node:querystring");
const http = require("node:http");
const { randomUUID } = require("node:crypto");
const { inspect } = require("node:util");
const { Readable } = require("node:stream");

// What a person reads in the answer. The words are those of Netlify's tool.
class Nonsense extends Error {}

// The token of the service that does not exist: `{"source":"netlify dev","testData":"NETLIFY_DEV_LOCALLY_EMULATED_IDENTITY"}`
// signed with nobody's key, as Netlify's tool hands it to every function.
const NOBODY = [
  '{"alg":"HS256","typ":"JWT"}',
  '{"source":"netlify dev","testData":"NETLIFY_DEV_LOCALLY_EMULATED_IDENTITY"}',
]
  .map((part) => Buffer.from(part).toString("base64url"))
  .concat("2eSDqUOZAOBsx39FHFePjYj12k0LrxldvGnlvDu3GMI")
  .join(".");

// Who signed it is not asked, locally.
function jwt(authorization) {
  const parts = (authorization || "").split(" ");
  if (parts.length !== 2 || parts[0] !== "Bearer") return {};
  try {
    const user = JSON.parse(Buffer.from(parts[1].split(".")[1], "base64url").toString());
    const identity = { url: "https://netlify-dev-locally-emulated-identity.netlify.app/.netlify/identity", token: NOBODY };
    return { identity, user, custom: { netlify: Buffer.from(JSON.stringify({ identity, user })).toString("base64") } };
  } catch {
    return {};
  }
}

function event(call, read) {
  // `fromEntries`, because a parameter may be called __proto__.
  const query = Object.entries(querystring.parse(call.query)).map(([name, value]) => [name, [value].flat()]);
  const several = Object.fromEntries(query);
  const single = Object.fromEntries(query.map(([name, values]) => [name, values.join(", ")]));
  const multiple = {};
  for (const [name, value] of Object.entries(read.headers)) multiple[name] = [value];
  multiple["x-nf-account-id"] = [undefined]; // nobody has logged in
  return {
    path: call.path,
    httpMethod: call.method,
    queryStringParameters: single,
    multiValueQueryStringParameters: several,
    headers: read.headers,
    multiValueHeaders: multiple,
    body: read.text ?? (read.bytes && read.bytes.toString("base64")),
    isBase64Encoded: read.isBase64Encoded,
    rawUrl: read.rawUrl,
    rawQuery: read.rawQuery,
    route: call.rewritten ? "null" : undefined,
  };
}

// Netlify's scheduler comes with a POST whatever a person sends.
function scheduled(made, nextRun) {
  return {
    ...made,
    httpMethod: "POST",
    body: JSON.stringify({ next_run: nextRun }),
    isBase64Encoded: false,
    headers: { ...made.headers, "user-agent": "Netlify Clockwork", "X-NF-Event": "schedule" },
  };
}

function context(call, headers, done) {
  const ends = Date.now() + call.timeout * 1000;
  const id = randomUUID();
  return {
    done,
    fail: (error) => done(error ?? new Error("context.fail without an error")),
    succeed: (result) => done(null, result),
    getRemainingTimeInMillis: () => ends - Date.now(),
    callbackWaitsForEmptyEventLoop: false,
    functionName: "handler",
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: `arn:aws:lambda:${process.env.AWS_REGION}:000000000000:function:handler:1.0`,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: id,
    logGroupName: "Group name",
    logStreamName: "Stream name",
    identity: null,
    clientContext: call.background ? undefined : jwt(headers.authorization),
    _stopped: false,
    __lambdaLocal: {},
  };
}

function run(handler, made, call, headers) {
  return new Promise((resolve, reject) => {
    const done = (error, result) => (error === null || error === undefined ? resolve(result) : reject(error));
    const promised = handler(made, context(call, headers, done), done);
    if (promised && typeof promised.then === "function") promised.then(resolve, reject);
    // As on AWS, what is returned without a promise is dropped; Netlify's tool answers as if it were nothing.
    else if (promised) resolve(null);
  });
}

const isStream = (value) => value !== null && typeof value === "object" && typeof value.pipe === "function";

// Status, header fields and body, or Nonsense with the sentence for it.
function result(given) {
  if (given === undefined) throw new Nonsense("lambda response was undefined. check your function code again");
  if (given === null) {
    throw new Nonsense("no lambda response. check your function code again. make sure to return a promise or use the callback.");
  }
  if (!Number(given.statusCode)) {
    throw new Nonsense(`Your function response must have a numerical statusCode. You gave: ${inspect(given.statusCode)}`);
  }
  if (given.body && typeof given.body !== "string" && !isStream(given.body)) {
    throw new Nonsense(`Your function response must have a string or a stream body. You gave: ${inspect(given.body)}`);
  }
  const status = Number(given.statusCode) | 0;
  if (status < 200 || status > 999) throw new RangeError(`Invalid status code: ${given.statusCode}`);
  const fields = new Map();
  for (const [name, value] of [...Object.entries(given.headers ?? {}), ...Object.entries(given.multiValueHeaders ?? {})]) {
    http.validateHeaderName(name);
    const values = (Array.isArray(value) ? value : [value]).map((one) => (http.validateHeaderValue(name, one), String(one)));
    fields.set(name.toLowerCase(), values);
  }
  const headers = [...fields].flatMap(([name, values]) => values.map((value) => [name, value]));
  if (isStream(given.body)) return { status, headers, stream: Readable.toWeb(Readable.from(given.body)) };
  return { status, headers, body: Buffer.from(given.body || "", given.isBase64Encoded ? "base64" : "utf8") };
}

async function answer(handler, call, read) {
  if (typeof handler !== "function") {
    console.error(`${call.name} exports neither a function named handler nor a default function.`);
    throw new TypeError("lambdaFunc[lambdaHandler] is not a function"); // in the words of Netlify's tool
  }
  let made = call.event ?? event(call, read);
  if (call.blobs) made.blobs = call.blobs;
  if (call.scheduled) made = scheduled(made, call.nextRun);
  const given = await run(handler, made, call, made.headers ?? {}).catch((error) => {
    // Who throws nothing answers nothing.
    if (error !== undefined && error !== null) throw error;
  });
  if (call.scheduled) return { scheduled: { status: given && given.statusCode, keys: Object.keys(given ?? {}).filter((key) => key !== "statusCode") } };
  if (call.background) return {};
  if (call.builder && !(given && given.metadata && given.metadata.builder_function)) return { notBuilder: true };
  return result(given);
}

module.exports = { answer, Nonsense };
