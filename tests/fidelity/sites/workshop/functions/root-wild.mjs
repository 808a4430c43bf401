export default async (request, context) => Response.json(context.params)
export const config = { path: '/:lang(en|de)/hello', excludedPath: '/de/*' }
