interface Event { path: string; httpMethod: string }
enum Kind { One = 'one', Two = 'two' }
export const handler = async (event: Event) => ({ statusCode: 200, body: `${Kind.Two} ${event.httpMethod}` })
