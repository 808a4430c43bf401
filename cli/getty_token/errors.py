"""
Every error, drawn as a tree.

    GettyTokenError              exit code 1
      WrongUsage                 2   an option, a setting or a file of the user's says something impossible
      CredentialsError           4
        NoCredentials                nobody has given us an API key and secret
        CredentialsExposed           others on this machine can read them
        CredentialsRejected          Getty says they are wrong
      RateLimited                5   Getty asks us to slow down
      GettyUnavailable           6   no answer, or none that makes sense
      GettyRefused               1   Getty understood the request and said no
        ImagesNotFound               it knows none of the images that were asked for
      StoreError                 1   the token store cannot be used
        StoreBusy                    somebody else has held its refresh lock for too long
      CassetteError              1   a recording cannot be read or written
      NoRecording                1   nothing recorded answers this request
      AddressInUse               1   somebody else listens on our port
      NotRunning                 1   no server of ours listens where it was looked for

Exit code 3 is no error: `status` ends with it when there is no fresh token. As the shell counts signals, 130 is Ctrl-C
and 141 a reader that has gone (`| head`).

This module imports nothing, so that the emulator may import it.
"""


class GettyTokenError(Exception):
    """
    Something a person has to know about.

    `what` happened, `why`, and what to do about it (`mend`). None of the three may hold a secret.
    """

    exit_code = 1

    def __init__(self, what: str, why: str = "", mend: str = "") -> None:
        super().__init__(what, why, mend)
        self.what = what
        self.why = why
        self.mend = mend

    def __str__(self) -> str:
        return "\n".join([self.what, *(f"  {line}" for line in (self.why, self.mend) if line)])

    @property
    def sentence(self) -> str:
        """The same on one line, for logs and JSON."""
        return " ".join(part for part in (self.what, self.why, self.mend) if part)


class WrongUsage(GettyTokenError):
    """An option, a setting or a file of the user's says something impossible."""

    exit_code = 2


class CredentialsError(GettyTokenError):
    """There is no usable API key and secret."""

    exit_code = 4


class NoCredentials(CredentialsError):
    """Nobody has given us an API key and secret."""


class CredentialsExposed(CredentialsError):
    """Others on this machine can read a secret; the mend is a chmod."""


class CredentialsRejected(CredentialsError):
    """The authorization server says that the key or the secret is wrong."""


class RateLimited(GettyTokenError):
    """Getty answered 429."""

    exit_code = 5


class GettyUnavailable(GettyTokenError):
    """Getty did not answer, or not with anything that makes sense."""

    exit_code = 6


class GettyRefused(GettyTokenError):
    """Getty understood the request and said no."""


class ImagesNotFound(GettyRefused):
    """Getty knows none of the images that were asked for."""


class StoreError(GettyTokenError):
    """The token store cannot be read or written."""


class StoreBusy(StoreError):
    """Somebody else has held the refresh lock for longer than a token request takes."""


class CassetteError(GettyTokenError):
    """A cassette cannot be read or written."""


class NoRecording(GettyTokenError):
    """Offline and strict, and no cassette answers this request."""


class AddressInUse(GettyTokenError):
    """Somebody else listens on the address we want."""


class NotRunning(GettyTokenError):
    """No `serve` or `sandbox` listens where it was looked for."""
