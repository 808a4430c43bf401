"""How much, how long and how many at once the server takes."""

from dataclasses import dataclass

LARGEST_HEAD = 16 * 1024
"""Bytes of a request's target and header fields together. Node takes as much, and so does Netlify's own tool."""

LARGEST_BODY = 6 * 1024 * 1024
"""Bytes of a request body, as on Netlify."""

MOST_TRAILERS = 100
"""Fields that may follow a chunked body. Nobody reads them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """
    How long we wait, in seconds, and for how many.

    `head`: for a request line with all its header fields. `body`: for the body behind it. `unread`: for somebody to
    read what is sent to them. `parting`: for the other side to hang up after a refusal. `moment`: until somebody who
    has begun, and does not go on, counts as slow where there are too many.
    """

    head: float = 5.0
    body: float = 30.0
    unread: float = 60.0
    parting: float = 2.0
    moment: float = 1.0
    connections: int = 1024
