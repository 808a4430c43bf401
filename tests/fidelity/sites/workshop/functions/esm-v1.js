export async function handler(event, context) { return { statusCode: 200, body: `esm ${event.httpMethod} ${typeof context.callbackWaitsForEmptyEventLoop}` } }
