"""What searches of the sandbox find."""

import json
from typing import Any

import pytest

from getty_emulator.exchange import Call
from getty_emulator.sandbox import NOTHING, Sandbox
from getty_emulator.sandbox.catalogue import FIRST_ID, asset

Content = dict[str, Any]
CREATIVE = "/v3/search/images/creative"
EDITORIAL = "/v3/search/images/editorial"


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return Sandbox()


def ask(sandbox: Sandbox, path: str, query: str = "", status: int = 200) -> Content:
    answer = sandbox.read(Call("GET", path, query))
    assert answer.status == status, answer
    content: Content = json.loads(answer.body)
    return content


def ids(content: Content) -> list[str]:
    return [image["id"] for image in content["images"]]


@pytest.mark.parametrize("phrase", ["sunset", "mountain", "city", "coffee", "dog", "cat", "family", "football"])
def test_a_subject_finds_its_pictures_first(sandbox: Sandbox, phrase: str) -> None:
    content = ask(sandbox, CREATIVE, f"phrase={phrase}&fields=title&page_size=10")

    assert all(phrase in image["title"].lower() for image in content["images"])
    assert content["result_count"] >= 10


def test_plurals_and_letter_case_do_not_matter(sandbox: Sandbox) -> None:
    found = [ask(sandbox, CREATIVE, f"phrase={phrase}&fields=id")["result_count"] for phrase in ("dog", "DOGS", "Dogs")]

    assert len(set(found)) == 1


def test_pictures_with_all_words_come_before_those_with_one(sandbox: Sandbox) -> None:
    content = ask(sandbox, CREATIVE, "phrase=dog+on+the+beach&fields=title")

    titles = [image["title"].lower() for image in content["images"]]
    both = ["dog" in title and "beach" in title for title in titles]
    assert both[0]
    assert both == sorted(both, reverse=True)
    assert content["result_count"] > sum(both)


@pytest.mark.parametrize(("path", "place"), [(CREATIVE, "lisbon"), (EDITORIAL, "kyoto"), (CREATIVE, "iceland")])
def test_a_place_finds_pictures_of_that_place_and_no_others(sandbox: Sandbox, path: str, place: str) -> None:
    content = ask(sandbox, path, f"phrase={place}&fields=keywords&page_size=100")

    assert content["images"]
    assert all(place in {word["text"].lower() for word in image["keywords"]} for image in content["images"])


def test_whoever_looks_for_people_does_not_find_the_keyword_no_people(sandbox: Sandbox) -> None:
    content = ask(sandbox, CREATIVE, "phrase=people&enhanced_search=false&fields=keywords&page_size=100")

    assert all("no people" not in {word["text"].lower() for word in image["keywords"]} for image in content["images"])


def test_a_composition_can_be_searched_for_by_its_name(sandbox: Sandbox) -> None:
    content = ask(sandbox, EDITORIAL, "phrase=portrait&fields=id&page_size=100")

    assert content["images"]
    assert all("portrait" in asset(int(one) - FIRST_ID, 1).compositions for one in ids(content))


def test_without_enhanced_search_only_literal_matches_are_found(sandbox: Sandbox) -> None:
    content = ask(sandbox, CREATIVE, "phrase=dog+beach&enhanced_search=false&fields=title,keywords")

    assert 0 < content["result_count"] < ask(sandbox, CREATIVE, "phrase=dog+beach&fields=id")["result_count"]
    assert all("dog" in image["title"].lower() for image in content["images"])


@pytest.mark.parametrize("phrase", ["qwertyuiop", "%F0%9F%90%99", "%00", "the", "caf%C3%A9%3Cscript%3E", "x" * 5000])
@pytest.mark.parametrize("path", [CREATIVE, EDITORIAL, "/v3/search/images"])
def test_any_phrase_finds_something_and_always_the_same(sandbox: Sandbox, path: str, phrase: str) -> None:
    content = ask(sandbox, path, f"phrase={phrase}")

    assert len(content["images"]) >= 12
    assert content == ask(Sandbox(), path, f"phrase={phrase}")


def test_one_word_finds_nothing_so_that_an_empty_page_can_be_seen(sandbox: Sandbox) -> None:
    assert ask(sandbox, CREATIVE, f"phrase=dog+{NOTHING}") == {"result_count": 0, "images": []}


