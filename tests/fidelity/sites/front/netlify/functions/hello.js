exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify({ path: event.path, rawQuery: event.rawQuery, method: event.httpMethod, body: event.body ?? null }) })
