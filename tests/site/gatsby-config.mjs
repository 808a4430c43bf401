import { createProxyMiddleware } from "http-proxy-middleware";

const prefix = "/.netlify/functions";
const url = `http://127.0.0.1:${process.env.GETTY_TOKEN_PORT ?? 9999}`;

// On Netlify, functions answer under this prefix. While you develop, `getty-token serve` does. Two ways to send it there:

// Recommended. Statuses and bodies pass as they are, so the page can tell its reader what went wrong.
const middleware = { developMiddleware: (app) => app.use(createProxyMiddleware({ pathFilter: prefix, target: url })) };

// Shorter, and needs no package. But Gatsby turns every error into a bare "500 Internal Server Error": the reason
// is then on the terminal of `getty-token serve` only.
const plain = { proxy: { prefix, url } };

export default process.env.GETTY_TOKEN_PROXY === "plain" ? plain : middleware;
