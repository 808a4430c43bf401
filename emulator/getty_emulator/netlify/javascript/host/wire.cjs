"use strict";
// Two ends of a connection that stays inside this process: what one writes, the other reads. Each looks enough like a
// socket, with TLS done, for Node's http, undici, and what stands on them.

const { Duplex } = require("node:stream");

class Wire extends Duplex {
  constructor() {
    super({ allowHalfOpen: true });
    this.peer = null;
    this.held = null; // the callback of a write that the other end has no room for yet
    this.connecting = true;
    this.encrypted = true;
    this.authorized = true;
    this.authorizationError = null;
    this.alpnProtocol = false;
    this.remoteAddress = this.localAddress = "127.0.0.1";
    this.remoteFamily = this.localFamily = "IPv4";
    this.remotePort = 443;
    this.bytesRead = this.bytesWritten = 0;
    this.timeout = 0;
    this.timer = null;
  }

  opened() {
    if (this.destroyed) return;
    this.connecting = false;
    this.emit("connect");
    this.emit("ready");
    this.emit("secureConnect");
  }

  _write(chunk, encoding, done) {
    this.touch();
    this.bytesWritten += chunk.length;
    if (this.peer.destroyed) return done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    this.peer.touch();
    this.peer.bytesRead += chunk.length;
    if (this.peer.push(chunk)) done();
    else this.held = done;
  }

  _read() {
    const done = this.peer.held;
    this.peer.held = null;
    if (done) process.nextTick(done);
  }

  _final(done) {
    if (!this.peer.destroyed) this.peer.push(null);
    done();
  }

  _destroy(error, done) {
    clearTimeout(this.timer);
    const peer = this.peer;
    if (!peer.destroyed) {
      if (this.writableFinished) process.nextTick(() => peer.destroyed || peer.push(null));
      else peer.destroy(peer.connecting || !error ? undefined : Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    }
    done(error);
  }

  // The clock of `setTimeout` starts again with every byte in either direction.
  touch() {
    if (this.timer) this.timer.refresh();
  }

  setTimeout(milliseconds, listener) {
    clearTimeout(this.timer);
    this.timer = null;
    this.timeout = milliseconds;
    if (listener && milliseconds) this.once("timeout", listener);
    else if (listener) this.removeListener("timeout", listener);
    if (milliseconds) this.timer = setTimeout(() => this.emit("timeout"), milliseconds).unref();
    return this;
  }

  destroySoon() {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", this.destroy);
  }

  resetAndDestroy() { return this.destroy(); }
  setNoDelay() { return this; }
  setKeepAlive() { return this; }
  setServername() { return this; }
  ref() { return this; }
  unref() { return this; }
  address() { return { address: "127.0.0.1", family: "IPv4", port: 0 }; }
  getPeerCertificate() { return { subject: {}, issuer: {}, subjectaltname: "" }; }
  getCipher() { return { name: "TLS_AES_256_GCM_SHA384", version: "TLSv1.3" }; }
  getProtocol() { return "TLSv1.3"; }
  getSession() { return undefined; }
  isSessionReused() { return false; }
  get readyState() { return this.connecting ? "opening" : this.destroyed ? "closed" : "open"; }
  get pending() { return this.connecting; }
}

// The end for whoever connects, which opens in a moment, and the end for whoever answers.
function wires() {
  const near = new Wire();
  const far = new Wire();
  near.peer = far;
  far.peer = near;
  far.connecting = false;
  setImmediate(() => near.opened());
  return [near, far];
}

module.exports = { wires };
