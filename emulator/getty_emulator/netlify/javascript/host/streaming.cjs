"use strict";
// `awslambda`, the global by which functions of the first API stream on AWS: Netlify's `stream(handler)` takes it.

const { PassThrough } = require("node:stream");

const started = Symbol("started");

class ResponseStream extends PassThrough {
  constructor(start) {
    super();
    this[started] = start;
  }

  setContentType(type) {
    this[started]({ statusCode: 200, headers: { "content-type": type } });
  }

  _transform(chunk, encoding, done) {
    this[started]({ statusCode: 200, headers: { "content-type": "application/octet-stream" } });
    super._transform(chunk, encoding, done);
  }
}

globalThis.awslambda = {
  // The answer is there as soon as status and header fields are; what follows comes through the stream.
  streamifyResponse: (handler) => (event, context) =>
    new Promise((resolve, reject) => {
      const stream = new ResponseStream(({ statusCode, headers, multiValueHeaders, cookies }) => {
        const several = cookies ? { ...multiValueHeaders, "set-cookie": cookies } : multiValueHeaders;
        resolve({ statusCode, headers, multiValueHeaders: several, body: stream });
      });
      stream.on("finish", () => stream[started]({ statusCode: 200 }));
      Promise.resolve(handler(event, stream, context)).catch((error) => {
        reject(error); // too late if it has begun: then the stream breaks off
        stream.destroy(error);
      });
    }),
  HttpResponseStream: {
    from(stream, metadata) {
      stream[started](metadata);
      return stream;
    },
  },
};
