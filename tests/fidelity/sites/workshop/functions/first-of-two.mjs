export default async () => new Response('first of two')
export const config = { path: '/m/two', method: 'GET' }
