export default async () => new Response('named')
export const config = { name: 'Another name', generator: 'x@1' }
