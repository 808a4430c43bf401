"use strict";
// Getty as the function sees it: an HTTP server inside this process that has every request answered by the emulator.

const http = require("node:http");
const { carryWith } = require("./guard.cjs");
const { wires } = require("./wire.cjs");

const LARGEST = 6 * 1024 * 1024;
const waiting = new Map();
let last = 0;

async function handOn(send, host, request, response) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST) return response.writeHead(413).end();
    chunks.push(chunk);
  }
  const id = ++last;
  waiting.set(id, response);
  response.on("close", () => waiting.delete(id));
  send({ kind: "getty", id, host, method: request.method, target: request.url, headers: request.headers }, Buffer.concat(chunks));
}

// The emulator's answer to a request that was handed on.
function answered(message, body) {
  const response = waiting.get(message.id);
  if (!response) return;
  response.writeHead(message.status, message.headers);
  response.end(body);
}

function open(send) {
  const server = http.createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
    handOn(send, request.socket.host, request, response).catch(() => request.destroy());
  });
  server.timeout = 0;
  carryWith((host) => {
    const [near, far] = wires();
    far.host = host;
    far.on("error", () => {});
    server.emit("connection", far);
    return near;
  });
}

module.exports = { open, answered };
