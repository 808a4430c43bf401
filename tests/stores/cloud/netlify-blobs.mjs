// The blobs of a Netlify site on this machine: the server that @netlify/blobs brings along.
//
//     node netlify-blobs.mjs PORT DIRECTORY TOKEN

import http from "node:http";
import { BlobsServer } from "@netlify/blobs/server";

const [port, directory, token] = process.argv.slice(2);

// A conditional write is atomic at Netlify (https://github.com/netlify/primitives/pull/303). Here it looks and then
// writes, and of 8 clients that ask for `onlyIfNew` together more than one gets it: so one write after the other.
class OneWriteAtATime extends BlobsServer {
  #last = Promise.resolve();

  put(request) {
    return this.#next(() => super.put(request));
  }

  delete(request) {
    return this.#next(() => super.delete(request));
  }

  #next(write) {
    const answer = this.#last.then(write);
    this.#last = answer.catch(() => {});
    return answer;
  }
}

// It would listen on every interface.
const { listen } = http.Server.prototype;
http.Server.prototype.listen = function (port, ready) {
  return listen.call(this, port, "127.0.0.1", ready);
};

await new OneWriteAtATime({ directory, port: Number(port), token }).start();
console.log("ready");

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(0));
