"""The options of `search`: one for every filter that Getty documents, made from the table of parameters."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from getty_token.parameters import PARAMETERS, Kind, Parameter

_OWN = frozenset({"phrase", "fields", "page", "page_size"})
"""Parameters for which the command has an option of its own."""

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
    known = filters()

    @functools.wraps(command)
    def wrapper(**given: Any) -> None:
        chosen = {name: _text(given.pop(name)) for name in known}
        command(filters={name: value for name, value in chosen.items() if value is not None}, **given)

    own = [each for each in inspect.signature(command).parameters.values() if each.name != "filters"]
    options = [_option(parameter) for parameter in known.values()]
    wrapper.__signature__ = inspect.Signature([*own, *options])  # type: ignore[attr-defined]
    wrapper.__annotations__ = {each.name: each.annotation for each in [*own, *options]}
    return wrapper


def _option(parameter: Parameter) -> inspect.Parameter:
    flag = "--" + parameter.name.replace("_", "-")
    shown = ", ".join(parameter.choices) if len(parameter.choices) < 14 else f"{', '.join(parameter.choices[:8])}, ..."
    words = f"{shown}." if shown else parameter.kind.value.capitalize() + "."
    if parameter.kind is Kind.BOOLEAN:
        annotation: Any = Annotated[bool | None, typer.Option(f"{flag}/--no{flag[1:]}", rich_help_panel="Filters")]
    else:
        comma = " Comma separated." if parameter.many else ""
        metavar = "LIST" if parameter.many else parameter.kind.name if not parameter.choices else "CHOICE"
        complete = completion(parameter) if parameter.choices else None
        annotation = Annotated[
            str | None,
            typer.Option(flag, help=words + comma, metavar=metavar, rich_help_panel="Filters", autocompletion=complete),
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
