export const config = async () => ({ path: '/never' })
export default async () => new Response('config is a function')
