// What builder() of @netlify/functions does.
export const builder = (handler) => async (event, context) => { const result = await handler(event, context); return { ...result, metadata: { version: 1, builder_function: true, ttl: result.ttl ?? 0 } } }
