/**
 * Somebody who looks at a contact sheet in a real Chromium, without a network:
 * `node look.mjs SHEET CHROMIUM FOLDER`.
 *
 * Prints, as JSON, what there was to see in each window; leaves screenshots in FOLDER.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [sheet, executablePath, folder] = process.argv.slice(2);
const windows = { desktop: { width: 1440, height: 1000 }, phone: { width: 390, height: 844 }, small: { width: 320, height: 568 } };

const timeout = 120_000; // for anything at all

const browser = await chromium.launch({ executablePath, timeout, args: ["--disable-gpu", "--no-first-run"] });
try {
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  page.setDefaultTimeout(timeout);
  const complaints = [];
  const requests = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => requests.push(request.url().slice(0, 40)));

  const seen = {};
  for (const [name, size] of Object.entries(windows)) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      await page.goto(pathToFileURL(sheet).href);
      // Below the window pictures are loaded when they come near: go there, as somebody would.
      for (const figure of await page.locator("figure").all()) await figure.scrollIntoViewIfNeeded();
      await page.waitForFunction(() => [...document.images].every((image) => image.complete));
      seen[`${name}-${colorScheme}`] = await page.evaluate(() => ({
        figures: document.querySelectorAll("figure").length,
        pictures: [...document.images].filter((image) => image.naturalWidth > 0).length,
        titles: [...document.querySelectorAll("figcaption b")].map((title) => title.textContent),
        wider: document.documentElement.scrollWidth - window.innerWidth,
        columns: new Set([...document.querySelectorAll("figure")].map((each) => each.getBoundingClientRect().left)).size,
        paper: getComputedStyle(document.body).backgroundColor,
        ink: getComputedStyle(document.body).color,
      }));
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.screenshot({ path: join(folder, `sheet-${name}-${colorScheme}.png`) });
    }
  }
  console.log(JSON.stringify({ seen, complaints, requests: [...new Set(requests)] }));
} finally {
  await browser.close();
}
