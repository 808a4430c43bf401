"""The site `main` with a bit of everything, the one-page app `spa`, and `front` before a framework."""

from collections.abc import Iterator

from fidelity.sent import APP, DEV, FRONT, FUNCTIONS, Sent, signed


def requests() -> list[Sent]:
    """In the order in which they are made."""
    found = [*_names(), *_queries(), *_bodies(), *_headers(), *_v1(), *_v2(), *_rules(), *_conditions(), *_files()]
    return [*found, *_app(), *_front()]


def _both(name: str, target: str, **more: object) -> Iterator[Sent]:
    for to in (FUNCTIONS, DEV):
        yield Sent(f"{to} {name}", to, target, **more)  # type: ignore[arg-type]


def _names() -> Iterator[Sent]:
    prefix = "/.netlify/functions"
    for rest in (
        "/echo", "/echo/", "/echo/x/y", "/echo//", "/echo//x", "/echo/./x", "/echo/x/../y", "/x/../echo", "/Echo",
        "/ECHO", "/capital", "/Capital", "/under_score", "/with-hyphen", "/nested", "/indexed", "/inner", "/deep",
        "/esm", "/common", "/typed", "/unknown", "/unknown/x", "/echo.js", "/ec%68o", "/echo%2Fx", "/echo;a=b",
        "/echo%20", "/%C5%BE", "/e.cho", "/echo%00", "", "/", "//echo", "/no-handler", "/syntax", "/at-load",
        "/slow-background", "/marked", "/scheduled", "/v2", "/v2/x", "/v2-routes", "/v2-methods",
    ):  # fmt: skip
        yield from _both(f"name {rest or 'none'}", prefix + rest)
    for rest in ("/echo", "/unknown", "/"):
        yield from _both(f"builder {rest}", "/.netlify/builders" + rest)
    for target in ("/hello", "/echo", "/.netlify/", "/.netlify", "/.netlify/other", "/.Netlify/functions/echo"):
        yield from _both(f"elsewhere {target}", target)
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PROPFIND"):
        yield from _both(f"method {method}", f"{prefix}/echo", method=method)
        yield from _both(f"method {method} unknown", f"{prefix}/unknown", method=method)
    yield from _both(
        "preflight",
        f"{prefix}/echo",
        method="OPTIONS",
        headers=(("Origin", "http://localhost:8000"), ("Access-Control-Request-Method", "POST")),
    )
    yield from _both("background POST", f"{prefix}/slow-background", method="POST", body=b"{}")
    yield from _both("scheduled html", f"{prefix}/scheduled", headers=(("Accept", "text/html"),))


def _queries() -> Iterator[Sent]:
    for query in (
        "a=1", "a=1&b=2", "a=1&a=2", "a=1&b=2&a=3", "a", "a=", "a=&a=", "=1", "&", "a=1&&b=2", "a=b+c", "a=b%20c",
        "a=%2B", "a+b=c", "a%20b=c", "a[]=1&a[]=2", "a[b]=1", "a=1;b=2", "a=%C5%BE", "a=%zz", "a=%", "a=%E9",
        "a=b=c", "a=?", "a=/x/../y", "a=%2F", "?a=1", "__proto__=1", "a=1,2&a=3", "A=1&a=2", "a='\"", "1=a&0=b",
    ):  # fmt: skip
        yield from _both(f"query {query}", f"/.netlify/functions/echo?{query}")
    yield from _both("query empty", "/.netlify/functions/echo?")
    yield from _both("query and path", "/.netlify/functions/echo/a%20b/c+d/%C5%BE?x=%C5%BE")


