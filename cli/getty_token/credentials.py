"""
The API key and secret: found, saved, forgotten. Says where each pair came from.

Looked for in the environment, then in the site's `.env`, then where `login` saved them: the operating system's
keychain, or a file that only its owner can read.
"""

import json
import os
from contextlib import suppress
from typing import NamedTuple

try:
    # hashlib loads all of OpenSSL, as much time as everything else here: the interpreter's own, as in its random.py.
    from _sha2 import sha256  # type: ignore[import-not-found, unused-ignore]
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found, unused-ignore] # until Python 3.12
    except ImportError:
        from hashlib import sha256

from getty_token import keychain, profiles
from getty_token.config import SECRET_VARIABLES, Environment
from getty_token.errors import CredentialsError, CredentialsExposed, NoCredentials


class Credentials(NamedTuple):
    """An API key and secret (client id and secret in RFC 6749)."""

    api_key: str
    api_secret: str
    origin: str

    def __repr__(self) -> str:
        return f"Credentials(origin={self.origin!r})"

    @property
    def fingerprint(self) -> str:
        """Tells one pair from another without saying either: tokens are kept under it."""
        return fingerprint(self.api_key, self.api_secret)


def fingerprint(*parts: str) -> str:
    """Sixteen hex digits of the SHA-256 of `parts`."""
    digest: str = sha256("\0".join(parts).encode()).hexdigest()
    return digest[:16]


class Found(NamedTuple):
    """That there are credentials, and where. What `status` needs to know, without opening a keychain."""

    fingerprint: str
    origin: str


