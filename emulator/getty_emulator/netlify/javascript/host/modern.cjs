"use strict";
// Functions whose default export takes a Request and gives a Response.

const { AsyncLocalStorage } = require("node:async_hooks");
const { MOCK_GEO } = require("./request.cjs");

const current = new AsyncLocalStorage();

class Cookies {
  constructor(request) {
    this.request = request;
    this.changes = [];
    this.get = this.get.bind(this);
    this.set = this.set.bind(this);
    this.delete = this.delete.bind(this);
  }

  get(name) {
    for (const pair of (this.request.headers.get("cookie") ?? "").split(";")) {
      const [key, ...value] = pair.split("=");
      if (key.trim() === name && value.length) return value.join("=");
    }
  }

  set(first, value) {
    if (typeof first !== "string") return void this.changes.push(first);
    if (typeof value !== "string") throw new TypeError("You must provide the cookie value as a string to 'cookies.set'");
    this.changes.push({ name: first, value });
  }

  delete(which) {
    const named = typeof which === "string" ? { name: which } : which;
    this.changes.push({ path: "/", ...named, value: "", expires: new Date(0) });
  }

  lines() {
    return this.changes.map((cookie) => {
      checkValue(cookie.name, cookie.value);
      const parts = [`${cookie.name}=${cookie.value}`];
      if (cookie.secure || /^__(Secure|Host)-/.test(cookie.name)) parts.push("Secure");
      if (cookie.httpOnly) parts.push("HttpOnly");
      if (cookie.partitioned) parts.push("Partitioned");
      if (Number.isInteger(cookie.maxAge)) parts.push(`Max-Age=${cookie.maxAge}`);
      if (cookie.domain) parts.push(`Domain=${cookie.domain}`);
      if (cookie.sameSite) parts.push(`SameSite=${cookie.sameSite}`);
      if (cookie.path) parts.push(`Path=${cookie.path}`);
      if (cookie.expires) parts.push(`Expires=${new Date(cookie.expires).toUTCString()}`);
      return parts.concat(cookie.unparsed ?? []).join("; ");
    });
  }
}

// As the library that Netlify writes cookies with refuses them, in its words.
function checkValue(name, value) {
  for (const char of value ?? "") {
    if (/[^\x21-\uffff]|[",;\\\x7f]/.test(char)) throw new Error(`RFC2616 cookie '${name}' cannot contain character '${char}'`);
    if (char > "\x80") throw new Error(`RFC2616 cookie '${name}' can only have US-ASCII chars as value${char.charCodeAt(0).toString(16)}`);
  }
}

function context(call, read, request, cookies, later) {
  const { env } = process;
  return {
    account: { id: "" },
    cookies: { delete: cookies.delete, get: cookies.get, set: cookies.set },
    deploy: { branch: env.BRANCH ?? "", context: env.CONTEXT ?? "dev", id: "0", published: false, skewProtectionToken: undefined },
    flags: { get: () => undefined, evaluations: new Set() },
    path: call.route ?? undefined,
    geo: JSON.parse(Buffer.from(read.headers["x-nf-geo"], "base64").toString()) ?? MOCK_GEO,
    ip: read.client,
    json: (value) => Response.json(value),
    log: console.log,
    next: () => {
      throw new Error("`context.next` is not implemented for serverless functions");
    },
    params: call.params ?? {},
    requestId: call.request,
    rewrite: (address) => fetch(new URL(address, request.url)),
    server: { region: "dev" },
    site: { id: env.SITE_ID ?? call.site, name: env.SITE_NAME, url: env.URL },
    url: new URL(request.url),
    waitUntil(promise) {
      if (arguments.length === 0) throw new TypeError("waitUntil: At least 1 argument required, but only 0 passed");
      later(promise);
    },
  };
}

// `Netlify.env` and `Netlify.context`, as in production.
globalThis.Netlify = {
  get context() {
    return current.getStore() ?? null;
  },
  env: {
    delete: (name) => void delete process.env[name],
    get: (name) => process.env[name],
    has: (name) => Boolean(process.env[name]),
    set: (name, value) => void (process.env[name] = value),
    toObject: () => ({ ...process.env }),
  },
};

async function answer(run, call, read, later) {
  let { headers, text, bytes } = read;
  let { method } = call;
  let body = text ?? bytes;
  if (call.scheduled) {
    method = "POST";
    body = JSON.stringify({ next_run: call.nextRun });
    headers = { ...headers, "user-agent": "Netlify Clockwork", "x-nf-event": "schedule" };
  }
  const withBody = body !== undefined && method !== "GET" && method !== "HEAD";
  const request = new Request(read.rawUrl, { method, headers: new Headers(headers), body: withBody ? body : undefined });
  const cookies = new Cookies(request);
  const made = context(call, read, request, cookies, later);
  const given = await current.run(made, () => run(request, made));
  if (given === undefined) return { status: 204, headers: [], body: Buffer.alloc(0) };
  if (!(given instanceof Response)) {
    const message = "Function returned an unsupported value. Accepted types are 'Response' or 'undefined'";
    throw Object.assign(new Error(message), { name: "NetlifyUserError" });
  }
  if (call.scheduled) return { scheduled: { status: undefined, keys: [] } };
  if (call.background) return {};
  if (call.builder) return { notBuilder: true };
  const sent = [...given.headers].concat(cookies.lines().map((line) => ["set-cookie", line]));
  if (given.status < 200) throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.');
  return given.body === null ? { status: given.status, headers: sent, body: Buffer.alloc(0) } : { status: given.status, headers: sent, stream: given.body };
}

module.exports = { answer };
