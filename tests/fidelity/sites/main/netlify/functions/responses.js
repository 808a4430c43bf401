// Everything a v1 function may return, by name.
const answers = {
  text: { statusCode: 200, body: 'text' },
  stringStatus: { statusCode: '201', body: 'created' },
  noStatus: { body: 'x' },
  zero: { statusCode: 0, body: 'x' },
  wordStatus: { statusCode: 'ok', body: 'x' },
  objectBody: { statusCode: 200, body: { a: 1 } },
  numberBody: { statusCode: 200, body: 5 },
  noBody: { statusCode: 200 },
  nullBody: { statusCode: 200, body: null },
  emptyBody: { statusCode: 200, body: '' },
  base64: { statusCode: 200, body: Buffer.from('binary \u0000').toString('base64'), isBase64Encoded: true, headers: { 'Content-Type': 'application/octet-stream' } },
  base64Plain: { statusCode: 200, body: Buffer.from('binary').toString('base64') },
  headers: { statusCode: 200, body: 'h', headers: { 'X-One': 'one', 'x-number': 5, 'x-true': true, 'X-List': ['a', 'b'] } },
  multi: { statusCode: 200, body: 'm', headers: { 'x-one': 'from headers' }, multiValueHeaders: { 'X-One': ['a', 'b'], 'Set-Cookie': ['a=1', 'b=2; Path=/'] } },
  noContent: { statusCode: 204, body: 'dropped' },
  notModified: { statusCode: 304, body: 'dropped', headers: { ETag: '"x"' } },
  teapot: { statusCode: 418, body: 'teapot' },
  failed: { statusCode: 503, body: '{"error":"x"}', headers: { 'content-type': 'application/json', 'Retry-After': '5' } },
  found: { statusCode: 302, headers: { Location: '/page' }, body: '' },
  odd: { statusCode: 999, body: 'odd' },
  unicode: { statusCode: 200, body: 'žluťoučký 🐎', headers: { 'content-type': 'text/plain; charset=utf-8' } },
  cookie: { statusCode: 200, body: '', headers: { 'Set-Cookie': 'a=1; HttpOnly' } },
  cors: { statusCode: 200, body: 'c', headers: { 'Access-Control-Allow-Origin': '*' } },
  undefinedHeader: { statusCode: 200, body: 'x', headers: { 'x-undefined': undefined } },
  newline: { statusCode: 200, body: 'x', headers: { 'x-newline': 'a\nb' } },
  large: { statusCode: 1000, body: 'x' },
}

exports.handler = async (event) => {
  const name = event.queryStringParameters.name
  if (name === 'undefined') return undefined
  if (name === 'null') return null
  if (name === 'throws') throw new TypeError('it is broken')
  if (name === 'throwsString') throw 'a string'
  if (name === 'rejects') return Promise.reject(new Error('rejected'))
  return answers[name]
}
