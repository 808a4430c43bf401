// A Workers KV namespace on this machine: miniflare, whose local explorer speaks the shape of Cloudflare's REST API.
//
//     node workers-kv.mjs PORT NAMESPACE

import { Miniflare } from "miniflare";

const [port, namespace] = process.argv.slice(2);

const miniflare = new Miniflare({
  host: "127.0.0.1",
  port: Number(port),
  modules: true,
  script: "export default { fetch: () => new Response(null, { status: 404 }) }",
  kvNamespaces: { TOKENS: namespace },
  unsafeLocalExplorer: true,
  telemetry: { enabled: false },
});
await miniflare.ready;
console.log("ready");

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => miniflare.dispose().then(() => process.exit(0)));
}
