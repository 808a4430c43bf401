"""The site `workshop`: functions of every shape, asked through `netlify dev` and `functions:serve`."""

import gzip
from collections.abc import Iterator

from fidelity.sent import ALONE, WORKSHOP, Sent, signed

_PREFIX = "/.netlify/functions"


def requests() -> list[Sent]:
    """In the order in which they are made."""
    return [*_shapes(), *_events(), *_returned(), *_called_back(), *_web(), *_paths()]


def _both(name: str, target: str, **more: object) -> Iterator[Sent]:
    for to, short in ((WORKSHOP, "workshop"), (ALONE, "workshop alone")):
        yield Sent(f"{short} {name}", to, target, **more)  # type: ignore[arg-type]


def _shapes() -> Iterator[Sent]:
    for name in """
        hello esm-v1 esm-arrow ts-v1 ts-v2 cts-v1 both default-object default-cjs module-exports module-function
        sync-return imports requires extensionless folder-named folder-index folder-ts folder-ts/x/y pack other lib
        word v2-background toml-background toml-scheduled config-background named-schedule limited named config-slow
        chosen path-of-functions throws-at-load no-export empty-file notes dotted.name dotted twin handler-text
        default-text tsx-view jsx-view builder methods paths web
    """.split():
        yield from _both(f"shape {name}", f"{_PREFIX}/{name}")
    for name in ("builder", "hello", "web", "builder/x?y=1", "folder-index"):
        yield from _both(f"builders {name}", f"/.netlify/builders/{name}")
    for name in ("throws-at-load", "toml-scheduled", "named-schedule", "default-object"):
        yield from _both(f"shape html {name}", f"{_PREFIX}/{name}", headers=(("Accept", "text/html"),))
        yield from _both(f"shape post {name}", f"{_PREFIX}/{name}", method="POST", body=b"{}")
    yield from _both("background html", f"{_PREFIX}/v2-background", headers=(("Accept", "text/html"),))
    yield from _both("background path", "/bg")
    yield from _both("context", f"{_PREFIX}/context")
    client = signed({"sub": "1", "app_metadata": {"roles": ["x"]}, "exp": 1})
    for value in (
        f"Bearer {client}",
        f"bearer {client}",
        client,
        f"Bearer  {client}",
        "Basic dTpw",
        "Bearer a.b.c",
        "Bearer",
    ):
        yield from _both(
            f"context {value[:12]} {len(value)}", f"{_PREFIX}/context", headers=(("Authorization", value),)
        )


