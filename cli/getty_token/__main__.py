"""The program's entry: what scripts call all day is answered before the command line's libraries are imported."""

import os
import sys
from collections.abc import Callable, Sequence

from getty_token.errors import GettyTokenError


def main() -> None:
    """Run the command line and end the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """
    Run one command; gives its exit code (errors.py has the table).

    Every error ends here as a message: a traceback is shown with --debug only, and it shows no values.
    """
    try:
        return (_quick(arguments) or _complete)(arguments)
    except GettyTokenError as error:
        if "--debug" in arguments:
            raise
        print(f"getty-token: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`); the interpreter must not try to flush into the pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if "--debug" in arguments:
            raise
        # The message of an error we did not foresee could hold anything, a secret too: only its name is shown.
        print(f"getty-token: an unexpected {type(error).__name__}. This is a mistake in getty-token.", file=sys.stderr)
        print(
            "  Run the same command with --debug right after `getty-token`, and report what it says.", file=sys.stderr
        )
        return 1


def _quick(arguments: Sequence[str]) -> Callable[[Sequence[str]], int] | None:
    if list(arguments) in (["status"], ["status", "--json"]):
        from getty_token.commands.status import show

        return lambda given: show(as_json="--json" in given)
    if list(arguments) == ["token"]:
        from getty_token.commands.access import show_token

        return lambda _: show_token()
    return None


def _complete(arguments: Sequence[str]) -> int:
    from getty_token.commands.program import program

    try:
        program(list(arguments), prog_name="getty-token")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


if __name__ == "__main__":
    main()
