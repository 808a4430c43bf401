"""Getty's answers, read: the values in them, or the error that each bad one becomes. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from getty_token.errors import (
    CredentialsRejected,
    GettyRefused,
    GettyTokenError,
    GettyUnavailable,
    ImagesNotFound,
    RateLimited,
)

if TYPE_CHECKING:
    import httpx

    from getty_token.images import Image


class Page(NamedTuple):
    """One page of results, and how many results there are in all."""

    result_count: int
    images: list[Image]
    more: Mapping[str, Any] = {}
    """What else Getty says about the search: `facets`, `related_searches`, `auto_corrections`."""


class Details(NamedTuple):
    """What Getty says about the images that were asked for, and the ids of those it does not know."""

    images: list[Image]
    not_found: list[str]


def read_object(response: httpx.Response) -> dict[str, Any]:
    if response.status_code != 200:
        raise refusal(response)
    data = _json(response)
    if not isinstance(data, dict):
        kind = response.headers.get("content-type", "no type")
        raise GettyUnavailable("Getty's answer is not JSON.", f"It is {len(response.content):,} bytes of {kind}.")
    return data


def read_page(data: dict[str, Any]) -> Page:
    count, images = data.get("result_count"), data.get("images")
    if not (isinstance(count, int) and _are_images(images)):
        raise GettyUnavailable("Getty's answer is not a page of results.", "result_count or images is missing or odd.")
    more = {name: value for name, value in data.items() if name not in ("result_count", "images")}
    return Page(count, cast("list[Image]", images), more)


def read_details(data: dict[str, Any]) -> Details:
    images, missing = data.get("images"), data.get("images_not_found") or []
    if not (_are_images(images) and isinstance(missing, list)):
        raise GettyUnavailable("Getty's answer is not about images.", "images is missing or odd.")
    return Details(cast("list[Image]", images), [str(each) for each in missing])


def _are_images(images: object) -> bool:
    return isinstance(images, list) and all(isinstance(each, dict) for each in images)


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
    kind = ImagesNotFound if status == 404 and code == "ImageNotFound" else GettyRefused
    return kind(f"Getty refused the request{f' ({code})' if isinstance(code, str) and code.isalnum() else ''}.", why)


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None