def _bodies() -> Iterator[Sent]:
    def post(name: str, body: bytes, *headers: tuple[str, str], method: str = "POST") -> Iterator[Sent]:
        yield from _both(f"body {name}", "/.netlify/functions/echo", method=method, headers=headers, body=body)

    text = "žluť".encode()
    for kind in (
        "text/plain", "text/html; charset=utf-8", "TEXT/PLAIN", "application/json", "application/json; charset=utf-8",
        "application/vnd.api+json", "application/atom+xml", "application/xml", "application/javascript",
        "application/graphql", "application/x-ndjson", "application/csp-report", "application/octet-stream",
        "image/png", "application/pdf", "application/zip", "multipart/form-data; boundary=x", "application/msgpack",
        "text", "",
    ):  # fmt: skip
        yield from post(f"as {kind or 'an empty type'}", text, ("Content-Type", kind))
    yield from post("as a form", b"a=1&b=%20", ("Content-Type", "application/x-www-form-urlencoded"))
    yield from post("without a type", text)
    yield from post("in latin-1", b"caf\xe9", ("Content-Type", "text/plain; charset=iso-8859-1"))
    yield from post("not text", b"\xff\xfe\x00", ("Content-Type", "text/plain"))
    yield from post("empty", b"", ("Content-Type", "text/plain"), ("Content-Length", "0"))
    yield from post("PUT", b"put", ("Content-Type", "text/plain"), method="PUT")
    yield from post("DELETE", b"gone", ("Content-Type", "text/plain"), method="DELETE")
    yield from post("GET", b"odd", ("Content-Type", "text/plain"), method="GET")
    chunked = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    yield from post("chunked", chunked, ("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked"))


def _headers() -> Iterator[Sent]:
    def get(name: str, *headers: tuple[str, str]) -> Iterator[Sent]:
        yield from _both(f"headers {name}", "/.netlify/functions/echo", headers=headers)

    yield from get("case", ("X-One", "One"), ("x-TWO", "two"))
    yield from get("repeated", ("X-One", "a"), ("X-One", "b"), ("Accept", "text/html"), ("Accept", "text/plain"))
    yield from get("cookies", ("Cookie", "a=1"), ("Cookie", "b=2"))
    yield from get("empty", ("X-Empty", ""))
    yield from get("client addresses", ("Client-Ip", "9.9.9.9"), ("X-Real-Ip", "8.8.8.8"))
    yield from get("forwarded", ("X-Forwarded-For", "9.9.9.9"), ("X-Forwarded-Proto", "https"))
    yield from get("netlify's own", ("X-Nf-Site-Id", "mine"), ("X-Nf-Geo", "mine"))
    yield from get("language", ("Accept-Language", "de-AT,de;q=0.9"))
    yield from get("compression", ("Accept-Encoding", "gzip, br"))
    claims = {"sub": "1", "email": "ada@example.test"}
    bearer = ("Authorization", f"Bearer {signed(claims, 'anything')}")
    yield from _both("headers bearer to context", "/.netlify/functions/context", headers=(bearer,))
    yield from _both(
        "headers no jwt to context", "/.netlify/functions/context", headers=(("Authorization", "Bearer x"),)
    )
    yield from _both("context", "/.netlify/functions/context")


def _v1() -> Iterator[Sent]:
    for name in (
        "text", "stringStatus", "noStatus", "zero", "wordStatus", "objectBody", "numberBody", "noBody", "nullBody",
        "emptyBody", "base64", "base64Plain", "headers", "multi", "noContent", "notModified", "teapot", "failed",
        "found", "odd", "unicode", "cookie", "cors", "undefinedHeader", "newline", "large", "undefined", "null",
        "throws", "throwsString", "rejects", "none",
    ):  # fmt: skip
        yield from _both(f"v1 {name}", f"/.netlify/functions/responses?name={name}")
    html = (("Accept", "text/html,*/*"),)
    yield from _both("v1 throws html", "/.netlify/functions/responses?name=throws", headers=html)
    yield from _both(
        "v1 throws json", "/.netlify/functions/responses?name=throws", headers=(("Accept", "application/json"),)
    )
    for name in ("ok", "later", "error"):
        yield from _both(f"v1 callback {name}", f"/.netlify/functions/callback?name={name}")
    for name in ("text", "headers", "noContent"):
        yield from _both(f"v1 HEAD {name}", f"/.netlify/functions/responses?name={name}", method="HEAD")


