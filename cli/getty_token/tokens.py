"""The access token as a value, and its age. No I/O."""

from enum import Enum
from typing import NamedTuple


class Age(Enum):
    """What a token allows you to do. The words are google-auth's, `absent` added for no token at all."""

    FRESH = "fresh"
    """Use it."""
    STALE = "stale"
    """Use it, and get a new one meanwhile."""
    EXPIRED = "expired"
    """Do not use it."""
    ABSENT = "absent"
    """There is none."""


class Windows(NamedTuple):
    """When to replace a token, in seconds before its expiry; never more than half of a short lifetime."""

    advisory: float = 300.0
    """From here on the token is stale: one caller replaces it, the others go on using it."""
    mandatory: float = 30.0
    """From here on it counts as expired: a request that starts now might arrive too late."""


class Token(NamedTuple):
    """An access token and what is known of it. Times are Unix seconds."""

    access_token: str
    token_type: str
    requested_at: float
    """Taken before the token request was sent, so that we never trust a token longer than Getty does."""
    expires_at: float
    requested_by: str = ""
    """The program that asked for it, for `status`."""
    requests: int = 1
    """Token requests made since the token before this one had served its time; 1 is ideal."""

    def __repr__(self) -> str:
        return f"Token(requested_at={self.requested_at}, expires_at={self.expires_at}, requests={self.requests})"

    @property
    def lifetime(self) -> float:
        """Seconds from the token request to expiry."""
        return self.expires_at - self.requested_at

    def age(self, now: float, windows: Windows = Windows()) -> Age:  # noqa: B008 - immutable
        """How old the token is at `now`."""
        half = self.lifetime / 2
        # A clock set back an hour would make a dead token look alive: one from the future is not to be trusted.
        if now < self.requested_at - windows.mandatory or now >= self.expires_at - min(windows.mandatory, half):
            return Age.EXPIRED
        if now >= self.expires_at - min(windows.advisory, half):
            return Age.STALE
        return Age.FRESH
