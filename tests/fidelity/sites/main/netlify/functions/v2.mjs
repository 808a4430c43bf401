const list = (headers) => Object.fromEntries([...headers].filter(([name]) => !/^(host|connection|x-nf-|user-agent|content-length|accept-encoding|netlify-)/.test(name)))

export default async (request, context) => {
  const url = new URL(request.url)
  return Response.json({
    method: request.method,
    path: url.pathname,
    search: url.search,
    headers: list(request.headers),
    body: request.body ? await request.text() : null,
    params: context.params,
    keys: Object.keys(context).sort(),
    geo: typeof context.geo,
    ip: context.ip,
    requestId: typeof context.requestId,
    server: context.server,
    site: Object.keys(context.site ?? {}).sort(),
    cookie: context.cookies.get('a') ?? null,
    url: new URL(context.url).pathname,
  })
}
