"""getty_token with httpx clients of one's own, and with asyncio: run by the tests, and checked by mypy."""

import asyncio
import os

import httpx

from getty_token import AsyncGetty, GettyAuth

API = os.environ.get("GETTY_API_URL", "https://api.gettyimages.com")


def countries() -> int:
    """One operation for which the library has no method, signed all the same."""
    with httpx.Client(auth=GettyAuth.shared("countries"), base_url=API) as client:
        response = client.get("/v3/countries").raise_for_status()
    return len(response.json()["countries"])


async def both(*phrases: str) -> list[int]:
    """Several searches at once, through one connection pool and with one token."""
    async with AsyncGetty() as getty:

        async def count(phrase: str) -> int:
            return len([image async for image in getty.search(phrase, "editorial", limit=120)])

        return await asyncio.gather(*map(count, phrases))


if __name__ == "__main__":
    print(countries(), *asyncio.run(both("boat", "harbour")))
