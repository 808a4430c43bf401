export default async () => new Response('function')
export const config = { path: ['/v2/prefers.txt', '/v2/no-file.txt'], preferStatic: true }
