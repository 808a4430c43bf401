export const handler = async () => ({ statusCode: 200, body: 'v1' })
export default async () => new Response('v2')
