/**
 * A page of somebody else, which tries all that a page can do to reach `getty-token serve` on this machine.
 *
 * The address of the server is in this page's own: `?port=9999`. Each way names itself in the query (`how-img`), so
 * that the server's log says what arrived. What a way gets hold of, if anything, is posted to /got.
 */
"use strict";

const port = new URLSearchParams(location.search).get("port");
const host = `127.0.0.1:${port}`;
const there = `http://${host}`;
const PATIENCE = 4000; // milliseconds for one way

/** A search: it would show something of Getty's, and uses the token. */
const search = (how) => `${there}/.netlify/functions/getty/v3/search/images/creative?page_size=1&phrase=how-${how}`;
/** A download: it would cost something. */
const buy = (how) => `${there}/.netlify/functions/getty/v3/downloads/images/1900000001?product_id=how-${how}`;
/** A control: it would make the server fail. */
const control = (how) => `${there}/_getty-token/faults?how-${how}`;

const element = (name, attributes, parent = document.body) => {
  const made = Object.assign(document.createElement(name), attributes);
  parent.append(made);
  return made;
};
const loaded = (made) =>
  new Promise((resolve) => {
    made.onload = made.onloadeddata = () => resolve("loaded");
    made.onerror = () => resolve("");
  });
const nothing = () => ""; // these say "loaded" whatever came
const text = async (response) => (response.type === "opaque" ? "" : response.text());
const frame = (attributes) => element("iframe", { hidden: false, ...attributes });
const inFrame = (made) => {
  try {
    return made.contentDocument?.body?.innerText ?? "";
  } catch {
    return "";
  }
};
const settled = async (made) => {
  await loaded(made);
  return inFrame(made);
};
const style = (css) => element("style", { textContent: css }, document.head);
const form = (how, method, enctype, action, fields = {}) => {
  const target = `frame-${how}`;
  const into = frame({ name: target });
  const made = element("form", { method, enctype, action, target });
  for (const [name, value] of Object.entries(fields)) element("input", { type: "hidden", name, value }, made);
  made.submit();
  return settled(into);
};
const link = (how, attributes) => loaded(element("link", { href: search(how), ...attributes }, document.head));
const blob = (code) => URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
const worker = (code) =>
  new Promise((resolve) => {
    const made = new Worker(blob(code));
    made.onmessage = ({ data }) => resolve(data);
    made.onerror = () => resolve("");
  });
const json = (how) => ({ method: "POST", headers: { "content-type": "application/json" }, body: "{}" });

