"""`getty-token search` and `images`: scripted searches, with the same token as everything else."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from getty_token.client import IMAGES
from getty_token.commands.searching.delivery import Order, deliver
from getty_token.commands.searching.formats import Found
from getty_token.commands.searching.questions import Phrase, in_batches, lines
from getty_token.commands.searching.sources import source
from getty_token.commands.searching.wishes import Terms, Wishes
from getty_token.commands.terminal import say

_FAMILIES = {
    "creative": "Creative images",
    "editorial": "Editorial images",
    "both": "Creative and editorial images",
}


def search(phrase: str | None, more: str | None, terms: Terms, wishes: Wishes) -> int:
    """Search for `phrase` and those in the file `more`; gives the exit code, 1 if Getty refused some."""
    wishes = wishes.checked()
    picks = wishes.picks(terms.path)
    phrases = lines([] if phrase is None else [phrase], more, "phrase")
    searches = terms.searches(phrases, picks.asked)

    def last(found: Sequence[Found]) -> Mapping[str, Any]:
        return {"searches": [{"phrase": asked, "result_count": n, "images": m, **more} for asked, n, m, more in found]}

    filters = [f"{name}: {value}".replace("_", " ").replace(",", ", ") for name, value in terms.filters.items()]
    order = Order(
        questions=[Phrase(each, terms.at_once) for each in searches],
        picks=picks,
        title=phrases[0] if len(phrases) == 1 else f"{phrases[0]} and {len(phrases) - 1:,} more",
        about=" · ".join([_FAMILIES[terms.family], *filters]),
        last=last,
        named=len(phrases) > 1,
        mark=json.dumps([wishes.form, picks, [list(each) for each in searches]], default=str),
    )
    with source(wishes.offline, "search") as answers:
        return deliver(order, wishes, answers)


def images(ids: Sequence[str], more: str | None, wishes: Wishes) -> int:
    """The details of `ids` and of those in the file `more`; gives the exit code, 1 if Getty does not know some."""
    wishes = wishes.checked()
    picks = wishes.picks(IMAGES)
    missing: list[str] = []
    order = Order(
        questions=in_batches(lines(ids, more, "id"), picks.asked, missing.extend),
        picks=picks,
        title="Images",
        about="Chosen by their ids",
        last=lambda _: {"not_found": missing},
    )
    with source(wishes.offline, "images") as answers:
        code = deliver(order, wishes, answers)
    if missing:
        shown = ", ".join(missing[:10]) + (f" and {len(missing) - 10:,} more" if len(missing) > 10 else "")
        say(f"getty-token: Getty does not know {shown}")
    return 1 if missing else code
