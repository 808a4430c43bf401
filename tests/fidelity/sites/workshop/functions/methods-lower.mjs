export default async (request) => new Response(`lower method ${request.method}`)
export const config = { path: '/m/lower', method: ['get', 'Post'] }
