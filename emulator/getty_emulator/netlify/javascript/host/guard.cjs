"use strict";
// Loaded before anything of the site's, in this process, its worker threads and its Node children.
//
// Connections to Getty's hosts are handed to the emulator, at the level of sockets, so that every HTTP client is caught.
// Offline, connections to any other host are refused, unless it is this machine or allowed by name.

const net = require("node:net");
const tls = require("node:tls");
const dns = require("node:dns");
const http = require("node:http");
const dgram = require("node:dgram");
const { syncBuiltinESMExports } = require("node:module");

const policy = JSON.parse(process.env.GETTY_TOKEN_NETWORK || '{"getty":[],"offline":false,"allow":[]}');
const getty = new Set(policy.getty);
let carry = null;

const named = (host) => String(host).toLowerCase().replace(/^\[|\]$|\.$/g, "");
const isGetty = (host) => host !== undefined && getty.has(named(host));

function isHere(host) {
  const name = named(host);
  if (name === "localhost" || name.endsWith(".localhost") || name === "::1") return true;
  return net.isIPv4(name) && name.startsWith("127.");
}

const isAllowed = (host) => !policy.offline || isHere(host) || policy.allow.includes(named(host));

function refusal(host) {
  const why = isGetty(host)
    ? `${host} can be reached by HTTP from the function's own thread only`
    : `offline, and the function asked for ${host}; to allow that, add "${host}" to allow-hosts under [serve] in getty-token.toml`;
  return Object.assign(new Error(`getty-token: ${why}.`), { code: "ENETUNREACH", hostname: String(host) });
}

// --- sockets -------------------------------------------------------------------------------------------------------

const plainConnect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const [options] = Array.isArray(given[0]) ? given[0] : net._normalizeArgs(given);
  const host = options.host || "localhost";
  if (options.path || (!isGetty(host) && isAllowed(host))) return plainConnect.apply(this, given);
  process.nextTick(() => this.destroy(refusal(host)));
  return this;
};

// As net and tls read their arguments: (options), (port, host, options), (path, options), each with a callback.
function read(given) {
  const [options, listener] = net._normalizeArgs(given);
  for (const extra of given) if (extra && typeof extra === "object") Object.assign(options, extra);
  return [options, listener];
}

function carried(given, secure) {
  const [options, listener] = read(given);
  const host = (secure && options.servername) || options.host;
  if (!carry || !isGetty(host)) return null;
  const wire = carry(named(host));
  if (listener) wire.once(secure ? "secureConnect" : "connect", listener);
  return wire;
}

const tlsConnect = tls.connect;
tls.connect = (...given) => carried(given, true) || tlsConnect(...given);
const netConnect = net.connect;
net.connect = net.createConnection = (...given) => carried(given, false) || netConnect(...given);
http.Agent.prototype.createConnection = (...given) => net.connect(...given);

// --- names ---------------------------------------------------------------------------------------------------------

function guardNames(owner) {
  for (const name of Object.getOwnPropertyNames(owner)) {
    if (!/^(lookup|lookupService|reverse|resolve.*)$/.test(name) || typeof owner[name] !== "function") continue;
    const ask = owner[name];
    owner[name] = function (host, ...rest) {
      if (isAllowed(host)) return ask.call(this, host, ...rest);
      const answered = rest[rest.length - 1];
      if (typeof answered !== "function") return Promise.reject(refusal(host));
      process.nextTick(answered, refusal(host));
    };
  }
}

if (policy.offline) {
  for (const owner of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) guardNames(owner);
  guardNames(Object.getPrototypeOf(dns.Resolver.prototype));
  guardNames(Object.getPrototypeOf(dns.promises.Resolver.prototype));
  for (const name of ["send", "connect"]) {
    const pass = dgram.Socket.prototype[name];
    dgram.Socket.prototype[name] = function (...given) {
      const host = given.slice(1).find((value) => typeof value === "string");
      if (host !== undefined && !isAllowed(host)) throw refusal(host);
      return pass.apply(this, given);
    };
  }
}

// --- children ------------------------------------------------------------------------------------------------------

// A child that leaves the process group would be left behind.
const { ChildProcess } = require("node:child_process");
const { spawn } = ChildProcess.prototype;
ChildProcess.prototype.spawn = function (options) {
  return spawn.call(this, { ...options, detached: false });
};

syncBuiltinESMExports();

module.exports = {
  // From now on `connect(host)` gives the socket for a connection to one of Getty's hosts.
  carryWith(connect) {
    carry = connect;
  },
};
