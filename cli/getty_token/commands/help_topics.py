"""The topics of `getty-token help`: what no single command explains."""

from getty_token.commands import terminal
from getty_token.commands.terminal import Screen
from getty_token.errors import WrongUsage

TOPICS = {
    "environment": "the variables that getty-token reads",
    "exit-codes": "what each exit code means",
    "formatting": "tables, JSON, colour and width",
    "json": "the schemas of what --json prints",
    "switches": "what the sandbox can do another way",
}


def text(topic: str, *more: str) -> str:
    """The page about `topic`, for standard output as it is."""
    screen = terminal.out().page()
    match topic:
        case "environment":
            return _environment(screen)
        case "exit-codes":
            return _exit_codes(screen)
        case "formatting":
            return _formatting(screen)
        case "switches":
            return _switches(screen)
        case _:
            return _json(screen, *more)


VARIABLES: dict[str, tuple[tuple[str, str], ...]] = {
    "Whose token": (
        ("GETTY_API_KEY", "The API key. Wins over what `getty-token login` saved."),
        ("GETTY_API_SECRET", "The API secret; both or neither."),
        ("GETTY_TOKEN_PROFILE", "The account to use, as --profile. One that is named has its own saved key."),
    ),
    "Where things are": (
        ("GETTY_TOKEN_STORE", "The address of the token's store, as --store."),
        ("GETTY_API_URL", "Another Getty, such as `getty-token sandbox`."),
        ("GETTY_AUTH_URL", "Another authorization server."),
        ("XDG_CONFIG_HOME", "The folder above the saved credentials; ~/.config."),
        ("XDG_CACHE_HOME", "The folder above the token's store; ~/.cache."),
    ),
    "When a token is replaced": (
        ("GETTY_TOKEN_ADVISORY", "Seconds before expiry at which a token is replaced; 300."),
        ("GETTY_TOKEN_MANDATORY", "Seconds before expiry at which it is no longer used; 30."),
    ),
    "What you see": (
        ("NO_COLOR", "Not empty: no colour."),
        ("FORCE_COLOR", "Not empty and not 0: colour in a pipe, too."),
        ("GETTY_TOKEN_COLOR", "auto, always or never, as --color; wins over the two above."),
        ("GETTY_TOKEN_NO_INPUT", "Not empty: nothing is asked, as --no-input."),
        ("CI", "Not empty and not false: nothing is asked."),
        ("COLUMNS", "The width, in place of the terminal's own."),
        ("LC_ALL, LC_CTYPE, LANG", "The locale; ASCII only where it is C or POSIX."),
    ),
    "The way to Getty": (
        ("HTTPS_PROXY, NO_PROXY", "A proxy, as for curl."),
        ("SSL_CERT_FILE", "The certificates to trust, as for curl."),
    ),
}


def _environment(screen: Screen) -> str:
    parts = [
        f"{screen.paint(title, 'bold')}\n{screen.pairs(rows, '  ', 'accent')}" for title, rows in VARIABLES.items()
    ]
    parts.append(
        screen.paragraph(
            "A GETTY_ variable may also stand in .env.development.local, .env.local, .env.development or .env of the "
            "folder you are in; the first that has it wins, as for Netlify. An address there is followed only if the "
            "key stands there, too."
        )
    )
    parts.append(screen.paragraph("`getty-token config list --show-origin` shows what is set, and where."))
    return "\n\n".join(parts)


EXIT_CODES = (
    (0, "Done."),
    (1, "Failed; or a check such as `scan` or `doctor` found something."),
    (2, "Wrong usage: an option, a setting or a file says something impossible."),
    (3, "No fresh token (`status`)."),
    (4, "No usable API key and secret."),
    (5, "Getty asks to slow down (429)."),
    (6, "Getty is unreachable or failing."),
    (126, "The command of `exec` or `dev` cannot be run."),
    (127, "The command of `exec` or `dev` was not found."),
    (130, "Interrupted: Ctrl-C."),
    (141, "The reader of our output has gone (`| head`)."),
)


def _exit_codes(screen: Screen) -> str:
    return "\n\n".join(
        [
            screen.pairs([(str(code), says) for code, says in EXIT_CODES], "  ", "accent"),
            screen.paragraph("`exec` and `dev` end with the exit code of the command that they run."),
        ]
    )


def _formatting(screen: Screen) -> str:
    rows = [
        ("stdout", "What you asked for, and nothing else. All other words go to stderr."),
        ("--json", "One JSON object with a schema_version, ASCII. `getty-token help json` has the schemas."),
        ("in a pipe", "The same as on a terminal, without colour and without regard to a width; `search` gives one "
         "JSON object a line."),
        ("--color", "auto (a terminal that is not dumb), always or never. NO_COLOR and FORCE_COLOR say the same."),
        ("width", "COLUMNS, else the terminal's. What does not fit in columns is put below each other."),
        ("locale", "In the C locale everything is ASCII."),
    ]  # fmt: skip
    return screen.pairs(rows, "  ", "accent")


def _switches(screen: Screen) -> str:
    from getty_emulator.switches import described

    return "\n\n".join(
        [
            screen.paragraph(
                "What Getty has not published, a client must not depend on. Each of these lets `getty-token sandbox "
                "--switch NAME=VALUE` answer another way; of several values the first is the default."
            ),
            screen.pairs(described(), "  ", "accent"),
        ]
    )


def _json(screen: Screen, *names: str) -> str:
    from getty_token.commands import schemas

    known = schemas.names()
    if not names:
        rows = [(name.replace("-", " "), schemas.load(name)["description"]) for name in known]
        first = screen.paragraph("`getty-token help json COMMAND` shows the JSON Schema of what it prints with --json.")
        return f"{first}\n\n{screen.pairs(rows, '  ', 'accent')}"
    name = "-".join(names)
    if name not in known:
        raise WrongUsage(f"there is no schema {name}.", mend="`getty-token help json` lists them.")
    return schemas.text(name)
