export default async () => new Response('never')
