"""The site `forms`: rules in every written form, their conditions and statuses, and proxies to another server."""

from collections.abc import Iterator

from fidelity.sent import FORMS, Sent, signed


def requests() -> list[Sent]:
    """In the order in which they are made."""
    return [*_written(), *_placeholders(), *_targets(), *_statuses(), *_conditions(), *_tables(), *_proxied()]


def _get(targets: str, *headers: tuple[str, str], name: str = "") -> Iterator[Sent]:
    for target in targets.split():
        yield Sent(f"forms {name}{target}", FORMS, target, headers=headers)


def _written() -> Iterator[Sent]:
    yield from _get(
        """
            /tab /tabs /indented /indented-tab /hash /hash%23inside /target-hash /target-hash?b=1 /target-hash-query
            /comment-glued /comment-target /no-slash /no-target-slash /with/slash /with/slash/ /with/slash/?x=1
            /status-only/pages/one /status-only-302/x /plus /zero /float /word-status /force-space /force-front
            /force-double /extra-words /order /order-forced /nothing /last /last/ /last/x /last/x/ /last//x /LAST/x
            /last/./x /last/%2Fx /last/a%3Fb /last/a%23b /last/a%25b /last/a+b /last/a%2Bb /last/a&b /last/a=b
            /last/a;b /last/a:b /last/a@b /last/'q' /last/%22q%22 /last/%3Ctag%3E /last/(x) /last/a|b /last/a^b
            /last/%7Btpl%7D /last/~x /last/a*b /last/$x /last/!x /last/%E2%9C%93 /last/%F0%9F%90%8E /last/%0A
            /last/x?a=b%20c+d /last/x?a=%E2%9C%93 /last/x?a&b= /last/x?=1 /last/x? /last/x?? /last/x?a=1&a=2&b=3
            /last/x?a[]=1&b[c]=2 /last/x?q=%26%3D%23 /last/x?a=';" /last/x?a=%zz /last/x?a=~*() /last/x?%61=1
            /last/x?url=http://example.test/?y=1
        """
    )


def _placeholders() -> Iterator[Sent]:
    yield from _get(
        """
            /many?a=1&b=2&c=3 /many?c=3&b=2&a=1 /many?a=1&b=2 /many?a=1&b=2&c=3&d=4 /many-fixed?a=1&b=2
            /many-fixed?a=2&b=2 /many-fixed?b=x&a=1 /query-unused?a=1 /query-unused /query-into-query?id=5
            /query-into-query?id=a%26b /query-splat/x/y?id=5 /query-splat?id=5 /query-splat/x /query-empty?a=
            /query-empty?a=1 /query-empty /query-encoded?a=b%20c /query-encoded?a=b%2520c /query-encoded?a=b+c
            /query-same?a=1&b=2 /query-same?a=1&b=1 /query-name-enc?a%20b=1 /query-name-enc?a+b=1 /query-none?a=1
            /query-none /query-rewrite?id=5 /query-rewrite?id=5&x=1 /query-rewrite /query-fallback?id=5
            /query-fallback?id= /query-fallback?id /query-fallback?x=1 /query-fallback /query-fallback?ID=5
            /query-fallback?id=a%2Fb /query-fallback?id=%C5%BE /query-fallback?id=a%23b /ph/1 /ph/1/ /ph/1/2
            /ph/1/2/3/ /ph/a%20b/c%20d /ph//x /ph-mid/1/mid/2 /ph-mid/1/x/2 /ph-mid/1/mid /ph-same/1/2 /ph-same/1/1
            /ph-missing/1 /ph-prefix/1/2 /ph-dash/1-b /ph-dash/1 /ph-dot/x.html /ph-dot/x /ph-under/1_b /ph-under/1
            /ph-number/5 /ph-upper/N /ph-ext/x /ph-ext/x.y /ph-empty/x /ph-empty/: /ph-empty /ph-frag/x /ph-frag/x?q=1
            /ph-twice/x /ph-twice/a%26b /ph-twice/a%2Fb /splat-twice/a/b /splat-twice /splat-unused/a/b /splat-unused
            /splat-query/a/b /splat-query /splat-query/a%26b?x=1 /splat-ext/a/b /splat-ext /splat-ext/a?x=1
            /splat-ext/a%20b/%C5%BE /splat-ext-query/a/b /splat-ext-query/a?x=1 /splat-star/a/b /splat-nosep/a/b
            /splat-nosep /splat-rewrite/one /splat-rewrite/one.html /splat-rewrite/none /splat-rewrite
            /splat-rewrite/../page.html /splat-html/two /splat-html/none /splat-html /star-two/a/x/b
            /star-two/a/b/x/c/d /star-two/x/ /page.php /dir/page.php /.php /prefix-a.txt /prefix-.txt /prefix-a
            /mid-star/aXb/c /mid-star/a*b/c /one/end /x/tail /x/y/tail /tail /1/of/2 /1/of/2/ /toml/a/b/c /toml/a
            /host-of-target/shop /host-of-target/a.b /host-of-target/a%2Fb
        """
    )


