export default async (request) => new Response('x')
export const config = { schedule: '*/5 * * * *' }
