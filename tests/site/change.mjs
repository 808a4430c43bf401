/**
 * A developer at work behind `serve --site`: `node change.mjs ADDRESS CHROMIUM FILE BEFORE AFTER`.
 *
 * Opens ADDRESS, waits for the heading BEFORE, changes it in FILE, and waits until it is AFTER without being asked for.
 * Prints, as JSON, by which connections the browser heard of it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [address, executablePath, file, before, after] = process.argv.slice(2);

const timeout = 120_000; // for anything at all

const browser = await chromium.launch({ executablePath, timeout, args: ["--disable-gpu", "--no-first-run"] });
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(timeout);
  const sockets = [];
  const events = [];
  let loads = 0;
  page.on("websocket", (socket) => {
    const seen = { address: socket.url(), received: 0 };
    sockets.push(seen);
    socket.on("framereceived", () => (seen.received += 1));
  });
  page.on("request", (request) => request.resourceType() === "eventsource" && events.push(request.url()));
  page.on("load", () => (loads += 1));

  await page.goto(address);
  await page.getByRole("heading", { name: before }).waitFor();
  while (!events.length) await page.waitForRequest((request) => request.resourceType() === "eventsource");
  writeFileSync(file, readFileSync(file, "utf8").replace(before, after));
  await page.getByRole("heading", { name: after }).waitFor();

  console.log(JSON.stringify({ sockets, events, loads }));
} finally {
  await browser.close();
}