def _targets() -> Iterator[Sent]:
    yield from _get(
        """
            /local /local/ /local-splat/a/b /secure /ported /enc-target /enc-target-uni /enc-target-query
            /enc-target-query?z=1 /enc-bad /quote /a%2Fb /a/b /uni/%C5%BElu%C5%A5/x /dots/../up /dots/%2e%2e/up
            /proto-rel /mailto /ftp /upper-scheme /ext-bare /ext-bare?x=1 /ext-auth /ext-port /ext-port?z=1
            /ext-query-in /ext-query-in?b=1 /self /self-slash /self-slash/ /to-root /to-root?x=1 /to-root-301
            /to-folder /to-folder-bare /to-text /to-photo /to-pretty /to-query /to-hash /to-404-file /to-404-none
            /to-404-forced /to-v2/5 /to-v2/a%20b /to-v2/5?q=1 /to-fn/echo /to-fn/echo/x?y=1 /to-fn/none /to-fn/ /to-fn
            /to-fn/hello/ /to-fn-query/5 /to-fn-query/a%26b=c /to-fn-query/5?x=1 /to-fn-302 /to-fn-201
            /to-fn-404-forced /to-fn-none /to-fn-dots /to-fn-builder /to-known /.well-known/known.txt
            /.well-known/moved /.hidden /.netlify /.netlify/functions/hello /.netlifyx /page /page.html /page/
            /text.txt /data.json /photo.jpg /shadow /shadow/ /shadow/file /shadow/file.html /shadow/none /pages/two
            /pages/two.html /pages /pages/ /with.dot /v2/item/5 /v2/item/5/
        """
    )
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"):
        for target in ("/to-fn/echo", "/to-text", "/tab", "/s403", "/to-404-none", "/spa/x", "/splat-ext/x"):
            yield Sent(f"forms {method} {target}", FORMS, target, method=method)
    form = ("Content-Type", "application/x-www-form-urlencoded")
    multi = ("Content-Type", "multipart/form-data; boundary=x")
    for target in ("/to-text", "/to-fn/echo", "/tab", "/nothing", "/page.html", "/up/echo/x", "/gone/x", "/s418"):
        yield Sent(f"forms form {target}", FORMS, target, method="POST", headers=(form,), body=b"a=1")
        yield Sent(f"forms multipart {target}", FORMS, target, method="POST", headers=(multi,), body=b"--x--\r\n")
    etag = (("If-None-Match", "*"),)
    for target in ("/to-text", "/to-fn/echo", "/tab", "/s403", "/s200"):
        yield Sent(f"forms if-none-match {target}", FORMS, target, headers=etag)


def _statuses() -> Iterator[Sent]:
    yield from _get(
        """
            /s200 /s202 /s204 /s206 /s300 /s304 /s305 /s306 /s399 /s400 /s402 /s403 /s405 /s410 /s418 /s429 /s451
            /s502 /s503 /s599 /s503-to-none /s302-forced /s308-splat/a/b?x=1 /gone /gone/x /gone/x.css /spa/a/b
            /spa/x?y=1
        """
    )


