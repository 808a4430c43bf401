exports.handler = (event, context, callback) => {
  const name = event.queryStringParameters.name
  if (name === 'error') return callback(new Error('called back'))
  if (name === 'later') return void setTimeout(() => callback(null, { statusCode: 200, body: 'later' }), 5)
  callback(null, { statusCode: 200, body: 'called back' })
}
