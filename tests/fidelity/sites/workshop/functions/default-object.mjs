export default { fetch: () => new Response('object') }