def test_filters_are_never_relaxed(sandbox: Sandbox) -> None:
    content = ask(sandbox, CREATIVE, "phrase=qwertyuiop&collection_codes=NONE")

    assert content == {"result_count": 0, "images": []}


def test_each_family_has_its_own_search_and_the_third_has_both(sandbox: Sandbox) -> None:
    families = [
        {image["asset_family"] for image in ask(sandbox, path, "page_size=100")["images"]}
        for path in (CREATIVE, EDITORIAL, "/v3/search/images")
    ]

    assert families == [{"creative"}, {"editorial"}, {"creative", "editorial"}]


def test_pages_follow_one_another_without_gap_or_overlap(sandbox: Sandbox) -> None:
    whole = ids(ask(sandbox, CREATIVE, "phrase=beach&page_size=60&fields=id"))

    pages = [ids(ask(sandbox, CREATIVE, f"phrase=beach&page_size=20&page={page}&fields=id")) for page in (1, 2, 3)]

    assert [one for page in pages for one in page] == whole
    assert len(set(whole)) == 60


@pytest.mark.parametrize("order", ["best_match", "most_popular", "newest", "random"])
def test_every_order_has_the_same_images(sandbox: Sandbox, order: str) -> None:
    plain = ids(ask(sandbox, CREATIVE, "phrase=dog&fields=id&page_size=100"))

    sorted_ = ids(ask(sandbox, CREATIVE, f"phrase=dog&fields=id&page_size=100&sort_order={order}"))

    assert sorted(sorted_) == sorted(plain)
    assert (sorted_ == plain) is (order == "best_match")


def test_newest_and_oldest_go_by_the_day(sandbox: Sandbox) -> None:
    newest, oldest = (
        [
            image["date_created"]
            for image in ask(sandbox, EDITORIAL, f"fields=date_created&sort_order={order}")["images"]
        ]
        for order in ("newest", "oldest")
    )

    assert newest == sorted(newest, reverse=True)
    assert oldest == sorted(oldest)
    assert newest[0] > oldest[0]


@pytest.mark.parametrize(
    ("path", "query", "member", "expected"),
    [
        (CREATIVE, "orientations=vertical", "orientation", {"Vertical"}),
        (CREATIVE, "orientations=square,panoramic_horizontal", "orientation", {"Square", "PanoramicHorizontal"}),
        (CREATIVE, "orientations=square&orientations=vertical", "orientation", {"Square", "Vertical"}),
        (CREATIVE, "graphical_styles=vector", "graphical_style", {"vector"}),
        (
            CREATIVE,
            "graphical_styles=vector,illustration&graphical_styles_filter_type=exclude",
            "graphical_style",
            {"photography", "fine_art"},
        ),
        (CREATIVE, "collection_codes=PBT", "collection_code", {"PBT"}),
        (CREATIVE, "file_types=eps", "graphical_style", {"vector"}),
        (CREATIVE, "moods=black_and_white", "color_type", {"black and white"}),
        (EDITORIAL, "minimum_quality_rank=1", "quality_rank", {1}),
    ],
)
def test_a_filter_leaves_only_what_it_names(
    sandbox: Sandbox, path: str, query: str, member: str, expected: set[object]
) -> None:
    content = ask(sandbox, path, f"{query}&fields={member}&page_size=100")

    assert {image[member] for image in content["images"]} == expected


def test_people_can_be_counted_and_named(sandbox: Sandbox) -> None:
    someone = asset(2, 1).people[0]

    content = ask(sandbox, EDITORIAL, f"specific_people={someone.replace(' ', '+').upper()}&fields=people")
    alone = ask(sandbox, EDITORIAL, "number_of_people=two&fields=people&phrase=debate")

    assert all(someone in image["people"] for image in content["images"])
    assert content["images"]
    assert {len(image["people"]) for image in alone["images"]} <= {0, 2}


def test_dates_are_a_range_with_both_ends(sandbox: Sandbox) -> None:
    day = ask(sandbox, EDITORIAL, "fields=date_created&sort_order=newest")["images"][0]["date_created"][:10]

    content = ask(sandbox, EDITORIAL, f"date_from={day}&date_to={day}T23:00:00Z&fields=date_created")

    assert {image["date_created"] for image in content["images"]} == {f"{day}T00:00:00Z"}


