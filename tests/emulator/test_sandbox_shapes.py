"""The shape of answers: which members, in which order, of which type. Expectations as Getty documents them."""

import json
from typing import Any

import pytest

from getty_emulator.exchange import Call
from getty_emulator.sandbox import Sandbox

MEDIA = "https://media.gettyimages.com/id/"

SUMMARY = {
    "id": str,
    "asset_family": str,
    "caption": str,
    "collection_code": str,
    "collection_id": int,
    "collection_name": str,
    "display_sizes": [{"is_watermarked": bool, "name": str, "uri": str}],
    "license_model": str,
    "max_dimensions": {"height": int, "width": int},
    "title": str,
}
DETAIL = {
    "id": str,
    "allowed_use": {"how_can_i_use_it": str, "release_info": str, "usage_restrictions": []},
    "artist": str,
    "asset_family": str,
    "call_for_image": bool,
    "caption": str,
    "collection_code": str,
    "collection_id": int,
    "collection_name": str,
    "copyright": str,
    "date_created": str,
    "display_sizes": [{"is_watermarked": bool, "name": str, "uri": str}],
    "graphical_style": str,
    "license_model": str,
    "max_dimensions": {"height": int, "width": int},
    "orientation": str,
    "quality_rank": int,
    "referral_destinations": [{"site_name": str, "uri": str}],
    "title": str,
}
EDITORIAL_DETAIL = {
    "id": str,
    "allowed_use": {"how_can_i_use_it": str, "release_info": str, "usage_restrictions": []},
    "artist": str,
    "asset_family": str,
    "call_for_image": bool,
    "caption": str,
    "collection_code": str,
    "collection_id": int,
    "collection_name": str,
    "copyright": str,
    "date_created": str,
    "display_sizes": [{"is_watermarked": bool, "name": str, "uri": str}],
    "editorial_segments": [str],
    "event_ids": [int],
    "graphical_style": str,
    "license_model": str,
    "max_dimensions": {"height": int, "width": int},
    "orientation": str,
    "product_types": [str],
    "quality_rank": int,
    "referral_destinations": [{"site_name": str, "uri": str}],
    "title": str,
}
DOWNLOAD = {"agreement_name": type(None), "product_id": str, "product_type": str, "uri": str}
IMAGE_DETAIL = {
    "id": str,
    "allowed_use": {"how_can_i_use_it": str, "release_info": str, "usage_restrictions": []},
    "artist": str,
    "artist_title": str,
    "asset_family": str,
    "call_for_image": bool,
    "caption": str,
    "city": str,
    "collection_code": str,
    "collection_id": int,
    "collection_name": str,
    "color_type": str,
    "copyright": str,
    "country": str,
    "credit_line": str,
    "date_created": str,
    "date_submitted": str,
    "download_sizes": [
        {
            "bytes": int,
            "height": int,
            "media_type": str,
            "name": str,
            "width": int,
            "dpi": int,
            "downloads": [DOWNLOAD],
        }
    ],
    "editorial_segments": [],
    "event_ids": [],
    "graphical_style": str,
    "license_model": str,
    "max_dimensions": {"height": int, "width": int},
    "orientation": str,
    "product_types": [str],
    "quality_rank": int,
    "referral_destinations": [{"site_name": str, "uri": str}],
    "state_province": type(None),
    "title": str,
}
KEYWORD = {
    "keyword_id": str,
    "text": str,
    "type": str,
    "relevance": int,
    "entity_uris": [],
    "entity_types": [],
}


