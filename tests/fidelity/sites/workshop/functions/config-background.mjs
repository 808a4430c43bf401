export default async () => new Response('never')
export const config = { background: true, path: '/bg' }
