"""The page that `--help` shows: what it is, examples, the rest; in plain text that fits the terminal."""

import inspect
from collections.abc import Iterator

from typer._click.core import Command, Context, Parameter
from typer.core import TyperGroup, TyperOption

from getty_token.commands import everywhere, terminal
from getty_token.commands.terminal import Screen

EXAMPLE = "$ "
"""What an example begins with in the text of a command's help."""
EVERYWHERE = "Every command"


def page(command: Command, ctx: Context) -> str:
    """The help of `command`, for standard output as it is."""
    screen = terminal.out().page()
    return "\n\n".join(part for part in _parts(command, ctx, screen) if part)


def examples(text: str) -> list[str]:
    """The examples in the text of a command's help."""
    lines = inspect.cleandoc(text).splitlines()
    return [line.removeprefix(EXAMPLE) for line in lines if line.startswith(EXAMPLE)]


def _parts(command: Command, ctx: Context, screen: Screen) -> Iterator[str]:
    text = inspect.cleandoc(command.help or "")
    first, *more = _paragraphs(text) or [""]
    yield screen.paragraph(first)
    yield "\n".join(_example(line, screen) for line in examples(text))
    yield from (screen.paragraph(each) for each in more)
    yield _usage(command, ctx, screen)
    if isinstance(command, TyperGroup):
        for heading, rows in command.sections(ctx).items():  # type: ignore[attr-defined]
            yield f"{screen.paint(heading, 'bold')}\n{screen.pairs(rows, '  ', 'accent')}"
    yield from _parameters(command, ctx, screen)


def _paragraphs(text: str) -> list[str]:
    blocks = text.split("\n\n")
    return [" ".join(block.split()) for block in blocks if block.strip() and not block.startswith(EXAMPLE)]


def _example(line: str, screen: Screen) -> str:
    shown, hash_, comment = line.partition("  # ")
    return screen.plain(f"  {screen.paint('$', 'dim')} {shown}") + screen.paint(f"{hash_}{comment}", "dim")


def _usage(command: Command, ctx: Context, screen: Screen) -> str:
    pieces = " ".join(command.collect_usage_pieces(ctx))
    words = f"{ctx.command_path} {pieces}".replace("[OPTIONS]", "[options]")
    return screen.paragraph(words, "       ", screen.paint("Usage: ", "bold"))


def says(command: Command) -> str:
    """What a list of commands says about this one: the first paragraph of its help."""
    return command.short_help or (_paragraphs(inspect.cleandoc(command.help or "")) or [""])[0]


def _parameters(command: Command, ctx: Context, screen: Screen) -> Iterator[str]:
    sections: dict[str, list[tuple[str, str]]] = {}
    for parameter in command.get_params(ctx):
        if not getattr(parameter, "hidden", False):
            row = (_names(parameter, ctx), _explained(parameter))
            sections.setdefault(_heading(parameter), []).append(row)
    # On the first page they are explained, on the others named.
    others = sections.pop(EVERYWHERE) if ctx.parent is not None else []
    order = {"Arguments": 0, "Options": 1, EVERYWHERE: 9}
    for heading in sorted(sections, key=lambda each: order.get(each, 5)):
        yield f"{screen.paint(heading, 'bold')}\n{screen.pairs(sections[heading], '  ', 'accent')}"
    if others:
        names = ", ".join(names for names, _ in others)
        yield screen.paragraph(f"Every command takes {names}, too.")


def _heading(parameter: Parameter) -> str:
    if not isinstance(parameter, TyperOption):
        return "Arguments"
    if parameter in everywhere.EVERYWHERE or parameter.name == "help":
        return EVERYWHERE
    return parameter.rich_help_panel or "Options"


def _names(parameter: Parameter, ctx: Context) -> str:
    if not isinstance(parameter, TyperOption):
        return parameter.make_metavar(ctx=ctx)
    names = ", ".join(sorted(parameter.opts, key=len))
    if parameter.secondary_opts:
        names += f" / {parameter.secondary_opts[0]}"
    kind = parameter.type.name
    metavar = parameter.metavar or {"integer range": "N", "int range": "N", "float range": "N"}.get(kind, kind.upper())
    return names if parameter.is_flag else f"{names} {metavar}"


def _explained(parameter: Parameter) -> str:
    words = [(getattr(parameter, "help", None) or "").strip()]
    default = getattr(parameter, "show_default", False)
    if isinstance(default, str):
        words.append(f"Default: {default}.")
    elif default and parameter.default is not None and not getattr(parameter, "is_flag", False):
        words.append(f"Default: {parameter.default}.")
    return " ".join(word for word in words if word)
