"""The program about itself: `help` and `version`."""

from typing import Annotated

import typer
from typer._click.core import Context

from getty_token import __version__
from getty_token.commands import help_topics
from getty_token.commands.completion import SHELLS
from getty_token.commands.families.options import Json
from getty_token.commands.terminal import show_json
from getty_token.errors import WrongUsage

family = typer.Typer()


def _completed(ctx: Context, args: list[str], incomplete: str) -> list[tuple[str, str]]:
    from getty_token.commands.program import ENTRIES

    return [*help_topics.TOPICS.items(), *((entry.name, entry.says) for entry in ENTRIES.values())]


@family.command("help")
def explain(
    context: typer.Context,
    topic: Annotated[
        list[str] | None,
        typer.Argument(help="A command, or one of the topics.", metavar="[TOPIC]...", autocompletion=_completed),
    ] = None,
) -> None:
    """Explain a command, or a topic.

    $ getty-token help serve
    $ getty-token help environment
    $ getty-token help exit-codes
    $ getty-token help formatting
    $ getty-token help json status  # the JSON Schema of `getty-token status --json`
    """
    words = topic or []
    if words and words[0] in help_topics.TOPICS:
        if len(words) > 1 and words[0] != "json":
            raise WrongUsage(f"the topic {words[0]} takes no more words.", mend=f"Run `getty-token help {words[0]}`.")
        print(help_topics.text(*words))
        return
    root = context.find_root()
    command, path = root.command, root
    for word in words:
        if not isinstance(command, typer.core.TyperGroup):
            raise WrongUsage(
                f"{path.command_path} has no commands below it.", mend=f"Run `{path.command_path} --help`."
            )
        _, found, _ = command.resolve_command(path, [word])
        if found is not None:  # else it has raised
            command, path = found, Context(found, info_name=word, parent=path)
    typer.echo(command.get_help(path), color=context.color)


@family.command()
def completion(
    shell: Annotated[str, typer.Argument(help="bash, zsh, fish or powershell.", autocompletion=lambda: list(SHELLS))],
) -> None:
    """Print what makes a shell complete getty-token's words.

    $ getty-token completion bash > ~/.local/share/bash-completion/completions/getty-token
    $ getty-token completion zsh > ~/.zfunc/_getty-token  # ~/.zfunc in fpath, before compinit
    $ getty-token completion fish > ~/.config/fish/completions/getty-token.fish
    $ getty-token completion powershell >> $PROFILE
    """
    from getty_token.commands.completion.scripts import script

    print(script(shell), end="")


@family.command()
def version(as_json: Json = False) -> None:
    """Print the version.

    $ getty-token version
    $ getty-token version --json
    """
    import platform

    python = platform.python_version()
    if as_json:
        show_json({"version": __version__, "python": python, "platform": platform.platform(terse=True)})
    else:
        print(f"getty-token {__version__}")
