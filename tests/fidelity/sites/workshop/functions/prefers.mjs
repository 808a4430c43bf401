export default async (request) => new Response('function ' + request.method)
export const config = { path: ['/prefers/*', '/a'], preferStatic: true }
