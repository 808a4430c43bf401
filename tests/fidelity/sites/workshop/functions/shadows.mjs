export default async () => new Response('function')
export const config = { path: ['/shop/*', '/b.html'] }