def _events() -> Iterator[Sent]:
    for rest in """
        /a/b/c /a%2Fb /a%20b /a+b /%F0%9F%90%8E /a;b=c /a,b /a:b /a@b /a&b /a=b /a$b /a!b /a'b /a(b) /a*b /~b /a|b
        /a^b /a[b] /%7Ba%7D /a"b /<a> /a`b /a\\b /%5C /a%00 /a%zz /% /%C5 /./x /x/./y /x/../y /x/%2e%2e/y /x// //x /x/
        /a#b /a?b?c ?a=1&a=2&a=3 ?a%5B%5D=1 ?a.b=1 ?a-b=1 ?a=b%26c ?%C5%BE=1 ?a=%F0%9F%90%8E ?a=%00 ?a=%0A
        ?constructor=1 ?toString=x ?a=1%2C2&a=3 ?a=1& ?&a=1 ?a==1 ?a=1=2 ?a=+ ?a=%20 ?+=1 ?a=<b> ?a="b" ?a={b} ?a=\\
        ?a=^ ?a=` ?a=| ?a='b' ?a=1&A=2&a=3&A=4 ?0=a&1=b&0=c ?hasOwnProperty=1&length=2 ?a=%E9 ?%zz=1 ?a=%25
        ?a=1;b=2&c=3 ?a=http://x/?y=1#z
    """.split():
        yield from _both(f"event {rest}", f"{_PREFIX}/echo{rest}")
    yield from _both("event long query", f"{_PREFIX}/echo?" + "&".join(f"k{n}=v{n}" for n in range(600)))
    for name, fields in {
        "many values": (
            ("X-A", "1"),
            ("X-A", "2"),
            ("X-A", "3"),
            ("Accept", "a"),
            ("Accept-Language", "en"),
            ("Accept-Language", "de"),
        ),
        "single ones twice": (
            ("User-Agent", "a"),
            ("User-Agent", "b"),
            ("Referer", "http://localhost/a"),
            ("Referer", "http://localhost/b"),
            ("Content-Type", "text/plain"),
            ("Content-Type", "text/html"),
        ),
        "spaces": (("X-A", "  a  b  "),),
        "tab": (("X-A", "a\tb"),),
        "latin": (("X-A", "caf\u00e9"),),
        "underscore": (("x_a", "1"),),
        "cookies": (("Cookie", "a=1; b=2"), ("Cookie", "c=3")),
        "etag": (("If-None-Match", '"x"'), ("If-Modified-Since", "x")),
        "method override": (("X-HTTP-Method-Override", "DELETE"),),
        "range": (("Range", "bytes=0-1"),),
        "forwarded": (
            ("X-Forwarded-Host", "example.test"),
            ("X-Forwarded-Proto", "https"),
            ("Forwarded", "for=9.9.9.9"),
            ("Via", "1.1 x"),
        ),
        "netlify": (
            ("X-Nf-Request-Id", "mine"),
            ("X-Nf-Client-Connection-Ip", "9.9.9.9"),
            ("X-Nf-Account-Id", "a"),
            ("X-Nf-Deploy-Id", "b"),
            ("X-Nf-Site-Info", "c"),
            ("Netlify-Invocation-Source", "d"),
        ),
        "country": (("X-Country", "de"), ("X-Language", "de")),
        "hop": (
            ("Keep-Alive", "timeout=5"),
            ("Proxy-Authorization", "x"),
            ("TE", "trailers"),
            ("Proxy-Connection", "close"),
        ),
        "long": (("X-Long", "x" * 5000),),
        "browser": (("Sec-Fetch-Mode", "cors"), ("DNT", "1"), ("Upgrade-Insecure-Requests", "1")),
        "proto": (("__proto__", "x"), ("constructor", "y")),
    }.items():
        yield from _both(f"fields {name}", f"{_PREFIX}/echo", headers=fields)
    for kind in """
        text/csv text/plain;charset=utf-8 text/plain;charset=UTF-16 text/plain;charset=none text/event-stream
        application/json;charset=iso-8859-1 application/ld+json application/problem+json application/soap+xml
        image/svg+xml application/javascript;charset=utf-8 application/x-javascript application/ecmascript
        application/json5 application/yaml application/toml application/x-protobuf application/wasm
        application/x-ndjson;charset=utf-8 application/vnd.x+zip audio/mpeg video/mp4 font/woff message/http
        multipart/mixed;boundary=x */* text/ /plain application/x-www-form-urlencoded;charset=utf-8
        application/x-www-form-urlencoded;charset=latin1 x/y
    """.split():
        headers = (("Content-Type", kind),)
        yield from _both(f"body {kind}", f"{_PREFIX}/echo", method="POST", headers=headers, body="ž+a=1".encode())
    text = ("Content-Type", "text/plain")
    for name, fields, body in (
        ("gzip", (text, ("Content-Encoding", "gzip")), gzip.compress(b"zipped", mtime=0)),
        (
            "gzip binary",
            (("Content-Type", "image/png"), ("Content-Encoding", "gzip")),
            gzip.compress(b"zipped", mtime=0),
        ),
        ("identity", (text, ("Content-Encoding", "identity")), b"plain"),
        ("unknown encoding", (text, ("Content-Encoding", "zstd9")), b"plain"),
        ("broken gzip", (text, ("Content-Encoding", "gzip")), b"not gzip"),
        ("byte order mark", (text,), b"\xef\xbb\xbfmarked"),
        ("utf-16", (("Content-Type", "text/plain; charset=utf-16le"),), "ab".encode("utf-16le")),
        ("invalid json", (("Content-Type", "application/json"),), b"{bad"),
        ("json array", (("Content-Type", "application/json"),), b"[1,2]"),
        ("large text", (text,), b"x" * 100_000),
        ("nul", (text,), b"a\0b"),
        ("newlines", (text,), b"a\r\nb\n"),
        (
            "multipart",
            (("Content-Type", "multipart/form-data; boundary=x"),),
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
        ),
    ):
        yield from _both(f"body {name}", f"{_PREFIX}/echo", method="POST", headers=fields, body=body)
    for method in ("GET", "HEAD", "OPTIONS", "TRACE", "DELETE", "PATCH", "LOCK", "REPORT", "SEARCH"):
        yield from _both(f"method {method}", f"{_PREFIX}/echo?a=1", method=method)
        yield from _both(f"method v2 {method}", f"{_PREFIX}/web?name=facts", method=method)
    for method in ("BREW", "get", "G ET", ""):
        yield from _both(f"method odd {method}", f"{_PREFIX}/hello", method=method)


