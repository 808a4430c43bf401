export default async () => new Response('folder index')
