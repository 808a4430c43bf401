"""The calls to Getty that we make ourselves: a search, page by page, and the details of images."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import httpx

from getty_token.errors import CredentialsRejected, GettyRefused, GettyTokenError, GettyUnavailable, RateLimited
from getty_token.transport import reaching

LARGEST_PAGE = 100

Image = dict[str, Any]
"""An image as Getty describes it; which members it has depends on `fields`."""


class Family(Enum):
    """Which images to search."""

    CREATIVE = "creative"
    EDITORIAL = "editorial"
    BOTH = "both"

    @property
    def path(self) -> str:
        """The path of the search."""
        return "/v3/search/images" + ("" if self is Family.BOTH else f"/{self.value}")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results, and how many results there are in all."""

    result_count: int
    images: list[Image]


class Getty:
    """Getty's API through an httpx client that signs (GettyAuth) or plays recordings."""

    def __init__(self, http: httpx.Client, api_url: str) -> None:
        self._http = http
        self._api_url = api_url

    def page(self, family: Family, parameters: Mapping[str, str]) -> Page:
        """One page of a search. Raises GettyTokenError of the kind that fits the answer."""
        data = self.get(family.path, parameters)
        count, images = data.get("result_count"), data.get("images")
        if not (isinstance(count, int) and isinstance(images, list) and all(isinstance(each, dict) for each in images)):
            raise GettyUnavailable(
                "Getty's answer is not a page of results.", "result_count or images is missing or odd."
            )
        return Page(count, images)

    def pages(self, family: Family, parameters: Mapping[str, str], limit: int | None) -> Iterator[Page]:
        """Pages until `limit` images (None: all of them); the last page is cut to fit."""
        asked = int(parameters.get("page_size") or min(LARGEST_PAGE, limit or LARGEST_PAGE))
        number, seen = int(parameters.get("page") or 1), 0
        while True:
            page = self.page(family, {**parameters, "page": str(number), "page_size": str(asked)})
            images = page.images if limit is None else page.images[: limit - seen]
            seen += len(images)
            yield Page(page.result_count, images)
            if not page.images or number * asked >= page.result_count or (limit is not None and seen >= limit):
                return
            number += 1

    def get(self, path: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        """The JSON object at `path`."""
        with reaching(self._api_url):
            response = self._http.get(self._api_url + path, params=dict(parameters))
        if response.status_code != 200:
            raise refusal(response)
        data = _json(response)
        if not isinstance(data, dict):
            kind = response.headers.get("content-type", "no type")
            raise GettyUnavailable("Getty's answer is not JSON.", f"It is {len(response.content):,} bytes of {kind}.")
        return data


def refusal(response: httpx.Response) -> GettyTokenError:
    """The error for an answer that is not 200."""
    status = response.status_code
    data = _json(response)
    data = data if isinstance(data, dict) else {}
    said = data.get("ErrorMessage") or data.get("message") or data.get("detail") or "no explanation"
    printable = "".join(each if each.isprintable() else " " for each in str(said)[:300])
    why = f"Getty answered {status}: {printable.rstrip('.')}."
    if status == 401:
        return CredentialsRejected("Getty does not accept the API key or the token.", why, "Run `getty-token login`.")
    if status == 429:
        return RateLimited("Getty is asked too often with this API key.", why, "Wait a moment and try again.")
    if status >= 500 or status < 400:
        return GettyUnavailable("Getty could not answer.", why, "Try again later.")
    code = data.get("ErrorCode")
    return GettyRefused(
        f"Getty refused the request{f' ({code})' if isinstance(code, str) and code.isalnum() else ''}.", why
    )


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None
