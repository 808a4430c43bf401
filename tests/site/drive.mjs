/**
 * A reader of the site, in a real Chromium: `node drive.mjs SITE CHROMIUM FOLDER`.
 *
 * Prints, as JSON, what the page showed. Leaves in FOLDER: screenshots, and `received.json`, Chromium's own log of
 * every byte that it received (https://www.chromium.org/for-testers/providing-network-details/).
 */
import { join } from "node:path";
import { chromium } from "playwright-core";

const [site, executablePath, folder] = process.argv.slice(2);
const timeout = 120_000; // for anything at all: the first page of `gatsby develop` takes its time on a slow machine

const browser = await chromium.launch({
  executablePath,
  timeout,
  args: [
    `--log-net-log=${join(folder, "received.json")}`,
    "--net-log-capture-mode=Everything",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
  ],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
  page.setDefaultTimeout(timeout);
  const picture = (name) => page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });

  await page.goto(site);
  await page.getByLabel("Phrase").fill("coast");
  await page.getByRole("button", { name: "Search" }).click();
  const first = await shown(page, "1–12 of");
  await picture("search");

  await page.getByRole("link", { name: "Next" }).click();
  const second = await shown(page, "13–24 of");

  await page.emulateMedia({ colorScheme: "dark" });
  await picture("search-dark");
  await page.setViewportSize({ width: 390, height: 844 });
  await picture("phone-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await picture("phone");
  await page.setViewportSize({ width: 1280, height: 400 });

  const errors = {};
  for (const [name, address] of Object.entries({
    pageThatIsNotThere: "/?phrase=coast&page=9999",
    searchThatIsNotThere: "/?phrase=coast&family=nosuch",
  })) {
    await page.goto(new URL(address, site).href);
    errors[name] = await page.getByRole("alert").innerText();
    await picture(name);
  }

  console.log(JSON.stringify({ first, second, errors }));
} finally {
  await browser.close();
}

/** The pictures on the page, once its summary begins like this and each of them has loaded or failed. */
async function shown(page, beginning) {
  const summary = page.getByRole("status").filter({ hasText: beginning });
  const pictures = page.locator(".pictures[aria-busy=false] img");
  await summary.waitFor();
  return {
    summary: await summary.innerText(),
    pictures: await pictures.evaluateAll((images) =>
      Promise.all(
        images.map(async (image) => {
          await image.decode().catch(() => {});
          const title = image.closest("figure").querySelector("strong").textContent;
          return { title, address: image.src, width: image.naturalWidth };
        }),
      ),
    ),
  };
}
