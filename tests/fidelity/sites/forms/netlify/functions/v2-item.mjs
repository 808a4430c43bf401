export default async (request, context) => Response.json({ method: request.method, path: new URL(request.url).pathname, search: new URL(request.url).search, params: context.params })
export const config = { path: '/v2/item/:id' }
