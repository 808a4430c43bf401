// Every way to write config.path.
export default async (request, context) => Response.json({ params: context.params, path: new URL(request.url).pathname, url: context.url?.pathname })
export const config = {
  path: ['/p/plain', '/p/one/:id', '/p/dash/:from-:to', '/p/ext/:name.json', '/p/any/*', '/p/mid/*/end', '/p/regex/:n(\\d{2,})', '/p/alt/:kind(cats|dogs)', '/p/plus/:all+', '/p/many/:all*', '/p/opt{/:x}?', '/p/group/:a/{b/:c}?', '/p/UPPER/Case', '/p/ends/', '/p/uni/ž', '/p/enc/%C5%BE', '/p/space/a b', '/p/dot.s', '/p/two/*/and/*', '/p/star*', '/p/question/:q?/tail', '/p/(unnamed)', '/p/lazy/:x/', '/p/query?x=1'],
  excludedPath: ['/p/any/not', '/p/any/never/*', '/p/one/:no(x+)'],
}