const ways = {
  // What shows or runs something
  "img": (how) => loaded(element("img", { src: search(how) })),
  "img-srcset": (how) => loaded(element("img", { srcset: `${search(how)} 1x` })),
  "input-image": (how) => loaded(element("input", { type: "image", src: search(how) })),
  "script": (how) => loaded(element("script", { src: search(how) })),
  "script-module": (how) => loaded(element("script", { type: "module", src: search(how) })),
  "import": (how) => import(search(how)).then(() => "imported"),
  "stylesheet": (how) => link(how, { rel: "stylesheet" }),
  "css-url": (how) => {
    element("div", { className: how, textContent: "." });
    style(`.${how} { background-image: url("${search(how)}"); width: 9px; height: 9px }`);
    return "";
  },
  "css-import": (how) => loaded(style(`@import url("${search(how)}");`)),
  "css-font": async (how) => {
    const font = new FontFace("stolen", `url("${search(how)}")`);
    await font.load();
    return "loaded";
  },
  "svg-image": (how) => {
    element("div", { innerHTML: `<svg width="9" height="9"><image href="${search(how)}" width="9" height="9"/></svg>` });
    return "";
  },
  "video": (how) => loaded(element("video", { src: search(how), preload: "auto" })),
  "audio": (how) => loaded(element("audio", { src: search(how), preload: "auto" })),
  "iframe": (how) => settled(frame({ src: search(how) })),
  "iframe-sandbox": (how) => settled(frame({ sandbox: "allow-scripts", src: search(how) })),
  "iframe-srcdoc": (how) => settled(frame({ srcdoc: `<img src="${search(how).replaceAll("&", "&amp;")}">` })),
  "object": (how) => settled(element("object", { data: search(how) })),
  "embed": (how) => loaded(element("embed", { src: search(how) })).then(nothing),
  "popup": (how) => {
    window.open(search(how), "_blank", "noreferrer");
    return "";
  },
  "meta-refresh": (how) =>
    settled(frame({ src: `data:text/html,<meta http-equiv="refresh" content="0;url=${encodeURIComponent(search(how))}">` })),

  // Forms
  "form-get": (how) => form(how, "get", "", `${there}/.netlify/functions/getty/v3/search/images/creative`, { phrase: `how-${how}` }),
  "form-post": (how) => form(how, "post", "application/x-www-form-urlencoded", buy(how), { a: "b" }),
  "form-text": (how) => form(how, "post", "text/plain", buy(how), { '{"a': '":1}' }),
  "form-multipart": (how) => form(how, "post", "multipart/form-data", buy(how), { a: "b" }),
  "form-control": (how) => form(how, "post", "text/plain", control(how), { '{"kind": "reset", "x': '":1}' }),

  // fetch in each mode, and its elders
  "fetch-cors": (how) => fetch(search(how)).then(text),
  "fetch-no-cors": (how) => fetch(search(how), { mode: "no-cors" }).then(text),
  "fetch-same-origin": (how) => fetch(search(how), { mode: "same-origin" }).then(text),
  "fetch-navigate": (how) => fetch(search(how), { mode: "navigate" }).then(text),
  "fetch-no-referrer": (how) => fetch(search(how), { mode: "no-cors", referrerPolicy: "no-referrer" }).then(text),
  "fetch-post-cors": (how) => fetch(buy(how), { method: "POST" }).then(text),
  "fetch-post-no-cors": (how) => fetch(buy(how), { method: "POST", mode: "no-cors", body: "{}" }).then(text),
  "fetch-post-json": (how) => fetch(buy(how), json(how)).then(text),
  "fetch-put": (how) => fetch(buy(how), { method: "PUT", body: "{}" }).then(text),
  "fetch-keepalive": (how) => fetch(buy(how), { method: "POST", mode: "no-cors", keepalive: true }).then(text),
  "fetch-control": (how) =>
    fetch(control(how), { method: "POST", headers: { "getty-token-control": "1" }, body: '{"kind":"reset"}' }).then(text),
  "fetch-control-simple": (how) =>
    fetch(control(how), { method: "POST", mode: "no-cors", body: '{"kind":"reset"}' }).then(text),
  "fetch-localhost": (how) => fetch(search(how).replace("127.0.0.1", "localhost"), { mode: "no-cors" }).then(text),
  "fetch-by-another-name": (how) => fetch(search(how).replace("127.0.0.1", "evil.test"), { mode: "no-cors" }).then(text),
  "fetch-private-network": (how) => fetch(search(how), { mode: "cors", targetAddressSpace: "loopback" }).then(text),
  "xhr": (how) =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("GET", search(how));
      request.onloadend = () => resolve(request.responseText);
      request.send();
    }),
  "xhr-post": (how) =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", buy(how));
      request.onloadend = () => resolve(request.responseText);
      request.send("a=b");
    }),
  "beacon": (how) => {
    navigator.sendBeacon(buy(how), "a=b");
    return "";
  },
  "ping": (how) => {
    const made = element("a", { href: "#stay", ping: buy(how), textContent: "." });
    made.click();
    return "";
  },

  // Long-lived
  "websocket": (how) =>
    new Promise((resolve) => {
      const socket = new WebSocket(search(how).replace("http", "ws"));
      socket.onopen = () => resolve("open");
      socket.onerror = () => resolve("");
    }),
  "eventsource": (how) =>
    new Promise((resolve) => {
      const source = new EventSource(search(how));
      source.onopen = source.onmessage = () => resolve("open");
      source.onerror = () => (source.close(), resolve(""));
    }),

  // Through others
  "redirect-img": (how) => loaded(element("img", { src: `/redirect?to=${encodeURIComponent(search(how))}` })),
  "redirect-fetch": (how) => fetch(`/redirect?to=${encodeURIComponent(search(how))}`, { mode: "no-cors" }).then(text),
  "redirect-iframe": (how) => settled(frame({ src: `/redirect?to=${encodeURIComponent(search(how))}` })),
  "redirect-post": (how) =>
    fetch(`/redirect?to=${encodeURIComponent(buy(how))}`, { method: "POST", mode: "no-cors", body: "{}" }).then(text),
  "worker-fetch": (how) =>
    worker(`fetch(${JSON.stringify(search(how))}, {mode: "no-cors"}).then(r => postMessage(r.type === "opaque" ? "" : "got"))`),
  "worker-import": (how) => worker(`importScripts(${JSON.stringify(search(how))}); postMessage("imported")`),
  "service-worker": async (how) => {
    const registration = await navigator.serviceWorker.register(`/worker.js?of=${encodeURIComponent(search(how))}`);
    await navigator.serviceWorker.ready;
    registration.active.postMessage("go");
    return new Promise((resolve) => (navigator.serviceWorker.onmessage = ({ data }) => resolve(data)));
  },
  "service-worker-of-theirs": (how) => navigator.serviceWorker.register(search(how)).then(() => "registered"),

  // Ahead of time
  "prefetch": (how) => link(how, { rel: "prefetch" }),
  "preload": (how) => link(how, { rel: "preload", as: "image" }),
  "preload-fetch": (how) => link(how, { rel: "preload", as: "fetch" }).then(nothing),
  "modulepreload": (how) => link(how, { rel: "modulepreload" }),
  "icon": (how) => link(how, { rel: "icon" }),
  "manifest": (how) => link(how, { rel: "manifest" }),
  "speculation": (how) => {
    const rules = { prefetch: [{ source: "list", urls: [search(how)], eagerness: "immediate" }] };
    element("script", { type: "speculationrules", textContent: JSON.stringify(rules) });
    return "";
  },

  // A report that the browser sends for this page (the header field is set by its server)
  "csp-report": () => loaded(element("img", { src: "http://forbidden.test/" })),
};

const within = (promise) =>
  Promise.race([promise, new Promise((resolve) => setTimeout(() => resolve("(nothing came)"), PATIENCE))]);

const tried = async ([how, way]) => {
  let got;
  try {
    got = await within(Promise.resolve(way(how)));
  } catch (error) {
    got = `(${error.name})`;
  }
  await fetch("/got", { method: "POST", body: JSON.stringify({ how, got: String(got ?? "") }) });
};

addEventListener("load", async () => {
  await Promise.all(Object.entries(ways).map(tried));
  await new Promise((resolve) => setTimeout(resolve, 500));
  await fetch("/done", { method: "POST" });
});
