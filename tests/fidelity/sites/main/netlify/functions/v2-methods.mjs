export default async (request) => new Response('methods ' + request.method)
export const config = { path: '/v2/methods', method: ['POST', 'PUT'] }
