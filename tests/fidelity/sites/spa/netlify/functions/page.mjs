export default async (request, context) => Response.json({ path: new URL(request.url).pathname, search: new URL(request.url).search, params: context.params })
