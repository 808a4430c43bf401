exports.handler = (event, context, callback) => {
  callback(null, {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      keys: Object.keys(context).sort(),
      clientContext: context.clientContext ?? null,
      functionName: typeof context.functionName,
      remaining: typeof context.getRemainingTimeInMillis,
      environment: Object.fromEntries(
        ['FROM_TOML', 'FROM_BOTH', 'FROM_ENV', 'FROM_ENV_DEV', 'NETLIFY_DEV', 'NETLIFY_LOCAL', 'CONTEXT', 'QUOTED', 'EMPTY', 'HASH', 'MULTI'].map((name) => [name, process.env[name] ?? null]),
      ),
    }),
  })
}
