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
    _one("color"),
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
    _one("color"),
    Parameter("event_ids", Kind.INTEGER, many=True),
    Parameter("exclude_nudity", Kind.BOOLEAN),
    _many("graphical_styles", GRAPHICAL_STYLES),
    _many("specific_people"),
)
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
        if parameter.kind is Kind.DATE and not _is_date(part):
            return f"{part!r} is not a date such as 2024-05-01"
    return ""


def _is_date(text: str) -> bool:
    from datetime import datetime  # here: `status` does not pay for it

    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
