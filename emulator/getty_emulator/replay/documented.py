"""
What Getty documents about its answers, as far as we have read it: enough to see that recordings have grown old.

Sources: https://developer.gettyimages.com/docs/ and the OpenAPI document at
https://api.gettyimages.com/swagger/v3/swagger.json, in our own words. What is not here is not checked.
"""

import json
from collections.abc import Iterator
from typing import Any

from getty_emulator.replay.cassette_file import Interaction
from getty_emulator.replay.shapes import (
    ANYTHING,
    FLAG,
    INTEGER,
    INTEGER_OR_NULL,
    INTEGER_OR_TEXT,
    TEXT,
    TEXT_OR_NULL,
    Complaint,
    Shape,
    an_object,
    complaints,
    listed,
    maybe,
    one_of,
)
from getty_token.operations import Effect, operations_at

_DISPLAY_SIZE = an_object(
    "name uri",
    is_watermarked=FLAG,
    name=one_of("thumb preview comp comp_webp mid_res_comp mid_res_comp_webp high_res_comp high_res_comp_webp"),
    uri=TEXT,
)
_KEYWORD = an_object(
    keyword_id=TEXT_OR_NULL,
    text=TEXT_OR_NULL,
    type=TEXT_OR_NULL,
    relevance=INTEGER_OR_NULL,
    entity_uris=listed(TEXT),
    entity_types=listed(TEXT),
)
_DOWNLOAD = an_object(agreement_name=TEXT_OR_NULL, product_id=TEXT_OR_NULL, product_type=TEXT_OR_NULL, uri=TEXT_OR_NULL)
_TEXTS = """artist artist_title caption city collection_code collection_name color_type copyright country credit_line
    date_camera_shot date_created date_submitted download_product graphical_style license_model object_name
    state_province title uri_oembed"""

IMAGE = an_object(
    "id",
    id=TEXT,
    **dict.fromkeys(_TEXTS.split(), TEXT_OR_NULL),
    allowed_use=maybe(
        an_object(how_can_i_use_it=TEXT_OR_NULL, release_info=TEXT_OR_NULL, usage_restrictions=listed(TEXT))
    ),
    alternative_ids=ANYTHING,
    asset_family=one_of("creative editorial"),
    call_for_image=FLAG,
    collection_id=INTEGER_OR_NULL,
    display_sizes=listed(_DISPLAY_SIZE),
    download_sizes=listed(ANYTHING),
    downloads=listed(ANYTHING),
    editorial_segments=listed(TEXT),
    event_ids=listed(INTEGER),
    is_ai_editable=FLAG,
    istock_collection=TEXT_OR_NULL,
    istock_licenses=listed(ANYTHING),
    keywords=listed(_KEYWORD),
    largest_downloads=listed(_DOWNLOAD),
    links=ANYTHING,
    max_dimensions=maybe(an_object(height=INTEGER_OR_NULL, width=INTEGER_OR_NULL)),
    orientation=one_of("Horizontal Vertical Square PanoramicHorizontal PanoramicVertical"),
    people=listed(TEXT),
    product_types=listed(TEXT),
    quality_rank=INTEGER_OR_NULL,
    referral_destinations=listed(an_object(site_name=TEXT, uri=TEXT_OR_NULL)),
)

_SEARCH = an_object(
    "result_count images",
    result_count=INTEGER,
    images=listed(IMAGE),
    auto_corrections=an_object(phrase=TEXT_OR_NULL),
    related_searches=listed(an_object(phrase=TEXT, url=TEXT)),
    facets=ANYTHING,
)
_LOOK_UP = an_object("images", images=listed(IMAGE), images_not_found=listed(TEXT))
_VIDEOS = an_object("result_count videos")
_COLLECTION = an_object(
    "code id name",
    asset_family=one_of("creative editorial"),
    code=TEXT,
    id=INTEGER,
    license_model=TEXT_OR_NULL,
    name=TEXT,
    product_types=listed(TEXT),
)

