exports.default = async () => new Response('cjs default')