def _conditions() -> Iterator[Sent]:
    for language in ("de", "fr-FR", "en-US", "EN", "de;q=0.1, en", "x"):
        asked = ("Accept-Language", language)
        targets = "/lang-lower /lang-list /lang-region /lang-text /lang-comma /country-and-lang /cond-all"
        yield from _get(targets, asked, name=f"{language} ")
    for cookie in ("nf_country=at", "nf_country=", "nf_country=DE; nf_lang=de", "beta=1", "beta=", "beta", "gamma=0"):
        targets = """
            /country-lower /country-list /country-spaces /country-and-lang /cookie-cond /cookie-list /cond-lower
            /cond-cookie-lower /cond-all /cond-empty /lang-list
        """
        yield from _get(targets, ("Cookie", cookie), name=f"{cookie} ")
    yield from _get(
        """
            /country-lower /country-list /bad-cond /cond-before /cond-before?Country=us /cond-no-status /cookie-cond
            /cond-lower /cond-unknown /cond-all /cond-empty /role-list /role-302 /role-forced
        """
    )
    far = 4_000_000_000
    for name, claims in {
        "editor": {"app_metadata": {"authorization": {"roles": ["x", "editor"]}}, "exp": far},
        "text": {"app_metadata": {"authorization": {"roles": "admin"}}, "exp": far},
        "empty": {"app_metadata": {"authorization": {"roles": []}}, "exp": far},
        "flat": {"roles": ["admin"], "exp": far},
        "text expiry": {"app_metadata": {"authorization": {"roles": ["admin"]}}, "exp": str(far)},
        "capitals": {"app_metadata": {"authorization": {"roles": ["Admin"]}}, "exp": far},
        "not before": {"app_metadata": {"authorization": {"roles": ["admin"]}}, "exp": far, "nbf": far},
    }.items():
        yield from _get("/role-list /role-302 /role-forced", ("Cookie", f"nf_jwt={signed(claims)}"), name=f"{name} ")


def _tables() -> Iterator[Sent]:
    yield from _get(
        """
            /older-names?id=5 /older-names /status-text /status-force-text /force-word /status-bad /no-to
            /no-slash-toml /to-no-slash-toml /omitted-default/x /omitted-302/x /pages/omitted/x /query-array?a=1
            /query-number?a=5 /query-number?a=6 /query-names?one=1&two=2 /query-names?one=1 /toml-headers-fn
            /toml-edge /toml-host/x /hash-from /hash-from%23x /query-from?x=1 /query-from
        """
    )


def _proxied() -> Iterator[Sent]:
    yield from _get(
        """
            /up/echo/x /up/echo/x?a=1&b=2 /up/echo/x?a=%20+%2F /up/echo/a%20b /up/echo/a%2Fb /up/echo/%C5%BE
            /up/echo/x//y /up/echo/x/ /up/echo/a+b /up/echo/a%25b /up/echo/a%3Fb /up/echo/./x /up/echo/x?a&b=
            /up/echo/x?a[]=1 /up/status/404 /up/status/500 /up/status/204 /up/status/304 /up/status/418 /up/status/201
            /up/status/401 /up/zipped /up/cached /up/page /up/ /up /up/moved-by-framework /up/nothing /up-own
            /up-own?x=1 /up-ph/1/2 /up-ph/a%26b/c%20d /up-ph/1/2?x=1 /up-query?id=5 /up-query?id=a%2Fb&x=1 /up-201
            /up-404 /up-302/x?y=1 /page-proxied /up-root /up-root?x=1 /up-base /up-base/a/b /pages/one /toml-up/echo/x
            /toml-up/echo/x?y=1 /toml-up-signed/echo/x
        """
    )
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"):
        for target in ("/up/echo/x", "/up/nothing"):
            yield Sent(f"forms proxied {method} {target}", FORMS, target, method=method)
    for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded", "application/octet-stream"):
        typed = ("Content-Type", kind)
        yield Sent(f"forms proxied {kind}", FORMS, "/up/echo/x?y=1", method="POST", headers=(typed,), body=b'{"a": 1}')
    yield Sent(
        "forms proxied fields",
        FORMS,
        "/toml-up/echo/x",
        headers=(
            ("Cookie", "a=b; nf_jwt=x"),
            ("Authorization", "Bearer x"),
            ("X-Custom", "yes"),
            ("X-From", "the client"),
            ("Origin", "http://localhost"),
            ("Referer", "http://localhost/"),
            ("User-Agent", "fidelity"),
            ("Accept", "text/plain"),
            ("Range", "bytes=0-1"),
            ("Accept-Encoding", "gzip"),
        ),
    )
    yield Sent("forms proxied if-none-match", FORMS, "/up/cached", headers=(("If-None-Match", '"own"'),))
