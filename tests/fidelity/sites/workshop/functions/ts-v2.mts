export default async (request: Request): Promise<Response> => new Response(`mts ${request.method}`)
