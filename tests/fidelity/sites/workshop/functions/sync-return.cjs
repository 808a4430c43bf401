exports.handler = () => ({ statusCode: 200, body: 'returned without a promise' })
