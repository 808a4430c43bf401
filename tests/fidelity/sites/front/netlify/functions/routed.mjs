export default async () => new Response('v2'); export const config = { path: '/routed' }
