"""The options of `search`: one for every filter that Getty documents, made from the table of parameters."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from getty_token.parameters import PARAMETERS, Kind, Parameter

_OWN = frozenset({"phrase", "fields", "page", "page_size"})
"""Parameters for which the command has an option of its own."""

_SAYS = {
    "age_of_people": "How old the people are",
    "artists": "Who made the images",
    "collection_codes": "Only these collections, or none of them",
    "collections_filter_type": "What --collection-codes does",
    "color": "The dominant colour",
    "compositions": "How the picture is composed",
    "date_from": "Made on this day or later",
    "date_to": "Made on this day or before",
    "download_product": "What can be downloaded with a product, such as premiumaccess",
    "editorial_segments": "What the news are about",
    "embed_content_only": "Only what may be embedded",
    "enhanced_search": "Let Getty read the phrase as language, or take its words literally",
    "ethnicity": "Of the people",
    "event_ids": "Only images of these events",
    "exclude_editorial_use_only": "Only what may be used commercially",
    "exclude_keyword_ids": "No images with these keywords",
    "exclude_nudity": "No nudity",
    "facet_fields": "What to count with --include-facets",
    "facet_max_count": "Values of each facet",
    "file_types": "Only images that are there as such",
    "graphical_styles": "Only these kinds of image, or none of them",
    "graphical_styles_filter_type": "What --graphical-styles does",
    "include_facets": "Count artists and places; --json has it",
    "include_related_searches": "Name searches like this one; --json has them",
    "keyword_ids": "Only images with these keywords",
    "minimum_quality_rank": "At least as good as this; 1 is best",
    "minimum_size": "At least as large as this",
    "moods": "What the picture feels like",
    "number_of_people": "How many people are in it",
    "orientations": "The shape of the picture",
    "safe_search": "Leave out what is sensitive",
    "sort_order": "What comes first",
    "specific_people": "Only images of these people, by name",
}
"""What each filter does, for its help."""

_SEARCHES = ("/v3/search/images/creative", "/v3/search/images/editorial", "/v3/search/images")


def filters() -> dict[str, Parameter]:
    """Every filter of every image search, by Getty's name. Where two searches differ, the longer list of choices."""
    found: dict[str, Parameter] = {}
    for path in _SEARCHES:
        for name, parameter in PARAMETERS[path].items():
            if name not in _OWN and len(parameter.choices) >= len(found.get(name, parameter).choices):
                found[name] = parameter
    return found


def with_filters(command: Callable[..., None]) -> Callable[..., None]:
    """`command` with an option for each filter; those that were given reach it as `filters`, by Getty's name."""
    known = dict(sorted(filters().items()))

    @functools.wraps(command)
    def wrapper(**given: Any) -> None:
        chosen = {name: _text(given.pop(name)) for name in known}
        command(filters={name: value for name, value in chosen.items() if value is not None}, **given)

    own = [each for each in inspect.signature(command).parameters.values() if each.name != "filters"]
    options = [_option(parameter) for parameter in known.values()]
    wrapper.__signature__ = inspect.Signature([*own, *options])  # type: ignore[attr-defined]
    wrapper.__annotations__ = {each.name: each.annotation for each in [*own, *options]}
    return wrapper


_OBVIOUS = (Kind.TEXT, Kind.INTEGER, Kind.BOOLEAN)


def _option(parameter: Parameter) -> inspect.Parameter:
    flag = "--" + parameter.name.replace("_", "-")
    choices = parameter.choices if len(parameter.choices) < 14 else (*parameter.choices[:8], "and more")
    values = ", ".join(choices) or ("" if parameter.kind in _OBVIOUS else parameter.kind.value)
    words = f"{_SAYS[parameter.name]}{f': {values}' if values else ''}."
    if parameter.kind is Kind.BOOLEAN:
        annotation: Any = Annotated[
            bool | None, typer.Option(f"{flag}/--no{flag[1:]}", help=words, rich_help_panel="Filters")
        ]
    else:
        metavar = "LIST" if parameter.many else parameter.kind.name if not parameter.choices else "CHOICE"
        complete = completion(parameter) if parameter.choices else None
        annotation = Annotated[
            str | None,
            typer.Option(flag, help=words, metavar=metavar, rich_help_panel="Filters", autocompletion=complete),
        ]
    return inspect.Parameter(parameter.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def completion(parameter: Parameter) -> Callable[[Any, list[str], str], list[str]]:
    """What the shell may offer for a value; in a list, for what stands behind the last comma."""

    def complete(ctx: Any, args: list[str], incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition(",") if parameter.many else ("", "", incomplete)
        named = before.split(",")
        return [f"{before}{comma}{each}" for each in parameter.choices if each.startswith(last) and each not in named]

    return complete


def complete_fields(ctx: Any, args: list[str], incomplete: str) -> list[str]:
    """The members of an image, for `--fields`."""
    template = "/v3/images" if ctx.info_name == "images" else "/v3/search/images/editorial"
    return completion(PARAMETERS[template]["fields"])(ctx, args, incomplete)


def _text(value: str | bool | None) -> str | None:
    return str(value).lower() if isinstance(value, bool) else value
