"""Why some answers stay different from netlify-cli's. The first that fits counts."""

from fidelity.differences import Reason

REASONS = [
    Reason(
        "Another name for this machine in Host is refused: it is how a rebinding page reaches a local server. So rules "
        "for other hosts cannot be tried here.",
        ("rule host*",),
        ("*",),
    ),
    Reason(
        "`functions:serve` loses the parameters of a path that a function chose (cli#6518); production fills them.",
        ("functions:serve v2 path *", "workshop alone path *"),
        ("body.params*",),
    ),
    Reason(
        "`functions:serve` loses the parameters of a path that a function chose (cli#6518); production fills them.",
        ("workshop alone path /??/hello",),
        ("body", "body.lang"),
    ),
    Reason(
        "Query parameters after a rewrite are those of the raw query, which netlify-cli mixes up (cli#1605).",
        ("rule /ph-rewrite/ada?z=9", "forms /to-fn-query/*", "forms /query-names*"),
        ("body.*ueryStringParameters.*",),
    ),
    Reason(
        "A header field that netlify-cli adds for itself and forgets to take off.",
        ("rule *", "forms *"),
        ("body.*eaders.x-netlify-original-search",),
    ),
    Reason(
        "The function sees how its body came from the client, not how netlify-cli's proxy hands it on to itself.",
        ("dev *", "rule *", "forms *", "workshop *"),
        ("body.*eaders.transfer-encoding", "body.*eaders.content-length", "body.fields.*ength", "body.fields.*oding"),
    ),
    Reason(
        "Two slashes in a row reach the function as they were sent, which is what `functions:serve` does.",
        ("dev name /echo//*", "workshop *//*"),
        ("body.path", "body.rawUrl", "body.url", "body.params.0"),
    ),
    Reason(
        "The page that explains a scheduled function loads no style sheet from another server.",
        ("* scheduled html", "* html *schedule*"),
        ("body", "header etag"),
    ),
    Reason(
        "What was thrown is named once and in plain text: no stack, no folder, no page about the tool's own mistake. "
        "The stack is on the terminal.",
        (
            "* v1 undefinedHeader",
            "* v1 newline",
            "* v1 large",
            "* v1 throws*",
            "workshop*throws*",
            "* html *",
            "workshop* body *",
            "workshop*calls back *",
            "workshop*returns *Header*",
            "workshop*returns moved",
            "workshop*returns negative",
            "workshop*returns status99",
            "workshop*returns trueStatus",
            "workshop*default-text",
        ),
        ("body", "header content-security-policy", "header content-type", "header x-content-type-options"),
    ),
    Reason(
        "A HEAD answer has the ETag of what GET would send; netlify-cli gives that of an empty body (RFC 9110 9.3.2).",
        ("*HEAD*",),
        ("header etag",),
    ),
    Reason(
        "Dot segments are resolved as for every other path, and then found inside the published folder.",
        ("file /docs/../style.css", "shelf /*./*", "shelf /folder/%2e%2e/*"),
        ("*",),
    ),
    Reason(
        "The site's rules are no page: they are not served.",
        ("app /_redirects",),
        ("*",),
    ),
    Reason(
        "A rewrite to a page of the framework is applied, as it is in production; netlify-cli needs force (cli#1242).",
        ("front /rewritten",),
        ("*",),
    ),
    Reason(
        "An address that says nothing clear is refused before anything else looks at it: a fragment, a backslash, a "
        "malformed escape, a method that is none. The words for it are problem+json.",
        (
            "workshop*event /a#b",
            "workshop*event /a[\\\\]b",
            "workshop*#[xz]",
            "workshop*event /*%*",
            "workshop*method odd *",
            "shelf /%FF",
        ),
        ("*",),
    ),
    Reason(
        "A length that a function states is not believed: it is counted. netlify-cli cuts, fails or waits.",
        ("workshop*returns *Length",),
        ("*",),
    ),
    Reason(
        "Fields that concern one connection only are not a function's to set.",
        ("workshop*returns upgrade",),
        ("header upgrade",),
    ),
    Reason(
        "A function sees what the site and AWS Lambda set, not what netlify-cli has for itself.",
        ("workshop*context*",),
        ("body.environment", "body.set.*"),
    ),
    Reason(
        "The mocked deploy and site of a v2 function say what a v1 event says; netlify-cli leaves them empty.",
        ("workshop*contextFacts",),
        ("body.deploy.*", "body.site*"),
    ),
    Reason(
        "Where two functions chose a path, the first by name answers; in netlify-cli it is who was built first.",
        ("workshop*path*/m/*",),
        ("body",),
    ),
    Reason(
        "304 says which ETag it is about (RFC 9110 15.4.5), also after a rewrite, where netlify-cli sends 200 without "
        "the page. What is not 2xx is sent whole (RFC 9110 13.2.1).",
        ("forms if-none-match *", "shelf if-none-match *"),
        ("*",),
    ),
    Reason(
        "Preconditions that are for writing (RFC 9110 13.1.1, 13.1.4) are not looked at for files that are only read.",
        ("shelf If-Match", "shelf if-unmodified-since *"),
        ("*",),
    ),
    Reason(
        "A file is found however much of its name is percent-encoded.",
        ("shelf /*%3[AB]*", "shelf /*%2[B6]*"),
        ("*",),
    ),
    Reason(
        "A name that no file can have is not found, and not forbidden.",
        ("shelf *%00*", "shelf long name"),
        ("*",),
    ),
    Reason(
        "A field that a rule adds cannot be set by whoever asks.",
        ("forms proxied fields",),
        ("body.fields.x-from",),
    ),
]
