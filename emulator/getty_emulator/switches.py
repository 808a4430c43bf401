"""
What Getty has not published, as named switches of the sandbox: each has a default, and others to be ready for.

Depend on none of them in a client.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from getty_token.errors import WrongUsage

LONGEST_TOKEN = 4096
MOST_PER_SECOND = 100_000


@dataclass(frozen=True, slots=True)
class Switches:
    """How one sandbox is set. The names and values are those of CHOICES and NUMBERS, with underscores."""

    expires_in: str = "number"
    token_alphabet: str = "base64url"  # noqa: S105
    token_length: int = 43
    wrong_secret: str = "invalid-client"  # noqa: S105
    expired_token: str = "challenge"  # noqa: S105
    bad_bearer: str = "refused"
    key_alone: str = "refused"
    key: str = "active"
    qps: int = 0
    page_size: str = "any"
    wrong_type: str = "InvalidParameterValue"
    headers: str = "errors"


CHOICES: dict[str, tuple[tuple[str, ...], str]] = {
    "expires-in": (("number", "string"), "in the answer to a token request; the oldest endpoint gave a string"),
    "token-alphabet": (("base64url", "base64", "hex", "jwt"), "the letters of a token"),
    "wrong-secret": (
        ("invalid-client", "bad-request", "old", "gateway"),
        "the answer to a wrong secret: 401 or 400 `invalid_client`, 400 `unauthorized_client` as an older server said"
        " it, or the gateway's 401",
    ),
    "expired-token": (
        ("challenge", "bare", "application"),
        "the 401 for a token that is none any more: with `WWW-Authenticate`, without, or `AuthorizationTokenRequired`",
    ),
    "bad-bearer": (("refused", "ignored"), "a bad token where the key alone would do"),
    "key-alone": (("refused", "enough"), "the key alone where a token is asked for and perhaps not needed"),
    "key": (("active", "disabled"), "the key `test-key`; a disabled one gets 403"),
    "page-size": (("any", "listed"), "page sizes up to 100 that are not in the documented list: taken, or 400"),
    "wrong-type": (("InvalidParameterValue", "InvalidRequest"), "the `ErrorCode` for a value of the wrong type"),
    "headers": (("errors", "all", "none"), "the gateway's own header fields: on its errors, on all answers, on none"),
}
"""By name: the values a switch has, the default first, and what it is about."""

NUMBERS: dict[str, tuple[int, int, str]] = {
    "token-length": (16, LONGEST_TOKEN, "letters of a token, without the `sbx.` before them"),
    "qps": (
        0,
        MOST_PER_SECOND,
        "requests that the key may make in a second, token requests included; 0 is any number",
    ),
}
"""By name: the least and most a switch may be, and what it is about."""


def switched(settings: Iterable[str]) -> Switches:
    """The switches as `settings` (each `name=value`) set them. Raises WrongUsage."""
    found: dict[str, str | int] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        found[name.replace("-", "_")] = _value(name, value)
    return replace(Switches(), **found)  # type: ignore[arg-type]  # checked above, name by name


def described() -> list[tuple[str, str]]:
    """Every switch: its values, the default first, and what it is about."""
    usual = {field.name: field.default for field in fields(Switches)}
    choices = [(f"{name}={'|'.join(values)}", about) for name, (values, about) in CHOICES.items()]
    numbers = [(f"{name}=N", f"{about}; {usual[name.replace('-', '_')]}") for name, (_, _, about) in NUMBERS.items()]
    return [(name, f"{about[0].upper()}{about[1:]}.") for name, about in choices + numbers]


def _value(name: str, value: str) -> str | int:
    if name in CHOICES:
        values = CHOICES[name][0]
        if value not in values:
            raise WrongUsage(f"the switch {name} cannot be {value[:40]!r}.", f"It is {' or '.join(values)}.")
        return value
    if name not in NUMBERS:
        known = ", ".join([*CHOICES, *NUMBERS])
        raise WrongUsage(f"there is no switch {name[:40]!r}.", f"There are {known}.", "Write it as name=value.")
    least, most, _ = NUMBERS[name]
    if not (value.isascii() and value.isdecimal() and len(value) < 9 and least <= int(value) <= most):
        raise WrongUsage(f"the switch {name} cannot be {value[:40]!r}.", f"It is a number from {least} to {most}.")
    return int(value)