def shape(value: Any) -> Any:
    """`value` with types for scalars and one example for each array; members stay in their order."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape(member) for member in value[:1]]
    return type(value)


def order(value: Any) -> Any:
    """The names of members in their order, all the way down: dicts compare equal in any order, this does not."""
    if isinstance(value, dict):
        return [(name, order(member)) for name, member in value.items()]
    return [order(member) for member in value[:1]] if isinstance(value, list) else None


def ask(target: str) -> Any:
    path, _, query = target.partition("?")
    answer = Sandbox().read(Call("GET", path, query))
    assert answer.status == 200
    return json.loads(answer.body)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/v3/search/images/creative?phrase=dog", {"result_count": int, "images": [SUMMARY]}),
        ("/v3/search/images/creative?phrase=dog&fields=detail_set", {"result_count": int, "images": [DETAIL]}),
        ("/v3/search/images/creative?fields=title,id", {"result_count": int, "images": [{"id": str, "title": str}]}),
        ("/v3/search/images/creative?fields=id", {"result_count": int, "images": [{"id": str}]}),
        (
            "/v3/search/images/editorial?phrase=football&fields=detail_set",
            {"result_count": int, "images": [EDITORIAL_DETAIL]},
        ),
        ("/v3/search/images?phrase=dog", {"result_count": int, "images": [SUMMARY]}),
        ("/v3/images/1900000001/similar", {"result_count": int, "images": [SUMMARY]}),
        ("/v3/images/1900000001?fields=id,title", {"images": [{"id": str, "title": str}], "images_not_found": []}),
        (
            "/v3/images?ids=1999999999,1900000001&fields=title",
            {"images": [{"id": str, "title": str}], "images_not_found": [str]},
        ),
        (
            "/v3/images/1900000001?fields=keywords",
            {"images": [{"id": str, "keywords": [KEYWORD]}], "images_not_found": []},
        ),
        (
            "/v3/images/1900000001",
            {
                "images": [
                    {
                        "id": str,
                        "artist": str,
                        **{name: SUMMARY[name] for name in SUMMARY if name not in ("id", "display_sizes")},
                    }
                ],
                "images_not_found": [],
            },
        ),
        ("/v3/images/1900000001?fields=detail_set", {"images": [IMAGE_DETAIL], "images_not_found": []}),
        (
            "/v3/images/1900000001?fields=largest_downloads",
            {"images": [{"id": str, "largest_downloads": [DOWNLOAD]}], "images_not_found": []},
        ),
        (
            "/v3/search/images/creative?fields=id&include_related_searches=true&phrase=sunst",
            {
                "result_count": int,
                "images": [{"id": str}],
                "auto_corrections": {"phrase": str},
                "related_searches": [{"phrase": str, "url": str}],
            },
        ),
        (
            "/v3/collections",
            {
                "collections": [
                    {
                        "asset_family": str,
                        "code": str,
                        "id": int,
                        "license_model": str,
                        "name": str,
                        "product_types": [str],
                    }
                ]
            },
        ),
        ("/v3/countries", {"countries": [{"iso_alpha_2": str, "iso_alpha_3": str, "name": str}]}),
        ("/v3/search/events", {"events": [{"id": int, "name": str, "start_date": str}], "result_count": int}),
    ],
)
def test_an_answer_has_the_documented_members_in_order(target: str, expected: Any) -> None:
    content = ask(target)

    assert shape(content) == expected
    assert order(shape(content)) == order(expected)


def test_display_sizes_are_those_asked_for_and_look_signed() -> None:
    [image] = ask("/v3/search/images/creative?fields=display_set&page_size=1")["images"]
    [thumb] = ask("/v3/search/images/creative?fields=thumb&page_size=1")["images"]

    comp, preview, small = image["display_sizes"]
    assert [comp["name"], preview["name"], small["name"]] == ["comp", "preview", "thumb"]
    assert [comp["is_watermarked"], preview["is_watermarked"], small["is_watermarked"]] == [True, True, False]
    assert comp["uri"] == preview["uri"]
    assert thumb["display_sizes"] == [small]
    assert comp["uri"].startswith(f"{MEDIA}{image['id']}/photo/")
    assert ".jpg?b=1&s=612x612&w=0&k=20&c=" in comp["uri"]
    assert ".jpg?b=1&s=170x170&k=20&c=" in small["uri"]
    assert len(small["uri"].partition("&c=")[2]) == 44
    assert small["uri"].endswith("=")


def test_bodies_are_compact_utf_8_json() -> None:
    answer = Sandbox().read(Call("GET", "/v3/images/1900000001", "fields=title"))

    assert answer.body.startswith(b'{"images":[{"id":"1900000001","title":"')
    assert answer.body.endswith(b'"}],"images_not_found":[]}')


def test_only_creative_search_may_be_cached() -> None:
    creative, editorial = (
        dict(Sandbox().read(Call("GET", f"/v3/search/images/{family}")).headers) for family in ("creative", "editorial")
    )

    assert creative[b"cache-control"] == b"max-age=86400"
    assert creative[b"vary"] == b"Accept-Encoding, Authorization, Api-Key, Accept, GI-Country-Code, Accept-Language"
    assert editorial == {b"content-type": b"application/json"}


def test_an_application_error_has_its_own_content_type() -> None:
    answer = Sandbox().read(Call("GET", "/v3/images/1999999999"))

    assert answer.headers == ((b"content-type", b"application/vnd.getty.error+json"),)
    assert answer.body == b'{"ErrorCode":"ImageNotFound","ErrorMessage":"Image id not found: 1999999999"}'
    assert answer.reason == "ImageNotFound: Image id not found: 1999999999"