def _v2() -> Iterator[Sent]:
    yield from _both("v2 request", "/.netlify/functions/v2/x%20y?a=1&b=+", headers=(("X-One", "a"), ("Cookie", "a=b")))
    yield from _both(
        "v2 post", "/.netlify/functions/v2", method="POST", headers=(("Content-Type", "text/plain"),), body=b"posted"
    )
    for name in (
        "undefined", "string", "object", "throws", "stream", "status", "noContent", "redirect", "json", "contextJson",
        "cookies", "appended", "environment", "globals", "binary", "none",
    ):  # fmt: skip
        yield from _both(f"v2 {name}", f"/.netlify/functions/v2-responses?name={name}")
    for target in (
        "/v2/items/5", "/v2/items/5/", "/v2/items", "/v2/items/", "/v2/items/a%20b", "/v2/items/a%2Fb", "/V2/Items/5",
        "/v2/items/excluded", "/v2/items/5/6", "/v2/optional", "/v2/optional/1", "/v2/optional/1/2", "/v2/rest",
        "/v2/rest/", "/v2/rest/a", "/v2/rest/a/b/c", "/v2/rest/private/x", "/v2/rest/private", "/v2/number/12",
        "/v2/number/x", "/v2/two/a/b", "/v2/two/a", "/v2/two/%C5%BE/b?q=1", "/v2/methods", "/v2/static.txt",
        "/v2/prefers.txt", "/v2/no-file.txt",
    ):  # fmt: skip
        yield from _both(f"v2 path {target}", target)
    for method in ("POST", "PUT", "DELETE", "HEAD", "OPTIONS"):
        yield from _both(f"v2 path {method}", "/v2/methods", method=method)
        yield from _both(f"v2 path {method} items", "/v2/items/5", method=method)


def _rules() -> Iterator[Sent]:
    for target in (
        "/plain", "/plain/", "/plain?x=1&y=2", "/PLAIN", "/plain/x", "/moved", "/moved?a=%20b", "/found", "/see",
        "/temporary", "/permanent", "/rewrite", "/rewrite/", "/rewrite?x=1", "/rewrite-html", "/rewrite-fn",
        "/rewrite-fn?x=1&x=2", "/rewrite-fn-path", "/rewrite-fn-404", "/rewrite-missing", "/page404", "/page410",
        "/page401", "/page500", "/page201", "/outside", "/outside?b=2", "/outside-q", "/outside-q?b=2", "/ph/1/2",
        "/ph/1", "/ph/1/2/3", "/ph/a%20b/c%2Fd", "/ph/%C5%BE/x", "/ph/1/2/", "/ph//2", "/ph/1/2?q=1",
        "/ph-query/1/2", "/ph-query/a%26b/2", "/ph-query/1/2?z=9", "/ph-rewrite/ada", "/ph-rewrite/ada?z=9",
        "/ph-html/hello", "/ph-html/nothing", "/splat", "/splat/", "/splat/a", "/splat/a/b/", "/splat/a//b",
        "/splat/a%2Fb", "/splat/a%20b", "/splatter", "/splat/a?q=1", "/splat-fn/a/b", "/splat-fn/a/b?x=1",
        "/splat-query/a/b", "/mid/x/end", "/mid/x/y/end", "/mid/end", "/star", "/starling", "/star/x", "/q",
        "/q?id=5", "/q?id=5&x=1", "/q?id=a%20b", "/q?id=", "/q?id=1&id=2", "/q2?a=1&b=2", "/q2?b=2&a=1", "/q2?a=3",
        "/q2?a=1&b=2&c=3", "/const?x=yes", "/const?x=no", "/const", "/const?x=yes&y=1", "/page", "/page.html",
        "/page/", "/docs/forced", "/docs/plain", "/blog/2024", "/blog/hello", "/blog/none", "/blog", "/chain",
        "/chain-301", "/loop", "/loop-301", "/both", "/first", "/UPPER", "/upper", "/enc%20oded", "/with",
        "/uni-%C5%BE", "/trail", "/trail/", "/notrail/", "/keep", "/keep?x=1", "/badstatus",
        "/nodestination", "/nothing", "/nothing/at/all", "/toml/rewrite", "/toml/default", "/toml/omitted/page.html",
        "/toml/omitted/", "/toml/splat/a/b", "/toml/query?id=7", "/toml/query", "/toml/constant?id=5",
        "/toml/constant?id=6", "/toml/two?a=1&b=2", "/toml/two?b=2&a=1&c=3", "/toml/two?a=1", "/toml/host-header",
        "/toml/gone", "/toml/teapot/a/b", "/.netlify/refused", "/.netlify/x",
    ):  # fmt: skip
        yield Sent(f"rule {target}", DEV, target)
    for target in ("/plain", "/rewrite", "/rewrite-fn", "/docs/forced", "/page404", "/nothing"):
        for method in ("HEAD", "POST", "OPTIONS", "DELETE"):
            yield Sent(f"rule {method} {target}", DEV, target, method=method)
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    yield Sent("rule form post", DEV, "/rewrite-fn", method="POST", headers=form, body=b"a=1")
    json_type = (("Content-Type", "application/json"),)
    yield Sent("rule json post", DEV, "/rewrite-fn?x=1", method="POST", headers=json_type, body=b'{"a":1}')
    yield Sent("rule host", DEV, "/a/b?x=1", headers=(("Host", "old.test"),))
    yield Sent("rule host port", DEV, "/a", headers=(("Host", "old.test:8888"),))