def test_segments_and_events_narrow_an_editorial_search(sandbox: Sandbox) -> None:
    sport = ask(sandbox, EDITORIAL, "editorial_segments=sport&fields=editorial_segments,event_ids")
    event = sport["images"][0]["event_ids"][0]

    content = ask(sandbox, EDITORIAL, f"event_ids={event}&fields=event_ids")

    assert all(image["editorial_segments"] == ["sport"] for image in sport["images"])
    assert content["images"]
    assert all(image["event_ids"] == [event] for image in content["images"])


def test_keywords_can_be_required_and_ruled_out(sandbox: Sandbox) -> None:
    first = ask(sandbox, CREATIVE, "phrase=lighthouse&fields=keywords")["images"][0]["keywords"][0]
    number = first["keyword_id"]

    having = ask(sandbox, CREATIVE, f"keyword_ids={number}&fields=id")["result_count"]
    lacking = ask(sandbox, CREATIVE, f"exclude_keyword_ids={number}&fields=id")["result_count"]

    assert having > 0
    assert having + lacking == ask(sandbox, CREATIVE, "fields=id")["result_count"]


def test_a_minimum_size_leaves_vectors_in(sandbox: Sandbox) -> None:
    content = ask(sandbox, CREATIVE, "minimum_size=xx_large&fields=max_dimensions,graphical_style&page_size=100")

    small = [one for one in content["images"] if max(one["max_dimensions"].values()) < 6500]
    assert {one["graphical_style"] for one in small} == {"vector"}
    assert len(small) < len(content["images"])


def test_a_colour_finds_pictures_of_that_colour(sandbox: Sandbox) -> None:
    found = ids(ask(sandbox, CREATIVE, "color=%23ffc145&fields=id&page_size=100"))

    dominant = {colour for one in found for colour in asset(int(one) - FIRST_ID, 1).palette.dominant}
    assert "#ffc145" in dominant
    assert len(found) < 300


def test_related_searches_and_facets_come_when_asked_for(sandbox: Sandbox) -> None:
    query = "phrase=football&fields=id&include_related_searches=True&include_facets=true"
    facets = "&facet_fields=events,specific_people&facet_max_count=2"

    content = ask(sandbox, EDITORIAL, query + facets)

    assert list(content) == ["result_count", "images", "related_searches", "facets"]
    assert set(content["related_searches"][0]) == {"phrase", "url"}
    assert set(content["facets"]) == {"specific_people", "events"}
    assert [len(values) for values in content["facets"].values()] == [2, 2]


def test_a_misspelt_subject_is_corrected(sandbox: Sandbox) -> None:
    assert ask(sandbox, CREATIVE, "phrase=sunst&fields=id")["auto_corrections"] == {"phrase": "sunset"}
    for right in ("sunset", "sunsets", "golden+hour", "sun", "qwertyuiop"):
        assert "auto_corrections" not in ask(sandbox, CREATIVE, f"phrase={right}&fields=id")


def test_the_address_of_a_related_search_can_be_asked(sandbox: Sandbox) -> None:
    related = ask(sandbox, CREATIVE, "phrase=food&include_related_searches=true")["related_searches"]

    addresses = [one["url"].removeprefix(f"https://api.gettyimages.com{CREATIVE}?") for one in related]

    assert "phrase=healthy%20eating" in addresses
    assert all(ask(sandbox, CREATIVE, address)["result_count"] for address in addresses)


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("page_size=a", "InvalidParameterValue", "Field: page_size, Message: The value 'a' is not valid for Int32."),
        ("page=3000000000", "InvalidParameterValue", "The value '3000000000' is not valid for Int32."),
        (f"page={'9' * 5000}", "InvalidParameterValue", "is not valid for Int32."),
        ("exclude_nudity=yes", "InvalidParameterValue", "The value 'yes' is not valid for Boolean."),
        ("orientations=diagonal", "InvalidParameterValue", "Field: orientations, Message: 'diagonal' is not one of"),
        ("color=red", "InvalidParameterValue", "Field: color, Message: 'red' is not a colour"),
        ("fields=id,colour", "InvalidParameterValue", "'colour' is not one of"),
        ("date_from=2024-01-01", "InvalidParameterValue", "Unknown parameter: date_from"),
        ("page_size=101", "InvalidPageSize", "page_size must be between 1 and 100"),
        ("page_size=0", "InvalidPageSize", "page_size must be between 1 and 100"),
        ("page=0", "InvalidPage", "page must be greater than or equal to 1"),
        (f"phrase={NOTHING}&page=2", "InvalidPage", "page must be less than or equal to 1, results count 0"),
    ],
)
def test_a_bad_query_is_400_in_getty_s_words(sandbox: Sandbox, query: str, code: str, message: str) -> None:
    content = ask(sandbox, CREATIVE, query, status=400)

    assert list(content) == ["ErrorCode", "ErrorMessage"]
    assert content["ErrorCode"] == code
    assert message in content["ErrorMessage"]


