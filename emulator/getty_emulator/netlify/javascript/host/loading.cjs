"use strict";
// The site's file as Node loads it, and what to do where Node and Netlify differ.

const fs = require("node:fs");
const path = require("node:path");
const Module = require("node:module");
const { pathToFileURL } = require("node:url");

// What a bundler would have resolved, transpiled or mixed: Netlify does, Node does not.
const BUNDLED_BY_NETLIFY = new Set([
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_UNSUPPORTED_DIR_IMPORT",
  "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
  "ERR_INVALID_TYPESCRIPT_SYNTAX",
  "ERR_REQUIRE_ESM",
  "ERR_REQUIRE_ASYNC_MODULE",
  "ERR_IMPORT_ATTRIBUTE_MISSING",
  "ERR_IMPORT_ASSERTION_TYPE_MISSING",
]);

function wantsBundling(error, file) {
  if (!error) return false;
  if (BUNDLED_BY_NETLIFY.has(error.code)) return true;
  const isTyped = /\.[cm]?ts$/.test(file);
  // `./lib` without its extension, `./lib.js` where there is a lib.ts, `@/lib` that tsconfig.json explains.
  if (error.code === "ERR_MODULE_NOT_FOUND") return isTyped || !/Cannot find package/.test(error.message);
  if (error.code === "MODULE_NOT_FOUND" && isTyped) return true;
  const text = String(error.message);
  if (error instanceof SyntaxError) return /import statement|'export'|import\.meta|await is only valid|does not provide an export/.test(text) || isTyped;
  return error instanceof ReferenceError && /(require|exports|module|__dirname|__filename) is not defined/.test(text);
}

function compile(code, file) {
  const module = new Module(file, null);
  module.filename = file;
  module.paths = Module._nodeModulePaths(path.dirname(file));
  module._compile(code, file);
  return module.exports;
}

// A CommonJS file in a package of ES modules.
const isCommonJS = (error) =>
  error instanceof ReferenceError && /(exports|module|require) is not defined in ES module scope/.test(error.message);

async function evaluate(file, code) {
  if (code !== undefined) {
    process.setSourceMapsEnabled(true); // a stack names lines of the site's files, not of the bundle
    return compile(code, file);
  }
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (!isCommonJS(error)) throw error;
    const source = fs.readFileSync(file, "utf8");
    if (/^\s*(import|export)\b/m.test(source)) throw error;
    return compile(source, file);
  }
}

// `exports` of CommonJS come as the default of a namespace.
function exported(found, name) {
  if (found && found[name] !== undefined) return found[name];
  const inner = found && found.default;
  return inner && typeof inner === "object" ? inner[name] : undefined;
}

function entry(found) {
  const handler = exported(found, "handler");
  const config = exported(found, "config");
  if (handler !== undefined) return { api: 1, run: handler, config };
  let main = found && found.default;
  if (main && typeof main === "object" && main.default !== undefined) main = main.default; // transpiled to CommonJS
  if (main === undefined && typeof found === "function") main = found;
  // What other servers of web functions take: an object that can `fetch`.
  if (main && typeof main === "object" && typeof main.fetch === "function") main = main.fetch.bind(main);
  return { api: typeof main === "function" ? 2 : 1, run: main, config };
}

// Whether `file` seems to be of the second API, before anything of it has run.
function looksModern(file) {
  const text = fs.readFileSync(file, "utf8");
  return /\bexport\s+default\b|\bas\s+default\b/.test(text) || !/\bhandler\b/.test(text);
}

// The files of the site that `file` is made of, as far as can be read off its imports.
function parts(file) {
  const found = new Set([file]);
  for (const name of Object.keys(require.cache)) {
    if (!name.includes(`${path.sep}node_modules${path.sep}`) && path.dirname(name) !== __dirname) found.add(name);
  }
  for (const name of found) {
    if (found.size > 500) break;
    let text = "";
    try {
      text = fs.readFileSync(name, "utf8");
    } catch {}
    for (const [, near] of text.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*["'](\.{1,2}\/[^"'\n]+)["']/g)) {
      const there = resolved(path.resolve(path.dirname(name), near));
      if (there) found.add(there);
    }
  }
  return [...found];
}

const ENDINGS = ["", ".js", ".mjs", ".cjs", ".ts", ".mts", ".json", "/index.js", "/index.mjs", "/index.ts"];

function resolved(name) {
  const names = ENDINGS.map((ending) => name + ending).concat(name.replace(/\.([cm]?)js$/, ".$1ts"));
  return names.find((candidate) => {
    try {
      return fs.statSync(candidate).isFile();
    } catch {
      return false;
    }
  });
}

module.exports = { evaluate, entry, looksModern, parts, wantsBundling };
