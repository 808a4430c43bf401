"""Settings: `config list`, `get`, `set`, `path`."""

from typing import Annotated

import typer

from getty_token.commands.families.options import Json
from getty_token.commands.terminal import out, say, show_json

family = typer.Typer(
    name="config",
    no_args_is_help=True,
    help="""Show and change settings.

    $ getty-token config list --show-origin
    $ getty-token config set serve.port 9000

    A flag wins over the environment, that over the .env files of this folder, those over getty-token.toml, that over
    your own file, that over the default.
    """,
)


def _names() -> list[tuple[str, str]]:
    from getty_token.commands.settings import KNOWN

    return [(each.name, each.says) for each in KNOWN]


Name = Annotated[str, typer.Argument(help="A setting, such as serve.port.", autocompletion=_names)]


@family.command("list")
def ls(
    show_origin: Annotated[bool, typer.Option("--show-origin", help="And where each value came from.")] = False,
    as_json: Json = False,
) -> None:
    """Show every setting and its value.

    $ getty-token config list
    $ getty-token config list --show-origin
    """
    from getty_token.commands.settings import Settings

    values = list(Settings.here().all())
    if as_json:
        show_json({"settings": [{"name": each.name, "value": each.value, "origin": each.origin} for each in values]})
        return
    header = ("setting", "value", "origin") if show_origin else ("setting", "value")
    print(out().table(header, [(each.name, each.value, each.origin)[: len(header)] for each in values]))


@family.command()
def get(name: Name, as_json: Json = False) -> None:
    """Print the value of one setting.

    $ getty-token config get serve.port
    """
    from getty_token.commands.settings import Settings, known

    value = Settings.here().value(known(name))
    if as_json:
        show_json({"name": value.name, "value": value.value, "origin": value.origin})
    else:
        print(value.value)


@family.command("set")
def put(
    name: Name,
    values: Annotated[list[str], typer.Argument(help="Its value.", metavar="VALUE...")],
    as_json: Json = False,
) -> None:
    """Change one setting.

    $ getty-token config set serve.port 9000
    $ getty-token config set token.advisory 600

    What begins with serve goes into getty-token.toml, the rest into your own file. Comments and order of the file stay
    as they are.
    """
    from getty_token.commands.settings import Settings, changed, check, known
    from getty_token.commands.whole_file import write_whole

    setting = known(name)
    settings = Settings.here()
    path = settings.files["project" if setting.in_project else "user"]
    text = changed(setting, values, path)
    check(setting, text, path)
    write_whole(path, text, private=not setting.in_project)
    value = Settings.here().value(setting)
    if as_json:
        show_json({"name": value.name, "value": value.value, "origin": value.origin, "file": str(path)})
        return
    say(f"{name} is set in {path}.")
    if str(path) not in value.origin and path.name not in value.origin:
        say(f"But {value.origin} wins: it is {value.value}.")


@family.command()
def path(
    which: Annotated[str, typer.Argument(help="project or user.", autocompletion=lambda: ["project", "user"])] = "",
    as_json: Json = False,
) -> None:
    """Print where the files of settings are.

    $ getty-token config path
    $ getty-token config path user
    """
    from getty_token.commands.settings import Settings
    from getty_token.errors import WrongUsage

    files = Settings.here().files
    if which and which not in files:
        raise WrongUsage(f"there is no file {which!r}.", mend="It is project or user.")
    if as_json:
        found = [{"name": name, "path": str(each), "exists": each.exists()} for name, each in files.items()]
        show_json({"files": [each for each in found if which in ("", each["name"])]})
    elif which:
        print(files[which])
    else:
        print(out().pairs([(name, f"{each}{'' if each.exists() else ' (not there)'}") for name, each in files.items()]))
