"""What may come next. Asked at every Tab: the first word is answered without importing the command line."""

import os
from collections.abc import Iterable, Mapping

from getty_token.commands.completion import ASKED, WORDS
from getty_token.commands.program import ENTRIES


def answer(variables: Mapping[str, str] = os.environ) -> int:
    """Print the candidates for what the shell has asked; nothing, quietly, if anything is wrong."""
    shell = variables[ASKED]
    words = variables.get(WORDS, "").split("\n")
    try:
        found = list(candidates(words[:-1], words[-1]))
    except Exception:  # a traceback in the middle of a command line helps nobody
        return 1
    for value, says in found:
        # A file may be called anything; what the shell reads is a line.
        if value.isprintable():
            print(_line(shell, value, " ".join(says.split())))
    return 0


def candidates(before: list[str], begun: str) -> Iterable[tuple[str, str]]:
    """What may stand in the place of `begun`, behind the words `before` it, and what that does."""
    if not before and not begun.startswith("-"):
        return [(entry.name, entry.says) for entry in ENTRIES.values() if entry.name.startswith(begun)]
    from typer._click.shell_completion import ShellComplete

    from getty_token.commands.root import commands

    before = [word for word in before if word != "="]  # bash takes --option=value apart into three words
    # What click's class leaves open is how to talk to a shell, which is done above.
    shell = type("Ours", (ShellComplete,), dict.fromkeys(ShellComplete.__abstractmethods__))
    found = shell(commands(), {}, "getty-token", ASKED).get_completions(before, "" if begun == "=" else begun)
    return [(str(item.value), item.help or "") for item in found if item.type == "plain"]


def _line(shell: str, value: str, says: str) -> str:
    if shell == "bash":
        return value
    if shell == "zsh":
        value, says = value.replace(":", "\\:"), says.replace("\\", "\\\\")
        return f"{value}:{says}" if says else value
    return f"{value}\t{says}" if says else value
