"use strict";
// Messages between the emulator and this process, over a socket it was started with.
//
// A message is a JSON header and raw bytes: four bytes with the length of the one, four with that of the other, both.

const net = require("node:net");

function framed(header, body) {
  const text = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.allocUnsafe(8);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(body ? body.length : 0, 4);
  return Buffer.concat(body && body.length ? [lengths, text, body] : [lengths, text]);
}

class Link {
  constructor(descriptor, receive, lost) {
    this.socket = new net.Socket({ fd: descriptor, readable: true, writable: true });
    this.receive = receive;
    this.waiting = [];
    this.size = 0;
    this.socket.on("data", (chunk) => this.take(chunk));
    this.socket.on("error", lost);
    this.socket.on("close", lost);
  }

  // Gives false when the other side is slow: wait for `drained` before the next chunk of a stream.
  send(header, body) {
    return this.socket.write(framed(header, body));
  }

  drained() {
    return new Promise((resolve) => this.socket.once("drain", resolve));
  }

  take(chunk) {
    this.waiting.push(chunk);
    this.size += chunk.length;
    if (this.size < 8) return;
    let bytes = this.waiting.length === 1 ? chunk : Buffer.concat(this.waiting);
    while (bytes.length >= 8) {
      const text = bytes.readUInt32BE(0);
      const end = 8 + text + bytes.readUInt32BE(4);
      if (bytes.length < end) break;
      this.receive(JSON.parse(bytes.toString("utf8", 8, 8 + text)), bytes.subarray(8 + text, end));
      bytes = bytes.subarray(end);
    }
    this.waiting = bytes.length ? [bytes] : [];
    this.size = bytes.length;
  }
}

module.exports = { Link, framed };
