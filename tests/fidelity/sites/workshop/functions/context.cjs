exports.handler = async function (event, context) {
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({
    keys: Object.keys(context).sort(), values: { version: context.functionVersion, group: context.logGroupName, identity: context.identity ?? null, client: context.clientContext ?? null },
    arguments: arguments.length, zone: new Date(0).getTimezoneOffset(), set: Object.fromEntries(['TZ', 'LC_ALL', 'LANG', 'BRANCH', 'HEAD', 'DEPLOY_ID', 'BUILD_ID', 'AWS_EXECUTION_ENV', 'AWS_REGION', 'DEPLOY_PRIME_URL'].map((name) => [name, process.env[name] ?? null])), route: event.route ?? null, methods: typeof context.done + typeof context.fail + typeof context.succeed,
    environment: Object.keys(process.env).filter((name) => /^(AWS|LAMBDA|NETLIFY|SITE|URL|DEPLOY|CONTEXT|NODE_ENV|BRANCH|COMMIT|HEAD|BUILD|TZ|LC_|_HANDLER)/.test(name) && !/TELEMETRY|CONFIG/.test(name)).sort() }) }
}