def _returned() -> Iterator[Sent]:
    for name in """
        floatStatus negative status99 status600 nullStatus trueStatus spacedStatus hexStatus arrayBody trueBody
        falseBody zeroBody bufferBody emptyBase64 badBase64 urlBase64 wordFlag nullHeaders arrayHeaders textHeaders
        nullHeader objectHeader emptyHeader emptyListHeader unicodeHeader latinHeader badHeaderName emptyHeaderName
        caseTwice multiCookies multiText multiNumbers multiNull listCookies cookiesField contentLength wrongLength
        longLength chunked connection server requestId etag gzip html typeList reset partial moved noLocation
        unauthorized proxyAuth upgrade noContentLength notFound text number array empty true false emptyText zero nan
        metadata extra stream getter class reference big
    """.split():
        yield from _both(f"returns {name}", f"{_PREFIX}/returns?name={name}")
    for name in """
        plainError emptyError ownError causeError multilineError markupError unicodeError aggregate undefined null
        number object response
    """.split():
        yield from _both(f"throws {name}", f"{_PREFIX}/returns?thrown={name}")
    for name in ("plainError", "markupError"):
        yield from _both(f"throws html {name}", f"{_PREFIX}/returns?thrown={name}", headers=(("Accept", "text/html"),))
    for name in ("gzip", "etag", "html", "contentLength", "notFound", "big"):
        yield from _both(f"returns HEAD {name}", f"{_PREFIX}/returns?name={name}", method="HEAD")
    yield from _both("returns etag known", f"{_PREFIX}/returns?name=etag", headers=(("If-None-Match", '"mine"'),))
    yield from _both("returns range", f"{_PREFIX}/returns?name=big", headers=(("Range", "bytes=0-3"),))


def _called_back() -> Iterator[Sent]:
    for name in """
        twice undefinedError textError objectError nothing nullResult both succeed fail done promise returned thenable
        throws immediate microtask
    """.split():
        yield from _both(f"calls back {name}", f"{_PREFIX}/callbacks?name={name}")
    for name in ("both", "only"):
        yield from _both(f"async calls back {name}", f"{_PREFIX}/async-callback?name={name}")


