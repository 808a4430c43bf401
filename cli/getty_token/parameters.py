"""
The query parameters that Getty's read operations take, and the values each may have. Facts only: no I/O.

The command line checks a search against them before it asks Getty; the sandbox answers 400 by them.
Source: Getty's OpenAPI document.
"""

from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What one value looks like."""

    TEXT = "text"
    INTEGER = "a whole number"
    BOOLEAN = "true or false"
    DATE = "a date such as 2024-05-01"
    CHOICE = "one of a list"
    COLOUR = "a colour such as #002244"


class Parameter(NamedTuple):
    """One query parameter. `many` means a comma-separated list in one value."""

    name: str
    kind: Kind
    many: bool = False
    choices: tuple[str, ...] = ()


SORT_ORDERS = ("best_match", "most_popular", "newest", "random")
ORIENTATIONS = ("horizontal", "vertical", "square", "panoramic_horizontal", "panoramic_vertical")
GRAPHICAL_STYLES = ("fine_art", "illustration", "photography", "vector")
NUMBERS_OF_PEOPLE = ("none", "one", "two", "group")
MINIMUM_SIZES = ("x_small", "small", "medium", "large", "x_large", "xx_large", "vector")
EDITORIAL_SEGMENTS = ("archival", "entertainment", "news", "publicity", "royalty", "sport")
MOODS = ("black_and_white", "bold", "cool", "dramatic", "natural", "vivid", "warm")
COMPOSITIONS = tuple(
    """abstract candid close_up copy_space cut_out full_frame full_length headshot looking_at_camera macro
    medium_shot part_of_a_series portrait sparse still_life three_quarter_length waist_up wide_shot""".split()
)
ETHNICITIES = tuple(
    """black white east_asian hispanic_latinx japanese middle_eastern multiracial_person multiethnic_group
    native_american_first_nations pacific_islander south_asian southeast_asian""".split()
)
AGES_OF_PEOPLE = tuple(
    """newborn baby child teenager young_adult adult adults_only mature_adult senior_adult 0-1_months 2-5_months
    6-11_months 12-17_months 18-23_months 2-3_years 4-5_years 6-7_years 8-9_years 10-11_years 12-13_years
    14-15_years 16-17_years 18-19_years 20-24_years 20-29_years 25-29_years 30-34_years 30-39_years 35-39_years
    40-44_years 40-49_years 45-49_years 50-54_years 50-59_years 55-59_years 60-64_years 60-69_years 65-69_years
    70-79_years 80-89_years 90_plus_years 100_over""".split()
)

ASPECT_RATIOS = ("16:9", "9:16", "3:4", "4:3", "4:5", "2:1", "17:9", "9:17")
FRAME_RATES = ("23.98", "24", "25", "29.97", "30", "50", "59.94", "60")
VIDEO_FORMATS = ("sd", "hd", "4k", "hd_web")
IMAGE_TECHNIQUES = tuple(
    "realtime time_lapse slow_motion color black_and_white animation selective_focus".split(),
)
VIEWPOINTS = tuple(
    """lockdown panning tracking_shot aerial_view high_angle_view low_angle_view tilt point_of_view""".split(),
)
RELEASES = ("release_not_important", "fully_released")

SUMMARY_FIELDS = tuple(
    """asset_family caption collection_code collection_id collection_name license_model max_dimensions
    title""".split()
)
"""Members of `summary_set`; searches add the thumb, `/v3/images` adds the artist."""

_COMMON_FIELDS = (
    *SUMMARY_FIELDS,
    *"""summary_set detail_set display_set id allowed_use alternative_ids artist call_for_image color_type comp
    comp_webp copyright date_camera_shot date_created date_submitted download_product download_sizes
    graphical_style keywords largest_downloads orientation preview product_types quality_rank
    referral_destinations thumb uri_oembed istock_collection""".split(),
)
_EDITORIAL_FIELDS = (
    *(name for name in _COMMON_FIELDS if name != "istock_collection"),
    *"editorial_segments editorial_source event_ids people".split(),
)
_EITHER_FIELDS = (*_EDITORIAL_FIELDS, "istock_collection", "entity_details")
SEARCH_FIELDS = (*_EITHER_FIELDS, "accessrestriction")
IMAGE_FIELDS = (
    *_EITHER_FIELDS,
    *"""artist_title city country credit_line downloads is_ai_editable istock_licenses links object_name
    state_province""".split(),
)
EVENT_FIELDS = tuple(
    "id child_event_count editorial_segments hero_image image_count location name start_date type".split()
)

_VIDEO_FIELDS = tuple(
    """allowed_use artist aspect_ratio asset_family call_for_image caption clip_length collection_code collection_id
    collection_name color_type comp copyright date_created date_submitted detail_set display_set download_product
    download_sizes era id istock_collection keywords largest_downloads license_model mastered_to orientation
    originally_shot_on preview product_types quality_rank referral_destinations shot_speed summary_set thumb
    title""".split()
)
_EDITORIAL_VIDEO_FIELDS = (*_VIDEO_FIELDS, *"object_name editorial_segments event_ids source istock_licenses".split())
_NEAR_VIDEO_FIELDS = (
    *_VIDEO_FIELDS,
    *"editorial_segments entity_details event_ids source istock_licenses".split(),
)
VIDEO_FIELDS = (
    *(name for name in _NEAR_VIDEO_FIELDS if name not in ("aspect_ratio", "largest_downloads")),
    *"city country downloads is_ai_editable key_frames max_dimensions object_name people state_province".split(),
)
_ARTIST_FIELDS = tuple(
    """id allowed_use alternative_ids artist asset_family asset_type call_for_image caption collection_id
    collection_code collection_name comp copyright date_created date_submitted detail_set display_set
    editorial_segments event_ids graphical_style keywords license_model max_dimensions orientation preview
    product_types quality_rank referral_destinations summary_set thumb title""".split()
)


def _many(name: str, choices: tuple[str, ...] = ()) -> Parameter:
    return Parameter(name, Kind.CHOICE if choices else Kind.TEXT, many=True, choices=choices)


def _one(name: str, choices: tuple[str, ...] = ()) -> Parameter:
    return Parameter(name, Kind.CHOICE if choices else Kind.TEXT, choices=choices)


_PAGING = (Parameter("page", Kind.INTEGER), Parameter("page_size", Kind.INTEGER))
_DATES = (Parameter("date_from", Kind.DATE), Parameter("date_to", Kind.DATE))
_FACETS = (Parameter("facet_max_count", Kind.INTEGER), Parameter("include_facets", Kind.BOOLEAN))
_SEARCH = (
    *_PAGING,
    _one("phrase"),
    _many("age_of_people", AGES_OF_PEOPLE),
    _one("artists"),
    _many("collection_codes"),
    _one("collections_filter_type", ("include", "exclude")),
    _many("compositions", COMPOSITIONS),
    _one("download_product"),
    Parameter("embed_content_only", Kind.BOOLEAN),
    _many("ethnicity", ETHNICITIES),
    _many("file_types", ("eps",)),
    _one("graphical_styles_filter_type", ("include", "exclude")),
    Parameter("include_related_searches", Kind.BOOLEAN),
    Parameter("keyword_ids", Kind.INTEGER, many=True),
    _one("minimum_size", MINIMUM_SIZES),
    _many("number_of_people", NUMBERS_OF_PEOPLE),
    _many("orientations", ORIENTATIONS),
)
_CREATIVE = (
    *_SEARCH,
    *_FACETS,
    _many("fields", _COMMON_FIELDS),
    _one("sort_order", SORT_ORDERS),
    Parameter("color", Kind.COLOUR),
    Parameter("enhanced_search", Kind.BOOLEAN),
    Parameter("exclude_editorial_use_only", Kind.BOOLEAN),
    Parameter("exclude_keyword_ids", Kind.INTEGER, many=True),
    Parameter("exclude_nudity", Kind.BOOLEAN),
    _many("facet_fields", ("artists", "locations")),
    _many("graphical_styles", GRAPHICAL_STYLES),
    _many("moods", MOODS),
    Parameter("safe_search", Kind.BOOLEAN),
)
_EDITORIAL = (
    *_SEARCH,
    *_DATES,
    *_FACETS,
    _many("fields", _EDITORIAL_FIELDS),
    _one("sort_order", (*SORT_ORDERS, "oldest")),
    _many("editorial_segments", EDITORIAL_SEGMENTS),
    Parameter("event_ids", Kind.INTEGER, many=True),
    Parameter("exclude_keyword_ids", Kind.INTEGER, many=True),
    _many("facet_fields", ("artists", "events", "locations", "specific_people")),
    _many("graphical_styles", ("photography", "illustration", "vector")),
    _one("minimum_quality_rank", ("1", "2", "3")),
    _many("specific_people"),
)
_BLENDED = (
    *_SEARCH,
    _many("fields", SEARCH_FIELDS),
    _one("sort_order", SORT_ORDERS),
    Parameter("color", Kind.COLOUR),
    Parameter("event_ids", Kind.INTEGER, many=True),
    Parameter("exclude_nudity", Kind.BOOLEAN),
    _many("graphical_styles", GRAPHICAL_STYLES),
    _many("specific_people"),
)
_BY_IMAGE = (
    *_PAGING,
    *_FACETS,
    _one("phrase"),
    _one("asset_id"),
    _one("image_url"),
    Parameter("exclude_editorial_use_only", Kind.BOOLEAN),
    _many("facet_fields", ("artists", "locations")),
    _many("product_types"),
)
_VIDEO_SEARCH = (
    *_PAGING,
    *_FACETS,
    _one("phrase"),
    _many("age_of_people", AGES_OF_PEOPLE),
    _one("artists"),
    _many("aspect_ratios", ASPECT_RATIOS),
    _many("collection_codes"),
    _one("collections_filter_type", ("include", "exclude")),
    _many("compositions", COMPOSITIONS),
    _one("download_product"),
    _one("format_available", VIDEO_FORMATS),
    _many("frame_rates", FRAME_RATES),
    _many("image_techniques", IMAGE_TECHNIQUES),
    Parameter("include_related_searches", Kind.BOOLEAN),
    Parameter("keyword_ids", Kind.INTEGER, many=True),
    Parameter("min_clip_length", Kind.INTEGER),
    Parameter("max_clip_length", Kind.INTEGER),
    _many("orientations", ("horizontal", "vertical")),
    _one("release_status", RELEASES),
    _many("viewpoints", VIEWPOINTS),
)
_CREATIVE_VIDEO = (
    *_VIDEO_SEARCH,
    _many("fields", (*_VIDEO_FIELDS, "object_name")),
    _one("sort_order", SORT_ORDERS),
    Parameter("enhanced_search", Kind.BOOLEAN),
    _many("ethnicity", ETHNICITIES),
    Parameter("exclude_editorial_use_only", Kind.BOOLEAN),
    Parameter("exclude_keyword_ids", Kind.INTEGER, many=True),
    Parameter("exclude_nudity", Kind.BOOLEAN),
    _many("facet_fields", ("artists", "locations")),
    _many("license_models", ("rightsready", "royaltyfree")),
    _many("number_of_people", NUMBERS_OF_PEOPLE),
    Parameter("safe_search", Kind.BOOLEAN),
)
_EDITORIAL_VIDEO = (
    *_VIDEO_SEARCH,
    *_DATES,
    _many("fields", _EDITORIAL_VIDEO_FIELDS),
    _one("sort_order", (*SORT_ORDERS, "oldest")),
    _many("editorial_video_types", ("raw", "produced")),
    Parameter("event_ids", Kind.INTEGER, many=True),
    _many("facet_fields", ("artists", "events", "locations", "specific_people")),
    _many("specific_people"),
)
_SIMILAR_VIDEO = (*_PAGING, _many("fields", _NEAR_VIDEO_FIELDS))
_IMAGE_FIELDS = _many("fields", IMAGE_FIELDS)
_SIMILAR = (*_PAGING, _many("fields", SEARCH_FIELDS))


def _by_name(*parameters: Parameter) -> dict[str, Parameter]:
    return {parameter.name: parameter for parameter in parameters}


PARAMETERS: dict[str, dict[str, Parameter]] = {
    "/v3/search/images/creative": _by_name(*_CREATIVE),
    "/v3/search/images/editorial": _by_name(*_EDITORIAL),
    "/v3/search/images": _by_name(*_BLENDED),
    "/v3/images": _by_name(_many("ids"), _IMAGE_FIELDS),
    "/v3/images/{id}": _by_name(_IMAGE_FIELDS),
    "/v3/images/{id}/similar": _by_name(*_SIMILAR),
    "/v3/images/{id}/same-series": _by_name(*_SIMILAR),
    "/v3/search/images/creative/by-image": _by_name(*_BY_IMAGE, _many("fields", _COMMON_FIELDS)),
    "/v3/search/videos/creative": _by_name(*_CREATIVE_VIDEO),
    "/v3/search/videos/editorial": _by_name(*_EDITORIAL_VIDEO),
    "/v3/search/videos/creative/by-image": _by_name(*_BY_IMAGE, _many("fields", (*_VIDEO_FIELDS, "object_name"))),
    "/v3/videos": _by_name(_many("ids"), _many("fields", VIDEO_FIELDS)),
    "/v3/videos/{id}": _by_name(_many("fields", VIDEO_FIELDS)),
    "/v3/videos/{id}/similar": _by_name(*_SIMILAR_VIDEO),
    "/v3/videos/{id}/same-series": _by_name(*_SIMILAR_VIDEO),
    "/v3/artists/images": _by_name(
        *_PAGING,
        _one("artist_name"),
        _many("fields", (*_ARTIST_FIELDS, "comp_webp", "high_res_comp_webp", "mid_res_comp_webp")),
    ),
    "/v3/artists/videos": _by_name(*_PAGING, _one("artist_name"), _many("fields", (*_ARTIST_FIELDS, "clip_length"))),
    "/v3/affiliates/search/images": _by_name(_one("phrase"), _one("style", ("photography", "vector"))),
    "/v3/affiliates/search/videos": _by_name(_one("phrase")),
    "/v3/customers/current": {},
    "/v3/collections": {},
    "/v3/countries": {},
    "/v3/events": _by_name(Parameter("ids", Kind.INTEGER, many=True), _many("fields", EVENT_FIELDS)),
    "/v3/events/{id}": _by_name(_many("fields", EVENT_FIELDS)),
    "/v3/search/events": _by_name(
        *_PAGING,
        *_DATES,
        _one("phrase"),
        _one("editorial_segment", EDITORIAL_SEGMENTS),
        _many("fields", (*EVENT_FIELDS, "keywords")),
        _one("sort_order", ("newest", "oldest")),
    ),
}
"""By path template: the parameters of the operations that this tool calls itself and that the sandbox answers."""


def complaint(parameter: Parameter, value: str) -> str:
    """What is wrong with `value`, or an empty string. Booleans are accepted in any letter case, as Getty does."""
    parts = value.split(",") if parameter.many else [value]
    for part in (part.strip() for part in parts):
        if parameter.kind is Kind.CHOICE and part not in parameter.choices:
            return f"{part!r} is not one of {', '.join(parameter.choices)}"
        if parameter.kind is Kind.INTEGER and not part.removeprefix("-").isdecimal():
            return f"{part!r} is not a whole number"
        if parameter.kind is Kind.BOOLEAN and part.lower() not in ("true", "false"):
            return f"{part!r} is neither true nor false"
        if parameter.kind is Kind.COLOUR and not _is_colour(part):
            return f"{part!r} is not a colour such as #002244"
        if parameter.kind is Kind.DATE and not _is_date(part):
            return f"{part!r} is not a date such as 2024-05-01"
    return ""


def _is_colour(text: str) -> bool:
    digits = text.removeprefix("#")
    return len(digits) == 6 and all(each in "0123456789abcdefABCDEF" for each in digits)


def _is_date(text: str) -> bool:
    from datetime import datetime  # here: `status` does not pay for it

    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
