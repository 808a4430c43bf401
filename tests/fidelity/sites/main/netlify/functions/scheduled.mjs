export default async () => new Response('ran')
export const config = { schedule: '@hourly' }
