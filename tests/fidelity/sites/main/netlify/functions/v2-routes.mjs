export default async (request, context) => Response.json({ params: context.params, path: new URL(request.url).pathname, method: request.method })
export const config = { path: ['/v2/items/:id', '/v2/optional/:one?', '/v2/rest/*', '/v2/number/:n(\\d+)', '/v2/two/:a/:b'], excludedPath: ['/v2/items/excluded', '/v2/rest/private/*'] }