class CredentialsFile:
    """
    `credentials.json`: the saved pair itself, or a note that the keychain has it.

    Mode 0600 in a folder of mode 0700; anything more open is refused.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.path = os.path.join(folder, "credentials.json")

    def load(self) -> dict[str, str] | None:
        """What the file says. Raises CredentialsExposed, or CredentialsError if it cannot be understood."""
        self._check_private()
        try:
            with open(self.path, encoding="utf-8") as file:
                data = json.load(file)
            expected = ("kept_in", "fingerprint", *(("api_key", "api_secret") if data["kept_in"] == "file" else ()))
            if not all(isinstance(data[name], str) for name in expected):
                raise TypeError
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise CredentialsError(f"cannot read {self.path}.", f"{error.strerror}.", "Mend its permissions.") from None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise CredentialsError(
                f"{self.path} is damaged.",
                "It is not what `getty-token login` writes.",
                "Run `getty-token logout`, then `getty-token login`.",
            ) from None
        found: dict[str, str] = data
        return found

    def save(self, content: dict[str, str]) -> None:
        """Write `content` whole or not at all."""
        folder = os.path.dirname(self.path)
        temporary = os.path.join(folder, f"credentials.{os.getpid()}.tmp")
        try:
            # One by one: makedirs would make those above the last with the umask's mode.
            home = profiles.home_of(folder)
            for each in (home, os.path.dirname(folder), folder) if home != folder else (folder,):
                os.makedirs(each, mode=0o700, exist_ok=True)
            self._check_private()
            descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    json.dump({"version": 1, **content}, file)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(temporary, self.path)
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(temporary)
        except OSError as error:
            raise CredentialsError(
                f"cannot save credentials in {folder}.",
                f"{error.strerror}.",
                "Mend that folder, or set GETTY_API_KEY and GETTY_API_SECRET instead.",
            ) from None

    def _check_private(self) -> None:
        for path, mode in ((os.path.dirname(self.path), "700"), (self.path, "600")):
            try:
                stat = os.stat(path)
            except OSError:
                continue
            if stat.st_uid != os.getuid():
                raise CredentialsExposed(
                    f"{path} belongs to another user.",
                    "Your Getty API key and secret are kept there; `sudo` may have made it.",
                    f"Run `sudo chown {os.getuid()} '{path}'`.",
                )
            if stat.st_mode & 0o077:
                raise CredentialsExposed(
                    f"others on this machine can read {path}.",
                    "Your Getty API key and secret are kept there.",
                    f"Run `chmod {mode} '{path}'`.",
                )


def locate(environment: Environment, folder: str | os.PathLike[str]) -> Found:
    """
    Whose credentials would be used, and where they are. No keychain is opened.

    Raises NoCredentials, or what `Environment.get` and `CredentialsFile.load` raise.
    """
    given = _given(environment)
    if given:
        return Found(given.fingerprint, given.origin)
    saved = CredentialsFile(folder).load()
    if saved is None:
        raise _nobody(environment, folder)
    return Found(saved["fingerprint"], _saved_origin(saved, folder))


def find(environment: Environment, folder: str | os.PathLike[str]) -> Credentials:
    """
    The credentials themselves.

    Raises NoCredentials, CredentialsExposed, or CredentialsError if the keychain does not give them.
    """
    given = _given(environment)
    if given:
        return given
    saved = CredentialsFile(folder).load()
    if saved is None:
        raise _nobody(environment, folder)
    origin = _saved_origin(saved, folder)
    if saved["kept_in"] == "file":
        return Credentials(saved["api_key"], saved["api_secret"], origin)
    pair = keychain.load(_entry(folder))
    if pair is None:
        raise CredentialsError(
            "the OS keychain does not give the saved API key and secret.",
            "It is locked, was emptied, or the keychain extra is no longer installed.",
            "Unlock it, or run `getty-token login` again.",
        )
    return Credentials(*pair, origin)


def save(credentials: Credentials, folder: str | os.PathLike[str]) -> str:
    """
    Keep the pair in the OS keychain if one works, else in a file; gives the place in words.

    Raises CredentialsError if neither can be written.
    """
    file = CredentialsFile(folder)
    if kept_in := keychain.save(credentials.api_key, credentials.api_secret, _entry(folder)):
        file.save({"kept_in": kept_in, "fingerprint": credentials.fingerprint})
        return f"the OS keychain ({kept_in})"
    pair = {"api_key": credentials.api_key, "api_secret": credentials.api_secret}
    file.save({"kept_in": "file", "fingerprint": credentials.fingerprint, **pair})
    return f"{file.path}, which only you can read"


def forget(folder: str | os.PathLike[str]) -> bool:
    """Remove what `save` kept, wherever it is. Gives whether there was anything."""
    path = CredentialsFile(folder).path
    was_in_keychain = keychain.forget(_entry(folder))
    try:
        os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        return was_in_keychain
    except OSError as error:
        raise CredentialsError(f"cannot remove {path}.", f"{error.strerror}.", "Remove it yourself.") from None
    return True


def _given(environment: Environment) -> Credentials | None:
    key, secret = (environment.get(name) for name in SECRET_VARIABLES)
    if key and secret:
        for setting, name in ((key, SECRET_VARIABLES[0]), (secret, SECRET_VARIABLES[1])):
            check(setting.value, name, setting.origin)
        same = key.origin.removeprefix("GETTY_API_KEY") == secret.origin.removeprefix("GETTY_API_SECRET")
        origin = key.origin if same else f"{key.origin}, {secret.origin}"
        return Credentials(key.value, secret.value, origin)
    if key or secret:
        present, missing = SECRET_VARIABLES if key else reversed(SECRET_VARIABLES)
        raise NoCredentials(
            f"{present} is set but {missing} is not.",
            f"{(key or secret).origin if (key or secret) else ''}.",  # type: ignore[union-attr]
            f"Set {missing} too, or unset {present} to use what `getty-token login` saved.",
        )
    return None


def check(value: str, name: str, origin: str) -> None:
    """Refuse what cannot be a key or secret (it could not go into a header field), without repeating it."""
    if not value.isascii() or not value.isprintable() or " " in value:
        raise CredentialsError(
            f"{name} is not one word of plain ASCII characters.",
            f"It came from {origin}.",
            "Copy it again from Getty; a space, a line break or a typographic character slipped in.",
        )


def _saved_origin(saved: dict[str, str], folder: str | os.PathLike[str]) -> str:
    if saved["kept_in"] == "file":
        return CredentialsFile(folder).path
    return f"the OS keychain ({saved['kept_in']})"


def _entry(folder: str | os.PathLike[str]) -> str:
    """The name in the keychain: each profile has one of its own."""
    name = profiles.name_of(folder)
    return "api" if name == profiles.DEFAULT else f"api {name}"


def _nobody(environment: Environment, folder: str | os.PathLike[str]) -> NoCredentials:
    profile = environment.profile
    path = CredentialsFile(folder).path
    if profile.value == profiles.DEFAULT:
        return NoCredentials(
            "no API key.",
            f"GETTY_API_KEY is not set and {path} does not exist.",
            "Run `getty-token login`, or set GETTY_API_KEY and GETTY_API_SECRET.",
        )
    return NoCredentials(
        f"no API key for the profile {profile.value}.",
        f"{path} does not exist; the profile is named by {profile.origin}.",
        f"Run `getty-token login --profile {profile.value}`; `getty-token profiles` lists those there are.",
    )
