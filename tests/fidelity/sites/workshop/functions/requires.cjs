const data = require('./lib/data.json')
exports.handler = async () => ({ statusCode: 200, body: JSON.stringify({ data, file: typeof __filename, dir: typeof __dirname, require: typeof require.resolve }) })
