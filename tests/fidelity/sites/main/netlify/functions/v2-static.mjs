export default async () => new Response('function')
export const config = { path: '/v2/static.txt' }
