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
        ("functions:serve v2 path *",),
        ("body.params*",),
    ),
    Reason(
        "Query parameters after a rewrite are those of the raw query, which netlify-cli mixes up (cli#1605).",
        ("rule /ph-rewrite/ada?z=9",),
        ("body.*ueryStringParameters.*",),
    ),
    Reason(
        "A header field that netlify-cli adds for itself and forgets to take off.",
        ("rule *",),
        ("body.*eaders.x-netlify-original-search",),
    ),
    Reason(
        "The function sees how its body came from the client, not how netlify-cli's proxy hands it on to itself.",
        ("dev *", "rule *"),
        ("body.*eaders.transfer-encoding", "body.*eaders.content-length"),
    ),
    Reason(
        "Two slashes in a row reach the function as they were sent, which is what `functions:serve` does.",
        ("dev name /echo//*",),
        ("body.path", "body.rawUrl"),
    ),
    Reason(
        "The page that explains a scheduled function loads no style sheet from another server.",
        ("* scheduled html",),
        ("body", "header etag"),
    ),
    Reason(
        "What was thrown is named once and in plain text: no stack, no folder, no page about the tool's own mistake. "
        "The stack is on the terminal.",
        ("* v1 undefinedHeader", "* v1 newline", "* v1 large", "* v1 throws*"),
        ("body", "header content-security-policy", "header content-type", "header x-content-type-options"),
    ),
    Reason(
        "A HEAD answer has the ETag of what GET would send; netlify-cli gives that of an empty body (RFC 9110 9.3.2).",
        ("*HEAD*",),
        ("header etag",),
    ),
    Reason(
        "Dot segments are resolved as for every other path, and then found inside the published folder.",
        ("file /docs/../style.css",),
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
]
