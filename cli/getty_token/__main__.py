"""The program's entry: what scripts call all day is answered before the command line's libraries are imported."""

import os
import sys
from collections.abc import Callable, Sequence
from itertools import takewhile

from getty_token.errors import GettyTokenError


def main() -> None:
    """Run the command line and end the process with its exit code."""
    if sys.stdout is not None and sys.stdout.encoding.lower() != "utf-8":
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # a title is no reason to end
    code = run(sys.argv[1:])
    if "typer" not in sys.modules or _is_asked_by_a_shell():
        # Nothing is left to be closed where nothing but an answer was printed: taking the interpreter down in good
        # order would be a sixth of all that this costs.
        os._exit(code)
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """
    Run one command; gives its exit code (errors.py has the table).

    Every error ends here as a message: a traceback is shown with --debug only, and it shows no values.
    """
    # Ours stands before the command; behind it, `exec -- npm run x --debug` has one of its own.
    debugging = "--debug" in takewhile(lambda word: word.startswith("-"), arguments)
    try:
        code = (_quick(arguments) or _complete)(arguments)
        print(end="", flush=True)  # here, where a reader that has gone can still be told from a failure
        return code
    except GettyTokenError as error:
        if debugging:
            raise
        from getty_token.commands.terminal import show_error

        show_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _drop_output()  # whoever read it has gone (`| head`)
        return 141  # what the shell makes of SIGPIPE
    except OSError as error:
        if debugging:
            raise
        # A full disk under our output, a folder that has gone: the system's words for it hold no value of ours.
        print(f"getty-token: cannot go on: {error.strerror or type(error).__name__}.", file=sys.stderr)
        _drop_output()
        return 1
    except Exception as error:
        if debugging:
            raise
        # The message of an error we did not foresee could hold anything, a secret too: only its name is shown.
        print(f"getty-token: an unexpected {type(error).__name__}. This is a mistake in getty-token.", file=sys.stderr)
        print(
            "  Run the same command with --debug right after `getty-token`, and report what it says.", file=sys.stderr
        )
        return 1


def _drop_output() -> None:
    """Let what is still to be written go nowhere: the interpreter must not try, and complain, once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_asked_by_a_shell() -> bool:
    """Whether a shell wants to know, at a Tab, what may come next."""
    return "_GETTY_TOKEN_COMPLETE" in os.environ


def _quick(arguments: Sequence[str]) -> Callable[[Sequence[str]], int] | None:
    if _is_asked_by_a_shell():
        import gc

        from getty_token.commands.completion.answer import answer

        gc.disable()  # the process ends before it has made any garbage worth looking for

        return lambda _: answer()
    if list(arguments) in (["status"], ["status", "--json"]):
        from getty_token.commands.status import show

        return lambda given: show(as_json="--json" in given)
    if list(arguments) == ["token"]:
        from getty_token.commands.access import show_token

        return lambda _: show_token()
    return None


def _complete(arguments: Sequence[str]) -> int:
    from getty_token.commands import root

    return root.run(arguments)


if __name__ == "__main__":
    main()
