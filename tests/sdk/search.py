"""
PyPI's client pygetty, talking to `getty-token sandbox --port PORT`: `python search.py PORT`.

Prints, as JSON, what the client gave: for searches page by page, look-ups, collections, and what is refused.
"""

import json
import sys

import pygetty.util
import requests
from pygetty.auth import AuthTokenManager
from pygetty.collections import collections
from pygetty.images import image, images
from pygetty.search import all_images, creative_images, creative_videos, editorial_images, editorial_videos
from pygetty.videos import video, videos


def refused(call, *arguments, **more):
    """The status code of what Getty refuses."""
    try:
        call(*arguments, **more)
    except requests.HTTPError as error:
        return error.response.status_code
    return None


def main(port: str) -> None:
    """Run the whole of it."""
    # The client knows no other address than Getty's.
    pygetty.util.base_url = f"http://127.0.0.1:{port}"
    pygetty.util.base_url_v3 = f"{pygetty.util.base_url}/v3"
    ours = {"auth_token_manager": AuthTokenManager("test-key", "test-secret")}
    stranger = AuthTokenManager("test-key", "wrong")

    coast = list(creative_images(query_params={"phrase": "coast"}, page_size=7, fields={"id", "title"}, **ours))
    news = list(
        editorial_images(
            query_params={"phrase": "football", "editorial_segments": "sport"}, detailed=True, max_results=12, **ours
        )
    )
    clips = list(creative_videos(query_params={"phrase": "sunset"}, detailed=True, max_results=5, **ours))
    first = coast[0]["id"]
    print(
        json.dumps(
            {
                "coast": coast,
                "news": news,
                "both": list(all_images(query_params={"phrase": "harbour"}, max_results=40, **ours)),
                "clips": clips,
                "newsClips": list(editorial_videos(query_params={"phrase": "election"}, max_results=3, **ours)),
                "image": image(first, detailed=True, fields={"keywords"}, **ours),
                "images": images([first, coast[1]["id"], "1"], fields={"title"}, **ours),
                "video": video(clips[0]["id"], detailed=True, **ours),
                "videos": videos([clips[0]["id"], "1"], fields={"clip_length"}, **ours),
                "collections": collections(**ours),
                "unknown": refused(image, "1", **ours),
                "badField": refused(image, first, fields={"colour"}, **ours),
                "stranger": refused(collections, auth_token_manager=stranger),
            },
            default=str,
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