ANSWERS: dict[str, Shape] = {
    "/v3/search/images": _SEARCH,
    "/v3/search/images/creative": _SEARCH,
    "/v3/search/images/editorial": _SEARCH,
    "/v3/images": _LOOK_UP,
    "/v3/images/{id}": _LOOK_UP,
    "/v3/images/{id}/similar": _SEARCH,
    "/v3/images/{id}/same-series": _SEARCH,
    "/v3/videos": an_object("videos"),
    "/v3/videos/{id}": an_object("id"),
    "/v3/search/videos/creative": _VIDEOS,
    "/v3/search/videos/editorial": _VIDEOS,
    "/v3/search/events": an_object("events result_count"),
    "/v3/countries": an_object(
        "countries", countries=listed(an_object("name", iso_alpha_2=TEXT, iso_alpha_3=TEXT, name=TEXT))
    ),
    "/v3/collections": an_object("collections", collections=listed(_COLLECTION)),
    "/v3/customers/current": an_object(first_name=TEXT_OR_NULL, middle_name=TEXT_OR_NULL, last_name=TEXT_OR_NULL),
}
"""What a success looks like, by path template."""

TOKEN = an_object("access_token token_type", access_token=TEXT, token_type=TEXT, expires_in=INTEGER_OR_TEXT)
_TOKEN_PATHS = ("/oauth2/token", "/v4/oauth2/token")

GATEWAY = an_object("message", message=TEXT)
"""What Getty's gateway says, as application/json."""

APPLICATION = an_object("ErrorCode ErrorMessage", ErrorCode=TEXT, ErrorMessage=TEXT)
"""What its application says, as application/vnd.getty.error+json."""

ERROR_CODES: dict[int, frozenset[str]] = {
    status: frozenset(codes.split())
    for status, codes in {
        400: """InvalidParameterValue InvalidPage InvalidPageSize InvalidRequest MalformedRequest ImageIdMustBeSpecified
            UnknownProviderUri IncorrectlyFormedUri MissingRequiredQueryParameters InvalidRequestParameters""",
        401: "AuthorizationTokenRequired Unauthorized",
        403: "UnauthorizedDisplaySize NoAccessToProductType OverageLimitReached InsufficientAccess Forbidden",
        404: "ImageNotFound VideoNotFound VideosNotFound EventNotFound BoardNotFound FileDownloadSizeNotFound",
        410: "GenerationRequestGone",
        500: "SystemError InvalidIStockCollection",
    }.items()
}

_STATUSES = frozenset({200, 201, 202, 204, 302, 303, 307, 400, 401, 402, 403, 404, 409, 410, 429, 500, 503})
"""What Getty declares, for one operation or another."""


def verify(interaction: Interaction) -> list[Complaint]:
    """What in `interaction` is not as Getty documents it."""
    call, answer = interaction.call, interaction.answer
    operation = operations_at(call.path).get(call.method)
    if operation is None and call.path not in _TOKEN_PATHS:
        return [Complaint("the request", f"Getty documents no {call.method} {call.path[:80]}")]
    if answer.status not in _STATUSES:
        return [Complaint("the status", f"{answer.status} is none that Getty declares")]
    if answer.status in (204, 302, 303, 307) or (
        operation and operation.effect is not Effect.READS and not answer.body
    ):
        return []
    kind = next(
        (value.partition(b";")[0].strip().lower() for name, value in answer.headers if name == b"content-type"), b""
    )
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return [Complaint("the body", "it is not JSON")]
    if answer.status >= 400:
        return list(_error(answer.status, kind, body))
    shape = TOKEN if operation is None else ANSWERS.get(operation.template)
    found = list(complaints(body, shape)) if shape else []
    if kind != b"application/json":
        found.append(Complaint("the content type", f"{kind.decode('latin-1')[:60] or 'none'} is not application/json"))
    return found


def _error(status: int, kind: bytes, body: Any) -> Iterator[Complaint]:
    if kind == b"application/vnd.getty.error+json":
        yield from complaints(body, APPLICATION)
        code = body.get("ErrorCode") if isinstance(body, dict) else None
        if isinstance(code, str) and code not in ERROR_CODES.get(status, frozenset()):
            yield Complaint("ErrorCode", f"{code[:40]} is not documented with {status}", wrong=False)
    elif kind == b"application/json":
        yield from complaints(body, GATEWAY)
        if status not in (401, 403, 429, 500, 503):
            yield Complaint("the content type", f"the gateway does not answer {status}")
    else:
        yield Complaint("the content type", f"{kind.decode('latin-1')[:60] or 'none'} is none of Getty's errors'")
