export default async (request) => new Response(`text method ${request.method}`)
export const config = { path: '/m/text', method: 'POST' }
