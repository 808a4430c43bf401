"""
Profiles: several Getty accounts on one machine, each with its own saved credentials, and so its own token.

`default` is the one nobody has to name. The environment's key and secret belong to it alone: whoever names a profile
means the account that is saved under that name.
"""

import os

from getty_token.errors import WrongUsage

PROFILE = "GETTY_TOKEN_PROFILE"
DEFAULT = "default"
FOLDER = "profiles"

LONGEST = 32
"""Characters of a name."""

# Lower case only: two names must not be one folder where the file system ignores case.
_FIRST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_REST = _FIRST | frozenset("-_")


def is_name(text: str) -> bool:
    """Whether `text` can be the name of a profile, and so of a folder."""
    return 0 < len(text) <= LONGEST and text[0] in _FIRST and _REST.issuperset(text)


def checked(name: str, origin: str) -> str:
    """`name`, if it can be a profile's. Raises WrongUsage that says where it came from."""
    if not is_name(name):
        raise WrongUsage(
            f"{origin} is no name of a profile.",
            f"It has up to {LONGEST} lower-case letters, digits, hyphens and underscores, the first a letter or digit.",
        )
    return name


def folder(home: str, name: str) -> str:
    """Where the credentials of the profile called `name` are saved; `home` is config.config_folder()."""
    return home if name == DEFAULT else os.path.join(home, FOLDER, name)


def name_of(folder: str | os.PathLike[str]) -> str:
    """The profile whose credentials are in `folder`."""
    above, name = os.path.split(folder)
    return name if os.path.basename(above) == FOLDER else DEFAULT


def home_of(folder: str | os.PathLike[str]) -> str:
    """The folder that holds all profiles, of which `folder` is one's."""
    path = os.fspath(folder)
    return path if name_of(path) == DEFAULT else os.path.dirname(os.path.dirname(path))


def saved(home: str) -> list[str]:
    """The profiles that `login` has saved below `home`; the default one is always there."""
    below = os.path.join(home, FOLDER)
    try:
        names = sorted(filter(is_name, os.listdir(below)))
    except OSError:
        names = []
    return [DEFAULT, *(name for name in names if os.path.exists(os.path.join(below, name, "credentials.json")))]
