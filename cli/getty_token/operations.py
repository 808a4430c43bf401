"""
The operations of Getty's API and what each one does to the customer's account. Facts only: no I/O, no imports of ours.

Source: Getty's OpenAPI document and developer documentation (https://developer.gettyimages.com/docs/).
"""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache


class Effect(Enum):
    """What an operation does, as the end of the sentence "this operation ..."."""

    READS = "reads what every customer may see"
    PRIVATE = "reads data of your account"
    CHANGES = "changes something at Getty"
    COSTS = "uses up a licence, a credit or a quota"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path template, such as `GET /v3/images/{id}`."""

    method: str
    template: str
    effect: Effect

    @property
    def name(self) -> str:
        """How the operation is written in configuration and messages."""
        return f"{self.method} {self.template}"

    @property
    def segments(self) -> list[str]:
        """The template's segments; those in braces stand for any one segment."""
        return self.template.strip("/").split("/")


def _table(effect: Effect, lines: str) -> tuple[Operation, ...]:
    names = (line.split() for line in lines.strip().splitlines())
    return tuple(Operation(method, template, effect) for method, template in names)


OPERATIONS: tuple[Operation, ...] = (
    *_table(
        Effect.READS,
        """
        GET /v3/affiliates/search/images
        GET /v3/affiliates/search/videos
        GET /v3/artists/images
        GET /v3/artists/videos
        GET /v3/collections
        GET /v3/countries
        GET /v3/events
        GET /v3/events/{id}
        GET /v3/images
        GET /v3/images/{id}
        GET /v3/images/{id}/same-series
        GET /v3/images/{id}/similar
        GET /v3/search/events
        GET /v3/search/images
        GET /v3/search/images/creative
        GET /v3/search/images/creative/by-image
        GET /v3/search/images/editorial
        GET /v3/search/videos/creative
        GET /v3/search/videos/creative/by-image
        GET /v3/search/videos/editorial
        GET /v3/videos
        GET /v3/videos/{id}
        GET /v3/videos/{id}/same-series
        GET /v3/videos/{id}/similar
        """,
    ),
    *_table(
        Effect.PRIVATE,
        """
        GET /beta/ai/file-registrations/{fileRegistrationId}
        GET /v3/ai/generation-history
        GET /v3/ai/generation-history/{generationRequestId}
        GET /v3/ai/image-generations/{generationRequestId}
        GET /v3/ai/image-generations/{generationRequestId}/images/{index}/download
        GET /v3/ai/image-generations/{generationRequestId}/images/{index}/download-sizes
        GET /v3/asset-changes/channels
        GET /v3/asset-management/assets/send-events
        GET /v3/boards
        GET /v3/boards/{board_id}
        GET /v3/boards/{board_id}/comments
        GET /v3/customers/current
        GET /v3/downloads
        GET /v3/images/{id}/downloadhistory
        GET /v3/orders/{id}
        GET /v3/products
        GET /v3/purchased-assets
        GET /v3/videos/{id}/downloadhistory
        """,
    ),
    *_table(
        Effect.CHANGES,
        """
        POST /beta/ai/file-registrations
        PUT /v3/asset-changes/change-sets
        DELETE /v3/asset-changes/change-sets/{change-set-id}
        POST /v3/boards
        DELETE /v3/boards/{board_id}
        PUT /v3/boards/{board_id}
        DELETE /v3/boards/{board_id}/assets
        PUT /v3/boards/{board_id}/assets
        DELETE /v3/boards/{board_id}/assets/{asset_id}
        PUT /v3/boards/{board_id}/assets/{asset_id}
        POST /v3/boards/{board_id}/comments
        DELETE /v3/boards/{board_id}/comments/{comment_id}
        PUT /v3/search/by-image/uploads/{file-name}
        PUT /v3/usage-batches/{id}
        """,
    ),
    *_table(
        Effect.COSTS,
        """
        POST /v3/ai/image-generations
        POST /beta/ai/image-generations/background-generations
        POST /v3/ai/image-generations/background-removal
        POST /v3/ai/image-generations/extend
        POST /v3/ai/image-generations/influence-color-by-image
        POST /v3/ai/image-generations/influence-composition-by-image
        POST /v3/ai/image-generations/object-removal
        POST /v3/ai/image-generations/refine
        PUT /v3/ai/image-generations/{generationRequestId}/images/{index}/download
        POST /v3/ai/image-generations/{generationRequestId}/images/{index}/variations
        POST /v3/ai/redownloads
        POST /v3/asset-licensing/{assetId}
        POST /v3/downloads/images/{id}
        POST /v3/downloads/videos/{id}
        """,
    ),
)


@lru_cache(maxsize=1024)
def operations_at(path: str) -> dict[str, Operation]:
    """
    The operations at `path` (still percent-encoded, no query), by method; empty where Getty has none.

    Segments are compared whole and a literal beats a placeholder, so `/v3/search/images` never matches anything
    longer, and an empty segment matches nothing.
    """
    segments = path.removesuffix("/").split("/")[1:] if path.startswith("/") else []
    found: dict[str, tuple[int, Operation]] = {}
    for operation in OPERATIONS:
        template = operation.segments
        if len(template) != len(segments):
            continue
        literal = [ours == theirs for ours, theirs in zip(segments, template, strict=True)]
        fits = all(
            same or (theirs[0] == "{" and ours) for same, ours, theirs in zip(literal, segments, template, strict=True)
        )
        if fits and sum(literal) >= found.get(operation.method, (0, operation))[0]:
            found[operation.method] = (sum(literal), operation)
    return {method: operation for method, (_, operation) in found.items()}


def operation_named(name: str) -> Operation | None:
    """The operation written as in `Operation.name`."""
    return next((operation for operation in OPERATIONS if operation.name == name), None)