def _web() -> Iterator[Sent]:
    for name in """
        facts headers nullBody noArguments htmlType blobBody formBody viewBody statusText created notModified reset
        status599 badStatus errorResponse redirect307 redirectDefault jsonStatus jsonText plainPromise sync nothing
        number array fake v1 throwsString throwsResponse throwsEmpty throwsCause reference latin badHeader
        contentLength etag server encoded cookieObject cookieTwo cookieDelete cookieGet cookieOdd cookieUndefined
        contextFacts next rewrite waitUntil waitRejected logs globalNetlify setEnv argumentsCount streamEmpty
        streamBytes events appended big text json stream clone form none
    """.split():
        yield from _both(f"web {name}", f"{_PREFIX}/web?name={name}")
    form = ("Content-Type", "application/x-www-form-urlencoded")
    multi = ("Content-Type", "multipart/form-data; boundary=x")
    parts = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\nContent-Type: text/plain\r\n\r\nfile\r\n--x--\r\n'  # noqa: E501
    for name, kind, body in (
        ("form", form, b"a=1&b=%C5%BE&a=2"),
        ("form", multi, parts),
        ("json", ("Content-Type", "application/json"), b'{"a": [1]}'),
        ("text", ("Content-Type", "text/plain"), "žluť".encode()),
        ("text", ("Content-Type", "image/png"), b"png"),
        ("buffer", ("Content-Type", "application/octet-stream"), bytes(range(256))),
        ("blob", ("Content-Type", "text/x-mine; a=b"), b"blob"),
        ("stream", ("Content-Type", "text/plain"), b"streamed" * 1000),
        ("clone", ("Content-Type", "text/plain"), b"cloned"),
        ("twice", ("Content-Type", "text/plain"), b"twice"),
        ("facts", ("Content-Type", "text/plain"), b"facts"),
        ("text", ("X-No", "type"), b"no type"),
    ):
        yield from _both(
            f"web {name} {kind[1][:20]} {len(body)}",
            f"{_PREFIX}/web?name={name}",
            method="POST",
            headers=(kind,),
            body=body,
        )
    zipped = (("Content-Type", "text/plain"), ("Content-Encoding", "gzip"))
    yield from _both(
        "web zipped", f"{_PREFIX}/web?name=text", method="POST", headers=zipped, body=gzip.compress(b"z", mtime=0)
    )
    cookies = ("Cookie", "a=1; b=%C5%BE%20x; c")
    seen = (
        cookies,
        ("X-One", "a"),
        ("X-One", "b"),
        ("Accept", "text/html"),
        ("Authorization", "Bearer x"),
        ("Range", "bytes=0-1"),
    )
    for name in ("headers", "cookieGet", "contextFacts", "text"):
        yield from _both(f"web sent {name}", f"{_PREFIX}/web?name={name}", headers=seen)
    for name in ("contentLength", "statusText", "etag", "big", "throwsEmpty"):
        yield from _both(f"web HEAD {name}", f"{_PREFIX}/web?name={name}", method="HEAD")
    for name in ("reference", "throwsString", "fake"):
        yield from _both(f"web html {name}", f"{_PREFIX}/web?name={name}", headers=(("Accept", "text/html"),))
    for rest in (
        "/a/b?name=facts",
        "/?name=facts",
        "/a%20b/%C5%BE?name=facts&x=%20+",
        "//x?name=facts",
        "/../web?name=facts",
        "?name=facts#x",
    ):
        yield from _both(f"web at {rest}", f"{_PREFIX}/web{rest}")


def _paths() -> Iterator[Sent]:
    for target in """
        /p/plain /p/plain/ /P/Plain /p/plain/x /p/one/5 /p/one/5/ /p/one/a.b /p/one/a-b /p/one/xxx /p/one/%F0%9F%90%8E
        /p/dash/a-b /p/dash/a-b-c /p/dash/a /p/ext/x.json /p/ext/x /p/ext/a.b.json /p/any /p/any/ /p/any/x /p/any/x/y/
        /p/any/not /p/any/not/ /p/any/NOT /p/any/never /p/any/never/x /p/any/never/x/y /p/any/a%2Fb /p/any/x//y
        /p/any/x?a=1 /p/mid/x/end /p/mid/x/y/end /p/mid/end /p/regex/1 /p/regex/12 /p/regex/12a /p/alt/cats
        /p/alt/CATS /p/alt/birds /p/plus/a /p/plus/a/b /p/plus /p/many /p/many/a /p/many/a/b /p/opt /p/opt/x /p/opt/1
        /p/group/1 /p/group/1/b /p/group/1/b/2 /p/upper/case /p/UPPER/Case /p/ends /p/ends/ /p/uni/%C5%BE
        /p/enc/%C5%BE /p/enc/%c5%be /p/space/a%20b /p/space/a+b /p/dot.s /p/dotXs /p/two/a/and/b /p/two/a/b/and/c
        /p/star /p/starling /p/star/x /p/question/tail /p/question/x/tail /p/unnamed /p/other /p/lazy/x /p/lazy/x/
        /p/query?x=1 /p/query /p /p/ /p/none /p/./plain /p/x/../plain /p//plain //p/plain /p/plain%2F /p/pl%61in
        /p/one/a%20b?q=%C5%BE /m/text /m/lower /m/two /m/other /prefers/file.txt /prefers/none.txt /prefers/file
        /prefers /a /a.html /shop/page.html /shop/page /shop/ /shop /b /b.html /limited /en/hello /de/hello /fr/hello
        /EN/hello /never /hello /.netlify/functions/shadows /.netlify/functions/limited
    """.split():
        yield from _both(f"path {target}", target)
    for method in ("POST", "HEAD", "OPTIONS", "PUT", "PATCH"):
        for target in ("/m/text", "/m/lower", "/m/two", "/m/other", "/prefers/file.txt", "/shop/page.html", "/p/plain"):
            yield from _both(f"path {method} {target}", target, method=method)
