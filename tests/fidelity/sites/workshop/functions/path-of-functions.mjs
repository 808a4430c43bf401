export default async () => new Response('x')
export const config = { path: '/.netlify/functions/chosen' }
