// What a v1 function is handed, as it is handed.
exports.handler = async (event) => {
  const { blobs, ...rest } = event
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...rest, keys: Object.keys(event).sort(), types: { body: typeof event.body, route: typeof event.route } }),
  }
}
