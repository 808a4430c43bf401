export default async (request: Request) => new Response('folder ts ' + new URL(request.url).pathname)
