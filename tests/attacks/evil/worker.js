// A service worker of the page of somebody else: it asks in the page's place.
"use strict";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("message", async ({ source }) => {
  const of = new URLSearchParams(location.search).get("of");
  let got = "";
  try {
    const response = await fetch(of, { mode: "no-cors" });
    got = response.type === "opaque" ? "" : await response.text();
  } catch (error) {
    got = `(${error.name})`;
  }
  source.postMessage(got);
});
