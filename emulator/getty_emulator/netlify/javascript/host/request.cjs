"use strict";
// What arrived, as Netlify's tool reads it before a function sees it.

const zlib = require("node:zlib");

const LARGEST = 6 * 1024 * 1024;
const TEXT = new Set([
  "application/csp-report",
  "application/graphql",
  "application/json",
  "application/javascript",
  "application/x-www-form-urlencoded",
  "application/x-ndjson",
  "application/xml",
]);
// RFC 6838 4.2, so that `*/*` is no type.
const MEDIA_TYPE = /^\s*[A-Za-z0-9][A-Za-z0-9!#$&^_-]*\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*\s*(;.*)?$/;
const JOINED_ONCE = new Set("age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since last-modified location max-forwards proxy-authorization referer retry-after server user-agent".split(" "));

class Unreadable extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// Header fields by lower-case name. Repeats are joined as Node does.
function headers(fields) {
  const all = {};
  for (const [name, sent] of fields) {
    const value = sent.replace(/[ \t]+$/, ""); // RFC 9110 5.5: white space around a value is none of it
    if (!Object.hasOwn(all, name)) all[name] = value;
    else if (!JOINED_ONCE.has(name)) all[name] += (name === "cookie" ? "; " : ", ") + value;
  }
  return all;
}

function isText(type) {
  const name = type.split(";")[0].toLowerCase();
  return name.startsWith("text/") || name.endsWith("+json") || name.endsWith("+xml") || TEXT.has(name);
}

function inflated(raw, encoding) {
  const inflate = { gzip: zlib.gunzipSync, deflate: zlib.inflateSync, br: zlib.brotliDecompressSync }[encoding];
  if (!inflate) throw new Unreadable(415, `unsupported content encoding "${encoding}"`);
  try {
    return inflate(raw, { maxOutputLength: LARGEST });
  } catch (error) {
    if (error.code === "ERR_BUFFER_TOO_LARGE") throw new Unreadable(413, "request entity too large");
    throw new Unreadable(400, "the body is not what its content encoding says");
  }
}

function decoded(raw, type) {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type);
  // Express reads the charset of these two kinds; all others are UTF-8.
  if (!charset || !/^\s*(text\/|application\/json)/i.test(type)) return new TextDecoder().decode(raw);
  try {
    return new TextDecoder(charset[1]).decode(raw);
  } catch {
    throw new Unreadable(415, `unsupported charset "${charset[1].toUpperCase()}"`);
  }
}

// `{ text }` or `{ bytes }`, or neither where Netlify's tool loses the body: without a type that can be read.
function body(all, raw) {
  const type = all["content-type"] ?? "";
  const asText = isText(type);
  const has = all["transfer-encoding"] !== undefined || (all["content-length"] !== undefined && !Number.isNaN(Number(all["content-length"])));
  if (!has || !MEDIA_TYPE.test(type)) return { isBase64Encoded: !asText };
  const encoding = (all["content-encoding"] ?? "identity").toLowerCase();
  const bytes = encoding === "identity" || !raw.length ? raw : inflated(raw, encoding);
  return asText ? { isBase64Encoded: false, text: decoded(bytes, type) } : { isBase64Encoded: true, bytes };
}

const MOCK_GEO = {
  city: "San Francisco",
  country: { code: "US", name: "United States" },
  subdivision: { code: "CA", name: "California" },
  longitude: 0,
  latitude: 0,
  timezone: "UTC",
};

// As Netlify's tool makes one up for `--country`.
const geoOf = (code) => ({
  city: "Mock City",
  country: { code, name: "Mock Country" },
  subdivision: { code: "SD", name: "Mock Subdivision" },
  longitude: 0,
  latitude: 0,
  timezone: "UTC",
});

const encoded = new Map();
function geo(country = "") {
  if (!encoded.has(country)) {
    encoded.set(country, Buffer.from(JSON.stringify(country ? geoOf(country) : MOCK_GEO)).toString("base64"));
  }
  return encoded.get(country);
}

// The call as values: headers with those that Netlify adds, address, query, body.
function request(call, raw) {
  const all = headers(call.fields);
  const client = all["x-forwarded-for"] && !call.front ? all["x-forwarded-for"].split(",").pop().trim() : call.client;
  if (call.front) all["x-forwarded-for"] = `::ffff:${call.client}`;
  Object.assign(all, {
    "client-ip": client,
    "x-nf-client-connection-ip": client,
    "x-nf-account-id": "",
    "x-nf-site-id": call.site,
    "x-nf-geo": geo(call.country),
  });
  if (call.front) all["x-nf-request-id"] = call.request;
  const rawQuery = new URL(`/?${call.query}`, "http://example.com").search.slice(1);
  const url = new URL(call.path.startsWith("//") ? `http://host.invalid${call.path}` : call.path, "http://host.invalid");
  const address = new URL(`http://${all.host || "localhost"}`);
  address.pathname = url.pathname;
  address.search = rawQuery;
  return { headers: all, rawQuery, rawUrl: address.toString(), client, ...body(all, raw) };
}

module.exports = { request, Unreadable, MOCK_GEO };
