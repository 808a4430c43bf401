"""
What Getty says about an image, as types. Every member but `id` is there only if it was asked for (`fields`).

Source: Getty's OpenAPI document, and recorded answers where that is silent.
"""

from typing import NotRequired, Required, TypedDict


class DisplaySize(TypedDict):
    """A picture to show. The address is signed and changes: use it as it is, and do not keep it."""

    name: str
    uri: str
    is_watermarked: bool


class Dimensions(TypedDict):
    """Pixels."""

    height: int
    width: int


class Keyword(TypedDict):
    """A word Getty has given the image."""

    keyword_id: str
    text: str
    type: str
    relevance: int | None
    entity_uris: NotRequired[list[str]]
    entity_types: NotRequired[list[str]]


class AllowedUse(TypedDict):
    """What the image may be used for."""

    how_can_i_use_it: str
    release_info: str
    usage_restrictions: list[str]


class Referral(TypedDict):
    """Where people can see the image, and buy it."""

    site_name: str
    uri: str


class Image(TypedDict, total=False):
    """An image. Members that were asked for and are empty are None, "" or []."""

    id: Required[str]
    allowed_use: AllowedUse
    alternative_ids: dict[str, str]
    artist: str | None
    artist_title: str | None
    asset_family: str
    call_for_image: bool
    caption: str | None
    city: str | None
    collection_code: str | None
    collection_id: int
    collection_name: str | None
    color_type: str | None
    copyright: str | None
    country: str | None
    credit_line: str | None
    date_camera_shot: str | None
    date_created: str | None
    date_submitted: str | None
    display_sizes: list[DisplaySize]
    download_product: str | None
    download_sizes: list[dict[str, object]]
    editorial_segments: list[str]
    event_ids: list[int]
    graphical_style: str
    keywords: list[Keyword]
    largest_downloads: list[dict[str, object]]
    license_model: str
    max_dimensions: Dimensions
    object_name: str | None
    orientation: str
    people: list[str]
    product_types: list[str]
    quality_rank: int
    referral_destinations: list[Referral]
    state_province: str | None
    title: str | None
    uri_oembed: str | None