def _conditions() -> Iterator[Sent]:
    def get(name: str, target: str, *headers: tuple[str, str]) -> Sent:
        return Sent(f"condition {name}", DEV, target, headers=headers)

    for language in ("de", "de-AT,en;q=0.5", "DE", "en,de", "fr", "it", "es", "", "*", "fr-CA"):
        yield get(f"language {language or 'empty'}", "/lang", ("Accept-Language", language))
        yield get(f"toml language {language or 'empty'}", "/toml/language", ("Accept-Language", language))
    yield get("no language", "/lang")
    yield get("language cookie", "/lang", ("Cookie", "nf_lang=de"), ("Accept-Language", "fr"))
    yield get("no country", "/land")
    yield get("country cookie", "/land", ("Cookie", "nf_country=de"))
    yield get("country cookie in capitals", "/land", ("Cookie", "nf_country=DE"))
    yield get("toml country", "/toml/country", ("Cookie", "nf_country=nz"))
    yield get("toml country none", "/toml/country")
    yield get("two conditions", "/both-cond", ("Accept-Language", "en"))
    yield get("one of two conditions", "/both-cond", ("Accept-Language", "de"))
    yield get("cookie", "/toml/cookie", ("Cookie", "x=1; beta=0"))
    yield get("other cookie", "/toml/cookie", ("Cookie", "x=1"))
    far = 4_000_000_000
    roles = {"app_metadata": {"authorization": {"roles": ["admin"]}}}
    for name, token in {
        "admin": signed({**roles, "exp": far}),
        "wrong secret": signed({**roles, "exp": far}, "other"),
        "expired": signed({**roles, "exp": 1_000_000_000}),
        "no expiry": signed(roles),
        "editor": signed({"app_metadata": {"authorization": {"roles": ["editor"]}}, "exp": far}),
        "no roles": signed({"exp": far}),
        "undecodable": "rubbish",
        "three dots": "a.b.c",
    }.items():
        for target in ("/role", "/role-else", "/toml/role"):
            yield get(f"role {name} {target}", target, ("Cookie", f"nf_jwt={token}"))
    for target in ("/role", "/role-else", "/toml/role"):
        yield get(f"role none {target}", target)