def test_the_page_past_the_end_is_an_error_that_names_the_last(sandbox: Sandbox) -> None:
    count = ask(sandbox, CREATIVE, "phrase=dog&fields=id")["result_count"]
    last = -(-count // 10)

    assert ask(sandbox, CREATIVE, f"phrase=dog&page_size=10&page={last}")["images"]
    content = ask(sandbox, CREATIVE, f"phrase=dog&page_size=10&page={last + 1}", status=400)

    assert content["ErrorMessage"] == f"page must be less than or equal to {last}, results count {count}"


def test_a_parameter_sent_empty_counts_as_not_sent(sandbox: Sandbox) -> None:
    assert ask(sandbox, CREATIVE, "phrase=dog&orientations=&page=&color=") == ask(sandbox, CREATIVE, "phrase=dog")


def test_similar_images_share_a_subject_and_leave_out_the_one_asked_about(sandbox: Sandbox) -> None:
    [asked] = ask(sandbox, "/v3/images/1900000001", "fields=keywords")["images"]

    content = ask(sandbox, "/v3/images/1900000001/similar", "fields=keywords&page_size=100")

    theirs = {keyword["keyword_id"] for keyword in asked["keywords"]}
    assert asked["id"] not in ids(content)
    assert all(theirs & {keyword["keyword_id"] for keyword in image["keywords"]} for image in content["images"])


def test_a_series_is_one_photo_shoot(sandbox: Sandbox) -> None:
    [asked] = ask(sandbox, "/v3/images/1900000001", "fields=artist,date_created")["images"]

    content = ask(sandbox, "/v3/images/1900000001/same-series", "fields=artist,date_created")

    assert content["result_count"] > 0
    assert asked["id"] not in ids(content)
    assert {image["artist"] for image in content["images"]} == {asked["artist"]}
    assert {image["date_created"] for image in content["images"]} == {asked["date_created"]}


@pytest.mark.parametrize("path", ["/v3/images/7", "/v3/images/1999999999/similar", "/v3/images/x%2Fy/same-series"])
def test_an_unknown_image_is_not_found(sandbox: Sandbox, path: str) -> None:
    content = ask(sandbox, path, status=404)

    assert content["ErrorCode"] == "ImageNotFound"
    assert content["ErrorMessage"].startswith("Image id not found: ")


def test_events_are_searched_by_name_segment_and_date(sandbox: Sandbox) -> None:
    cup = ask(sandbox, "/v3/search/events", "phrase=cup+final")
    royal = ask(sandbox, "/v3/search/events", "editorial_segment=royalty&fields=editorial_segments,start_date")
    start = royal["events"][0]["start_date"]
    later = ask(sandbox, "/v3/search/events", f"editorial_segment=royalty&date_from={start[:10]}")

    assert [event["name"] for event in cup["events"]] == ["Sandbox Cup Final"]
    assert all(event["editorial_segments"] == ["royalty"] for event in royal["events"])
    assert later["result_count"] == 1


def test_events_are_looked_up_by_id(sandbox: Sandbox) -> None:
    many = ask(sandbox, "/v3/events", "ids=775000002,775000001,5&fields=id,image_count")
    one = ask(sandbox, "/v3/events/775000001")
    none = ask(sandbox, "/v3/events/5", status=404)
    nothing = ask(sandbox, "/v3/events", status=400)

    assert [event["id"] for event in many["events"]] == [775000002, 775000001]
    assert all(event["image_count"] > 0 for event in many["events"])
    assert one["events"][0]["name"] == "Sandbox Cup Final"
    assert none == {"ErrorCode": "EventNotFound", "ErrorMessage": "Event id not found: 5"}
    assert nothing["ErrorCode"] == "MissingRequiredQueryParameters"
