const stream = () => new ReadableStream({
  async start(controller) {
    for (const part of ['one ', 'two ', 'three']) { controller.enqueue(new TextEncoder().encode(part)); await new Promise((done) => setTimeout(done, 5)) }
    controller.close()
  },
})

export default async (request, context) => {
  switch (new URL(request.url).searchParams.get('name')) {
    case 'undefined': return undefined
    case 'string': return 'a string'
    case 'object': return { a: 1 }
    case 'throws': throw new TypeError('it is broken')
    case 'stream': return new Response(stream(), { headers: { 'content-type': 'text/plain' } })
    case 'status': return new Response('teapot', { status: 418 })
    case 'noContent': return new Response(null, { status: 204 })
    case 'redirect': return Response.redirect('http://example.test/there', 302)
    case 'json': return Response.json({ a: [1, null] }, { headers: { 'x-one': 'one' } })
    case 'contextJson': return context.json ? context.json({ b: 2 }) : new Response('none')
    case 'cookies':
      context.cookies.set({ name: 'a', value: '1', httpOnly: true })
      context.cookies.delete('b')
      return new Response('cookies')
    case 'appended': {
      const headers = new Headers(); headers.append('set-cookie', 'a=1'); headers.append('set-cookie', 'b=2'); headers.append('x-one', 'a'); headers.append('x-one', 'b')
      return new Response('appended', { headers })
    }
    case 'environment': return new Response(Netlify.env.get('FROM_ENV') ?? 'none')
    case 'globals': return Response.json({ netlify: typeof Netlify, env: typeof Netlify?.env?.get, context: typeof Netlify?.context })
    case 'binary': return new Response(new Uint8Array([0, 255, 1]), { headers: { 'content-type': 'application/octet-stream' } })
    default: return new Response('')
  }
}