def _files() -> Iterator[Sent]:
    for target in (
        "/", "/index", "/index.html", "/docs", "/docs/", "/docs/index.html", "/docs/plain.html", "/docs/plain/",
        "/style.css", "/data.json", "/note.txt", "/README", "/Style.css", "/style.css/", "/style.css?x=1",
        "/spaced%20folder/a%20file.txt", "/spaced+folder/a+file.txt", "/%C5%BElu%C5%A5.txt", "/404", "/404.html",
        "/gone", "/blog/2024.html", "/blog/2024/", "/v2", "/v2/", "/nothing.txt", "/docs/../style.css",
        "/%2e%2e/package.json", "/..%2fpackage.json", "/docs%2Fplain.html", "/style%2Ecss", "/netlify.toml",
    ):  # fmt: skip
        yield Sent(f"file {target}", DEV, target)
    for method in ("HEAD", "POST", "OPTIONS", "DELETE", "PUT"):
        yield Sent(f"file {method}", DEV, "/style.css", method=method)
    yield Sent("file missing HEAD", DEV, "/nothing.txt", method="HEAD")
    yield Sent("file range", DEV, "/note.txt", headers=(("Range", "bytes=0-3"),))
    yield Sent("file compressed", DEV, "/style.css", headers=(("Accept-Encoding", "gzip"),))


def _app() -> Iterator[Sent]:
    for target in (
        "/", "/anything", "/any/thing.html", "/any?x=1", "/index.html", "/assets/app.js", "/assets/app.js.map",
        "/assets/none.js", "/assets/logo.svg", "/assets", "/assets/", "/site.webmanifest", "/admin", "/admin.html",
        "/admin/x", "/api/hello", "/api/hello?x=1", "/api/hello/a/b?x=1&y=2", "/api/none", "/api", "/api/",
        "/api/page", "/api/page/x?y=1", "/api/hello%2Fx", "/api/hello/a%20b", "/old/2024/01/02/title",
        "/old/2024/01/02", "/old/2024/01/02/t%20t?x=1", "/search?q=a", "/search?q=a&page=2", "/search?page=2&q=a",
        "/search?page=2", "/search", "/search?q=a%26b&page=", "/from-root", "/from-publish", "/shared", "/news/1",
        "/news/2", "/news/1.html", "/closed/x", "/_redirects", "/_headers", "/.env", "/netlify.toml",
        "/.netlify/functions/none", "/.netlify/functions/hello", "/.netlify/functions", "/.netlify/else", "//x",
        "/a//b", "/a/./b", "/a/../b",
    ):  # fmt: skip
        yield Sent(f"app {target}", APP, target)
    for method in ("HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        yield Sent(f"app {method}", APP, "/anything", method=method)
        yield Sent(f"app {method} file", APP, "/assets/app.js", method=method)
        yield Sent(f"app {method} api", APP, "/api/hello?x=1", method=method)
    kind = ("Content-Type", "application/json")
    yield Sent("app post json", APP, "/api/hello", method="POST", headers=(kind,), body=b'{"a": 1}')
    etag = ("If-None-Match", 'W/"f-TzTUGE38s+51CfL0gljOkkHZgQc"')
    yield Sent("app not modified", APP, "/assets/app.js", headers=(etag,))


def _front() -> Iterator[Sent]:
    for target in (
        "/", "/page", "/page?x=1", "/moved", "/moved?x=1", "/unforced", "/rewritten", "/rewritten-forced",
        "/missing-too", "/api/x", "/api/x?y=1", "/api-forced/x", "/echo", "/echo?a=1&a=2", "/echo?a=%20+%2F",
        "/nothing", "/routed", "/routed/", "/fails", "/moved-by-framework", "/page404", "/with/slash", "/with/slash/",
        "/.netlify/functions/hello", "/.netlify/functions/none", "/.netlify/functions", "/%C5%BE", "/echo?%C5%BE",
    ):  # fmt: skip
        yield Sent(f"front {target}", FRONT, target)
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "HEAD"):
        yield Sent(f"front {method}", FRONT, "/echo?a=1", method=method)
        yield Sent(f"front {method} moved", FRONT, "/moved", method=method)
        yield Sent(f"front {method} none", FRONT, "/nothing", method=method)
    text = ("Content-Type", "text/plain")
    yield Sent("front post body", FRONT, "/echo", method="POST", headers=(text,), body=b"posted")
    yield Sent("front post api", FRONT, "/api/x", method="POST", headers=(text,), body=b"posted")
    yield Sent("front headers", FRONT, "/echo", headers=(("Cookie", "a=b"), ("X-Custom", "yes")))
