"use strict";
// node bundle.cjs ESBUILD FILE ROOT: prints, as JSON, one CommonJS text of FILE and the files of the site in it.
//
// Packages stay outside: they are found from FILE as always. Only where Node cannot `require` an ES module do they go in.

const path = require("node:path");

const [esbuild, file, root] = process.argv.slice(2);
const META = "__getty_token_import_meta_url";

require(esbuild)
  .build({
    entryPoints: [file],
    absWorkingDir: root,
    bundle: true,
    write: false,
    outfile: file, // never written: what the source map is relative to
    allowOverwrite: true,
    metafile: true,
    platform: "node",
    target: `node${process.versions.node}`,
    format: "cjs",
    packages: process.features.require_module ? "external" : "bundle",
    sourcemap: "inline",
    sourcesContent: false,
    logLevel: "silent",
    define: { "import.meta.url": META },
    banner: { js: `const ${META} = require("node:url").pathToFileURL(__filename).href;` },
  })
  .then(({ outputFiles, metafile }) => {
    const files = Object.keys(metafile.inputs)
      .filter((name) => !name.includes("node_modules"))
      .map((name) => path.resolve(root, name));
    process.stdout.write(JSON.stringify({ code: outputFiles[0].text, files }));
  })
  .catch(({ errors, message }) => {
    const first = errors && errors[0];
    const place = first && first.location ? `${first.location.file}:${first.location.line}: ` : "";
    process.stdout.write(JSON.stringify({ error: first ? place + first.text : message }));
  });
