// The ways in which a v1 function may call back.
exports.handler = (event, context, callback) => {
  const ok = (body) => ({ statusCode: 200, body })
  switch (event.queryStringParameters.name) {
    case 'twice': callback(null, ok('first')); return callback(null, ok('second'))
    case 'undefinedError': return callback(undefined, ok('undefined error'))
    case 'textError': return callback('text error')
    case 'objectError': return callback({ message: 'm' })
    case 'nothing': return callback()
    case 'nullResult': return callback(null, null)
    case 'both': return callback(new Error('error wins'), ok('result'))
    case 'succeed': return context.succeed(ok('succeed'))
    case 'fail': return context.fail(new Error('fail'))
    case 'done': return context.done(null, ok('done'))
    case 'promise': callback(null, ok('callback')); return Promise.resolve(ok('promise'))
    case 'returned': setTimeout(() => callback(null, ok('callback')), 5); return ok('returned')
    case 'thenable': return { then: (resolve) => resolve(ok('thenable')) }
    case 'throws': throw new RangeError('sync throw')
    case 'immediate': return setImmediate(() => callback(null, ok('immediate')))
    case 'microtask': return void Promise.resolve().then(() => callback(null, ok('microtask')))
  }
}
