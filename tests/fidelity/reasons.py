"""Why some answers stay different from netlify-cli's. The first that fits counts."""

from fidelity.differences import Reason

REASONS: list[Reason] = [
    Reason(
        "We do not say that we are Netlify or Express: a page that depends on it would be wrong in production.",
        ("*",),
        ("header server", "header x-powered-by"),
    ),
]
