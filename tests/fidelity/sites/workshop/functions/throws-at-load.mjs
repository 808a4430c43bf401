throw new TypeError('at load')
export default async () => new Response('x')
