"""
The filters of an image search as types: what `Getty.search` takes by name.

parameters.py has the same as data, and a test compares the two. Which search takes which filter stands there.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal, TypedDict, TypeVar, Union

T = TypeVar("T")
Many = Union[T, Iterable[T]]  # noqa: UP007 - `T | ...` could not be subscripted
"""One, or several."""

Orientation = Literal["horizontal", "vertical", "square", "panoramic_horizontal", "panoramic_vertical"]
GraphicalStyle = Literal["fine_art", "illustration", "photography", "vector"]
Inclusion = Literal["include", "exclude"]
Composition = Literal[
    "abstract", "candid", "close_up", "copy_space", "cut_out", "full_frame", "full_length", "headshot",
    "looking_at_camera", "macro", "medium_shot", "part_of_a_series", "portrait", "sparse", "still_life",
    "three_quarter_length", "waist_up", "wide_shot",
]  # fmt: skip
Ethnicity = Literal[
    "black", "white", "east_asian", "hispanic_latinx", "japanese", "middle_eastern", "multiracial_person",
    "multiethnic_group", "native_american_first_nations", "pacific_islander", "south_asian", "southeast_asian",
]  # fmt: skip
Segment = Literal["archival", "entertainment", "news", "publicity", "royalty", "sport"]
Mood = Literal["black_and_white", "bold", "cool", "dramatic", "natural", "vivid", "warm"]
Size = Literal["x_small", "small", "medium", "large", "x_large", "xx_large", "vector"]
SortOrder = Literal["best_match", "most_popular", "newest", "random", "oldest"]


class Filters(TypedDict, total=False):
    """By Getty's names. `oldest`, dates, people and events are for editorial searches; moods, colours for creative."""

    age_of_people: Many[str]
    artists: str
    collection_codes: Many[str]
    collections_filter_type: Inclusion
    color: str
    """The dominant colour, such as `#002244`."""
    compositions: Many[Composition]
    date_from: date | str
    date_to: date | str
    download_product: str
    editorial_segments: Many[Segment]
    embed_content_only: bool
    enhanced_search: bool
    ethnicity: Many[Ethnicity]
    event_ids: Many[int]
    exclude_editorial_use_only: bool
    exclude_keyword_ids: Many[int]
    exclude_nudity: bool
    facet_fields: Many[Literal["artists", "events", "locations", "specific_people"]]
    facet_max_count: int
    file_types: Many[Literal["eps"]]
    graphical_styles: Many[GraphicalStyle]
    graphical_styles_filter_type: Inclusion
    include_facets: bool
    include_related_searches: bool
    keyword_ids: Many[int]
    minimum_quality_rank: Literal[1, 2, 3]
    minimum_size: Size
    moods: Many[Mood]
    number_of_people: Many[Literal["none", "one", "two", "group"]]
    orientations: Many[Orientation]
    safe_search: bool
    sort_order: SortOrder
    specific_people: Many[str]
