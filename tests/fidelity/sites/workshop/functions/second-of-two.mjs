export default async () => new Response('second of two')
export const config = { path: '/m/*', method: ['GET', 'POST'] }
